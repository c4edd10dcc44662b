//! One scale of drawing: who compares an option with the matrix compares like with like, on every screen and on paper.

use super::line::past_practice;
use super::*;
use crate::support::browser::{Browser, DESKTOP, Look};
use crate::support::lever::unconnected;
use alva_portal::db::Backend;
use alva_portal::integrations::State;

/// Pixels for each unit of drawing: of the matrix, and the least and the most of the options.
const SCALES: &str = "const scale = (svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const options = [...document.querySelectorAll('.options svg')].map(scale);
    return [scale(document.querySelector('figure.matrix svg')), Math.min(...options), Math.max(...options),
        document.documentElement.scrollWidth - document.documentElement.clientWidth, options.length];";

async fn one_scale(browser: &Browser, wherever: &str) {
    let found = browser.run(SCALES, vec![]).await;
    let [matrix, least, most, beyond, options] = [0, 1, 2, 3, 4].map(|n| found[n].as_f64().unwrap());
    assert_eq!(options, 12.0, "{wherever}");
    for option in [least, most] {
        assert!(
            (option / matrix - 1.0).abs() < 0.05,
            "{wherever}: {option} pixels a unit, the matrix {matrix}"
        );
    }
    assert!(beyond <= 0.0, "{wherever}: {beyond} pixels wider than the screen");
    // The smallest figure has a radius of twelve units: to be seen, some eight pixels.
    assert!(matrix * 12.0 >= 8.0, "{wherever}: {matrix}");
}

#[actix_web::test]
async fn matrix_and_options_are_drawn_at_one_scale() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let browser = Browser::open().await;
    browser.goto(portal.running.url.join(&ada.path).unwrap()).await;
    browser.press("I agree, begin").await;
    past_practice(&browser).await;
    browser.press("Start the first task").await;
    browser.sees("Task 1 of 3").await;
    for width in [320, 390, 768, 1280] {
        browser.look(Look { size: (width, 900), ..DESKTOP }).await;
        one_scale(&browser, &format!("{width} pixels")).await;
    }
    // On paper, A4 within its margins.
    browser.look(Look { size: (718, 1000), ..DESKTOP }).await;
    browser.cdp("Emulation.setEmulatedMedia", serde_json::json!({ "media": "print" })).await;
    one_scale(&browser, "print").await;
}

/// What a program could read off is there for those only who ask for it.
#[actix_web::test]
async fn drawings_are_in_words_for_those_who_ask() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let begin = visitor.get(&ada.path).await;
    let silent = go_on(&visitor, &ada, &begin, "I agree, begin", &[]).await;
    assert!(!silent.html.contains("<desc") && silent.text("table").is_empty(), "{}", silent.html);
    let button = "Describe the figures in words, for screen readers";
    let spoken = go_on(&visitor, &ada, &silent, button, &[]).await;
    assert!(spoken.text("table.visually-hidden td").contains("missing"), "{}", spoken.html);
    assert_eq!(spoken.html.matches("<desc").count(), 12, "each option; the matrix is the table");
    let silent = go_on(&visitor, &ada, &spoken, "Show the tasks as words and numbers instead", &[]).await;
    assert!(
        silent.text("table.matrix td").contains("missing") && !silent.html.contains("<svg"),
        "{}",
        silent.html
    );
}
