//! Reminders by schedule and by hand, and when there are none.

use super::*;
use crate::support::on_both_databases;

/// When the next reminder is due, in days from now, rounded up; `None`: none is planned.
async fn next_in_days(there: &Connected, person: &Value) -> Option<i64> {
    let invitation = invitation(&there.portal, person).await;
    let all = acted(&there.portal, &invitation, ActionKind::MailReminder).await;
    let planned = all.iter().find(|(state, ..)| *state == ActionState::Planned);
    planned.map(|(_, _, at)| (at.since(Timestamp::now()) + DAY - 1) / DAY)
}

on_both_databases!(Connected::active => reminders_come_by_schedule_and_end);
async fn reminders_come_by_schedule_and_end(there: Connected) {
    let page = there.admin.get("/settings/mail").await;
    there.admin.press(&page, "Save settings", &[("reminders", "4")]).await.leads_to("/settings/mail");
    let person = invited(&there, "Ada Byron", "ada@people.example").await;
    let first = link(&mails(&there, "ada@people.example", 1).await[0]);
    // Day 1, 2, 3 and 6 after the mail.
    for (wait, count) in [(1, 2), (1, 3), (1, 4), (3, 5)] {
        // The mail is in the inbox before the portal knows that it is out.
        until(&format!("the plan for mail {count}"), PATIENCE, async || {
            (next_in_days(&there, &person).await == Some(wait)).then_some(())
        })
        .await;
        days_pass(&there.portal, wait).await;
        let mail = mails(&there, "ada@people.example", count).await.pop().unwrap();
        assert!(mail["subject"].as_str().unwrap().starts_with("Reminder from Acme Inc"), "{mail}");
        assert_eq!(link(&mail), first, "the same link");
        until("the reminder to be noted", PATIENCE, async || {
            let now = invitation(&there.portal, &person).await;
            let all = acted(&there.portal, &now, ActionKind::MailReminder).await;
            let done = all.iter().filter(|(state, ..)| *state == ActionState::Done).count();
            (done == count - 1).then_some(())
        })
        .await;
    }
    assert_eq!(next_in_days(&there, &person).await, None, "four, and no more");
}

on_both_databases!(Connected::active => who_began_is_reminded_to_go_on_and_who_withdrew_is_not);
async fn who_began_is_reminded_to_go_on_and_who_withdrew_is_not(there: Connected) {
    let person = invited(&there, "Ada Byron", "ada@people.example").await;
    let path = link(&mails(&there, "ada@people.example", 1).await[0]);
    let visitor = there.portal.visitor();
    let page = visitor.get(&path).await;
    visitor.press(&page, "I agree, begin", &[]).await;
    // The mail was in the inbox before the portal knew that it is out.
    until("the first to be planned", PATIENCE, async || next_in_days(&there, &person).await).await;
    days_pass(&there.portal, 1).await;
    let reminder = mails(&there, "ada@people.example", 2).await.pop().unwrap();
    let text = reminder["text"].as_str().unwrap();
    assert!(text.contains("Continue your assessment") && text.contains("You have started"), "{text}");
    until("the next to be planned", PATIENCE, async || next_in_days(&there, &person).await).await;
    let ask = visitor.get(&format!("{path}/withdraw")).await;
    visitor.press(&ask, "Withdraw and erase everything", &[]).await;
    let now = comes_to(&there.portal, &person, InvitationState::Withdrawn).await;
    assert_eq!(next_in_days(&there, &person).await, None);
    assert!(now.code_sealed.is_none(), "no link is kept for what is over");
    let page = there.admin.get(&page_of(&there.portal, &person).await).await;
    assert!(page.text("table").contains("The candidate withdrew."), "{}", page.text("table"));
}

on_both_databases!(Connected::active => lever_is_asked_before_each_reminder);
async fn lever_is_asked_before_each_reminder(there: Connected) {
    let ada = invited(&there, "Ada Byron", "ada@people.example").await;
    let eve = invited(&there, "Eve Doe", "eve@people.example").await;
    let max = invited(&there, "Max Roe", "max@people.example").await;
    for person in [&ada, &eve, &max] {
        comes_to(&there.portal, person, InvitationState::Sent).await;
    }
    // Lever's own webhooks do not tell of any of this.
    let path = |person: &Value, act: &str| format!("opportunities/{}/{act}", id(person));
    for event in ["candidateArchiveChange", "candidateStageChange"] {
        there.control(Method::POST, "events", json!({ event: false })).await;
    }
    there.control(Method::POST, &path(&ada, "archive"), json!({})).await;
    there.control(Method::POST, &path(&eve, "confidential"), json!({ "confidential": true })).await;
    let contact = format!("contacts/{}", max["contact"].as_str().unwrap());
    there.api(Method::PUT, &contact, json!({ "emails": ["max@new.example"] })).await;
    days_pass(&there.portal, 1).await;
    is_looked_at_again(&there, &ada).await;
    comes_to(&there.portal, &ada, InvitationState::Cancelled).await;
    assert_eq!(mails(&there, "max@new.example", 1).await.len(), 1, "to the address that Lever has now");
    let page = there.admin.get(&page_of(&there.portal, &ada).await).await;
    assert!(page.text("dl").contains("is archived in Lever"), "{}", page.text("dl"));
    let said = until("the record", PATIENCE, async || {
        let now = invitation(&there.portal, &eve).await;
        let all = acted(&there.portal, &now, ActionKind::MailReminder).await;
        all.into_iter().find(|(state, ..)| *state == ActionState::Skipped).map(|(_, why, _)| why.to_string())
    })
    .await;
    assert!(said.contains("confidential in Lever"), "{said}");
    assert_eq!(invitation(&there.portal, &eve).await.state, InvitationState::Sent, "it may be open again");
    assert_eq!(next_in_days(&there, &eve).await, Some(1));
    assert_eq!(next_in_days(&there, &ada).await, None);
    assert_eq!(there.mails_to("ada@people.example").await.len(), 1);
    assert_eq!(there.mails_to("eve@people.example").await.len(), 1);
    tagged(&there, &ada, &[]).await;
}

on_both_databases!(Connected::active => an_archiving_that_is_over_ends_nothing);
/// Lever shows somebody as archived when a reminder is due, and ten minutes later does not: the reminder goes out.
async fn an_archiving_that_is_over_ends_nothing(there: Connected) {
    let ada = invited(&there, "Ada Byron", "ada@people.example").await;
    comes_to(&there.portal, &ada, InvitationState::Sent).await;
    for event in ["candidateArchiveChange", "candidateStageChange"] {
        there.control(Method::POST, "events", json!({ event: false })).await;
    }
    there.control(Method::POST, &format!("opportunities/{}/archive", id(&ada)), json!({})).await;
    days_pass(&there.portal, 1).await;
    let first = first_look(&there, &ada).await;
    there.control(Method::POST, &format!("opportunities/{}/unarchive", id(&ada)), json!({})).await;
    look_again(&there, first).await;
    let reminder = mails(&there, "ada@people.example", 2).await.pop().unwrap();
    assert!(reminder["subject"].as_str().unwrap().starts_with("Reminder from Acme Inc"), "{reminder}");
    assert_eq!(invitation(&there.portal, &ada).await.state, InvitationState::Sent);
}

on_both_databases!(Connected::active => switched_off_nobody_is_reminded);
async fn switched_off_nobody_is_reminded(there: Connected) {
    let person = invited(&there, "Ada Byron", "ada@people.example").await;
    comes_to(&there.portal, &person, InvitationState::Sent).await;
    let form = [("language", "en"), ("good_for", "30"), ("reminders", "6")];
    there.admin.post("/settings/mail", &form).await.leads_to("/settings/mail");
    days_pass(&there.portal, 1).await;
    until("no reminder to be planned", PATIENCE, async || {
        next_in_days(&there, &person).await.is_none().then_some(())
    })
    .await;
    let now = invitation(&there.portal, &person).await;
    let all = acted(&there.portal, &now, ActionKind::MailReminder).await;
    assert_eq!(all[0].0, ActionState::Skipped, "{all:?}");
    assert_eq!(there.mails_to("ada@people.example").await.len(), 1);
}

on_both_databases!(Connected::active => a_reminder_by_hand_is_sent_once_an_hour);
async fn a_reminder_by_hand_is_sent_once_an_hour(there: Connected) {
    let person = invited(&there, "Ada Byron", "ada@people.example").await;
    comes_to(&there.portal, &person, InvitationState::Sent).await;
    let path = page_of(&there.portal, &person).await;
    let page = there.admin.get(&path).await;
    there.admin.press(&page, "Send reminder", &[]).await.leads_to(&path);
    flashed(&there.admin.get(&path).await, "You can send the next reminder at");
    // An hour and more later, though not so late that the first planned one is due.
    let past = Timestamp::now().0 - DAY / 12;
    let set = move |conn: &mut alva_portal::db::Conn| {
        diesel::update(invitations::table)
            .set(invitations::sent_at.eq(Some(Timestamp(past))))
            .execute(conn)?;
        Ok::<_, DbError>(())
    };
    there.portal.running.db.write(set).await.unwrap();
    let (one, two) = tokio::join!(
        there.admin.press(&page, "Send reminder", &[]),
        there.admin.press(&page, "Send reminder", &[])
    );
    assert!(one.location.is_some() && two.location.is_some());
    mails(&there, "ada@people.example", 2).await;
    until("it to be noted", PATIENCE, async || {
        there.admin.get(&path).await.text("dl").contains("Reminded").then_some(())
    })
    .await;
    there.admin.press(&page, "Send reminder", &[]).await.leads_to(&path);
    flashed(&there.admin.get(&path).await, "You can send the next reminder at");
    assert_eq!(next_in_days(&there, &person).await, Some(1), "the planned one stays where it was");
    let log = there.portal.audit(&there.company.id).await;
    assert_eq!(log.iter().filter(|action| *action == "invitation.reminded").count(), 1);
}
