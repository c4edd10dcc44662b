//! `/events`: what is shown, to whom, in which order; filters and pages.

use super::{Tenant, cells, event, event_id_at, ids, linked};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::DbError;
use alva_portal::db::schema::companies;
use alva_portal::events::{Event, Outcome, State};
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::StatusCode;

on_both_databases!(Portal::start => the_log_shows_events_newest_first_in_words);
async fn the_log_shows_events_newest_first_in_words(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let other = Tenant::of(&portal, "Other").await;
    acme.candidate("o1", "Ada <Byron>", "Backend engineer").await;
    let invited = Event { outcome: Outcome::Invited, opportunity_id: Some("o1".into()), ..acme.event(10) };
    let unsigned = Event { state: State::Quarantined, outcome: Outcome::None, ..acme.event(20) };
    let created = Event { kind: "applicationCreated".into(), ..acme.event(30) };
    // The same opportunity id in somebody else's account.
    let theirs = Event { opportunity_id: Some("o1".into()), ..other.event(5) };
    acme.keep(vec![created.clone(), invited.clone(), unsigned.clone()]).await;
    other.keep(vec![theirs.clone()]).await;

    let page = acme.auditor().await.get("/events").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(linked(&page, "Event"), ids([&invited, &unsigned, &created]));
    assert_eq!(
        page.text("td[data-label=Event]"),
        "Candidate Stage Change\nCandidate Stage Change\nApplication Created"
    );
    assert_eq!(page.text("td[data-label=Result]"), "invited\ntoken not valid\nnothing to do");
    assert_eq!(page.text("td[data-label=Candidate]"), "Ada <Byron>Backend engineer\n—\n—");
    assert_eq!(page.attribute("#log", "data-live").as_deref(), Some("/events"));
    assert!(page.text("figcaption").contains("3, most in"), "{}", page.text("figcaption"));

    let theirs_page = other.admin().await.get("/events").await;
    assert_eq!(linked(&theirs_page, "Event"), ids([&theirs]));
    assert_eq!(theirs_page.text("td[data-label=Candidate]"), "—");
}

on_both_databases!(Portal::start => an_empty_log_says_what_to_do_next);
async fn an_empty_log_says_what_to_do_next(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let page = acme.auditor().await.get("/events").await;
    assert!(page.text(".empty").contains("No events yet"));
    assert_eq!(page.attribute(".empty a", "href").as_deref(), Some("/settings/integrations"));
}

on_both_databases!(Portal::start => only_those_who_may_audit_see_the_log);
async fn only_those_who_may_audit_see_the_log(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let kept = acme.event(1);
    acme.keep(vec![kept.clone()]).await;
    let member = acme.member().await;
    let one = format!("/events/{}", kept.id);
    for path in ["/events", "/events.csv", "/events.ndjson", &one, &format!("{one}/body")] {
        assert_eq!(member.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        let stranger = portal.visitor().get(path).await;
        let login = stranger.location.unwrap_or_default();
        assert!(
            stranger.status == StatusCode::SEE_OTHER && login.starts_with("/login?next="),
            "{path}: {login}"
        );
    }
}

on_both_databases!(Portal::start => filters_narrow_the_list);
async fn filters_narrow_the_list(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let other = Tenant::of(&portal, "Other").await;
    let second = crate::support::lever::unconnected(
        &portal,
        &acme.company,
        alva_portal::integrations::State::Active,
        &[],
    )
    .await;
    acme.candidate("o1", "Ada Byron", "Backend engineer").await;
    acme.candidate("o2", "Grace Hopper", "100% remote_work").await;
    acme.candidate("o3", "Percy 1000", "Remote work").await;
    let invited = Event {
        outcome: Outcome::Invited,
        opportunity_id: Some("o1".into()),
        lever_id: Some("4f4ee3e8-0000-4000-8000-0000000000a1".into()),
        ..acme.event(60)
    };
    let failed = Event {
        state: State::Failed,
        kind: "applicationCreated".into(),
        opportunity_id: Some("o2".into()),
        ..acme.event(120)
    };
    let remote = Event { opportunity_id: Some("o3".into()), ..acme.event(180) };
    let elsewhere = Event { integration_id: second, kind: "somethingNew".into(), ..acme.event(240) };
    let long_ago = Event {
        opportunity_id: Some("8c1d7e52-0000-4000-8000-0000000000b2".into()),
        ..event(&acme.company.id, &acme.account, Timestamp(1_700_000_000_000))
    };
    let all = [&invited, &failed, &remote, &elsewhere, &long_ago];
    acme.keep(all.into_iter().cloned().collect()).await;
    let theirs = Event { opportunity_id: Some("o1".into()), ..other.event(60) };
    other.keep(vec![theirs.clone()]).await;

    let auditor = acme.auditor().await;
    let account = format!("integration={second}");
    let own_id = format!("q={}", remote.id);
    let their_id = format!("q={}", theirs.id);
    // How an id begins, as far as somebody copied or typed it.
    let own_start = format!("q={}", remote.id.as_str()[..14].to_uppercase());
    let their_start = format!("q={}", &theirs.id.as_str()[..18]);
    let their_account = format!("integration={}", other.account);
    // 1,700,000,000 s is 2023-11-14T22:13:20Z.
    let cases: [(&str, &[&Event]); 26] = [
        ("", &all),
        (&account, &[&elsewhere]),
        ("state=failed", &[&failed]),
        ("event=applicationCreated", &[&failed]),
        ("event=somethingNew", &[&elsewhere]),
        ("event=applicationCreated&state=done", &[]),
        ("q=ada", &[&invited]),
        ("q=BYRON", &[&invited]),
        ("q=backend", &[&invited]),
        ("q=++ada+byron++", &[&invited]),
        ("q=o2", &[&failed]),
        ("q=%25", &[&failed]),
        ("q=_", &[&failed]),
        ("q=remote", &[&failed, &remote]),
        ("q=remote&state=failed", &[&failed]),
        (&own_id, &[&remote]),
        ("q=4f4ee3e8-0000-4000-8000-0000000000a1", &[&invited]),
        (&their_id, &[]),
        (&own_start, &[&remote]),
        (&their_start, &[]),
        ("q=4f4ee3e8-00", &[&invited]),
        ("q=8c1d7e52", &[&long_ago]),
        (&their_account, &[]),
        ("from=2023-11-14&to=2023-11-14", &[&long_ago]),
        ("from=2023-11-14T22:13&to=2023-11-14T22:14", &[&long_ago]),
        ("to=2023-11-13", &[]),
    ];
    for (query, expected) in cases {
        let page = auditor.get(&format!("/events?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        assert_eq!(linked(&page, "Event"), ids(expected.iter().copied()), "{query}");
        if expected.is_empty() {
            assert!(page.text(".empty").contains("No event matches these filters"), "{query}");
            assert_eq!(page.attribute(".empty a", "href").as_deref(), Some("/events"), "{query}");
        }
        let file = auditor.get(&format!("/events.csv?{query}")).await;
        let (_, rows) = cells(&file);
        let exported: Vec<String> = rows.into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(exported, ids(expected.iter().copied()), "the file: {query}");
    }
}

on_both_databases!(Portal::start => a_day_is_a_day_of_the_company_s_time_zone);
async fn a_day_is_a_day_of_the_company_s_time_zone(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let company = acme.company.id;
    portal
        .write(move |conn| {
            diesel::update(companies::table.find(&company))
                .set(companies::time_zone.eq("Asia/Tokyo"))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    // 2023-11-14T22:13:20Z is the 15th, 07:13:20, in Tokyo.
    let kept = event(&acme.company.id, &acme.account, Timestamp(1_700_000_000_000));
    acme.keep(vec![kept.clone()]).await;
    let auditor = acme.auditor().await;
    let found = auditor.get("/events?from=2023-11-15&to=2023-11-15").await;
    assert_eq!(linked(&found, "Event"), ids([&kept]));
    assert_eq!(found.text("td[data-label=Time]"), "15 Nov 2023 07:13");
    assert_eq!(
        found.attribute("td[data-label=Time] time", "title").as_deref(),
        Some("2023-11-15 07:13:20.000 JST")
    );
    assert!(linked(&auditor.get("/events?from=2023-11-14&to=2023-11-14").await, "Event").is_empty());
}

on_both_databases!(Portal::start => filters_that_cannot_be_read_say_so_and_stay);
async fn filters_that_cannot_be_read_say_so_and_stay(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    acme.keep(vec![acme.event(1)]).await;
    let auditor = acme.auditor().await;
    for (query, field) in [
        ("from=yesterday&q=ada", "from"),
        ("from=2026-11-23&to=2026-11-22&q=ada", "to"),
        ("state=nonsense&q=ada", "state"),
        ("integration=1%27+OR+1&q=ada", "integration"),
    ] {
        let page = auditor.get(&format!("/events?{query}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(!page.text(&format!("#{field}-error")).is_empty(), "{query}");
        assert_eq!(page.attribute(&format!("#{field}"), "aria-invalid").as_deref(), Some("true"));
        assert_eq!(page.attribute("#q", "value").as_deref(), Some("ada"), "{query}");
        if field == "from" {
            assert_eq!(
                page.attribute("#from", "value").as_deref(),
                Some("yesterday"),
                "what was typed stays"
            );
            assert_eq!(page.attribute("#from", "type").as_deref(), Some("text"), "and can be seen");
        }
        assert!(linked(&page, "Event").is_empty(), "an unreadable filter must not look like an answer");
        let file = auditor.get(&format!("/events.csv?{query}")).await;
        assert_eq!(file.status, StatusCode::UNPROCESSABLE_ENTITY, "the file: {query}");
    }
    // A cursor that is no id is the first page; a parameter of nobody's is left out of the links.
    let page = auditor.get("/events?before=x&utm_source=%3Cscript%3E").await;
    assert_eq!(linked(&page, "Event").len(), 1);
    assert!(!page.html.contains("utm_source"));
}

on_both_databases!(Portal::start => pages_have_no_gap_and_no_repeat_while_events_arrive);
async fn pages_have_no_gap_and_no_repeat_while_events_arrive(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    // Several share a millisecond.
    let begin = Timestamp::now().0 - 600_000;
    let mut kept: Vec<Event> =
        (0..120).map(|n| event(&acme.company.id, &acme.account, Timestamp(begin + n / 3))).collect();
    acme.keep(kept.clone()).await;
    kept.sort_by_key(|event| std::cmp::Reverse(event.id));
    let auditor = acme.auditor().await;

    let mut seen = Vec::new();
    let mut page = auditor.get("/events?event=candidateStageChange").await;
    assert_eq!(page.attribute("a[rel=prev]", "href"), None);
    loop {
        seen.extend(linked(&page, "Event"));
        let Some(older) = page.attribute("a[rel=next]", "href") else { break };
        assert!(older.contains("event=candidateStageChange"), "the filter stays: {older}");
        acme.keep(vec![acme.event(0)]).await;
        page = auditor.get(&older).await;
        assert_eq!(page.attribute("#log", "data-live"), None, "only the first page changes automatically");
    }
    assert_eq!(seen, ids(&kept));

    // Back to the top, again without a gap; the top has what arrived meanwhile.
    let mut back = linked(&page, "Event");
    while let Some(newer) = page.attribute("a[rel=prev]", "href") {
        page = auditor.get(&newer).await;
        let mut above = linked(&page, "Event");
        above.retain(|id| !back.contains(id));
        back = above.into_iter().chain(back).collect();
    }
    assert_eq!(back.len(), 122);
    assert_eq!(back[2..], ids(&kept));
    assert!(page.attribute("#log", "data-live").is_some());
}

#[test]
fn an_id_made_for_a_time_lies_in_its_millisecond() {
    let at = Timestamp(1_700_000_000_000);
    let id = event_id_at(at);
    assert!(at.first_id().as_str() <= id.as_str() && id.as_str() < Timestamp(at.0 + 1).first_id().as_str());
}
