//! What the mail server refuses, for now and for good.

use super::*;
use crate::support::on_both_databases;

fn mailed(there: &Connected, to: &str) -> usize {
    let is_to = |letter: &&String| letter.lines().any(|line| line.starts_with("To: ") && line.contains(to));
    there.portal.letters.lock().unwrap().iter().filter(is_to).count()
}

async fn refuse(there: &Connected, address: &str, words: &str) {
    there.portal.refusals.lock().unwrap().insert(address.to_owned(), words.to_owned());
}

on_both_databases!(Connected::with_own_mail => a_refused_address_is_shown_mended_and_written_to);
async fn a_refused_address_is_shown_mended_and_written_to(there: Connected) {
    refuse(&there, "ada@wrong.example", "550 5.1.1 no such user here").await;
    let person = invited(&there, "Ada Byron", "ada@wrong.example").await;
    comes_to(&there.portal, &person, InvitationState::Failed).await;
    let events = there.worked(&person, 1).await;
    assert!(events[0].reason.to_string().contains("no such user here"), "{}", events[0].reason);
    assert!(events[0].reason.to_string().contains("Correct the address in Lever"), "{}", events[0].reason);
    let event = there.admin.get(&format!("/events/{}", events[0].id)).await;
    assert!(event.text("main").contains("no such user here"));
    let path = page_of(&there.portal, &person).await;
    let page = there.admin.get(&path).await;
    let banner = page.text(".banner");
    assert!(
        banner.contains("no such user here") && banner.contains("Correct the address in Lever"),
        "{banner}"
    );
    assert!(there.admin.get("/candidates?state=failed").await.text("table").contains("Ada Byron"));
    let health = there.admin.get(&format!("/settings/integrations/{}", there.integration)).await;
    assert!(health.text("dl").contains("1 invitation"), "{}", health.text("dl"));
    assert_eq!(tags(&there, &person).await, Vec::<String>::new());

    let contact = format!("contacts/{}", person["contact"].as_str().unwrap());
    there.api(Method::PUT, &contact, json!({ "emails": ["ada@right.example"] })).await;
    there.admin.press(&page, "Resend invitation", &[]).await.leads_to(&path);
    comes_to(&there.portal, &person, InvitationState::Sent).await;
    assert_eq!((mailed(&there, "ada@right.example"), mailed(&there, "ada@wrong.example")), (1, 0));
    let letter = there.portal.letters.lock().unwrap().last().unwrap().clone();
    assert!(letter.contains("Acme Inc via Alva") && !letter.contains("Bcc"), "{letter}");
    assert!(there.admin.get(&path).await.text(".banner").is_empty());
    tagged(&there, &person, &["Alva: Invited"]).await;

    // The address dies later: the reminder tells.
    refuse(&there, "ada@right.example", "550 5.2.1 mailbox disabled").await;
    days_pass(&there.portal, 1).await;
    comes_to(&there.portal, &person, InvitationState::Failed).await;
    assert!(there.admin.get(&path).await.text(".banner").contains("mailbox disabled"));
}

/// Invites Ada at an address that is refused for now: an attempt was made, and the invitation waits.
async fn waits_after_a_first_attempt(there: &Connected, email: &str) -> serde_json::Value {
    let person = there
        .candidate(json!({ "name": "Ada", "email": email, "origin": "applied",
            "stage": "New applicant", "silent": true }))
        .await;
    there.move_to(&person, "Assessment").await;
    until("a first attempt", PATIENCE, async || {
        let all = crate::support::lever::events(&there.portal, &there.integration).await;
        all.iter().any(|event| event.attempts > 0).then_some(())
    })
    .await;
    assert_eq!(invitation(&there.portal, &person).await.state, InvitationState::Pending);
    person
}

on_both_databases!(Connected::with_own_mail => what_is_refused_for_now_is_tried_again);
async fn what_is_refused_for_now_is_tried_again(there: Connected) {
    refuse(&there, "ada@busy.example", "451 4.7.1 greylisted, come back later").await;
    let person = waits_after_a_first_attempt(&there, "ada@busy.example").await;
    // No page says that all is well meanwhile, and each says what it is.
    let page = format!("/settings/integrations/{}", there.integration);
    let words = "Invitations are waiting for the mail server";
    for path in ["/", page.as_str(), "/settings/integrations"] {
        until(&format!("the words on {path}"), PATIENCE, async || {
            let shown = there.admin.get(path).await.text("main");
            (shown.contains(words) && shown.contains("greylisted")).then_some(())
        })
        .await;
    }
    there.portal.refusals.lock().unwrap().clear();
    comes_to(&there.portal, &person, InvitationState::Sent).await;
    assert_eq!(mailed(&there, "ada@busy.example"), 1);
    there.worked(&person, 1).await;
    let shown = there.admin.get(&page).await.text("main");
    assert!(!shown.contains(words), "{shown}");
}

on_both_databases!(Connected::with_own_mail => a_server_that_does_not_know_the_portal_fails_nobody);
async fn a_server_that_does_not_know_the_portal_fails_nobody(there: Connected) {
    refuse(&there, "ada@people.example", "530 5.7.0 authentication required").await;
    waits_after_a_first_attempt(&there, "ada@people.example").await;
}
