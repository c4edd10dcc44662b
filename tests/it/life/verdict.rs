//! One verdict: what every page says of an integration is the same, whatever happened to it.

use super::*;
use crate::support::on_both_databases;
use alva_portal::db::schema::{events, integrations as accounts};
use alva_portal::events::EventKind;
use alva_portal::integrations::schedule::watch;
use alva_portal::people::Role;
use alva_portal::reasons::Reason;
use std::time::Duration;

impl Connected {
    /// What the pages say now, compared with each other: the label and the sentence.
    async fn said(&self) -> (String, String) {
        let page = self.admin.get(&self.page()).await;
        let label = page.text("#state .badge");
        let sentence = page.text("#state > span:nth-of-type(2)");
        let live = self.admin.get(&format!("{}/live", self.page())).await;
        assert_eq!(live.text("#state .badge"), label, "what refreshes itself");
        let sign = |page: &Page| {
            (
                page.text("#standing"),
                page.attribute("#standing", "data-window-title"),
                page.attribute("#standing", "data-icon"),
            )
        };
        assert_eq!(sign(&live), sign(&page), "the frame refreshes itself with it");
        assert_eq!(page.attribute("#standing", "data-live"), Some(format!("{}/live", self.page())));
        let list = self.admin.get("/settings/integrations").await;
        assert_eq!(list.text("a.card .badge"), label, "the list");
        assert!(list.text("a.card").contains(&sentence), "{sentence}: {}", list.text("a.card"));
        let is_trouble = !["Active", "Active, not verified yet"].contains(&label.as_str())
            && !label.starts_with("Setting up");
        assert_eq!(live.text("#banners"), page.text("#banners"), "what is on top refreshes itself");
        for path in
            [self.page().as_str(), "/", "/settings/integrations", "/events", "/candidates", "/settings/team"]
        {
            let page = self.admin.get(path).await;
            let dot = page.text("nav .dot");
            let title = page.text("title");
            let icon = page.attribute("link[rel=icon]", "href").unwrap();
            if is_trouble {
                assert_eq!(dot, format!("({label})"), "{path}");
                assert!(title.starts_with(&format!("{label} · ")), "{path}: {title}");
                assert!(icon.contains("b35f00") || icon.contains("ad1f1f"), "{path}: {icon}");
            } else {
                assert_eq!(dot, "", "{path}");
                assert!(!title.contains("Needs you") && !title.contains("Not working"), "{path}: {title}");
                assert!(!icon.contains("b35f00") && !icon.contains("ad1f1f"), "{path}: {icon}");
            }
            let all = page.text("main");
            if label != "Active" {
                assert!(!all.contains("All well"), "{path} says that all is well: {all}");
                assert!(!all.contains("No problems found"), "{path}: {all}");
                assert!(!all.contains("Everything works"), "{path}: {all}");
            }
        }
        // The points that need somebody stand below, the worst of them first.
        let advice = page.text("#diagnostics-now");
        match label.as_str() {
            "Active" => assert!(advice.contains("No problems found"), "{advice}"),
            label if label.starts_with("Disconnected") => {}
            _ => assert!(!advice.contains("No problems found"), "{advice}"),
        }
        (label, sentence)
    }

    async fn set(&self, change: impl FnOnce(&mut alva_portal::db::Conn) + Send + 'static) {
        self.portal
            .write(move |conn| {
                change(conn);
                Ok(())
            })
            .await;
    }

    /// An event of this kind as it stands in the log, without anybody to process it.
    async fn logged(&self, kind: &str, state: State, ago: Duration) -> Event {
        let (company, id) = (self.company.id, self.integration);
        let at = Timestamp::now().minus(ago);
        let verified = !matches!(state, State::Quarantined | State::Waiting);
        let event = Event {
            state,
            received_at: at,
            kept_at: at,
            verified_at: verified.then_some(at),
            finished_at: (!matches!(state, State::Queued)).then_some(at),
            // Not due: the worker leaves it alone.
            next_attempt_at: Timestamp(i64::MAX - 1),
            answered_status: 200,
            ..Event::of_our_own(
                EventKind::from(kind),
                |id| id.to_string(),
                (&company, &id),
                ("o1", None),
                b"{}".to_vec(),
            )
        };
        let row = event.clone();
        self.set(move |conn| {
            diesel::insert_into(events::table).values(&row).execute(conn).unwrap();
        })
        .await;
        event
    }
}

on_both_databases!(Connected::active => every_page_says_the_same_of_an_integration);
async fn every_page_says_the_same_of_an_integration(working: Connected) {
    // The portal made the webhooks, and nothing has arrived: nothing is verified, so nobody says that all is well.
    let (label, sentence) = working.said().await;
    assert_eq!(label, "Active, not verified yet");
    assert!(sentence.starts_with("No event has arrived yet."), "{sentence}");

    // A real event.
    let person = working.person("Ada", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("ada@people.example", "invites you").await;
    assert_eq!(working.said().await, ("Active".to_owned(), "All well.".to_owned()));

    // An event that was given up, with a link to it.
    let failed = working.logged("candidateStageChange", State::Failed, Duration::from_secs(5)).await;
    let (label, sentence) = working.said().await;
    assert_eq!(label, "Needs you");
    assert!(sentence.starts_with("1 event failed in the last 7 days"), "{sentence}");
    let page = working.admin.get(&working.page()).await;
    let to = page.attribute("#diagnostics-now a", "href").unwrap();
    let log = working.admin.get(&to).await;
    assert_eq!(log.attribute("table a", "href"), Some(format!("/events/{}", failed.id)), "{to}");
    assert_eq!(log.text("td[data-label=Time]").lines().count(), 1, "only what failed");

    // One that waits for long, besides: the sentence counts both.
    let waiting = working.logged("candidateHired", State::Queued, Duration::from_secs(3600)).await;
    let (label, sentence) = working.said().await;
    assert_eq!(label, "Needs you");
    assert!(sentence.ends_with("And 1 more."), "{sentence}");

    // Lever cannot be asked: worse than both.
    let id = working.integration;
    working
        .portal
        .write(move |conn| {
            let failure = Reason::Text("Lever does not answer".into());
            Ok(watch::checked(conn, &id, &failure, None)?)
        })
        .await;
    let (label, sentence) = working.said().await;
    assert_eq!(label, "Not working");
    assert!(sentence.starts_with("The last check of access failed: Lever does not answer"), "{sentence}");

    // All of it over.
    let ids = vec![failed.id, waiting.id];
    working
        .portal
        .write(move |conn| {
            watch::checked(conn, &id, &Reason::None, Some(7))?;
            diesel::delete(events::table.filter(events::id.eq_any(ids)))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    assert_eq!(working.said().await.0, "Active");

    // Revoked in Lever; the list says why.
    working.control(Method::POST, "revoke", json!({"client_id": "test-client"})).await;
    working.admin.post(&format!("{}/check", working.page()), &[]).await;
    let (label, sentence) = working.said().await;
    assert_eq!(label, "Disconnected");
    assert!(sentence.contains("revoked"), "{sentence}");
}

on_both_databases!(Connected::active => reconnecting_hides_no_token_problem_and_shows_no_old_advice);
/// A1.4: the token stays wrong over a revocation, and what was found before is not said after.
async fn reconnecting_hides_no_token_problem_and_shows_no_old_advice(working: Connected) {
    let id = working.integration;
    working.logged("candidateStageChange", State::Done, Duration::from_secs(60)).await;
    working.logged("candidateStageChange", State::Quarantined, Duration::from_secs(5)).await;
    working
        .set(move |conn| {
            let failing =
                accounts::signature_failing_since.eq(Some(Timestamp::now().minus(Duration::from_secs(5))));
            diesel::update(accounts::table.find(&id)).set(failing).execute(conn).unwrap();
        })
        .await;
    assert_eq!(working.said().await.0, "Needs you");
    working.control(Method::POST, "revoke", json!({"client_id": "test-client"})).await;
    working.admin.post(&format!("{}/check", working.page()), &[]).await;
    assert_eq!(working.said().await.0, "Disconnected");
    let page = working.admin.get(&working.page()).await;
    assert!(!page.text("main").contains("No problems found"), "{}", page.text("main"));
    working.reconnect().await;
    let page = working.admin.get(&working.page()).await;
    assert_eq!(
        page.text(".flash"),
        "Lever is connected again. Settings, webhooks and tokens are as they were."
    );
    // Lever's list of webhooks is read first: it knows of nobody who added one.
    let (label, _) = until("why signatures fail", PATIENCE, async || {
        Some(working.said().await).filter(|(_, sentence)| sentence.contains("probably regenerated"))
    })
    .await;
    assert_eq!(label, "Needs you");
    let advice = page.text("#diagnostics-now");
    assert!(!advice.contains("revoked"), "{advice}");
}

on_both_databases!(Connected::active => what_puts_it_right_is_offered_to_those_who_can);
/// A member sees the same verdict, and no button that would be refused.
async fn what_puts_it_right_is_offered_to_those_who_can(working: Connected) {
    let there = &working;
    there.portal.person(&there.company, "max@acme.example", Role::Member).await;
    there.portal.person(&there.company, "eva@acme.example", Role::Auditor).await;
    working.logged("candidateStageChange", State::Failed, Duration::from_secs(5)).await;
    for (who, sees_log) in [("max@acme.example", false), ("eva@acme.example", true)] {
        let visitor = there.portal.signed_in(who).await;
        let page = visitor.get(&working.page()).await;
        assert_eq!(page.text("#state .badge"), "Needs you", "{who}");
        assert_eq!(
            page.attribute("#diagnostics-now a[href^='/events']", "href").is_some(),
            sees_log,
            "{who}"
        );
        assert_eq!(page.attribute("#diagnostics-now form", "action"), None, "{who}");
    }
}
