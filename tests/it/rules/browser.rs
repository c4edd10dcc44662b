//! The pages of rules and the brake, as everyone meets them.

use super::*;
use crate::support::browser::{Browser, DESKTOP, Look};
use crate::support::faces::{everyone_can_use, log_in};
use alva_portal::db::Backend;

#[actix_web::test]
async fn rules_are_added_and_asked_about_in_the_browser() {
    let ruled = Ruled::start(Backend::Sqlite).await;
    let (id, title, tags) = ruled.plain().clone();
    ruled
        .admin
        .post(
            "/settings/company",
            &[
                ("company_name", "Acme Inc"),
                ("time_zone", "UTC"),
                ("retention", "24"),
                ("ask_again_above", "1"),
            ],
        )
        .await
        .leads_to("/settings/company");
    for name in ["Anna", "Berta"] {
        ruled.applicant(name, json!({"stage": "Phone interview", "posting": id})).await;
    }
    let browser = Browser::open().await;
    log_in(&browser, &ruled.portal, "ada@acme.example").await;
    browser.goto(ruled.portal.running.url.join("/settings/company").unwrap()).await;
    everyone_can_use(&browser, "rules-company").await;
    browser.goto(ruled.portal.running.url.join(&ruled.settings()).unwrap()).await;
    everyone_can_use(&browser, "rules-settings").await;
    browser.press("Rules by posting").await;
    everyone_can_use(&browser, "rules-empty").await;
    browser.press("Add rule").await;
    browser.choose("Postings", &format!("tagged “{}”", tags[0])).await;
    browser.check("Logic only").await;
    browser.choose("Trigger stage", "Phone interview").await;
    browser.press("Preview who is invited").await;
    browser.sees("2 candidates meet these rules now").await;
    everyone_can_use(&browser, "rules-form").await;
    browser.press("Save rule").await;
    browser.sees("Invite 2 candidates?").await;
    browser.sees(&title).await;
    everyone_can_use(&browser, "rules-brake").await;
    browser.press("Back to the form").await;
    assert!(browser.is_checked("Logic only").await, "what was typed stays");
    browser.press("Save rule").await;
    browser.check("I have checked who will be invited (more than 1 candidates)").await;
    browser.press("Invite 2 candidates and save").await;
    browser.sees("Saved. 2 candidates who are already there are invited now.").await;
    everyone_can_use(&browser, "rules-list").await;
    browser.press(&format!("Postings tagged “{}” · entering “Phone interview” → logic", tags[0])).await;
    browser.press("Delete rule").await;
    browser.sees("Keep the rule").await;
    everyone_can_use(&browser, "rules-delete").await;
    ruled.settled().await;
    browser.goto(ruled.portal.running.url.join("/candidates").unwrap()).await;
    browser.press("Anna").await;
    everyone_can_use(&browser, "rules-candidate").await;
}

#[actix_web::test]
async fn the_brake_works_without_scripts() {
    let ruled = Ruled::start(Backend::Sqlite).await;
    let company = ruled.admin.get("/settings/company").await;
    ruled
        .admin
        .press(&company, "Save settings", &[("ask_again_above", "0")])
        .await
        .leads_to("/settings/company");
    ruled.applicant("Anna", json!({"stage": "Phone interview"})).await;
    let browser = Browser::with(Look { scripts: false, ..DESKTOP }).await;
    log_in(&browser, &ruled.portal, "ada@acme.example").await;
    browser.goto(ruled.portal.running.url.join(&ruled.settings()).unwrap()).await;
    browser.choose("Trigger stage", "Phone interview").await;
    browser.press("Save").await;
    browser.sees("Invite 1 candidate?").await;
    browser.press("Back to the form").await;
    browser.sees("1 candidate meets these rules now").await;
    browser.press("Save").await;
    // The browser itself asks for the tick, without scripts, too.
    browser.press("Invite 1 candidate and save").await;
    browser.sees("Nothing is saved yet.").await;
    browser.check("I have checked who will be invited (more than 0 candidates)").await;
    browser.press("Invite 1 candidate and save").await;
    browser.sees("Saved. 1 candidate who is already there is invited now.").await;
}
