//! Passkeys in Chromium, with a virtual authenticator (Web Authentication, level 3, section 11).

use super::*;
use crate::support::browser::{Browser, Look, PHONE};
use crate::support::faces::everyone_can_use;
use serde_json::json;

/// The browser has a device that keeps passkeys. `looks`: it looks who is there, and finds the person.
async fn with_device(browser: &Browser, looks: bool) -> String {
    browser.cdp("WebAuthn.enable", json!({})).await;
    let options = json!({ "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
        "hasUserVerification": true, "isUserVerified": looks, "automaticPresenceSimulation": true });
    let made = browser.cdp("WebAuthn.addVirtualAuthenticator", json!({ "options": options })).await;
    made["authenticatorId"].as_str().unwrap().to_owned()
}

on_both_databases!(Portal::start => a_browser_adds_one_logs_in_and_confirms_with_it);
async fn a_browser_adds_one_logs_in_and_confirms_with_it(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let browser = Browser::open().await;
    crate::support::faces::log_in(&browser, &portal, "dana@acme.example").await;
    let at = |path: &str| portal.running.url.join(path).unwrap();
    let device = with_device(&browser, true).await;
    browser.goto(at("/account")).await;
    browser.press("Passkeys").await;
    everyone_can_use(&browser, "passkeys-1").await;
    browser.fill("Passkey name", "Work laptop").await;
    browser.press("Add a passkey").await;
    browser.sees("The portal calls it Work laptop.").await;
    browser.sees_no("makes no passkeys").await;
    everyone_can_use(&browser, "passkeys-2").await;
    // A finger that is not known changes nothing, and one can try again.
    let verified = async |is: bool| {
        let who = json!({ "authenticatorId": device, "isUserVerified": is });
        browser.cdp("WebAuthn.setUserVerified", who).await;
    };
    verified(false).await;
    browser.press("Create the passkey").await;
    browser.sees("It was cancelled, or took too long. Nothing has changed.").await;
    verified(true).await;
    browser.press("Create the passkey").await;
    browser.sees("Your recovery codes").await;
    browser.press("I have saved them").await;
    browser.sees("Work laptop").await;
    everyone_can_use(&browser, "passkeys-3").await;
    // The same device makes no second one.
    browser.fill("Passkey name", "Again").await;
    browser.press("Add a passkey").await;
    browser.press("Create the passkey").await;
    browser.sees("This device has a passkey for your account already.").await;
    browser.press("Log out").await;
    browser.is_at("/login").await;
    browser.sees("Log in with a passkey").await;
    everyone_can_use(&browser, "passkeys-4").await;
    browser.press("Log in with a passkey").await;
    browser.is_at("/settings/integrations").await;
    // It confirms, with the form that was sent.
    entered(&portal, 601).await;
    browser.goto(at(PAGE)).await;
    browser.press("Remove Work laptop").await;
    browser.sees("Confirm that it is you").await;
    everyone_can_use(&browser, "passkeys-5").await;
    browser.press("Use a passkey").await;
    browser.sees("The passkey \u{201c}Work laptop\u{201d} was removed").await;
    // What the portal forgot the device still has.
    browser.press("Log out").await;
    browser.is_at("/login").await;
    browser.press("Log in with a passkey").await;
    browser.sees("The portal does not know this passkey.").await;
    everyone_can_use(&browser, "passkeys-6").await;
}

on_both_databases!(Portal::start => after_the_password_a_browser_uses_one);
async fn after_the_password_a_browser_uses_one(portal: Portal) {
    let (_, ada) = ada(&portal).await;
    add(&portal, &ada, "Elsewhere").await;
    let browser = Browser::open().await;
    with_device(&browser, true).await;
    browser.goto(portal.running.url.join("/login").unwrap()).await;
    browser.fill("Email", "ada@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.sees("Use your passkey").await;
    everyone_can_use(&browser, "passkeys-7").await;
    // This device has none.
    browser.press("Log in with a passkey").await;
    browser.sees("It was cancelled, or took too long. Nothing has changed.").await;
}

#[actix_web::test]
async fn without_scripts_nothing_is_offered_that_does_not_work() {
    let portal = Portal::start(alva_portal::db::Backend::Sqlite).await;
    let (_, ada) = ada(&portal).await;
    add(&portal, &ada, "Laptop").await;
    let browser = Browser::with(Look { scripts: false, ..PHONE }).await;
    let at = |path: &str| portal.running.url.join(path).unwrap();
    browser.goto(at("/login")).await;
    browser.sees("Forgot your password?").await;
    browser.sees_no("Log in with a passkey").await;
    browser.fill("Email", "ada@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.sees("Recovery code").await;
    browser.sees_no("Log in with a passkey").await;
}
