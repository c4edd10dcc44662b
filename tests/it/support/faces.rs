//! Pages as everyone meets them: at a desk and on a phone, in light and dark.

use super::axe::assert_accessible;
use super::browser::{Browser, DESKTOP, Look, PHONE};
use super::portal::{PASSWORD, Portal};

const LOOKS: [(&str, Look); 4] = [
    ("wide", DESKTOP),
    ("wide-dark", Look { dark: true, ..DESKTOP }),
    ("phone", PHONE),
    ("phone-dark", Look { dark: true, ..PHONE }),
];

/// Answers that a test may ask for on purpose, though Chromium complains of them.
const MEANT: [&str; 4] = ["status of 400", "status of 404", "status of 410", "status of 422"];

/// Fails when the page breaks a rule of WCAG 2.2 AA in any look, scrolls sideways, or made the browser
/// complain. Leaves pictures of it in `target/screenshots`.
pub async fn everyone_can_use(browser: &Browser, name: &str) {
    for (kind, look) in LOOKS {
        browser.look(look).await;
        assert_accessible(browser).await;
        let wider = "return document.documentElement.scrollWidth > window.innerWidth";
        assert_eq!(browser.run(wider, vec![]).await, false, "{name} scrolls sideways, {kind}");
        browser.screenshot(format!("target/screenshots/{name}-{kind}.png")).await;
    }
    browser.look(DESKTOP).await;
    let mut complaints = browser.complaints().await;
    complaints.retain(|line| !MEANT.iter().any(|status| line.contains(status)));
    assert_eq!(complaints, Vec::<String>::new(), "{name}");
}

/// Logs a person of the portal in, as they do it.
pub async fn log_in(browser: &Browser, portal: &Portal, email: &str) {
    browser.goto(portal.running.url.join("/login").unwrap()).await;
    browser.fill("Email", email).await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.is_at("/settings/integrations").await;
}
