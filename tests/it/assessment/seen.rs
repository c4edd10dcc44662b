//! What people must see and not only the program know: on a phone and at a desk, in a real browser. That matrix and options have
//! one scale is in `drawing`.

use super::clock::pass;
use super::line::first_task;
use super::*;
use crate::support::browser::{Browser, DESKTOP, Look, PHONE};
use crate::support::faces::log_in;
use crate::support::lever::{Connected, unconnected};
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::Backend;
use alva_portal::integrations::State;
use alva_portal::people::Role;
use reqwest::Method;
use serde_json::{Value, json};

/// A phone on one database, a desk on the other.
const LOOKS: [(Look, Backend); 2] = [(PHONE, Backend::Sqlite), (DESKTOP, Backend::Postgres)];

/// Nothing is wider than the screen.
async fn fits(browser: &Browser) {
    let wider = "return document.documentElement.scrollWidth > window.innerWidth";
    assert_eq!(browser.run(wider, vec![]).await, false, "{}", browser.url().await);
}

/// The text of what a selector finds, where it takes up room on the page.
async fn shown(browser: &Browser, selector: &str) -> Vec<String> {
    let script = "return [...document.querySelectorAll(arguments[0])]
        .filter((found) => found.getClientRects().length > 0 && found.getBoundingClientRect().width > 0)
        .map((found) => found.innerText.trim())";
    let found = browser.run(script, vec![json!(selector)]).await;
    found.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Answers every statement at the end that looks best: those for their facet with 5, the others with 1.
async fn paint(browser: &Browser) {
    let script = "for (const first of document.querySelectorAll('.statement input[value=\"1\"]')) {
        const best = Number(first.name.slice(1)) % 6 < 3 ? 5 : 1;
        document.querySelector(`input[name=${first.name}][value='${best}']`).click();
    }";
    browser.run(script, vec![]).await;
}

async fn a_painted_picture_is_noticed(look: Look, backend: Backend) {
    let portal = Portal::start(backend).await;
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let id = ada.invitation;
    portal
        .write(move |conn| {
            let tests = invitations::tests.eq(alva_portal::invitations::Tests::Personality);
            diesel::update(invitations::table.find(&id)).set(tests).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let browser = Browser::with(look).await;
    browser.goto(portal.running.url.join(&ada.path).unwrap()).await;
    browser.press("I agree, begin").await;
    for page in 1..=15 {
        browser.sees(&format!("Personality, page {page} of 15")).await;
        paint(&browser).await;
        browser.press("Save and go on").await;
    }
    browser.sees("Your result").await;
    let caution = "nearly all answers are at the end that looks best";
    let own = shown(&browser, "section[aria-labelledby=cautions] li").await;
    assert!(own.iter().any(|line| line.contains(caution) && line.contains("90 of 90")), "{own:?}");
    let lead = shown(&browser, "section[aria-labelledby=cautions] p").await;
    assert!(lead[0].contains("not a verdict"), "{lead:?}");
    fits(&browser).await;
    let browser = Browser::with(look).await;
    log_in(&browser, &portal, "max@acme.example").await;
    browser.goto(portal.running.url.join(&format!("/candidates/{}", ada.candidate)).unwrap()).await;
    browser.sees("Read with care").await;
    let report = shown(&browser, "section[id^=result]").await.join(" ");
    assert!(report.contains(caution) && report.contains("90 of 90"), "{report}");
    fits(&browser).await;
}

#[actix_web::test]
async fn a_painted_picture_is_noticed_everywhere() {
    for (look, backend) in LOOKS {
        a_painted_picture_is_noticed(look, backend).await;
    }
}

async fn the_note_carries_ranges_and_caveat(look: Look, backend: Backend) {
    let there = Connected::active(backend).await;
    there.control(Method::POST, "limits", json!({"enabled": false})).await;
    let fields = json!({"name": "Ada Byron", "stage": "Assessment", "silent": true});
    let made = there.candidate(fields).await;
    let id = made["id"].as_str().or(made[0]["id"].as_str()).unwrap().to_owned();
    let ada = invite(&there.portal, &there.company, &there.integration, &id).await;
    through_both(&there.portal.visitor(), &ada).await;
    until("the note", PATIENCE, async || {
        let notes = there.api(Method::GET, &format!("opportunities/{id}/notes"), Value::Null).await;
        (!notes["data"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;
    let browser = Browser::with(look).await;
    browser.goto(format!("{}/opportunities/{id}", there.lever.url)).await;
    browser.fill("Email", &there.lever.admin_email).await;
    browser.fill("Password", &there.lever.admin_password).await;
    browser.press("Log in").await;
    browser.sees("Full result").await;
    let notes = shown(&browser, "[aria-labelledby=notes] .prose").await;
    let [note] = &notes[..] else { panic!("one note: {notes:?}") };
    let line = |begins: &str| {
        note.lines().find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("{begins:?} in {note}"))
    };
    let is_range = |text: &str| {
        [" to ", " or more", " or less", "1 to 10", "–"].iter().any(|range| text.contains(range))
    };
    // Role fit: 50 % (34–66 %, medium), by the profile Standard
    let fit = line("Role fit: ");
    assert!(is_range(fit.split('(').nth(1).unwrap()) && fit.contains("by the profile Standard"), "{fit}");
    assert!(is_range(line("Logic: ").split('(').nth(1).unwrap()), "{note}");
    let traits = line("Personality (of 10): ").split_once(": ").unwrap().1;
    assert_eq!(traits.split(", ").filter(|one| is_range(one)).count(), 5, "{traits}");
    line("In brackets: the range of the true value, with 95 % certainty.");
    line("The norms are assumed, not measured. Do not decide by these scores alone.");
    fits(&browser).await;
}

#[actix_web::test]
async fn the_note_carries_ranges_and_caveat_everywhere() {
    for (look, backend) in LOOKS {
        the_note_carries_ranges_and_caveat(look, backend).await;
    }
}

/// Three people who answer alike cannot be told apart, and the pages say so.
async fn role_fit_has_a_range(look: Look, backend: Backend) {
    let portal = Portal::start(backend).await;
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let mut candidates = Vec::new();
    for number in 0..3 {
        let ada = invite(&portal, &acme, &account, &format!("o{number}")).await;
        through_both(&portal.visitor(), &ada).await;
        candidates.push(ada.candidate);
    }
    let browser = Browser::with(look).await;
    log_in(&browser, &portal, "max@acme.example").await;
    let within = |text: &str| -> (u8, u8, u8) {
        // 50 % 34–66 %, wherever they stand.
        let mut numbers = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().unwrap());
        let mut next = || numbers.next().unwrap_or_else(|| panic!("three numbers in {text:?}"));
        (next(), next(), next())
    };
    let is_honest = |text: &str| {
        let (percent, low, high) = within(text);
        assert!(low < percent && percent < high && high - low >= 15, "{text}");
    };
    browser.goto(portal.running.url.join(&format!("/candidates/{}", candidates[0])).unwrap()).await;
    browser.sees("Role fit: ").await;
    let headings = shown(&browser, "section[id^=result] h3").await;
    is_honest(headings.iter().find(|heading| heading.starts_with("Role fit: ")).expect("a role fit"));
    fits(&browser).await;
    browser.goto(portal.running.url.join("/candidates").unwrap()).await;
    browser.sees("Ada Byron").await;
    for scores in shown(&browser, "td[data-label=Scores]").await {
        let (fit, logic) = scores.split_once("Logic").expect("both");
        is_honest(fit);
        assert!([" to ", " or "].iter().any(|range| logic.contains(range)), "{scores}");
    }
    fits(&browser).await;
    browser.goto(portal.running.url.join("/candidates/compare?posting=p1").unwrap()).await;
    browser.sees("Group 1").await;
    let groups = shown(&browser, "tr.group").await;
    assert_eq!(groups.len(), 1, "nobody of them is better: {groups:?}");
    assert!(groups[0].contains("within the margin of error"), "{groups:?}");
    let fits_of_all = shown(&browser, "td[data-label='Role fit']").await;
    assert_eq!(fits_of_all.len(), 3);
    for fit in &fits_of_all {
        is_honest(fit.trim_start_matches("Role fit"));
    }
    // No word is broken in two.
    let broken =
        "return [...document.querySelectorAll('td[data-label=\"Role fit\"] small')].filter((small) => {
        const text = document.createRange();
        text.selectNodeContents(small);
        return new Set([...text.getClientRects()].map((part) => Math.round(part.top))).size > 1;
    }).map((small) => small.innerText)";
    let broken = browser.run(broken, vec![]).await;
    let one_word = |text: &&Value| !text.as_str().unwrap().contains(' ');
    assert_eq!(broken.as_array().unwrap().iter().filter(one_word).count(), 0, "{broken}");
    fits(&browser).await;
}

#[actix_web::test]
async fn role_fit_has_a_range_everywhere() {
    for (look, backend) in LOOKS {
        role_fit_has_a_range(look, backend).await;
    }
}

async fn who_comes_back_finds_another_task(look: Look, backend: Backend) {
    let (portal, ada, browser) = first_task(backend, look).await;
    let drawing = async || {
        let script = "return document.querySelector('figure.matrix svg').innerHTML";
        browser.run(script, vec![]).await.as_str().unwrap().to_owned()
    };
    let mut seen = vec![drawing().await];
    for _ in 0..2 {
        pass(&portal, &ada, 3600).await;
        browser.reload().await;
        browser.sees("Continue your assessment").await;
        browser.press("Go on").await;
        browser.sees("You were away").await;
        browser.sees("Task 1 of 3").await;
        let now = drawing().await;
        assert!(!seen.contains(&now), "a task that could be looked up meanwhile");
        seen.push(now);
        // The clock stays in sight, with all its time.
        let left = "scrollTo(0, document.body.scrollHeight);
            const clock = document.querySelector('[role=timer]').getBoundingClientRect();
            return [clock.top >= 0 && clock.bottom <= innerHeight,
                Number(document.querySelector('[role=timer]').dataset.countdown)]";
        let left = browser.run(left, vec![]).await;
        assert_eq!(left[0], true, "the clock is out of sight");
        assert!((60..=120).contains(&left[1].as_i64().unwrap()), "{left}");
        fits(&browser).await;
    }
    pass(&portal, &ada, 3600).await;
    browser.reload().await;
    browser.press("Go on").await;
    browser.sees("It counts as not solved").await;
    browser.sees("Task 2 of 3").await;
    fits(&browser).await;
}

#[actix_web::test]
async fn who_comes_back_finds_another_task_everywhere() {
    for (look, backend) in LOOKS {
        who_comes_back_finds_another_task(look, backend).await;
    }
}
