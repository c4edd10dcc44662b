//! A slow line and a dead one, in a real browser: a click is felt at once and counts once, and nothing is
//! lost.

use super::*;
use crate::support::browser::{Browser, DESKTOP, Line, Look, PHONE};
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::Backend;
use alva_portal::db::schema::sittings;
use alva_portal::integrations::State;
use alva_portal::secrets::Sealed;
use secrecy::ExposeSecret as _;
use serde_json::json;

/// Through the practice tasks and their explanations.
pub async fn past_practice(browser: &Browser) {
    for number in 1..=3 {
        browser.sees(&format!("Practice {number} of 3")).await;
        browser.press("Show the answer").await;
        browser.sees("This is how it works").await;
        browser.press("Go on").await;
    }
}

/// Somebody before the first task, in a browser.
pub async fn first_task(backend: Backend, look: Look) -> (Portal, Invited, Browser) {
    let portal = Portal::start(backend).await;
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let browser = Browser::with(look).await;
    browser.goto(portal.running.url.join(&ada.path).unwrap()).await;
    browser.press("I agree, begin").await;
    past_practice(&browser).await;
    browser.press("Start the first task").await;
    browser.sees("Task 1 of 3").await;
    (portal, ada, browser)
}

/// Chooses the option with this number; its drawing is its label.
async fn choose(browser: &Browser, option: u32) {
    let tick = "document.querySelector(`input[name=choice][value='${arguments[0]}']`).click()";
    browser.run(tick, vec![json!(option)]).await;
}

/// Clicks a button so often without waiting for the page; answers whether it says that it is busy.
async fn click(browser: &Browser, times: u32) -> bool {
    let click = "const button = document.querySelector('form button.primary');
        for (let n = 0; n < arguments[0]; n += 1) button.click();
        return button.getAttribute('aria-busy') === 'true'";
    browser.run(click, vec![json!(times)]).await == true
}

/// So many tasks have an answer that the portal keeps.
async fn answered(portal: &Portal, invited: &Invited) -> usize {
    let (id, sealer) = (invited.invitation, portal.sealer());
    portal
        .write(move |conn| {
            let query = sittings::table.find(&id).select(sittings::answers_sealed);
            let sealed: Sealed = query.first(conn).map_err(DbError::from)?;
            let json = sealer.open(&sealed, &format!("sittings.answers:{id}")).unwrap();
            let sitting: serde_json::Value = serde_json::from_str(json.expose_secret()).unwrap();
            Ok(sitting["logic"]["answers"].as_array().unwrap().len())
        })
        .await
}

/// Clicks, and again once the portal has the answer and its own answer is still on the line.
async fn double_click(portal: &Portal, invited: &Invited, browser: &Browser) {
    let before = answered(portal, invited).await;
    click(browser, 1).await;
    until("the answer to be kept", PATIENCE, async || {
        (answered(portal, invited).await > before).then_some(())
    })
    .await;
    click(browser, 1).await;
    assert_eq!(answered(portal, invited).await, before + 1);
}

async fn step(browser: &Browser) -> String {
    let step = "return document.querySelector('input[name=step]')?.value ?? ''";
    browser.run(step, vec![]).await.as_str().unwrap().to_owned()
}

/// Answers a page of statements with the middle.
async fn answer_statements(browser: &Browser) {
    let tick = "document.querySelectorAll('.statement input[value=\"3\"]').forEach((input) => input.click())";
    browser.run(tick, vec![]).await;
}

on_both_databases!(|backend| first_task(backend, PHONE) => a_click_is_felt_at_once_and_counts_once);
async fn a_click_is_felt_at_once_and_counts_once((portal, ada, browser): (Portal, Invited, Browser)) {
    browser.line(Line::Slow).await;
    choose(&browser, 0).await;
    assert!(click(&browser, 2).await, "the click is felt before there is an answer");
    browser.sees("Task 2 of 3").await;
    choose(&browser, 1).await;
    double_click(&portal, &ada, &browser).await;
    browser.sees("Task 3 of 3").await;
    assert_eq!(answered(&portal, &ada).await, 2);
    // Somebody stops a page that takes too long, and after a while it can be sent again.
    let hasten =
        "const wait = setTimeout; window.setTimeout = (work, ms, ...rest) => wait(work, ms / 1000, ...rest)";
    browser.run(hasten, vec![]).await;
    choose(&browser, 2).await;
    let stop = "document.querySelector('form button.primary').click(); window.stop()";
    browser.run(stop, vec![]).await;
    browser.until("return !document.querySelector('[aria-busy]')", "the button to be ready again").await;
    browser.sees("Task 3 of 3").await;
    assert!(click(&browser, 2).await);
    browser.sees("Personality, page 1 of 15").await;
    answer_statements(&browser).await;
    assert!(click(&browser, 2).await);
    browser.sees("Personality, page 2 of 15").await;
    browser.sees("6 of 90 answered").await;
    // The back button over the slow line: what is next.
    browser.line(Line::Good).await;
    browser.back().await;
    browser.sees("Personality, page 2 of 15").await;
    assert_eq!(state_of(&portal, &ada).await, InvitationState::Started);
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

on_both_databases!(|backend| first_task(backend, PHONE) => an_answer_waits_for_the_line);
async fn an_answer_waits_for_the_line((_portal, _, browser): (Portal, Invited, Browser)) {
    browser.line(Line::Dead).await;
    let first = step(&browser).await;
    choose(&browser, 3).await;
    assert!(!click(&browser, 2).await, "nothing is under way");
    browser.sees("You are offline").await;
    browser.sees("Task 1 of 3").await;
    assert_eq!(step(&browser).await, first);
    let chosen = "return document.querySelector('input[name=choice]:checked').value";
    assert_eq!(browser.run(chosen, vec![]).await, "3");
    crate::support::axe::assert_accessible(&browser).await;
    browser.screenshot("target/screenshots/assessment-offline-phone.png").await;
    // The line is back: the answer goes out by itself, once.
    browser.line(Line::Good).await;
    browser.sees("Task 2 of 3").await;
    // The time runs out without a line: said, and sent when it is back.
    browser.line(Line::Dead).await;
    let over = "document.querySelector('[data-countdown]').dataset.countdown";
    assert!(browser.run(&format!("return Number({over})"), vec![]).await.as_f64().unwrap() > 20.0);
    choose(&browser, 1).await;
    click(&browser, 1).await;
    browser.sees("You are offline").await;
    browser.line(Line::Good).await;
    browser.sees("Task 3 of 3").await;
}

on_both_databases!(|backend| first_task(backend, Look { scripts: false, ..DESKTOP }) => without_scripts_nothing_is_lost_either);
// Without scripts the browser says itself that there is no line; going back and reloading are harmless.
async fn without_scripts_nothing_is_lost_either((portal, ada, browser): (Portal, Invited, Browser)) {
    let first = step(&browser).await;
    for retry in ["back", "reload"] {
        choose(&browser, 3).await;
        browser.line(Line::Dead).await;
        browser.run("document.querySelector('form button.primary').click()", vec![]).await;
        browser.until("return !document.querySelector('#task')", "the browser's own error page").await;
        browser.line(Line::Good).await;
        match retry {
            // The same task again, and the answer is given once more.
            "back" => {
                browser.back().await;
                browser.sees("Task 1 of 3").await;
                assert_eq!(step(&browser).await, first);
            }
            // Sends the answer once more.
            _ => browser.reload().await,
        }
    }
    browser.sees("Task 2 of 3").await;
    // Sent again from a page that the browser kept: nothing more is counted.
    browser.back().await;
    browser.goto(browser.url().await.join(&ada.path).unwrap()).await;
    browser.sees("Task 2 of 3").await;
    // A double click without scripts: two forms, one answer.
    browser.line(Line::Slow).await;
    choose(&browser, 0).await;
    double_click(&portal, &ada, &browser).await;
    browser.sees("Task 3 of 3").await;
    assert_eq!(answered(&portal, &ada).await, 2);
}
