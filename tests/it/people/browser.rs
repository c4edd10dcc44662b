//! The pages in a real browser: accessible in both colour schemes, at a desk and on a phone, with
//! and without scripts.

use crate::support::browser::{Browser, Look, PHONE};
use crate::support::faces::everyone_can_use;
use crate::support::portal::{PASSWORD, Portal};
use alva_portal::db::Backend;

#[actix_web::test]
async fn people_come_in_and_manage_their_team() {
    let portal = Portal::start(Backend::Sqlite).await;
    let code = portal.running.setup_code.clone().unwrap();
    let at = |path: &str| portal.running.url.join(path).unwrap();
    let browser = Browser::open().await;

    browser.goto(at(&format!("/setup?code={}", code.expose()))).await;
    everyone_can_use(&browser, "people-1").await;
    browser.fill("Company name", "Acme Inc").await;
    browser.fill("Your name", "Dana Smith").await;
    browser.fill("Email", "dana@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Create company").await;
    browser.is_at("/settings/integrations").await;

    browser.goto(at("/settings/company")).await;
    everyone_can_use(&browser, "people-2").await;
    browser.fill("Time zone", "Europe/Stockholm").await;
    browser.fill("Support contact", "jobs@acme.example").await;
    browser.press("Save settings").await;
    browser.sees("Saved.").await;

    browser.press("Team").await;
    browser.press("Invite someone").await;
    browser.fill("Email", "sam@acme.example").await;
    everyone_can_use(&browser, "people-3").await;
    browser.press("Send invitation").await;
    browser.sees("Invited sam@acme.example.").await;
    everyone_can_use(&browser, "people-4").await;
    portal.mailed_link("sam@acme.example").await;

    browser.press("sam@acme.example").await;
    everyone_can_use(&browser, "people-5").await;
    browser.press("Remove sam@acme.example").await;
    browser.sees("Remove sam@acme.example?").await;
    everyone_can_use(&browser, "people-6").await;
    browser.press("Remove").await;
    browser.sees("sam@acme.example was removed from the team.").await;

    browser.press("Log out").await;
    browser.is_at("/login").await;
    everyone_can_use(&browser, "people-7").await;
    browser.fill("Email", "dana@acme.example").await;
    browser.press("Log in").await;
    browser.sees("The email address or password is wrong.").await;
    everyone_can_use(&browser, "people-8").await;
    let focused = browser.run("return document.activeElement.className", vec![]).await;
    assert_eq!(focused, "error-summary");
    browser.press("Forgot your password?").await;
    everyone_can_use(&browser, "people-9").await;
    browser.press("Send link").await;
    browser.sees("This can't be empty.").await;
    browser.fill("Email", "dana@acme.example").await;
    browser.press("Send link").await;
    browser.sees("emailed a link to it").await;
    browser.goto(at(&portal.mailed_link("dana@acme.example").await)).await;
    everyone_can_use(&browser, "people-10").await;
}

#[actix_web::test]
async fn the_team_is_managed_without_scripts() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", alva_portal::people::Role::Admin).await;
    let browser = Browser::with(Look { scripts: false, ..PHONE }).await;
    browser.goto(portal.running.url.join("/settings/team").unwrap()).await;
    browser.fill("Email", "dana@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.is_at("/settings/team").await;
    browser.press("Invite someone").await;
    browser.is_at("/settings/team/invite").await;
    browser.fill("Email", "sam@acme.example").await;
    browser.choose("Role", "Auditor").await;
    browser.press("Send invitation").await;
    browser.sees("Invited sam@acme.example.").await;
    browser.press("sam@acme.example").await;
    browser.press("Remove sam@acme.example").await;
    browser.sees("sam@acme.example was removed from the team.").await;
}
