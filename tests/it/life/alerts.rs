//! Signatures that begin to fail, and events that fail: told once, and once when it is over.

use super::*;
use crate::support::on_both_databases;

on_both_databases!(Connected::active => a_regenerated_token_is_told_of_once);
/// A token that is regenerated in Lever is told of, and that all is well again once the new one is saved.
async fn a_regenerated_token_is_told_of_once(working: Connected) {
    let hooks = working.control(Method::GET, "webhooks", Value::Null).await;
    let hook = hooks["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|hook| hook["event"] == "candidateStageChange")
        .unwrap();
    let path = format!("webhooks/{}/regenerate", hook["id"].as_str().unwrap());
    let fresh = working.control(Method::POST, &path, Value::Null).await;
    let people =
        [working.person("First", "applicant-new").await, working.person("Second", "applicant-new").await];
    for person in &people {
        working.move_to(person, TRIGGER).await;
    }
    working.mailed("ada@acme.example", "Webhook signatures are failing").await;
    let token = find_token(&fresh);
    let form = working.admin.get(&format!("{}/webhooks", working.page())).await;
    let saved = working.admin.press(&form, "Save", &[("webhook_signature_token", &token)]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    working.mailed("ada@acme.example", "valid again").await;
    for (person, name) in people.iter().zip(["first", "second"]) {
        working.mailed(&format!("{name}@people.example"), "invites you").await;
        assert_eq!(working.invitations(person).await.len(), 1);
    }
    assert_eq!(working.mails("ada@acme.example", "Webhook signatures are failing").await, 1);
}

fn find_token(answer: &Value) -> String {
    let data = &answer["data"];
    let token = [&data["configuration"]["signatureToken"], &data["signatureToken"]];
    token.into_iter().find_map(Value::as_str).unwrap_or_else(|| panic!("a token: {answer}")).to_owned()
}

on_both_databases!(Connected::active => failing_events_are_told_of_once);
/// An event that is given up is told of at the next check; once it was replayed all is well again.
async fn failing_events_are_told_of_once(working: Connected) {
    let person = working.person("Failing", "applicant-new").await;
    // Lever refuses for good to show the opportunity.
    let path = format!("/v1/opportunities/{person}");
    working.fault(json!({"target": "api", "kind": "status", "status": 400, "match": path})).await;
    working.move_to(&person, TRIGGER).await;
    let failed = until("the event's end", PATIENCE, async || {
        working.events().await.into_iter().find(|event| event.state == State::Failed)
    })
    .await;
    working.make_due(Due::Check).await;
    working.mailed("ada@acme.example", "Events from Lever are failing").await;
    // The mail says of the integration what its page says.
    let mails = working.mails_to("ada@acme.example").await;
    let mail = mails
        .iter()
        .find(|mail| mail["subject"].to_string().contains("Events from Lever are failing"))
        .unwrap();
    let state = working.admin.get(&working.page()).await.text("#state .badge");
    let text = mail["text"].as_str().unwrap();
    assert!(
        state == "Needs you" && text.contains(&format!("State now: {state}. 1 event")),
        "{state}: {text}"
    );
    working.control(Method::DELETE, "faults", Value::Null).await;
    let replayed = working.admin.post(&format!("/events/{}/replay", failed.id), &[]).await;
    assert_eq!(replayed.status, StatusCode::SEE_OTHER, "{}", replayed.html);
    working.mailed("failing@people.example", "invites you").await;
    until("the event's good end", PATIENCE, async || {
        working.events().await.iter().all(|event| event.state == State::Done).then_some(())
    })
    .await;
    working.make_due(Due::Check).await;
    working.mailed("ada@acme.example", "processed again").await;
    assert_eq!(working.mails("ada@acme.example", "Events from Lever are failing").await, 1);
}
