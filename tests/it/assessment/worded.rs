//! The logic test in words and numbers, from its first page to what the company reads.

use super::paper::text_of;
use super::*;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::integrations::State;
use alva_portal::people::Role;

/// What the company reads beside such a result.
const CAVEAT: &str = "taken in words";

/// Seconds that the clock of a task shows.
fn seconds_left(task: &Page) -> u32 {
    task.attribute("[data-countdown]", "data-countdown").expect("a clock").parse().unwrap()
}

// Who cannot see drawings has every task as a table, half as much time again, and a result that says how it came about.
on_both_databases!(Portal::start => a_sitting_in_words_says_so_to_its_end);
async fn a_sitting_in_words_says_so_to_its_end(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let (ada, drawn) =
        (invite(&portal, &acme, &account, "o1").await, invite(&portal, &acme, &account, "o2").await);

    let other = portal.visitor();
    let page = up_to_the_clock(&other, &drawn).await;
    let usual = seconds_left(&go_on(&other, &drawn, &page, "Start the first task", &[]).await);

    let visitor = portal.visitor();
    let page = visitor.get(&ada.path).await;
    let page = go_on(&visitor, &ada, &page, "I agree, begin", &[("form", "words")]).await;
    let page = past_practice(&visitor, &ada, page).await;
    let mut page = go_on(&visitor, &ada, &page, "Start the first task", &[]).await;
    for number in 1..=3 {
        assert_eq!(page.text("h1"), format!("Task {number} of 3"));
        assert_eq!(page.text("table.matrix td").lines().count(), 9, "{}", page.html);
        assert!(!page.html.contains("<svg"), "no drawing: {}", page.html);
        // A few seconds pass between the page and its being read here.
        let left = seconds_left(&page);
        assert!((usual * 3 / 2 - 10..=usual * 3 / 2 + 15).contains(&left), "{left}, drawn {usual}");
        page = go_on(&visitor, &ada, &page, "Answer", &[("choice", "0")]).await;
    }
    for _ in 0..15 {
        page = answer_page(&visitor, &ada, &page).await;
    }
    assert_eq!(page.text("h1"), "Your result");
    let said = "You took the logic test in words. It is assumed to be as hard as the test with figures.";
    assert!(page.text("main").contains(said), "{}", page.text("main"));

    let max = portal.signed_in("max@acme.example").await;
    let report = max.get(&format!("/candidates/{}", ada.candidate)).await.text("section[id^=result]");
    assert!(report.contains(CAVEAT), "{report}");
    let (.., bytes) = max.file(&format!("/candidates/{}/report.pdf", ada.candidate)).await;
    assert!(text_of(&bytes).contains(CAVEAT));
    let (.., bytes) = visitor.file(&format!("{}/result.pdf", ada.path)).await;
    assert!(text_of(&bytes).contains(said), "{}", text_of(&bytes));
    let (.., data) = visitor.file(&format!("{}/data.json", ada.path)).await;
    let data: serde_json::Value = serde_json::from_slice(&data).unwrap();
    assert_eq!(data["result"]["logic"]["form"], "words", "{data}");

    // Who took the figures reads none of it.
    through_logic_of(&other, &drawn).await;
    let report = max.get(&format!("/candidates/{}", drawn.candidate)).await.text("section[id^=result]");
    assert!(report.contains("Logic") && !report.contains(CAVEAT), "{report}");
}

/// From the first task to the result.
async fn through_logic_of(who: &Visitor, invited: &Invited) {
    let mut page = who.get(&invited.path).await;
    for _ in 0..3 {
        page = go_on(who, invited, &page, "Answer", &[("choice", "0")]).await;
    }
    for _ in 0..15 {
        page = answer_page(who, invited, &page).await;
    }
    assert_eq!(page.text("h1"), "Your result");
}
