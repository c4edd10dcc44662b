//! The pages in a real browser: accessible in both colour schemes, at a desk and on a phone.

use super::*;
use crate::support::browser::{Browser, DESKTOP, Look};
use crate::support::faces::{everyone_can_use, log_in};

#[actix_web::test]
async fn an_account_is_connected_set_up_and_disconnected() {
    let scene = scene(Backend::Sqlite).await;
    let browser = Browser::open().await;
    log_in(&browser, &scene.portal, "ada@acme.example").await;
    everyone_can_use(&browser, "connect-empty").await;
    browser.press("Add Integration").await;
    browser.sees("Invite candidates when they reach a stage in Lever").await;
    everyone_can_use(&browser, "connect-add").await;
    browser.press("Add").await;
    browser.sees("Alva will be able to").await;
    everyone_can_use(&browser, "connect-connect").await;
    browser.press("Grant Access").await;
    browser.fill("Email", &scene.lever.admin_email).await;
    browser.fill("Password", &scene.lever.admin_password).await;
    browser.press("Log in").await;
    browser.press("Accept").await;
    browser.sees("Lever is connected. Now set up its webhooks.").await;
    let path = browser.url().await.path().to_owned();
    everyone_can_use(&browser, "connect-setting-up").await;
    browser.press("Copy").await;
    let webhook = browser.clipboard().await;
    assert_eq!(webhook, browser.value("Webhook URL").await);
    browser.press("Save").await;
    browser.sees("There is a problem with your changes").await;
    let focused = browser.run("return document.activeElement.className", vec![]).await;
    assert_eq!(focused, "error-summary");
    everyone_can_use(&browser, "connect-errors").await;

    // The checklist changes while one looks at it, and what was typed stays.
    browser.fill("Webhook signature token", "typed and not saved").await;
    let hook = json!({"event": "applicationCreated", "url": webhook});
    let hook = scene.control(Method::POST, "webhooks", hook).await["data"]["id"].as_str().unwrap().to_owned();
    scene.control(Method::POST, &format!("webhooks/{hook}/verify"), json!({})).await;
    browser.sees("connection test received").await;
    assert_eq!(browser.value("Webhook signature token").await, "typed and not saved");
    browser.fill("Webhook signature token", "").await;

    browser.press("Set up webhooks for me").await;
    browser.sees("The webhooks are set up in Lever").await;
    browser.choose("Trigger stage", "Assessment").await;
    browser.check("internal").await;
    browser.press("Preview who is invited").await;
    browser.sees("these rules now").await;
    everyone_can_use(&browser, "connect-preview").await;
    browser.press("Save").await;
    browser.sees("Saved. The integration is active.").await;
    everyone_can_use(&browser, "connect-active").await;
    browser.goto(scene.portal.running.url.join("/settings/integrations").unwrap()).await;
    everyone_can_use(&browser, "connect-list").await;
    browser.goto(scene.portal.running.url.join(&format!("{path}/disconnect")).unwrap()).await;
    everyone_can_use(&browser, "connect-disconnect").await;
    browser.press("Disconnect Lever account").await;
    browser.sees("The portal no longer has access to Lever").await;
    everyone_can_use(&browser, "connect-disconnected").await;
    browser.goto(scene.portal.running.url.join("/oauth/lever/callback?state=x&code=y").unwrap()).await;
    browser.sees("This sign-in has expired or was already used").await;
    everyone_can_use(&browser, "connect-callback").await;
}

#[actix_web::test]
async fn an_account_is_connected_without_scripts() {
    let scene = scene(Backend::Sqlite).await;
    let browser = Browser::with(Look { scripts: false, ..DESKTOP }).await;
    log_in(&browser, &scene.portal, "ada@acme.example").await;
    browser.press("Add Integration").await;
    browser.is_at("/settings/integrations/add").await;
    browser.press("Add").await;
    browser.is_at("/settings/integrations/add/lever").await;
    browser.press("Grant Access").await;
    browser.fill("Email", &scene.lever.admin_email).await;
    browser.fill("Password", &scene.lever.admin_password).await;
    browser.press("Log in").await;
    browser.press("Accept").await;
    browser.sees("Lever is connected").await;
    browser.choose("Trigger stage", "Assessment").await;
    browser.fill("Webhook signature token", "0f3b7c21d5a94e6688aa").await;
    browser.press("Save").await;
    browser.sees("Saved. The integration is active. The token is checked against the next event.").await;
}
