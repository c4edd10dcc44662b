//! Addresses as they stand in Lever, which are free text, and to whom a mail goes then. The mail server here
//! does not offer SMTPUTF8, as many do not.

use super::*;
use crate::support::on_both_databases;

/// Somebody with these addresses, moved to the trigger stage.
async fn with_addresses(there: &Connected, name: &str, emails: &[&str]) -> Value {
    let person = there
        .candidate(json!({ "name": name, "emails": emails, "origin": "applied", "stage": "New applicant",
            "silent": true }))
        .await;
    there.move_to(&person, "Assessment").await;
    there.worked(&person, 1).await;
    person
}

fn recipients(portal: &Portal) -> Vec<String> {
    let letters = portal.letters.lock().unwrap();
    let to = letters.iter().filter_map(|letter| letter.lines().find_map(|line| line.strip_prefix("To: ")));
    to.map(str::to_owned).collect()
}

on_both_databases!(Connected::with_own_mail => what_stands_in_lever_is_read_as_it_was_meant);
async fn what_stands_in_lever_is_read_as_it_was_meant(there: Connected) {
    are_mailed(
        &there,
        &[
            (&["jobs@b\u{fc}cher.example"], "jobs@xn--bcher-kva.example"),
            (&["ada8@x.example\u{200b}"], "ada8@x.example"),
            (&["ada(at)x.example", "ada2@x.example"], "ada2@x.example"),
            (&["Ada <ada3@x.example>"], "ada3@x.example"),
            (&["mailto:ada4@x.example"], "ada4@x.example"),
            (&["ada5@x.example; ada6@x.example"], "ada5@x.example"),
            (&["ada.@docomo.example"], "\"ada.\"@docomo.example"),
            (&["\"ada byron\"@x.example"], "\"ada byron\"@x.example"),
            (&["j\u{fc}rgen@x.example", "juergen@x.example"], "juergen@x.example"),
        ],
    )
    .await;
}

on_both_databases!(Connected::with_own_mail => what_people_write_around_an_address_is_no_part_of_it);
async fn what_people_write_around_an_address_is_no_part_of_it(there: Connected) {
    are_mailed(
        &there,
        &[
            (&["\u{3164}ada9\u{fe0f}@x.example"], "ada9@x.example"),
            (&["ada10@x.example\nada11@x.example"], "ada10@x.example"),
            (&["ada12@x.example or ada13@x.example"], "ada12@x.example"),
            (&["'ada14@x.example' (home)"], "ada14@x.example"),
            (&["Email: ada15\u{ff20}x.example"], "ada15@x.example"),
            (&["[ada16@x.example](mailto:ada16@x.example)"], "ada16@x.example"),
        ],
    )
    .await;
}

on_both_databases!(Connected::with_own_mail => what_was_copied_from_a_page_or_a_link_is_read);
async fn what_was_copied_from_a_page_or_a_link_is_read(there: Connected) {
    are_mailed(
        &there,
        &[
            (&["Ada &lt;ada17@x.example&gt;"], "ada17@x.example"),
            (&["mailto:ada18%2Bx@x.example"], "ada18+x@x.example"),
            (&["ada19&#64;x.example"], "ada19@x.example"),
            (&["ada20@x.example&gt", "ada21@x.example"], "ada21@x.example"),
        ],
    )
    .await;
}

/// Fewer than a mass move, which would be held.
async fn are_mailed(there: &Connected, people: &[(&[&str], &str)]) {
    for (number, (emails, sent_to)) in people.iter().enumerate() {
        let person = with_addresses(there, &format!("Person {number}"), emails).await;
        comes_to(&there.portal, &person, InvitationState::Sent).await;
        let to = recipients(&there.portal);
        assert_eq!(to.len(), number + 1, "{to:?}");
        assert!(to[number].contains(sent_to), "{} is not for {sent_to}", to[number]);
    }
}

on_both_databases!(Connected::with_own_mail => what_cannot_be_sent_says_why_at_once);
async fn what_cannot_be_sent_says_why_at_once(there: Connected) {
    for (emails, words) in [
        (&["j\u{fc}rgen@x.example"][..], "has characters before the @ that the mail server cannot handle"),
        (&["ada(at)x.example"], "is not an email address"),
        (&["ada@x.example&gt"], "is not an email address"),
    ] {
        let person = with_addresses(&there, "Ada Byron", emails).await;
        comes_to(&there.portal, &person, InvitationState::Failed).await;
        let events = there.worked(&person, 1).await;
        assert!(events[0].reason.to_string().contains(words), "{}", events[0].reason);
        let of = invitation(&there.portal, &person).await;
        assert_eq!(acted(&there.portal, &of, ActionKind::MailInvitation).await[0].0, ActionState::Failed);
        let page = there.admin.get(&page_of(&there.portal, &person).await).await;
        assert!(page.text(".banner").contains(words), "{}", page.text(".banner"));
    }
    assert_eq!(recipients(&there.portal), Vec::<String>::new());
}

on_both_databases!(Connected::with_own_mail => a_colleague_at_any_domain_is_invited);
async fn a_colleague_at_any_domain_is_invited(there: Connected) {
    for (typed, shown, sent_to) in [
        ("kim@b\u{fc}cher.example", "kim@b\u{fc}cher.example", "kim@xn--bcher-kva.example"),
        ("Sam Lee <Sam@x.example>", "sam@x.example", "sam@x.example"),
        ("mailto:lee@x.example\u{200b}", "lee@x.example", "lee@x.example"),
    ] {
        let form = [("email", typed), ("role", "member")];
        there.admin.post("/settings/team/invite", &form).await.leads_to("/settings/team");
        let list = there.admin.get("/settings/team").await;
        assert!(
            list.text("tbody").contains(shown) && list.text(".flash").contains("Invited"),
            "{}",
            list.html
        );
        until("the mail", PATIENCE, async || {
            recipients(&there.portal).iter().any(|to| to.contains(sent_to)).then_some(())
        })
        .await;
    }
    let form = [("email", "j\u{fc}rgen@x.example"), ("role", "member")];
    there.admin.post("/settings/team/invite", &form).await.leads_to("/settings/team");
    let flash = there.admin.get("/settings/team").await.text(".flash");
    assert!(flash.contains("could not be sent") && flash.contains("characters before the @"), "{flash}");
}

/// The line about mail in the timeline of somebody's only event.
async fn timeline(there: &Connected, person: &Value) -> String {
    let event = there.worked(person, 1).await.remove(0);
    there.admin.get(&format!("/events/{}", event.id)).await.text("ol.timeline")
}

on_both_databases!(Connected::with_own_mail => the_next_address_is_tried_when_one_is_refused_for_good);
/// The server knows no such user: the other addresses that Lever has are tried, in their order.
async fn the_next_address_is_tried_when_one_is_refused_for_good(there: Connected) {
    let refuse = |address: &str, words: &str| {
        there.portal.refusals.lock().unwrap().insert(address.to_owned(), words.to_owned());
    };
    refuse("old@x.example", "550 5.1.1 no such user");
    refuse("older@x.example", "551 user not local");
    let emails = ["old@x.example", "OLD@x.example, older@x.example", "new@x.example", "newer@x.example"];
    let person = with_addresses(&there, "Ada Byron", &emails).await;
    let of = comes_to(&there.portal, &person, InvitationState::Sent).await;
    let to = recipients(&there.portal);
    assert!(to.len() == 1 && to[0].contains("new@x.example"), "{to:?}");
    let told = timeline(&there, &person).await;
    for words in
        ["new@x.example 250", "old@x.example: ", "no such user", "older@x.example: ", "user not local"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(told.matches("no such user").count(), 1, "each is tried once: {told}");
    assert_eq!(acted(&there.portal, &of, ActionKind::MailInvitation).await[0].0, ActionState::Done);
    // A reminder takes the same way.
    let page = there.admin.get(&page_of(&there.portal, &person).await).await;
    days_pass(&there.portal, 1).await;
    assert!(there.admin.press(&page, "Send reminder", &[]).await.location.is_some());
    until("the reminder", PATIENCE, async || (recipients(&there.portal).len() == 2).then_some(())).await;
    assert!(recipients(&there.portal)[1].contains("new@x.example"), "{:?}", recipients(&there.portal));
}

on_both_databases!(Connected::with_own_mail => when_every_address_is_refused_it_says_why_of_each);
/// Nothing is left to try: it ends at once, and says of each address why.
async fn when_every_address_is_refused_it_says_why_of_each(there: Connected) {
    let refused = [("one@x.example", "550 5.1.1 no such user"), ("two@x.example", "552 5.2.2 mailbox full")];
    there
        .portal
        .refusals
        .lock()
        .unwrap()
        .extend(refused.map(|(to, words)| (to.to_owned(), words.to_owned())));
    let emails = ["one@x.example", "two@x.example", "j\u{fc}rgen@x.example", "see CV"];
    let person = with_addresses(&there, "Ada Byron", &emails).await;
    comes_to(&there.portal, &person, InvitationState::Failed).await;
    let event = there.worked(&person, 1).await.remove(0);
    assert_eq!(event.attempts, 0, "it is not tried again");
    let page = there.admin.get(&page_of(&there.portal, &person).await).await;
    for words in
        ["one@x.example: ", "no such user", "two@x.example: ", "mailbox full", "characters before the @"]
    {
        assert!(event.reason.to_string().contains(words), "{words}: {}", event.reason);
        assert!(page.text(".banner").contains(words), "{words}: {}", page.text(".banner"));
    }
    assert_eq!(recipients(&there.portal), Vec::<String>::new());
}

on_both_databases!(Connected::with_own_mail => an_address_that_is_put_off_is_not_given_up);
/// A server that wants to be asked later has refused nothing: no other address is written to.
async fn an_address_that_is_put_off_is_not_given_up(there: Connected) {
    there.portal.refusals.lock().unwrap().insert("busy@x.example".into(), "450 4.2.1 try again".into());
    let person = there
        .candidate(json!({ "name": "Ada Byron", "emails": ["busy@x.example", "other@x.example"],
            "origin": "applied", "stage": "New applicant", "silent": true }))
        .await;
    there.move_to(&person, "Assessment").await;
    until("the first try", PATIENCE, async || {
        let all = crate::support::lever::events(&there.portal, &there.integration).await;
        all.iter().any(|event| event.attempts > 0).then_some(())
    })
    .await;
    assert_eq!(recipients(&there.portal), Vec::<String>::new());
    there.portal.refusals.lock().unwrap().clear();
    comes_to(&there.portal, &person, InvitationState::Sent).await;
    assert!(recipients(&there.portal)[0].contains("busy@x.example"), "{:?}", recipients(&there.portal));
}
