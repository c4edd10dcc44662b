//! What the company sees of the tests, and what it may change.

use super::*;
use crate::support::axe::assert_accessible;
use crate::support::browser::{Browser, DESKTOP, Look, PHONE};
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use crate::support::portal::PASSWORD;
use alva_portal::db::Backend;
use alva_portal::integrations::State;
use alva_portal::people::Role;

on_both_databases!(Portal::start => scores_are_seen_once_complete_and_only_in_their_company);
async fn scores_are_seen_once_complete_and_only_in_their_company(portal: Portal) {
    let acme = portal.company("Acme").await;
    let other = portal.company("Other").await;
    for (company, who, role) in [
        (&acme, "max@acme.example", Role::Member),
        (&acme, "ada@acme.example", Role::Auditor),
        (&other, "eve@other.example", Role::Admin),
    ] {
        portal.person(company, who, role).await;
    }
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let grace = invite(&portal, &acme, &account, "o2").await;
    let candidate = portal.visitor();
    through_logic(&candidate, &ada).await;
    let member = portal.signed_in("max@acme.example").await;
    let page = member.get(&format!("/candidates/{}", ada.candidate)).await;
    assert!(page.text("main").contains("taking the tests"));
    assert!(!page.html.contains("Role fit"), "nothing is shown of unfinished tests");
    assert_eq!(member.get("/candidates/compare?posting=p1").await.status, StatusCode::NOT_FOUND);

    for _ in 0..15 {
        let page = candidate.get(&ada.path).await;
        answer_page(&candidate, &ada, &page).await;
    }
    let list = member.get("/candidates").await;
    assert!(list.text("td[data-label=Scores]").contains("Role fit "), "{}", list.text("table"));
    for who in ["max@acme.example", "ada@acme.example"] {
        let page = portal.signed_in(who).await.get(&format!("/candidates/{}", ada.candidate)).await;
        let report = page.text("section[id^=result]");
        for part in [
            "Role fit: ",
            "Conscientiousness",
            "Sociability",
            "of 50",
            "Logic: 3 tasks, half of them answered within ",
            // From the calibration file.
            "Parameters and norms: a short test (no norm sample)",
            "Read with care",
        ] {
            assert!(report.contains(part), "{part:?} is not in {report}");
        }
    }
    // What the candidate says stands beside the result; what cannot be read does not.
    let result = candidate.get(&ada.path).await;
    go_on(&candidate, &ada, &result, "Save the comment", &[("comment", "The line broke \u{7}twice.<b>")])
        .await;
    let page = member.get(&format!("/candidates/{}", ada.candidate)).await;
    assert_eq!(page.text("blockquote"), "The line broke twice.<b>");
    let compared = member.get("/candidates/compare?posting=p1").await;
    assert_eq!(compared.status, StatusCode::OK);
    let people = compared.text("tbody tr:not(.group) th");
    assert!(
        people.starts_with("Ada Byron") && !people.contains("Grace"),
        "Grace has no result yet: {people}"
    );
    assert!(people.contains("Personality: "), "which caution, in words: {people}");
    assert!(compared.text("tr.group").contains("Group 1"), "{}", compared.html);
    assert!(
        compared.text("td[data-label=Logic]").contains(" or ")
            || compared.text("td[data-label=Logic]").contains(" to ")
    );
    let eve = portal.signed_in("eve@other.example").await;
    assert_eq!(eve.get("/candidates/compare?posting=p1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(eve.get(&format!("/candidates/{}", ada.candidate)).await.status, StatusCode::NOT_FOUND);

    // More time, until the tests begin; by those who may act, for candidates of their own.
    let path = format!("/candidates/{}/time", grace.candidate);
    let time = |percent| [("invitation", grace.invitation.as_str()), ("time", percent)];
    let auditor = portal.signed_in("ada@acme.example").await;
    assert_eq!(auditor.post(&path, &time("150")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(eve.post(&path, &time("150")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(member.post(&path, &time("50")).await.status, StatusCode::BAD_REQUEST);
    member.post(&path, &time("150")).await.leads_to(&format!("/candidates/{}", grace.candidate));
    let page = portal.visitor().get(&grace.path).await;
    assert!(page.text("main").contains("each has 3 minutes"));
    assert!(portal.audit(&acme.id).await.contains(&"assessment.time_set".to_owned()));
    up_to_the_clock(&portal.visitor(), &grace).await;
    member.post(&path, &time("200")).await.leads_to(&format!("/candidates/{}", grace.candidate));
    let page = member.get(&format!("/candidates/{}", grace.candidate)).await;
    assert!(page.text(".flash").contains("have started"));
}

#[actix_web::test]
async fn everyone_can_read_a_report() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    invite(&portal, &acme, &account, "o2").await;
    through_both(&portal.visitor(), &ada).await;
    let browser = Browser::open().await;
    browser.goto(portal.running.url.join("/login").unwrap()).await;
    browser.fill("Email", "max@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.sees("Integrations").await;
    for (name, path) in [
        ("list", "/candidates".to_owned()),
        ("one", format!("/candidates/{}", ada.candidate)),
        ("compare", "/candidates/compare?posting=p1".to_owned()),
    ] {
        browser.goto(portal.running.url.join(&path).unwrap()).await;
        browser.sees("Ada Byron").await;
        for (kind, look) in [
            ("wide", DESKTOP),
            ("wide-dark", Look { dark: true, ..DESKTOP }),
            ("phone", PHONE),
            ("phone-dark", Look { dark: true, ..PHONE }),
        ] {
            browser.look(look).await;
            assert_accessible(&browser).await;
            let wider = "return document.documentElement.scrollWidth > window.innerWidth";
            assert_eq!(browser.run(wider, vec![]).await, false, "{name} scrolls sideways, {kind}");
            browser.screenshot(format!("target/screenshots/report-{name}-{kind}.png")).await;
        }
        browser.look(DESKTOP).await;
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
