//! Sending an invitation again, cancelling it, and its end by time.

use super::*;
use crate::support::on_both_databases;
use alva_portal::people::Role;

on_both_databases!(Connected::active => an_invitation_expires_and_is_reopened);
async fn an_invitation_expires_and_is_reopened(there: Connected) {
    let page = there.admin.get("/settings/mail").await;
    there.admin.press(&page, "Save settings", &[("good_for", "7")]).await.leads_to("/settings/mail");
    let person = invited(&there, "Ada Byron", "ada@people.example").await;
    let old = link(&mails(&there, "ada@people.example", 1).await[0]);
    let sent = comes_to(&there.portal, &person, InvitationState::Sent).await;
    assert_eq!((sent.expires_at.since(sent.created_at) + DAY / 2) / DAY, 7);
    days_pass(&there.portal, 7).await;
    let over = comes_to(&there.portal, &person, InvitationState::Expired).await;
    tagged(&there, &person, &["Alva: Expired"]).await;
    let visitor = there.portal.visitor();
    let shut = visitor.get(&old).await;
    assert_eq!((shut.status, shut.text("h1").as_str()), (StatusCode::GONE, "This invitation has ended"));
    let reminders = acted(&there.portal, &over, ActionKind::MailReminder).await;
    assert!(reminders.iter().all(|(state, ..)| *state != ActionState::Planned), "{reminders:?}");
    assert!(there.admin.get("/candidates?state=expired").await.text("table").contains("Ada Byron"));

    // Lever has another address by now.
    let contact = format!("contacts/{}", person["contact"].as_str().unwrap());
    there.api(Method::PUT, &contact, json!({ "emails": ["ada@new.example"] })).await;
    let path = page_of(&there.portal, &person).await;
    let page = there.admin.get(&path).await;
    let (one, two) = tokio::join!(
        there.admin.press(&page, "Resend invitation", &[]),
        there.admin.press(&page, "Resend invitation", &[])
    );
    assert!(one.location.is_some() && two.location.is_some());
    let again = mails(&there, "ada@new.example", 1).await;
    let fresh = comes_to(&there.portal, &person, InvitationState::Sent).await;
    // Much later, from a page that was open all the time.
    there.admin.press(&page, "Resend invitation", &[]).await.leads_to(&path);
    flashed(&there.admin.get(&path).await, "Already resent.");
    assert_eq!((fresh.expires_at.since(Timestamp::now()) + DAY / 2) / DAY, 7, "a new term");
    let new = link(&again[0]);
    assert_ne!(new, old);
    assert_eq!(visitor.get(&new).await.status, StatusCode::OK);
    let shut = visitor.get(&old).await;
    assert_eq!((shut.status, shut.text("h1").as_str()), (StatusCode::GONE, "You were sent a newer link"));
    tagged(&there, &person, &["Alva: Invited"]).await;
    assert_eq!(mails(&there, "ada@new.example", 1).await.len(), 1, "clicked twice, mailed once");
    let log = there.portal.audit(&there.company.id).await;
    assert_eq!(log.iter().filter(|action| *action == "invitation.resent").count(), 1);
    let planned = acted(&there.portal, &fresh, ActionKind::MailReminder).await;
    assert_eq!(planned.iter().filter(|(state, ..)| *state == ActionState::Planned).count(), 1);
}

on_both_databases!(Connected::active => a_resend_keeps_the_answers);
async fn a_resend_keeps_the_answers(there: Connected) {
    let person = invited(&there, "Ada Byron", "ada@people.example").await;
    let old = link(&mails(&there, "ada@people.example", 1).await[0]);
    let visitor = there.portal.visitor();
    let page = visitor.get(&old).await;
    visitor.press(&page, "I agree, begin", &[]).await;
    let page = visitor.get(&old).await;
    visitor.press(&page, "Show the answer", &[("pass", "yes")]).await;
    let page = visitor.get(&old).await;
    visitor.press(&page, "Go on", &[]).await;
    assert_eq!(visitor.get(&old).await.text("h1"), "Practice 2 of 3");
    let path = page_of(&there.portal, &person).await;
    // Also after it was cancelled.
    let page = there.admin.get(&path).await;
    let invitation = invitation(&there.portal, &person).await.id;
    let cancel = there.admin.get(&format!("{path}/cancel/{invitation}")).await;
    assert!(cancel.text("li").contains("has started can't be finished"), "{}", cancel.text("li"));
    there.admin.press(&cancel, "Cancel the invitation of Ada Byron", &[]).await.leads_to(&path);
    assert_eq!(visitor.get(&old).await.text("h1"), "This assessment is no longer needed");
    tagged(&there, &person, &[]).await;
    there.admin.press(&page, "Resend invitation", &[]).await.leads_to(&path);
    let new = link(&mails(&there, "ada@people.example", 2).await[1]);
    assert_eq!(visitor.get(&new).await.text("h1"), "Practice 2 of 3", "where it stopped");
    tagged(&there, &person, &["Alva: Started"]).await;
}

on_both_databases!(Connected::active => who_is_archived_gets_nothing_again);
async fn who_is_archived_gets_nothing_again(there: Connected) {
    let person = invited(&there, "Ada Byron", "ada@people.example").await;
    comes_to(&there.portal, &person, InvitationState::Sent).await;
    there.control(Method::POST, "events", json!({ "candidateArchiveChange": false })).await;
    let act = |act: &str| format!("opportunities/{}/{act}", id(&person));
    there.control(Method::POST, &act("archive"), json!({})).await;
    let path = page_of(&there.portal, &person).await;
    let page = there.admin.get(&path).await;
    there.admin.press(&page, "Resend invitation", &[]).await.leads_to(&path);
    until("the reason", PATIENCE, async || {
        there
            .admin
            .get(&path)
            .await
            .text("table")
            .contains("not sent: the candidate is archived in Lever")
            .then_some(())
    })
    .await;
    assert_eq!(there.mails_to("ada@people.example").await.len(), 1);
    // Back in the pipeline, the same button works.
    there.control(Method::POST, &act("unarchive"), json!({})).await;
    there.admin.press(&page, "Resend invitation", &[]).await.leads_to(&path);
    mails(&there, "ada@people.example", 2).await;
}

on_both_databases!(Connected::active => cancelling_asks_first_and_is_not_for_everyone);
async fn cancelling_asks_first_and_is_not_for_everyone(there: Connected) {
    let person = invited(&there, "Ada Byron", "ada@people.example").await;
    let old = link(&mails(&there, "ada@people.example", 1).await[0]);
    let sent = comes_to(&there.portal, &person, InvitationState::Sent).await;
    tagged(&there, &person, &["Alva: Invited"]).await;
    let path = page_of(&there.portal, &person).await;
    let cancel = format!("{path}/cancel/{}", sent.id);
    there.portal.person(&there.company, "max@acme.example", Role::Auditor).await;
    let other = there.portal.company("Other").await;
    there.portal.person(&other, "eve@other.example", Role::Admin).await;
    let invitation = sent.id.to_string();
    let fields = [("invitation", invitation.as_str()), ("mailing", "0")];
    for (who, status) in
        [("max@acme.example", StatusCode::FORBIDDEN), ("eve@other.example", StatusCode::NOT_FOUND)]
    {
        let visitor = there.portal.signed_in(who).await;
        assert_eq!(visitor.get(&cancel).await.status, status, "{who}");
        assert_eq!(visitor.post(&cancel, &[]).await.status, status, "{who}");
        assert_eq!(visitor.post(&format!("{path}/resend"), &fields).await.status, status, "{who}");
        assert_eq!(visitor.post(&format!("{path}/remind"), &fields).await.status, status, "{who}");
        let pick = format!("{invitation}.0");
        let all = visitor.post("/candidates/resend", &[("pick", &pick)]).await;
        assert!(all.status == status || who.starts_with("eve"), "{who}");
    }
    assert_eq!(there.mails_to("ada@people.example").await.len(), 1);
    let ask = there.admin.get(&cancel).await;
    assert!(ask.text("li").contains("The link in the email stops working"));
    for said in ["The invitation is cancelled.", "It was already cancelled."] {
        there.admin.press(&ask, "Cancel the invitation of Ada Byron", &[]).await.leads_to(&path);
        flashed(&there.admin.get(&path).await, said);
    }
    let page = there.admin.get(&path).await;
    assert!(page.text("dl").contains("cancelled by ada"), "{}", page.text("dl"));
    assert_eq!(there.portal.visitor().get(&old).await.status, StatusCode::GONE);
    tagged(&there, &person, &[]).await;
    let log = there.portal.audit(&there.company.id).await;
    assert_eq!(log.iter().filter(|action| *action == "invitation.cancelled").count(), 1);
}

on_both_databases!(Connected::active => several_are_sent_again_at_once);
async fn several_are_sent_again_at_once(there: Connected) {
    let ada = invited(&there, "Ada Byron", "ada@people.example").await;
    let eve = invited(&there, "Eve Doe", "eve@people.example").await;
    for person in [&ada, &eve] {
        comes_to(&there.portal, person, InvitationState::Sent).await;
    }
    let list = there.admin.get("/candidates").await;
    let html = scraper::Html::parse_document(&list.html);
    let boxes = scraper::Selector::parse("input[name=pick]").unwrap();
    let picks: Vec<String> = html.select(&boxes).map(|tick| tick.attr("value").unwrap().to_owned()).collect();
    drop(html);
    assert_eq!(picks.len(), 2);
    let fields: Vec<(&str, &str)> = picks.iter().map(|pick| ("pick", pick.as_str())).collect();
    there.admin.post("/candidates/resend", &fields).await.leads_to("/candidates");
    flashed(&there.admin.get("/candidates").await, "2 invitations are being resent.");
    mails(&there, "ada@people.example", 2).await;
    mails(&there, "eve@people.example", 2).await;
    there.admin.post("/candidates/resend", &fields).await.leads_to("/candidates");
    flashed(&there.admin.get("/candidates").await, "2 skipped");
    there.admin.post("/candidates/resend", &[]).await.leads_to("/candidates");
    flashed(&there.admin.get("/candidates").await, "Select the candidates");
    let many = vec![fields[0]; 101];
    assert_eq!(there.admin.post("/candidates/resend", &many).await.status, StatusCode::BAD_REQUEST);
}
