//! Every page that the journey does not pass: no violation of WCAG 2.2 AA, at a desk and on a phone, in
//! light and dark, and nothing that scrolls sideways.

use crate::support::axe::assert_accessible;
use crate::support::browser::{Browser, DESKTOP, Look, PHONE};
use crate::support::lever::Connected;
use crate::support::portal::PASSWORD;
use alva_portal::db::Backend;
use serde_json::json;

async fn look(browser: &Browser, path: &str) {
    for look in [DESKTOP, Look { dark: true, ..PHONE }] {
        browser.look(look).await;
        assert_accessible(browser).await;
        let wider = "return document.documentElement.scrollWidth > window.innerWidth";
        assert_eq!(browser.run(wider, vec![]).await, false, "{path} scrolls sideways, {look:?}");
    }
    browser.look(DESKTOP).await;
}

#[actix_web::test]
async fn every_page_is_for_everyone() {
    let there = Connected::active(Backend::Sqlite).await;
    let person = there
        .candidate(json!({ "name": "Ada Byron", "email": "ada@people.example", "origin": "applied",
            "stage": "New applicant", "silent": true }))
        .await;
    there.move_to(&person, "Assessment").await;
    there.worked(&person, 1).await;
    let at = |path: &str| there.portal.running.url.join(path).unwrap();
    let browser = Browser::open().await;
    for path in
        ["/login", "/password/forgot", "/setup", "/no/such/page", "/password/reset/none", "/invite/none"]
    {
        browser.goto(at(path)).await;
        look(&browser, path).await;
    }
    browser.goto(at("/login")).await;
    browser.fill("Email", "ada@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.sees("Integrations").await;
    let account = format!("/settings/integrations/{}", there.integration);
    let pages = [
        "/settings/integrations".to_owned(),
        "/settings/integrations/add".to_owned(),
        "/settings/integrations/add/lever".to_owned(),
        account.clone(),
        format!("{account}/webhooks"),
        format!("{account}/rules"),
        format!("{account}/activity"),
        format!("{account}/settings"),
        format!("{account}/disconnect"),
        format!("{account}/reconciliations"),
        format!("{account}/postings"),
        format!("{account}/completeness"),
        "/settings/company/alerts".to_owned(),
        "/settings/company/api-tokens".to_owned(),
        "/settings/company/api-tokens/reference".to_owned(),
        "/settings/company".to_owned(),
        "/settings/team".to_owned(),
        "/settings/team/invite".to_owned(),
        "/settings/profiles".to_owned(),
        "/settings/profiles/new".to_owned(),
        "/events".to_owned(),
        "/events?q=nobody-is-called-so".to_owned(),
        "/events?from=nonsense".to_owned(),
        "/audit".to_owned(),
        "/audit/rows/1".to_owned(),
        "/audit/checkpoints".to_owned(),
        "/audit/evidence".to_owned(),
        "/settings/background-work?show=failed".to_owned(),
        "/settings/background-work?show=waiting".to_owned(),
        "/candidates".to_owned(),
        "/candidates/why".to_owned(),
        "/candidates/why?q=Ada".to_owned(),
    ];
    for path in &pages {
        browser.goto(at(path)).await;
        look(&browser, path).await;
    }
    browser.goto(at(&format!("{account}/settings"))).await;
    browser.press("Preview who is invited").await;
    browser.sees("Preview").await;
    look(&browser, "a preview").await;
    browser.goto(at("/candidates")).await;
    browser.press("Ada Byron").await;
    browser.sees("ada@people.example").await;
    look(&browser, "a candidate").await;
    browser.goto(at(&account)).await;
    browser.press("Sync now").await;
    browser.sees("econciliation").await;
    look(&browser, "a reconciliation").await;
    browser.goto(at(&account)).await;
    browser.press("Test it").await;
    browser.sees("Everything works").await;
    look(&browser, "a test of the account").await;
}
