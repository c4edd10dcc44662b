//! Deleted in Lever: nothing of the person is left in any table or file, whatever happened to them here.

use super::*;
use crate::assessment::{Invited, through_both};
use crate::support::on_both_databases;
use alva_portal::integrations::SigningToken;
use alva_portal::integrations::signing::tokens;
use lever_client::signature::sign;
use secrecy::ExposeSecret as _;

impl Connected {
    /// A delivery about the contact alone, of a kind that the portal does nothing about.
    async fn contact_changed(&self, contact: &str) {
        let (id, sealer) = (self.integration, self.portal.sealer());
        // Of a webhook that a person made: those of the portal's vouch for their own kinds.
        let pasted = SigningToken::new(&id, &"of-a-persons-webhook".to_owned().into(), &sealer);
        let key = pasted.open(&sealer).unwrap();
        self.portal.write(move |conn| Ok(tokens::add(conn, &pasted)?)).await;
        let (at, token) = (Timestamp::now().0, "of-a-contact");
        let body = json!({
            "event": "contactUpdated", "triggeredAt": at, "token": token,
            "signature": sign(key.expose_secret().as_bytes(), token, &at.to_string()),
            "data": {"contactId": contact, "updatedAt": at},
        });
        let url = self.portal.running.url.join(&self.account().await.webhook_path()).unwrap();
        assert_eq!(reqwest::Client::new().post(url).json(&body).send().await.unwrap().status(), 200);
    }

    async fn held_outcome(&self, opportunity: &str) {
        until("the held invitation", PATIENCE, async || {
            let of = |event: &&Event| event.opportunity_id.as_deref() == Some(opportunity);
            self.events().await.iter().find(of).filter(|event| event.outcome.as_str() == "held").map(|_| ())
        })
        .await;
    }
}

on_both_databases!(Connected::active => nothing_is_left_of_whoever_was_deleted);
/// Whatever can happen to somebody: invited, tested, written back, reused, held, counted, looked for,
/// with events of their own and of their contact.
async fn nothing_is_left_of_whoever_was_deleted(working: Connected) {
    let there = &working;
    there.control(Method::POST, "limits", json!({"enabled": false})).await;
    let marks = ["Zyxwvut Qponmlk", "unique-address@example.org", "+4670000987654", "unique-headline-77"];
    let postings = working.api(Method::GET, "postings?state=published", Value::Null).await;
    let open: Vec<&Value> = postings["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["confidentiality"] == "non-confidential")
        .collect();
    let fields = |posting: &Value, contact: Option<&Value>| {
        let mut fields = json!({"name": marks[0], "email": marks[1], "phone": marks[2], "headline": marks[3],
                "origin": "applied", "stage": "applicant-new", "silent": true, "posting": posting["id"]});
        if let Some(contact) = contact {
            fields["contact"] = contact.clone();
        }
        fields
    };
    let first = there.candidate(fields(open[0], None)).await;
    let id = first["id"].as_str().unwrap();
    let contact = first["contact"].as_str().or(first["contact"]["id"].as_str()).unwrap();
    working.move_to(id, TRIGGER).await;
    working.mailed(marks[1], "invites you").await;
    let link: url::Url = there.mails_to(marks[1]).await[0]["links"][0].as_str().unwrap().parse().unwrap();
    through_both(&there.portal.visitor(), &Invited::at(link.path())).await;
    until("the note", PATIENCE, async || {
        let notes = working.api(Method::GET, &format!("opportunities/{id}/notes"), Value::Null).await;
        (!notes["data"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;
    // For a second posting: results are reused.
    let second = there.candidate(fields(open[1], Some(&first["contact"]))).await;
    working.move_to(second["id"].as_str().unwrap(), TRIGGER).await;
    there.worked(&second, 1).await;
    working.contact_changed(contact).await;
    // A webhook that is lost is named by the count of the day.
    working.fault(json!({"target": "deliveries", "kind": "withhold", "next": 1})).await;
    working.move_to(id, "Phone interview").await;
    assert!(working.count_today().await.html.contains(marks[0]), "the difference is named");
    there.admin.get(&format!("/candidates/why?q={}", marks[1])).await;
    // Held with others.
    let invitation_policy = [("reuse_results", "0"), ("hold_above", "1"), ("hold_for", "5")];
    assert!(
        there.admin.post("/settings/company/invitation-policy", &invitation_policy).await.location.is_some()
    );
    let third = there.candidate(fields(open[2], Some(&first["contact"]))).await;
    let other = working.person("Other", "applicant-new").await;
    for moved in [third["id"].as_str().unwrap(), other.as_str()] {
        working.move_to(moved, TRIGGER).await;
    }
    until("both moves", PATIENCE, async || {
        let all = working.events().await;
        let is_worked =
            |id: &str| all.iter().any(|e| e.opportunity_id.as_deref() == Some(id) && e.finished_at.is_some());
        (is_worked(third["id"].as_str().unwrap()) && is_worked(&other)).then_some(())
    })
    .await;
    working.held_outcome(&other).await;
    let one =
        there.admin.get("/candidates").await.attribute("main table a[href^='/candidates/']", "href").unwrap();
    there.admin.get(&one).await;
    for mark in marks.iter().take(2) {
        assert!(there.portal.stored_anywhere(mark).await, "the search finds what is there: {mark}");
    }
    assert!(there.portal.stored_anywhere(contact).await);

    let opportunities: Vec<&str> =
        [&first, &second, &third].iter().map(|one| one["id"].as_str().unwrap()).collect();
    for id in &opportunities {
        there.control(Method::DELETE, &format!("opportunities/{id}"), Value::Null).await;
    }
    until("the erasures", PATIENCE, async || {
        let all = working.events().await;
        (all.iter().filter(|event| event.outcome.as_str() == "deleted").count() == 3).then_some(())
    })
    .await;
    for mark in marks.iter().copied().chain(opportunities).chain([contact]) {
        // A database that is busy gives old pages up late.
        until(&format!("{mark} to be gone"), PATIENCE * 3, async || {
            (!there.portal.stored_anywhere(mark).await).then_some(())
        })
        .await;
    }
    assert!(there.portal.stored_anywhere(&other).await, "nobody else is erased");
}
