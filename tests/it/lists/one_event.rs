//! `/events/{id}`: the timeline, the proof, the delivery as it came; and putting an event back to work.

use super::Tenant;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::visitor::Page;
use alva_portal::db::DbError;
use alva_portal::db::schema::{events, signing_tokens};
use alva_portal::events::{Event, EventKind, Exchange, NewStep, Outcome, State, StepKind, StepStatus, steps};
use alva_portal::ids::SigningTokenId;
use alva_portal::reasons::Reason;
use alva_portal::time::Timestamp;
use alva_portal::web::labels::event_state;
use diesel::prelude::*;
use reqwest::StatusCode;

async fn of(acme: &Tenant<'_>, event: &Event) -> Event {
    let id = event.id;
    acme.portal
        .write(move |conn| {
            Ok(events::table.find(&id).select(Event::as_select()).first(conn).map_err(DbError::from)?)
        })
        .await
}

fn has(page: &Page, parts: &[&str]) {
    let text = page.text("main");
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
}

on_both_databases!(Portal::start => the_page_tells_the_whole_story);
async fn the_page_tells_the_whole_story(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let candidate = acme.candidate("o1", "Ada Byron", "Backend engineer").await;
    let account = acme.account;
    let token: SigningTokenId = portal
        .write(move |conn| {
            Ok(signing_tokens::table
                .filter(signing_tokens::integration_id.eq(&account))
                .select(signing_tokens::id)
                .first(conn)
                .map_err(DbError::from)?)
        })
        .await;
    let kept = Event {
        outcome: Outcome::Invited,
        reason: Reason::Text("entered the trigger stage".into()),
        opportunity_id: Some("o1".into()),
        to_stage_id: Some("s2".into()),
        signing_token_id: Some(token),
        duplicates: 2,
        headers: r#"{"user-agent":"<script>alert(1)</script>"}"#.into(),
        body: br#"{"b":1,"a":{"x":"</pre><script>alert(2)</script>"},"b":2}"#.to_vec(),
        ..acme.event(5)
    };
    acme.keep(vec![kept.clone()]).await;
    let id = kept.id;
    portal
        .write(move |conn| {
            let exchange = Exchange {
                method: "GET".into(),
                path: "/opportunities/o1".into(),
                status: Some(200),
                excerpt: r#"{"data":{"name":"<b>Ada</b>"}}"#.into(),
            };
            let fetched = NewStep {
                duration_ms: Some(86),
                exchange: Some(exchange),
                ..NewStep::good(StepKind::Fetched, Reason::None)
            };
            steps::add(conn, &id, fetched)?;
            steps::add(
                conn,
                &id,
                NewStep::new(StepKind::Retry, Reason::Text("mail server away".into()), StepStatus::Waiting),
            )?;
            Ok(())
        })
        .await;

    let auditor = acme.auditor().await;
    let page = auditor.get(&format!("/events/{}", kept.id)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text("h1"), "Candidate Stage Change");
    assert_eq!(page.text(".page-head .badge"), "invited");
    assert_eq!(page.attribute("#person", "href"), Some(format!("/candidates/{candidate}")));
    assert_eq!(
        page.text("ol.timeline .what"),
        "received\nverified\nkept\nfetched from Lever\nwill be retried (waiting)"
    );
    has(
        &page,
        &[
            "bytes, answered 200 after 3 ms",
            "token ending \u{2026}c4",
            "Verified by the signing token ending \u{2026}c4.",
            "received 3 times, stored once",
            "GET /opportunities/o1 · 200 · 86 ms",
            r#"{"data":{"name":"<b>Ada</b>"}}"#,
            "Ada Byron · Backend engineer",
            "UTC",
        ],
    );
    // Pretty and exact, both with the repeated key; nothing of it becomes markup.
    assert_eq!(
        page.text("#body-pretty pre"),
        r#"{ "b": 1, "a": { "x": "</pre><script>alert(2)</script>" }, "b": 2 }"#
    );
    assert_eq!(page.text("#body-exact pre"), r#"{"b":1,"a":{"x":"</pre><script>alert(2)</script>"},"b":2}"#);
    assert_eq!(page.text("script").trim(), "", "every script is a file of the portal's own");
    assert_eq!(page.attribute("#event", "data-live"), None, "nothing more will happen automatically");
    // An auditor changes nothing.
    assert_eq!(page.attribute("#replay", "class"), None);
}

on_both_databases!(Portal::start => what_is_not_final_refreshes_itself);
async fn what_is_not_final_refreshes_itself(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let auditor = acme.auditor().await;
    for (state, live) in [
        (State::Queued, true),
        (State::Waiting, true),
        (State::Quarantined, false),
        (State::Check, false),
        (State::Malformed, false),
        (State::Ignored, false),
        (State::Failed, false),
    ] {
        let base = acme.event(1);
        let is_verified = matches!(state, State::Queued | State::Ignored | State::Failed);
        let verified_at = is_verified.then_some(base.received_at);
        let reason = Reason::Text("because of the test".to_owned());
        let kept =
            Event { state, reason, verified_at, kind: EventKind::unnamed(), outcome: Outcome::None, ..base };
        acme.keep(vec![kept.clone()]).await;
        let path = format!("/events/{}", kept.id);
        let page = auditor.get(&path).await;
        assert_eq!(page.attribute("#event", "data-live"), live.then_some(path), "{state}");
        assert_eq!(page.text(".page-head .badge"), event_state(state).1);
        let title = match state {
            State::Check | State::Waiting => "Connection test",
            _ => "Unnamed delivery",
        };
        assert_eq!(page.text("h1"), title);
        assert!(!page.text("section .banner").is_empty(), "{state} says something of the signature");
        let second = match state {
            State::Queued | State::Ignored | State::Failed => "verified",
            State::Waiting => "not verified yet (waiting)",
            State::Quarantined => "not verified (attention)",
            State::Malformed => "not readable (failed)",
            _ => "kept",
        };
        assert_eq!(page.text("ol.timeline .what").lines().nth(1), Some(second), "{state}");
    }
}

on_both_databases!(Portal::start => a_body_that_is_no_text_is_shown_and_can_be_had);
async fn a_body_that_is_no_text_is_shown_and_can_be_had(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let auditor = acme.auditor().await;
    let invalid = Event { state: State::Malformed, body: b"{\"a\": \xff\x00}".to_vec(), ..acme.event(1) };
    let empty = Event { state: State::Malformed, body: Vec::new(), ..acme.event(2) };
    let large = Event { body: format!("\"{}\"", "é".repeat(120_000)).into_bytes(), ..acme.event(3) };
    acme.keep(vec![invalid.clone(), empty.clone(), large.clone()]).await;

    // Who may not see token and signature cannot be shown what nobody can read.
    let page = auditor.get(&format!("/events/{}", invalid.id)).await;
    assert!(page.text("#body-exact pre").contains("It is shown to admins."), "{}", page.html);
    let page = acme.admin().await.get(&format!("/events/{}", invalid.id)).await;
    assert!(page.text("#body-exact pre").contains("{\"a\": \u{fffd}"));
    assert!(page.text("#body-hex pre").contains("7b 22 61 22 3a 20 ff 00 7d"));
    assert_eq!(page.text("#body-pretty"), "");
    let file = auditor.get(&format!("/events/{}/body", empty.id)).await;
    assert_eq!((file.status, file.html.as_str()), (StatusCode::OK, ""));
    has(&auditor.get(&format!("/events/{}", empty.id)).await, &["It was empty."]);

    let page = auditor.get(&format!("/events/{}", large.id)).await;
    assert!(page.html.len() < 50_000, "{} bytes", page.html.len());
    assert!(!page.text("#body-exact pre").contains('\u{fffd}'), "no character is cut in two");
    has(&page, &["240002 bytes", "Only the beginning is shown."]);
    assert_eq!(auditor.get(&format!("/events/{}/body", large.id)).await.html.len(), 240_002);
}

on_both_databases!(Portal::start => another_company_s_event_is_not_there);
async fn another_company_s_event_is_not_there(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let other = Tenant::of(&portal, "Other").await;
    let theirs = Event { state: State::Failed, ..other.event(1) };
    other.keep(vec![theirs.clone()]).await;
    let dana = acme.admin().await;
    let one = format!("/events/{}", theirs.id);
    for path in [
        one.as_str(),
        &format!("{one}/body"),
        "/events/nonsense",
        "/events/0198c0de-0000-7000-8000-000000000000",
    ] {
        assert_eq!(dana.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(dana.post(&format!("{one}/replay"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(of(&other, &theirs).await.state, State::Failed);
}

on_both_databases!(Portal::start => an_admin_replays_and_a_second_click_changes_nothing);
async fn an_admin_replays_and_a_second_click_changes_nothing(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let failed = Event {
        state: State::Failed,
        outcome: Outcome::None,
        reason: Reason::Text("Lever was away".into()),
        attempts: 8,
        next_attempt_at: Timestamp::now(),
        ..acme.event(60)
    };
    acme.keep(vec![failed.clone()]).await;
    let path = format!("/events/{}", failed.id);
    let dana = acme.admin().await;
    let page = dana.get(&path).await;
    let answer = dana.press(&page, "Replay", &[]).await;
    answer.leads_to(&path);
    dana.press(&page, "Replay", &[]).await.leads_to(&path);

    let now = of(&acme, &failed).await;
    assert_eq!((now.state, now.attempts, now.next_attempt_at), (State::Queued, 0, Timestamp(0)));
    assert_eq!((now.outcome, now.reason, now.finished_at), (Outcome::None, Reason::None, None));
    assert_eq!((now.received_at, &now.body), (failed.received_at, &failed.body));
    let page = dana.get(&path).await;
    assert_eq!(page.text("ol.timeline .what"), "received\nverified\nkept\nreplayed");
    has(
        &page,
        &[
            "by dana@acme.example; previous result: failed, Lever was away",
            "processing",
            "is already being processed",
        ],
    );
    assert_eq!(
        page.attribute("#replay", "class"),
        None,
        "there is nothing to replay while it is being processed"
    );
    let log = portal.audit(&acme.company.id).await;
    assert_eq!(log.iter().filter(|action| *action == "event.replayed").count(), 1);
}

on_both_databases!(Portal::start => who_may_not_act_does_not_replay);
async fn who_may_not_act_does_not_replay(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let failed = Event { state: State::Failed, ..acme.event(1) };
    acme.keep(vec![failed.clone()]).await;
    let path = format!("/events/{}/replay", failed.id);
    for visitor in [acme.auditor().await, acme.member().await] {
        assert_eq!(visitor.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
    }
    let dana = acme.admin().await;
    assert_eq!(dana.post_as_is(&path, &[]).await.status, StatusCode::FORBIDDEN, "a form from elsewhere");
    assert_eq!(of(&acme, &failed).await.state, State::Failed);
}

on_both_databases!(Portal::start => what_was_never_workable_is_not_replayed);
async fn what_was_never_workable_is_not_replayed(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let dana = acme.admin().await;
    for (state, status) in [
        (State::Waiting, StatusCode::CONFLICT),
        (State::Quarantined, StatusCode::CONFLICT),
        (State::Check, StatusCode::CONFLICT),
        (State::Malformed, StatusCode::CONFLICT),
        (State::Queued, StatusCode::SEE_OTHER),
        (State::Done, StatusCode::SEE_OTHER),
        (State::Ignored, StatusCode::SEE_OTHER),
        (State::Failed, StatusCode::SEE_OTHER),
    ] {
        let kept = Event { state, ..acme.event(1) };
        acme.keep(vec![kept.clone()]).await;
        let page = dana.get(&format!("/events/{}", kept.id)).await;
        let button = matches!(state, State::Done | State::Ignored | State::Failed);
        assert_eq!(page.attribute("#replay", "class").is_some(), button, "{state}");
        let answer = dana.post(&format!("/events/{}/replay", kept.id), &[]).await;
        assert_eq!(answer.status, status, "{state}");
        let after = if status == StatusCode::CONFLICT { state } else { State::Queued };
        assert_eq!(of(&acme, &kept).await.state, after, "{state}");
        if status == StatusCode::CONFLICT {
            assert!(answer.text("main").contains("cannot be replayed"), "{state}");
        }
    }
}
