//! Deliveries that were made from a genuine one: its signature covers a token and a time alone, so the rest is
//! anybody's. Nothing happens to a candidate that Lever does not confirm.

mod unlisted;

use crate::support::lever::{Connected, TRIGGER};
use crate::support::on_both_databases;
use crate::support::proxy::{Change, Proxy};
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::Backend;
use alva_portal::events::{Event, State};
use alva_portal::integrations::lever_webhooks;
use alva_portal::reasons::Reason;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Longer than the last look at what Lever does not confirm, which is ten minutes after a delivery came.
const SETTLED: Duration = Duration::from_secs(11 * 60);

impl Connected {
    async fn door(&self) -> url::Url {
        self.portal.running.url.join(&self.account().await.webhook_path()).unwrap()
    }

    pub async fn post(&self, body: &Value) -> StatusCode {
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

    /// The event that this kind and opportunity came as, once something holds for it.
    async fn reported_event(&self, opportunity: &str, kind: &str, holds: impl Fn(&Event) -> bool) -> Event {
        until(&format!("an event {kind}"), PATIENCE, async || {
            let of = |event: &Event| {
                event.opportunity_id.as_deref() == Some(opportunity) && event.kind.as_str() == kind
            };
            self.events().await.into_iter().find(|event| of(event) && holds(event))
        })
        .await
    }

    /// Waits until the event is looked at again, which is no failed attempt, lets ten minutes pass, and answers how
    /// it ended.
    async fn ended_event(&self, opportunity: &str, kind: &str) -> Event {
        use alva_portal::db::schema::events::dsl;
        let is_not_yet = |event: &Event| matches!(event.reason, Reason::NotYet { .. });
        let waiting = self.reported_event(opportunity, kind, is_not_yet).await;
        assert_eq!((waiting.state, waiting.attempts), (State::Queued, 0));
        let (id, then) = (waiting.id, Timestamp::now().minus(SETTLED));
        self.portal
            .write(move |conn| {
                diesel::update(dsl::events.find(&id))
                    .set((dsl::received_at.eq(then), dsl::next_attempt_at.eq(Timestamp(0))))
                    .execute(conn)
                    .map_err(alva_portal::db::DbError::from)?;
                Ok(())
            })
            .await;
        until(&format!("the end of {kind}"), PATIENCE, async || {
            self.events().await.into_iter().find(|event| event.id == id && event.finished_at.is_some())
        })
        .await
    }

    /// Signs as Lever does, with the token of the webhook for this kind of event.
    pub async fn signed(&self, of_kind: &str, mut body: Value) -> Value {
        use alva_portal::integrations::signing::tokens;
        use secrecy::ExposeSecret as _;
        let (id, kind) = (self.integration, of_kind.to_owned());
        let token = self.portal.running.db.read(move |conn| {
            let made = lever_webhooks::made(conn, &id)?.into_iter().find(|made| made.kind == kind).unwrap();
            Ok::<_, alva_portal::db::DbError>(
                tokens::valid(conn, &id)?
                    .into_iter()
                    .find(|token| token.id == made.signing_token_id)
                    .unwrap(),
            )
        });
        let key = token.await.unwrap().open(&self.portal.sealer()).unwrap();
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

on_both_databases!(Connected::active => digits_do_not_wander_between_token_and_time);
/// From one delivery, whatever is done to it, no second one can be made.
async fn digits_do_not_wander_between_token_and_time(working: Connected) {
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
    assert_eq!(working.invitations(&person).await.len(), 1);
}

on_both_databases!(Connected::active => a_deletion_is_what_lever_says);
/// Who is in Lever is not erased, whatever a delivery says, though it is signed; who is not is, and the audit
/// log says what asked for it.
async fn a_deletion_is_what_lever_says(working: Connected) {
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
    working.control(Method::DELETE, &format!("opportunities/{goes}"), Value::Null).await;
    until("the erasure", PATIENCE, async || {
        working.events().await.iter().any(|event| event.outcome.as_str() == "deleted").then_some(())
    })
    .await;
    let event = working.ended_event(&stays, "candidateDeleted").await;
    assert_eq!((event.state, event.outcome.as_str()), (State::Done, "nothing_to_do"), "{}", event.reason);
    assert!(event.reason.to_string().contains("Lever still has this candidate"), "{}", event.reason);
    assert_eq!((working.invitations(&stays).await.len(), working.invitations(&goes).await.len()), (1, 0));
    assert!(working.admin.get("/candidates").await.html.contains("Stays"));
    assert!(!working.portal.stored_anywhere("goes@people.example").await, "erased");
    let erasures = working.audit().await;
    assert_eq!(erasures.iter().filter(|action| *action == "candidate.erased").count(), 1);
    let row = working.admin.get("/audit?action=candidate.erased").await;
    assert!(row.text("main").contains("candidateDeleted"), "it says what asked: {}", row.html);
}

on_both_databases!(Connected::active_behind_proxy => a_moments_absence_is_no_deletion);
/// A deletion is reported of somebody whom Lever does not show for a moment, and does not list as deleted: nothing is
/// erased.
async fn a_moments_absence_is_no_deletion((working, proxy): (Connected, Proxy)) {
    let person = working.person("Ada", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("ada@people.example", "invites you").await;
    let nothing = json!({"code": "ResourceNotFound", "message": "No such object."});
    // Asked for by its id alone: a reconciliation may be reading lists.
    let path: &'static str = Box::leak(format!("/v1/opportunities/{person}").into_boxed_str());
    proxy.change("GET", path, Change::Answer(404, nothing), 1);
    let body = json!({"event": "candidateDeleted", "triggeredAt": Timestamp::now().0, "token": "early-1",
        "data": {"opportunityId": person}});
    let signed = working.signed("candidateDeleted", body).await;
    assert_eq!(working.post(&signed).await, StatusCode::OK);
    let event = working.ended_event(&person, "candidateDeleted").await;
    assert_eq!(event.outcome.as_str(), "nothing_to_do", "{}", event.reason);
    let timeline = working.admin.get(&format!("/events/{}", event.id)).await.text("ol.timeline");
    assert!(timeline.contains("does not list the deletion yet"), "{timeline}");
    assert_eq!(working.invitations(&person).await.len(), 1);
    assert!(!working.audit().await.contains(&"candidate.erased".to_owned()));
}

on_both_databases!(Connected::active_behind_proxy => who_is_only_hidden_is_kept_until_an_admin_decides);
/// Lever answers 404 of who is confidential, too, and lists no deletion. However well a delivery is signed, nobody is
/// erased for that: the event's page says so, and an admin decides.
async fn who_is_only_hidden_is_kept_until_an_admin_decides((working, proxy): (Connected, Proxy)) {
    use alva_portal::db::schema::candidates::dsl;
    use alva_portal::integrations::schedule::nightly::ChoreKind;
    let person = working.person("Ada", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("ada@people.example", "invites you").await;
    let nothing = json!({"code": "ResourceNotFound", "message": "No such object."});
    let path: &'static str = Box::leak(format!("/v1/opportunities/{person}").into_boxed_str());
    proxy.change("GET", path, Change::Answer(404, nothing), 10_000);
    let body = json!({"event": "candidateDeleted", "triggeredAt": Timestamp::now().0, "token": "hidden-1",
        "data": {"opportunityId": person}});
    let signed = working.signed("candidateDeleted", body).await;
    assert_eq!(working.post(&signed).await, StatusCode::OK);
    let event = working.ended_event(&person, "candidateDeleted").await;
    assert_eq!((event.state, event.outcome.as_str()), (State::Done, "deletion_held"), "{}", event.reason);
    assert_eq!(working.invitations(&person).await.len(), 1);

    let (admin, portal) = (&working.admin, &working.portal);
    let (address, decide) = (format!("/events/{}", event.id), format!("/events/{}/deletion", event.id));
    let page = admin.get(&address).await;
    for words in ["does not list it", "confidential", "Nothing has been erased"] {
        assert!(page.text("main").contains(words), "{words}: {}", page.html);
    }
    // Nobody but an admin of this company decides.
    let company = &working.company;
    portal.person(company, "otto@acme.example", alva_portal::people::Role::Auditor).await;
    let otto = portal.signed_in("otto@acme.example").await;
    let seen = otto.get(&address).await;
    assert!(
        seen.text("main").contains("Nothing has been erased") && !seen.html.contains("Erase now"),
        "{}",
        seen.html
    );
    let other = portal.company("Globex").await;
    portal.person(&other, "eve@globex.example", alva_portal::people::Role::Admin).await;
    let eve = portal.signed_in("eve@globex.example").await;
    for (who, status) in [(&otto, StatusCode::FORBIDDEN), (&eve, StatusCode::NOT_FOUND)] {
        assert_eq!(who.post(&decide, &[("decision", "erase")]).await.status, status);
    }
    assert_eq!(admin.post(&decide, &[("decision", "")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(working.invitations(&person).await.len(), 1);

    admin.press(&page, "Keep", &[("decision", "keep")]).await.leads_to(&address);
    let page = admin.get(&address).await;
    assert!(page.text("main").contains("kept by the decision of ada@acme.example"), "{}", page.html);
    assert!(!page.html.contains("Erase now"), "{}", page.html);
    let kept = |actions: &[String]| actions.iter().filter(|action| *action == "candidate.kept").count();
    assert_eq!(kept(&working.audit().await), 1);
    // It is decided: a second click does nothing.
    admin.post(&decide, &[("decision", "erase")]).await.leads_to(&address);
    assert!(admin.get(&address).await.text(".flash").contains("nothing left to decide"));
    // The nightly search does not erase after thirty days whom a colleague has seen in Lever.
    working.nightly(ChoreKind::Unseen).await;
    portal
        .write(|conn| {
            let earlier = dsl::unknown_since - Some(31 * 86_400_000_i64);
            let aged = diesel::update(dsl::candidates).set(dsl::unknown_since.eq(earlier)).execute(conn);
            Ok(aged.map(|_| ()).map_err(alva_portal::db::DbError::from)?)
        })
        .await;
    working.nightly(ChoreKind::Unseen).await;
    assert_eq!(working.invitations(&person).await.len(), 1);
    assert!(!working.audit().await.iter().any(|action| action.contains(".erased")));
}

on_both_databases!(Connected::active => a_hire_is_what_lever_says);
/// A hire that Lever does not show ends no invitation.
async fn a_hire_is_what_lever_says(working: Connected) {
    let person = working.person("Ada", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("ada@people.example", "invites you").await;
    let link = working.mails_to("ada@people.example").await[0]["links"][0].as_str().unwrap().to_owned();
    let at = alva_portal::time::Timestamp::now().0;
    let forged = json!({"event": "candidateHired", "triggeredAt": at, "token": "forged-2",
        "data": {"opportunityId": person}});
    let forged = working.signed("candidateHired", forged).await;
    assert_eq!(working.post(&forged).await, StatusCode::OK);
    let event = working.ended_event(&person, "candidateHired").await;
    assert_eq!((event.state, event.outcome.as_str()), (State::Done, "nothing_to_do"), "{}", event.reason);
    assert!(event.reason.to_string().contains("not hired in Lever"), "{}", event.reason);
    assert_eq!(working.portal.visitor().get(&link).await.status, StatusCode::OK, "the link is good");
}

on_both_databases!(Connected::active => a_token_vouches_for_its_own_webhook);
/// The token of a webhook that the portal made vouches for that webhook's kind of event alone.
async fn a_token_vouches_for_its_own_webhook(working: Connected) {
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
