//! A provider that is not ours: `oidc-provider` from npm, certified by the OpenID Foundation. In a browser.

use super::{CLIENT, PAGE, SECRET};
use crate::support::browser::Browser;
use crate::support::faces::everyone_can_use;
use crate::support::oidc_provider::OidcProvider;
use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use alva_portal::people::Role;
use fantoccini::Locator;
use serde_json::json;

/// Logs in on the provider's own page.
async fn at_the_provider(browser: &Browser, person: &str) {
    browser.sees("Sign-in").await;
    for (field, text) in [("login", person), ("password", "any")] {
        let field = browser.client().find(Locator::Css(&format!("input[name={field}]"))).await.unwrap();
        // The portal said who it is probably for, and the form has that already.
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }
    browser.press("Sign-in").await;
    browser.sees("Continue").await;
    // What its own pages complain about is not ours.
    browser.complaints().await;
    browser.press("Continue").await;
}

on_both_databases!(Portal::start => people_log_in_at_a_provider_that_is_not_ours);
async fn people_log_in_at_a_provider_that_is_not_ours(portal: Portal) {
    let redirect = portal.running.url.join("/login/sso/callback").unwrap();
    let people = json!({
        "ada": { "email": "ada@acme.example", "email_verified": true, "name": "Ada Byron", "groups": ["Owners"] },
        "grace": { "email": "grace@acme.example", "email_verified": true, "name": "Grace Hopper", "groups": ["Recruiting"] },
    });
    let Some(provider) = OidcProvider::start(redirect.as_str(), people).await else { return };
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let at = |path: &str| portal.running.url.join(path).unwrap();

    // An admin sets it up, and tries it.
    let browser = Browser::open().await;
    browser.goto(at("/login")).await;
    browser.fill("Email", "ada@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.is_at("/settings/integrations").await;
    browser.goto(at(PAGE)).await;
    everyone_can_use(&browser, "sso-1").await;
    browser.fill("Issuer", &provider.issuer).await;
    browser.fill("Client ID", CLIENT).await;
    browser.fill("Client secret", SECRET).await;
    browser.fill("Domains", "acme.example").await;
    browser.fill("Group roles", "Owners = admin\nRecruiting = auditor").await;
    browser.press("Save provider").await;
    browser.sees("Saved.").await;
    everyone_can_use(&browser, "sso-2").await;
    browser.press("Test it").await;
    at_the_provider(&browser, "ada").await;
    browser.sees("who is in the team with this address, with the role Admin").await;
    everyone_can_use(&browser, "sso-3").await;
    browser.press("Back to single sign-on").await;
    browser.check("Optional: with a password or at localhost").await;
    browser.press("Save use").await;
    browser.sees("Saved.").await;

    // Somebody new comes in by the log-in page, with the role of their group.
    let browser = Browser::open().await;
    browser.goto(at("/login")).await;
    everyone_can_use(&browser, "sso-4").await;
    browser.fill("Email", "grace@acme.example").await;
    browser.press("Single sign-on").await;
    at_the_provider(&browser, "grace").await;
    browser.is_at("/settings/integrations").await;
    browser.sees("Grace Hopper").await;
    let team = portal.team(&acme.id).await;
    assert_eq!(team[1], ("grace@acme.example".to_owned(), Role::Auditor));
    // Again, by the company's own address: the provider knows the browser, and asks nothing.
    browser.press("Log out").await;
    browser.is_at("/login").await;
    browser.goto(at(&format!("/login/sso/{}", acme.id))).await;
    browser.is_at("/settings/integrations").await;
    browser.sees("Grace Hopper").await;
}
