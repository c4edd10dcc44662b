//! The pages on an account's life in a real browser, with something on each.

use super::*;
use crate::support::browser::{Browser, Line};
use crate::support::faces::{everyone_can_use, log_in};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

#[actix_web::test]
async fn the_life_of_an_account_is_for_everyone_to_see() {
    let working = Connected::active(Backend::Sqlite).await;
    let there = &working;
    working.posting("Backend Engineer", json!({"tags": ["alva: screening", "Rust"]})).await;
    working.posting("Data Analyst", json!({"tags": ["Alva Coding Test: Lookup Service - Level 2"]})).await;
    working.nightly(ChoreKind::Postings).await;
    let mut stages = working.pipeline().await;
    stages[2]["text"] = json!("Renamed");
    working.set_pipeline(stages).await;
    let told = working.person("Told", "applicant-new").await;
    working.move_to(&told, TRIGGER).await;
    working.mailed("told@people.example", "invites you").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    let lost = working.person("Lost", "applicant-new").await;
    working.move_to(&lost, TRIGGER).await;
    until("the notice", PATIENCE, async || {
        there.admin.get(&working.page()).await.html.contains("was renamed").then_some(())
    })
    .await;
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(204)).mount(&server).await;
    let browser = Browser::open().await;
    log_in(&browser, &there.portal, "ada@acme.example").await;
    let at = |path: &str| there.portal.running.url.join(path).unwrap();
    browser.goto(at(&working.page())).await;
    browser.sees("was renamed").await;
    everyone_can_use(&browser, "life-account").await;
    browser.press("Postings").await;
    browser.sees("Tags on your postings").await;
    everyone_can_use(&browser, "life-postings").await;
    browser.goto(at(&format!("{}/completeness", working.page()))).await;
    browser.press("Count today so far").await;
    browser.sees("Differences by candidate").await;
    everyone_can_use(&browser, "life-day").await;
    browser.press("Completeness").await;
    browser.sees("If all three numbers match").await;
    everyone_can_use(&browser, "life-days").await;
    browser.goto(at("/settings/company/alerts")).await;
    browser.fill("Alert URL", &server.uri()).await;
    browser.press("Save address").await;
    browser.sees("shown only once").await;
    everyone_can_use(&browser, "life-alerts-secret").await;
    browser.press("Send a test").await;
    browser.sees("The test was accepted").await;
    everyone_can_use(&browser, "life-alerts").await;
}

#[actix_web::test]
async fn pages_show_what_changes_and_say_when_they_cannot() {
    let working = Connected::active(Backend::Sqlite).await;
    let browser = Browser::open().await;
    log_in(&browser, &working.portal, "ada@acme.example").await;
    let at = |path: &str| working.portal.running.url.join(path).unwrap();
    // A list, then the page of somebody who is invited while one looks at it.
    browser.goto(at("/candidates")).await;
    browser.sees("No candidate yet").await;
    let person = working.person("Live", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    browser.sees("Live").await;
    working.mailed("live@people.example", "invites you").await;
    browser.press("Live").await;
    browser.sees("In Lever").await;
    working.control(Method::POST, &format!("opportunities/{person}/archive"), json!({})).await;
    browser.sees("cancelled").await;
    // Each says when it is not live any more, and when it is again.
    for path in ["/", "/candidates", "/settings/integrations", "/settings/background-work", &working.page()] {
        browser.goto(at(path)).await;
        browser.line(Line::Dead).await;
        browser.sees("not live: no connection").await;
        browser.line(Line::Good).await;
        until("the page to be live again", PATIENCE, async || {
            let is_lost = browser.run("return !!document.getElementById('not-live')", vec![]).await;
            (is_lost == false).then_some(())
        })
        .await;
    }
}
