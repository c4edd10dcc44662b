//! Lists page by page, with the filters of the pages, and what a row says.

use super::{Program, furnished, program};
use crate::lists::Tenant;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::audit::{self, Action, Actor};
use alva_portal::events::{State, StepKind, steps};
use alva_portal::invitations::InvitationState;
use alva_portal::reasons::Reason;
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::collections::BTreeSet;

/// All rows from this address on, page by page: their ids.
async fn to_the_end(program: &Program, path: &str, size: usize) -> Vec<String> {
    let (mut all, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let answer = program.get(&path).await;
        let page = answer.each("id");
        next = answer.json()["next"].as_str().map(str::to_owned);
        assert!(
            page.len() == size || next.is_none(),
            "a page is full unless it is the last: {}",
            answer.text
        );
        all.extend(page);
        assert!(all.len() < 1_000, "it comes to an end");
    }
    all
}

on_both_databases!(Portal::start => pages_lead_to_the_end_and_no_row_comes_twice);
async fn pages_lead_to_the_end_and_no_row_comes_twice(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let program = program(&acme).await;
    let events: Vec<_> = (0..30).map(|n| acme.event(n * 10)).collect();
    let newest_first: Vec<String> = events.iter().map(|event| event.id.to_string()).collect();
    acme.keep(events).await;
    let mut candidates = Vec::new();
    for n in 0..15 {
        let id = acme.candidate(&format!("o{n}"), &format!("Person {n}"), "Backend").await;
        acme.invitation(&id, "p1", InvitationState::Sent).await;
        candidates.insert(0, id.to_string());
    }
    for size in [7, 30] {
        assert_eq!(to_the_end(&program, &format!("/api/v1/events?limit={size}"), size).await, newest_first);
        let found = to_the_end(&program, &format!("/api/v1/candidates?limit={size}&state=sent"), size).await;
        assert_eq!(found, candidates);
    }
    // Rows that arrive meanwhile neither hide nor repeat one.
    let first = program.get("/api/v1/audit?limit=3").await;
    let rows: Vec<i64> = first.data().iter().map(|row| row["seq"].as_i64().unwrap()).collect();
    let (company, actor) = (acme.company.id, Actor::CommandLine);
    portal
        .write(move |conn| {
            Ok(audit::record(conn, &company, &actor, Action::CompanyConfigured, "Acme", &json!({}))?)
        })
        .await;
    let second = program.get(first.json()["next"].as_str().unwrap()).await;
    let rows: Vec<i64> =
        rows.into_iter().chain(second.data().iter().map(|row| row["seq"].as_i64().unwrap())).collect();
    assert!(rows.len() > 3 && rows.windows(2).all(|pair| pair[0] == pair[1] + 1), "{rows:?}");
}

on_both_databases!(Portal::start => filters_are_those_of_the_pages);
async fn filters_are_those_of_the_pages(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let program = program(&acme).await;
    let ada = acme.candidate("o1", "Ada Byron", "100% remote").await.to_string();
    let grace = acme.candidate("o2", "Grace Hopper", "Backend").await;
    acme.invitation(&grace, "p1", InvitationState::Opened).await;
    let (mut of_ada, mut failed, other) = (acme.event(30), acme.event(20), acme.event(10));
    of_ada.opportunity_id = Some("o1".to_owned());
    failed.state = State::Failed;
    let [of_ada_id, failed_id, other_id] = [&of_ada, &failed, &other].map(|event| event.id.to_string());
    acme.keep(vec![of_ada, failed, other]).await;
    let account = acme.account;
    for (query, expected) in [
        ("q=ada%20byron".to_owned(), vec![&of_ada_id]),
        ("state=failed".to_owned(), vec![&failed_id]),
        ("state=done".to_owned(), vec![&other_id, &of_ada_id]),
        (format!("integration={account}&event=candidateStageChange&limit=2"), vec![&other_id, &failed_id]),
        ("from=2026-01-01&to=2026-01-02".to_owned(), vec![]),
        ("event=candidateHired".to_owned(), vec![]),
    ] {
        let answer = program.get(&format!("/api/v1/events?{query}")).await;
        assert_eq!(answer.each("id").iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let grace = grace.to_string();
    for (query, expected) in [
        ("q=byron", vec![&ada]),
        ("q=100%25", vec![&ada]),
        ("state=none", vec![&ada]),
        ("state=opened", vec![&grace]),
        ("state=waiting", vec![]),
        ("state=sent", vec![]),
    ] {
        let answer = program.get(&format!("/api/v1/candidates?{query}")).await;
        assert_eq!(answer.each("id").iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let created = program.get("/api/v1/audit?action=api_token.created").await;
    assert_eq!(created.each("action"), ["api_token.created"]);
    let of_team: BTreeSet<String> =
        program.get("/api/v1/audit?object=team").await.each("action").into_iter().collect();
    assert_eq!(of_team, BTreeSet::from(["team.added".to_owned()]));
    assert!(program.get("/api/v1/audit?who=nobody").await.data().is_empty());
    assert!(program.get("/api/v1/audit?to=2020-01-01").await.data().is_empty());
}

on_both_databases!(Portal::start => rows_say_what_the_pages_say_and_nothing_that_opens_a_door);
async fn rows_say_what_the_pages_say_and_nothing_that_opens_a_door(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let program = program(&acme).await;
    let candidate = acme.candidate("o1", "Ada Byron", "Backend engineer").await;
    let invitation = acme.invitation(&candidate, "Backend engineer", InvitationState::Sent).await;
    let mut event = acme.event(60);
    event.opportunity_id = Some("o1".to_owned());
    event.body = br#"{"token": "webhook-secret-1", "signature": "webhook-secret-2"}"#.to_vec();
    event.dedupe_key = "token-webhook-secret-1".to_owned();
    let id = event.id;
    acme.keep(vec![event]).await;
    let step = steps::NewStep::good(StepKind::Decided, Reason::Text("No rule applies.".to_owned()));
    portal.write(move |conn| Ok(steps::add(conn, &id, step)?)).await;

    let one = program.get(&format!("/api/v1/events/{id}")).await.json();
    assert_eq!(one["id"], id.as_str());
    assert_eq!((&one["state"], &one["outcome"]), (&json!("done"), &json!("nothing_to_do")));
    assert_eq!((&one["candidate"], &one["posting"]), (&json!("Ada Byron"), &json!("Backend engineer")));
    assert_eq!(one["candidate_id"], candidate.as_str());
    let steps: Vec<&str> =
        one["timeline"].as_array().unwrap().iter().map(|line| line["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["received", "verified", "kept", "decided"]);
    assert_eq!(one["timeline"][3]["detail"], "No rule applies.");

    let one = program.get(&format!("/api/v1/candidates/{candidate}")).await.json();
    assert_eq!((&one["name"], &one["email"]), (&json!("Ada Byron"), &json!("o1@people.example")));
    assert_eq!(one["lever_url"], "https://hire.lever.co/candidates/o1");
    assert_eq!(one["invitations"][0]["id"], invitation.as_str());
    assert_eq!(
        (&one["invitations"][0]["state"], &one["invitations"][0]["tests"]),
        (&json!("sent"), &json!("both"))
    );
    assert_eq!(one["invitations"][0]["result"], json!(null), "nothing until all tests are done");

    let all = program.get("/api/v1/integrations").await;
    let integration = &all.data()[0];
    assert_eq!(integration["id"], acme.account.as_str());
    assert_eq!(integration["account_name"], "Acme in Lever");
    // One verdict: the word on the page is the word here.
    let page = acme.member().await.get("/settings/integrations").await;
    let label = integration["verdict"]["label"].as_str().unwrap();
    assert!(page.text("main").contains(label), "{label:?} is not in {}", page.text("main"));
    assert!(!integration["verdict"]["parts"].as_array().unwrap().is_empty());

    for path in [
        "/api/v1/events".to_owned(),
        format!("/api/v1/events/{id}"),
        "/api/v1/integrations".to_owned(),
        format!("/api/v1/candidates/{candidate}"),
    ] {
        let text = program.get(&path).await.text;
        for secret in ["webhook-secret", "first-secret", "hash-", &format!("key-{}", acme.account)] {
            assert!(!text.contains(secret), "{path}: {text}");
        }
    }
}

on_both_databases!(Portal::start => days_are_those_of_one_integration);
async fn days_are_those_of_one_integration(portal: Portal) {
    use alva_portal::completeness::{Day, DayState, DayStep};
    use alva_portal::db::DbError;
    use alva_portal::db::schema::completeness_days;
    use alva_portal::time::Timestamp;
    use diesel::prelude::*;
    let acme = Tenant::of(&portal, "Acme").await;
    let program = program(&acme).await;
    let account = acme.account;
    let day = move |n: u8| Day {
        integration_id: account,
        day: format!("2026-11-{n:02}"),
        state: DayState::Counted,
        from_at: Timestamp(0),
        until_at: Timestamp(1),
        step: DayStep::Changed,
        page: None,
        counted_at: Some(Timestamp(2)),
        failure: Reason::None,
    };
    let days: Vec<Day> = (1..=25).map(day).collect();
    portal
        .write(move |conn| {
            for day in &days {
                diesel::insert_into(completeness_days::table)
                    .values(day)
                    .execute(conn)
                    .map_err(DbError::from)?;
            }
            Ok(())
        })
        .await;
    let (mut all, mut next) =
        (Vec::new(), Some(format!("/api/v1/completeness?integration={account}&limit=10")));
    while let Some(path) = next {
        let answer = program.get(&path).await;
        all.extend(answer.each("day"));
        next = answer.json()["next"].as_str().map(str::to_owned);
    }
    let expected: Vec<String> = (1..=25).rev().map(|n| format!("2026-11-{n:02}")).collect();
    assert_eq!(all, expected);
    program.get("/api/v1/completeness").await.is_problem(400, "bad_parameter");
    program.get("/api/v1/completeness?integration=mine").await.is_problem(400, "bad_parameter");
}

on_both_databases!(Portal::start => head_is_get_without_the_body);
async fn head_is_get_without_the_body(portal: Portal) {
    let (acme, routes) = furnished(&portal, "Acme").await;
    let program = program(&acme).await;
    for (path, _) in &routes {
        let head = program.ask(Method::HEAD, path).await;
        assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""), "{path}");
        assert_eq!(head.header("content-type"), "application/json", "{path}");
    }
    let nobody = Program::of(&portal, None).ask(Method::HEAD, "/api/v1/events").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}
