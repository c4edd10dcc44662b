//! The pages about mail in a real browser.

use super::*;
use crate::support::browser::Browser;
use crate::support::faces::{everyone_can_use, log_in};

#[actix_web::test]
async fn a_text_is_edited_and_an_invitation_resent() {
    let there = Connected::active(Backend::Sqlite).await;
    let browser = Browser::open().await;
    log_in(&browser, &there.portal, "ada@acme.example").await;
    browser.press("Candidate email").await;
    browser.sees("default text").await;
    everyone_can_use(&browser, "mail-settings").await;
    browser.fill("Links expire after", "soon").await;
    browser.press("Save settings").await;
    browser.sees("1 to 365").await;
    everyone_can_use(&browser, "mail-settings-errors").await;
    browser.goto(there.portal.running.url.join("/settings/mail/invitation/en").unwrap()).await;
    browser.sees("Invitation in English").await;
    everyone_can_use(&browser, "mail-edit").await;
    browser.fill("Text", "Dear {nmae}").await;
    browser.press("Save text").await;
    browser.sees("{nmae} is not a placeholder").await;
    let focused = browser.run("return document.activeElement.className", vec![]).await;
    assert_eq!(focused, "error-summary");
    everyone_can_use(&browser, "mail-edit-errors").await;
    browser.fill("Subject", "Welcome to {company}, {name}").await;
    browser.fill("Text", "Dear {name},\n\nwe look forward to meeting you.\n\nUntil {until}.").await;
    browser.press("Preview").await;
    browser.sees("Welcome to Acme Inc, Ada Byron").await;
    everyone_can_use(&browser, "mail-preview").await;
    browser.press("Save text").await;
    browser.sees("your own, changed").await;

    let person = invited(&there, "Grace Hopper", "grace@people.example").await;
    assert_eq!(
        mails(&there, "grace@people.example", 1).await[0]["subject"],
        "Welcome to Acme Inc, Grace Hopper"
    );
    comes_to(&there.portal, &person, InvitationState::Sent).await;
    browser.press("Candidates").await;
    browser.sees("Grace Hopper").await;
    everyone_can_use(&browser, "candidates-ticks").await;
    browser.check("Tick Grace Hopper").await;
    browser.press("Resend to selected").await;
    browser.sees("1 invitation is being resent.").await;
    mails(&there, "grace@people.example", 2).await;
    comes_to(&there.portal, &person, InvitationState::Sent).await;
    browser.press("Grace Hopper").await;
    browser.sees("Resent").await;
    everyone_can_use(&browser, "candidate-mail").await;
    browser.press("Resend invitation").await;
    browser.sees("The invitation is being resent").await;
    mails(&there, "grace@people.example", 3).await;
    comes_to(&there.portal, &person, InvitationState::Sent).await;
    browser.press("Cancel invitation…").await;
    browser.sees("What happens now").await;
    everyone_can_use(&browser, "candidate-cancel").await;
    browser.press("Cancel the invitation of Grace Hopper").await;
    browser.sees("The invitation is cancelled.").await;
    everyone_can_use(&browser, "candidate-cancelled").await;
    let old = link(&mails(&there, "grace@people.example", 3).await[0]);
    browser.goto(old).await;
    browser.sees("You were sent a newer link").await;
    everyone_can_use(&browser, "link-replaced").await;
}
