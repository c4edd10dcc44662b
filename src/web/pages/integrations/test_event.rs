//! **Send a test event**: through the portal's own public receiver, signed with a saved token.

use super::part::Part;
use super::show::Page;
use super::webhooks::is_unsaved;
use crate::audit;
use crate::ids::EventId;
use crate::integrations::signing::tokens::{self, SigningToken};
use crate::integrations::{Integration, State, checklist, lever_webhooks, lifecycle};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{Admin, FlashKind, Form, FormText, Found, PageError, PageResult, see_other};
use crate::webhooks::test_event::{self, Failure};
use actix_web::web::Data;
use lever_client::Event;
use serde_json::json;
use std::time::Duration;

/// What came of it, for the audit log and for the person.
struct Outcome {
    answered: Option<u16>,
    took: Option<Duration>,
    event: Option<EventId>,
    kind: FlashKind,
    words: String,
}

pub(super) async fn send(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    Form(form): Form<FormText>,
) -> PageResult {
    let (id, part) = (integration.id, Part::of_form(&form));
    let found = app
        .db
        .read(move |conn| {
            let (saved, made) = (tokens::valid(conn, &id)?, lever_webhooks::made(conn, &id)?);
            // The newest: what was saved last is what somebody wants to see tested.
            let newest = saved.into_iter().max_by_key(|token| token.added_at);
            Ok(newest.map(|token| {
                let kind = made.into_iter().find(|made| made.signing_token_id == token.id);
                (kind.map(|made| made.kind), token)
            }))
        })
        .await?;
    match found {
        _ if integration.state == State::Disconnected => {
            who.flash(FlashKind::Failed, "The account is disconnected, so its webhook URL accepts nothing.");
        }
        None => who.flash(FlashKind::Failed, "Save a signing token first: the test event is signed with it."),
        Some((kind, token)) => {
            let outcome = try_receiver(&app, &integration, kind, token).await?;
            let detail = json!({
                "answered": outcome.answered,
                "ms": outcome.took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
                "event": outcome.event,
            });
            let (company, actor, subject) =
                (*who.company_id(), who.actor(), lifecycle::subject(&integration));
            let action = audit::Action::IntegrationTestEventSent;
            app.db
                .write(move |conn| audit::record(conn, &company, &actor, action, &subject, &detail))
                .await?;
            who.flash(outcome.kind, outcome.words);
        }
    }
    if is_unsaved(&form, &integration) {
        return Page { typed: Some(form), part, ..Page::default() }.answer(&app, &who, &id).await;
    }
    Ok(see_other(&part.path(&id)))
}

async fn try_receiver(
    app: &AppState,
    integration: &Integration,
    kind: Option<String>,
    token: SigningToken,
) -> Result<Outcome, PageError> {
    let url = app.link(&integration.webhook_path());
    let key = token.open(&app.sealer).map_err(PageError::internal)?;
    let kind = kind.unwrap_or_else(|| Event::CandidateHired.as_str().to_owned());
    let (began, id) = (Timestamp::now(), integration.id);
    let sent = test_event::send(app.connections.http(), url.as_str(), &kind, &key).await;
    let took = match sent {
        Ok(took) => took,
        Err(failure) => {
            let answered = match failure {
                Failure::Answered(status) => Some(status),
                Failure::Unreachable(_) | Failure::TooSlow => None,
            };
            let words = failed(&failure, &url.origin().ascii_serialization());
            return Ok(Outcome { answered, took: None, event: None, kind: FlashKind::Failed, words });
        }
    };
    let arrived = app.db.read(move |conn| checklist::own_test(conn, &id)).await?;
    let event = arrived.filter(|(_, at)| *at >= began).map(|(event, _)| event);
    let (kind, words) = match event {
        Some(_) => (
            FlashKind::Good,
            format!(
                "The test event arrived, was verified by the token ending …{}, and was answered in {} ms. It invites nobody.",
                token.hint,
                took.as_millis()
            ),
        ),
        None => (
            FlashKind::Failed,
            format!(
                "Something at {} answered the test event, but it did not arrive here. Check that this address leads to this portal.",
                url.origin().ascii_serialization()
            ),
        ),
    };
    Ok(Outcome { answered: Some(200), took: Some(took), event, kind, words })
}

/// What failed, and what to look at.
fn failed(failure: &Failure, origin: &str) -> String {
    match failure {
        Failure::Unreachable(why) => format!(
            "The test event could not be sent: {origin} cannot be reached from here ({why}). Lever uses this address too: check BASE_URL, the name, the proxy and its certificate."
        ),
        Failure::TooSlow => format!(
            "The test event got no answer from {origin} within 10 seconds. Check the proxy in front of the portal."
        ),
        Failure::Answered(401) => format!(
            "{origin} answered 401: the signature was not accepted. Check that the proxy passes the body on unchanged."
        ),
        Failure::Answered(404) => format!(
            "{origin} answered 404: the webhook URL is not known there. Check that this address leads to this portal."
        ),
        Failure::Answered(status @ 300..=399) => format!(
            "{origin} answered {status}, a redirect, which Lever treats as a failure. Set BASE_URL to the \
             address that it leads to."
        ),
        Failure::Answered(status) => {
            format!(
                "{origin} answered {status}, so the test event was not accepted. Lever would retry later."
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_says_where_and_what_to_look_at() {
        let origin = "https://portal.example";
        for (failure, wanted) in [
            (Failure::Unreachable("dns error".into()), "cannot be reached from here (dns error)"),
            (Failure::TooSlow, "no answer from https://portal.example within 10 seconds"),
            (Failure::Answered(401), "answered 401: the signature was not accepted"),
            (Failure::Answered(404), "the webhook URL is not known there"),
            (Failure::Answered(308), "a redirect, which Lever treats as a failure"),
            (Failure::Answered(503), "answered 503, so the test event was not accepted"),
        ] {
            let words = failed(&failure, origin);
            assert!(words.contains(origin) && words.contains(wanted), "{words}");
        }
    }
}
