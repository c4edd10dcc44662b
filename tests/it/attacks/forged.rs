//! Deliveries that were made from a genuine one: its signature covers a token and a time alone, so the rest is
//! anybody's. Nothing happens to a candidate that Lever does not confirm.

use crate::life::{TRIGGER, Working};
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};
use alva_portal::events::{Event, State};
use alva_portal::integrations::lever_webhooks;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// An event whose claim Lever does not confirm is looked at again for twenty seconds.
const LOOKED_AGAIN: Duration = Duration::from_secs(60);

impl Working {
    async fn door(&self) -> url::Url {
        self.there.portal.running.url.join(&self.account().await.webhook_path()).unwrap()
    }

    async fn post(&self, body: &Value) -> StatusCode {
        reqwest::Client::new().post(self.door().await).json(body).send().await.unwrap().status()
    }

    /// The body of the first delivery about somebody, of this kind.
    async fn body_of(&self, opportunity: &str, kind: &str) -> Value {
        let event = until(kind, PATIENCE, async || {
            let of = |event: &Event| {
                event.opportunity_id.as_deref() == Some(opportunity) && event.kind.as_str() == kind
            };
            self.events().await.into_iter().find(of)
        })
        .await;
        serde_json::from_slice(&event.body).unwrap()
    }

    /// Waits for the end of the event that this kind and opportunity came as.
    async fn ended_event(&self, opportunity: &str, kind: &str) -> Event {
        until(&format!("the end of {kind}"), LOOKED_AGAIN, async || {
            let of = |event: &Event| {
                event.opportunity_id.as_deref() == Some(opportunity) && event.kind.as_str() == kind
            };
            self.events().await.into_iter().find(|event| of(event) && event.finished_at.is_some())
        })
        .await
    }

    /// Signs as Lever does, with the token of the webhook for this kind of event.
    async fn signed(&self, of_kind: &str, mut body: Value) -> Value {
        use alva_portal::integrations::signing::tokens;
        use secrecy::ExposeSecret as _;
        let (id, kind) = (self.there.integration, of_kind.to_owned());
        let token = self.there.portal.running.db.read(move |conn| {
            let made = lever_webhooks::made(conn, &id)?.into_iter().find(|made| made.kind == kind).unwrap();
            Ok::<_, alva_portal::db::DbError>(
                tokens::valid(conn, &id)?
                    .into_iter()
                    .find(|token| token.id == made.signing_token_id)
                    .unwrap(),
            )
        });
        let key = token.await.unwrap().open(&self.there.portal.sealer()).unwrap();
        let at = body["triggeredAt"].to_string();
        let signature = lever_client::signature::sign(
            key.expose_secret().as_bytes(),
            body["token"].as_str().unwrap(),
            &at,
        );
        body["signature"] = signature.into();
        body
    }
}

/// The same delivery with digits of its time moved to the end of its token: the signed text stays the same.
fn shifted(body: &Value, digits: usize, event: &str, opportunity: &str) -> Value {
    let at = body["triggeredAt"].to_string();
    json!({
        "event": event, "triggeredAt": at[digits..], "signature": body["signature"],
        "token": format!("{}{}", body["token"].as_str().unwrap(), &at[..digits]),
        "data": {"opportunityId": opportunity},
    })
}

on_both_databases!(Working::start => digits_do_not_wander_between_token_and_time);
/// From one delivery, whatever is done to it, no second one can be made.
async fn digits_do_not_wander_between_token_and_time(working: Working) {
    let person = working.person("Ada", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("ada@people.example", "invites you").await;
    let genuine = working.body_of(&person, "candidateStageChange").await;
    let before = working.events().await.len();
    for digits in 1..13 {
        let status = working.post(&shifted(&genuine, digits, "candidateStageChange", &person)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{digits} digits");
    }
    let token = genuine["token"].as_str().unwrap();
    let (rest, last) = token.split_at(token.len() - 1);
    let back = json!({
        "event": "candidateStageChange", "signature": genuine["signature"], "token": rest,
        "triggeredAt": format!("{last}{}", genuine["triggeredAt"]), "data": {"opportunityId": person},
    });
    working.post(&back).await;
    // The same signed text with another body is the same delivery.
    let mut other = genuine.clone();
    other["data"]["opportunityId"] = "somebody-else".into();
    other["event"] = "candidateDeleted".into();
    working.post(&other).await;
    let after = working.events().await;
    let taken: Vec<&Event> =
        after[before..].iter().filter(|event| event.signing_token_id.is_some()).collect();
    assert!(taken.is_empty(), "{taken:?}");
    assert_eq!(working.invitations(&person).await, 1);
}

on_both_databases!(Working::start => a_deletion_is_what_lever_says);
/// Who is in Lever is not erased, whatever a delivery says, though it is signed; who is not is, and the audit
/// log says what asked for it.
async fn a_deletion_is_what_lever_says(working: Working) {
    let (stays, goes) =
        (working.person("Stays", "applicant-new").await, working.person("Goes", "applicant-new").await);
    for (person, mail) in [(&stays, "stays@people.example"), (&goes, "goes@people.example")] {
        working.move_to(person, TRIGGER).await;
        working.mailed(mail, "invites you").await;
    }
    let at = alva_portal::time::Timestamp::now().0;
    let forged = json!({"event": "candidateDeleted", "triggeredAt": at, "token": "forged-1",
        "data": {"opportunityId": stays}});
    let forged = working.signed("candidateDeleted", forged).await;
    assert_eq!(working.post(&forged).await, StatusCode::OK);
    // The one beside it is not kept waiting by the forged one.
    working.there.control(Method::DELETE, &format!("opportunities/{goes}"), Value::Null).await;
    until("the erasure", PATIENCE, async || {
        working.events().await.iter().any(|event| event.outcome.as_str() == "deleted").then_some(())
    })
    .await;
    let event = working.ended_event(&stays, "candidateDeleted").await;
    assert_eq!((event.state, event.outcome.as_str()), (State::Done, "nothing_to_do"), "{}", event.reason);
    assert!(event.reason.to_string().contains("Lever still has this candidate"), "{}", event.reason);
    assert_eq!((working.invitations(&stays).await, working.invitations(&goes).await), (1, 0));
    assert!(working.there.admin.get("/candidates").await.html.contains("Stays"));
    assert!(!working.there.portal.stored_anywhere("goes@people.example").await, "erased");
    let erasures = working.audit().await;
    assert_eq!(erasures.iter().filter(|action| *action == "candidate.erased").count(), 1);
    let row = working.there.admin.get("/audit?action=candidate.erased").await;
    assert!(row.text("main").contains("candidateDeleted"), "it says what asked: {}", row.html);
}

on_both_databases!(Working::start => a_hire_is_what_lever_says);
/// A hire that Lever does not show ends no invitation.
async fn a_hire_is_what_lever_says(working: Working) {
    let person = working.person("Ada", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("ada@people.example", "invites you").await;
    let link = working.there.mails_to("ada@people.example").await[0]["links"][0].as_str().unwrap().to_owned();
    let at = alva_portal::time::Timestamp::now().0;
    let forged = json!({"event": "candidateHired", "triggeredAt": at, "token": "forged-2",
        "data": {"opportunityId": person}});
    let forged = working.signed("candidateHired", forged).await;
    assert_eq!(working.post(&forged).await, StatusCode::OK);
    let event = working.ended_event(&person, "candidateHired").await;
    assert_eq!((event.state, event.outcome.as_str()), (State::Done, "nothing_to_do"), "{}", event.reason);
    assert!(event.reason.to_string().contains("not hired in Lever"), "{}", event.reason);
    assert_eq!(working.there.portal.visitor().get(&link).await.status, StatusCode::OK, "the link is good");
}

on_both_databases!(Working::start => a_token_vouches_for_its_own_webhook);
/// The token of a webhook that the portal made vouches for that webhook's kind of event alone.
async fn a_token_vouches_for_its_own_webhook(working: Working) {
    let person = working.person("Ada", "applicant-new").await;
    let at = alva_portal::time::Timestamp::now().0;
    let body = json!({"event": "candidateDeleted", "triggeredAt": at, "token": "forged-3",
        "data": {"opportunityId": person}});
    let forged = working.signed("applicationCreated", body.clone()).await;
    assert_eq!(working.post(&forged).await, StatusCode::UNAUTHORIZED);
    let kept = working.events().await.pop().unwrap();
    assert_eq!(kept.state, State::Quarantined);
    assert!(kept.reason.to_string().contains("another webhook"), "{}", kept.reason);
    let genuine = working.signed("candidateDeleted", body).await;
    assert_eq!(working.post(&genuine).await, StatusCode::OK, "its own token verifies it");
}
