//! The candidate's pages in a real browser, by keyboard alone: accessible in both colour schemes, at
//! a desk and on a phone.

use super::*;
use crate::support::browser::Browser;
use crate::support::faces::everyone_can_use;
use crate::support::lever::unconnected;
use alva_portal::db::Backend;
use alva_portal::integrations::State;
use fantoccini::key::Key;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Tabs until something that the selector finds has the focus.
async fn tab_to(browser: &Browser, selector: &str) {
    let there = format!("return !!document.activeElement?.matches({selector:?})");
    for _ in 0..60 {
        if browser.run(&there, vec![]).await == true {
            return;
        }
        browser.key(Key::Tab).await;
    }
    browser.fail(&format!("{selector} to be reached by keyboard")).await;
}

/// From the page of consent to the result, without a mouse (but for the switch to words and back).
pub async fn take_both(browser: &Browser, looks: bool) {
    tab_to(browser, "button.primary").await;
    browser.key(Key::Enter).await;

    browser.sees("Practice 1 of 3").await;
    see(browser, looks, "practice").await;
    browser.press("Show the tasks as words and numbers instead").await;
    browser.sees("missing").await;
    see(browser, looks, "practice-words").await;
    browser.press("Show the tasks as figures instead").await;
    browser.sees("Show the tasks as words and numbers instead").await;
    for number in 1..=3 {
        browser.sees(&format!("Practice {number} of 3")).await;
        tab_to(browser, "button[name=pass]").await;
        browser.key(Key::Enter).await;
        browser.sees("This is how it works").await;
        if number == 1 {
            see(browser, looks, "explained").await;
        }
        tab_to(browser, "button.primary").await;
        browser.key(Key::Enter).await;
    }
    browser.sees("Practice is over").await;
    see(browser, looks, "ready").await;
    tab_to(browser, "button.primary").await;
    browser.key(Key::Enter).await;

    for number in 1..=3 {
        browser.sees(&format!("Task {number} of 3")).await;
        if number == 1 {
            see(browser, looks, "task").await;
        }
        tab_to(browser, "input[name=choice]").await;
        browser.key(Key::Space).await;
        browser.key(Key::Right).await;
        let chosen = "return document.querySelector('input[name=choice]:checked')?.value";
        assert_eq!(browser.run(chosen, vec![]).await, "1");
        browser.key(Key::Enter).await;
    }
    for page in 1..=15 {
        browser.sees(&format!("Personality, page {page} of 15")).await;
        if page == 1 {
            see(browser, looks, "statements").await;
            tab_to(browser, "button.primary").await;
            browser.key(Key::Enter).await;
            browser.sees("Some statements have no answer yet").await;
            see(browser, looks, "statements-missing").await;
        }
        let first = "return document.querySelector('.statement input').name";
        let mut name = browser.run(first, vec![]).await.as_str().unwrap().to_owned();
        for place in 0..6 {
            tab_to(browser, &format!("input[name={name}]")).await;
            browser.key(Key::Space).await;
            if place % 2 == 0 {
                browser.key(Key::Right).await;
            }
            let next = format!(
                "const all = [...new Set([...document.querySelectorAll('.statement input')].map(i => i.name))]; return all[all.indexOf({name:?}) + 1] ?? ''"
            );
            name = browser.run(&next, vec![]).await.as_str().unwrap().to_owned();
        }
        tab_to(browser, "button.primary").await;
        browser.key(Key::Enter).await;
    }
    browser.sees("Your result").await;
}

async fn see(browser: &Browser, looks: bool, name: &str) {
    if looks {
        everyone_can_use(browser, &format!("assessment-{name}")).await;
    }
}

#[actix_web::test]
async fn both_tests_by_keyboard() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = portal.company("Acme Inc").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let browser = Browser::open().await;
    browser.goto(portal.running.url.join("/assessment/nonsense").unwrap()).await;
    everyone_can_use(&browser, "assessment-nowhere").await;
    browser.goto(portal.running.url.join(&ada.path).unwrap()).await;
    browser.sees("Backend engineer").await;
    everyone_can_use(&browser, "assessment-begin").await;
    browser.press("Svenska").await;
    browser.sees("Jag samtycker, börja").await;
    everyone_can_use(&browser, "assessment-begin-sv").await;
    browser.press("English").await;
    take_both(&browser, true).await;
    browser.sees("Your result").await;
    browser.press("All numbers").await;
    everyone_can_use(&browser, "assessment-result").await;
    browser.press("Withdraw and erase my answers").await;
    everyone_can_use(&browser, "assessment-withdraw").await;
}

/// What a screen reader says of everything in these roles: role, name and description.
async fn spoken(browser: &Browser, roles: &[&str]) -> Vec<(String, String, String)> {
    let tree = browser.cdp("Accessibility.getFullAXTree", json!({})).await;
    let text = |node: &Value, what: &str| node[what]["value"].as_str().unwrap_or_default().to_owned();
    let nodes = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] == false);
    let said = nodes.map(|node| (text(node, "role"), text(node, "name"), text(node, "description")));
    said.filter(|(role, ..)| roles.contains(&role.as_str())).collect()
}

/// Nobody who listens and asks for it is told less than who sees: the matrix, and each option in words of its own.
#[actix_web::test]
async fn a_screen_reader_hears_every_drawing() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = portal.company("Acme Inc").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let browser = Browser::open().await;
    browser.goto(portal.running.url.join(&ada.path).unwrap()).await;
    browser.check("As drawn figures with descriptions, for screen readers").await;
    browser.press("I agree, begin").await;
    super::line::past_practice(&browser).await;
    browser.press("Start the first task").await;
    for number in 1..=3 {
        browser.sees(&format!("Task {number} of 3")).await;
        let options = spoken(&browser, &["radio"]).await;
        let names: Vec<&str> = options.iter().map(|(_, name, _)| name.as_str()).collect();
        let wanted: Vec<String> = (1..=12).map(|option| format!("Option {option}")).collect();
        assert_eq!(names, wanted);
        let told: BTreeSet<&str> = options.iter().map(|(.., told)| told.as_str()).collect();
        assert_eq!(told.len(), 12, "each in words of its own: {options:?}");
        assert!(told.iter().all(|told| !told.is_empty()), "{options:?}");
        // The matrix is a table to step through, cell by cell.
        let rows = spoken(&browser, &["rowheader"]).await;
        assert_eq!(
            rows.iter().map(|(_, name, _)| name.as_str()).collect::<Vec<_>>(),
            ["Row 1", "Row 2", "Row 3"]
        );
        let cells = spoken(&browser, &["cell", "gridcell"]).await;
        assert_eq!(cells.len(), 9, "{cells:?}");
        assert_eq!(cells[8].1, "missing");
        assert!(cells.iter().all(|(_, name, _)| !name.is_empty()), "{cells:?}");
        let drawings = spoken(&browser, &["image", "img"]).await;
        assert!(drawings.is_empty(), "nothing is said twice: {drawings:?}");
        choose_any(&browser).await;
    }
    // A statement is the name of its group, so it is said with every answer.
    browser.sees("Personality, page 1 of 15").await;
    let groups = spoken(&browser, &["group", "radiogroup"]).await;
    assert_eq!(groups.iter().filter(|(_, name, _)| !name.is_empty()).count(), 6, "{groups:?}");
    let answers = spoken(&browser, &["radio"]).await;
    assert_eq!(answers.len(), 30);
    assert!(answers.iter().all(|(_, name, _)| !name.is_empty()), "{answers:?}");
}

async fn choose_any(browser: &Browser) {
    browser.run("document.querySelector('input[name=choice]').click()", vec![]).await;
    browser.press("Answer").await;
}
