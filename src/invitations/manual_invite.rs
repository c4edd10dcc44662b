//! Invited by hand: a colleague's request, written down as an event of its own. The worker processes it
//! like Lever's: asks Lever first, decides, and acts, so that nobody is invited twice for a posting.

use super::{candidates, identity, store, withdrawal_marks};
use crate::audit::{self, Actor};
use crate::db::schema::{candidates as rows, events, integrations};
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::events::steps::{self, NewStep};
use crate::events::{self as log, Event, EventKind, StepKind};
use crate::ids::{CandidateId, CompanyId, EventId, IntegrationId};
use crate::integration_state::State;
use crate::reasons::Reason;
use crate::test_selection::Tests;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What became of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManualInviteOutcome {
    /// The worker takes it up.
    Queued(EventId),
    /// It was asked for a moment ago: a second click changes nothing.
    InWork(EventId),
    /// Lever cannot be asked: access to the account ended, or it is not set up.
    NotActive(State),
    /// There is an invitation for this posting.
    InvitedBefore,
    /// The person withdrew after having seen a result, and nobody has said yet that they are invited again.
    Withdrew,
}

/// The body of such an event.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Body {
    tests: String,
    who: String,
    /// The candidate whose results count, because a colleague says that it is the same person.
    results_of: Option<CandidateId>,
}

fn body(event: &Event) -> Option<Body> {
    (event.kind == EventKind::ManualInvite).then(|| serde_json::from_slice(&event.body).unwrap_or_default())
}

/// The tests that somebody chose for the candidate of this event; none for Lever's own events.
pub fn tests(event: &Event) -> Option<Tests> {
    Some(Tests::parse(&body(event)?.tests).unwrap_or_default())
}

/// Who chose them.
pub fn who(event: &Event) -> Option<String> {
    Some(body(event)?.who).filter(|who| !who.is_empty())
}

/// The candidate whose results a colleague chose for the candidate of this event.
pub fn results_of(event: &Event) -> Option<CandidateId> {
    body(event)?.results_of
}

/// The state of an account in which nothing is asked of its Lever; none while it is active.
pub(in crate::invitations) fn not_active(
    conn: &mut Conn,
    integration: &IntegrationId,
) -> DbResult<Option<State>> {
    let state: State = integrations::table.find(integration).select(integrations::state).first(conn)?;
    Ok((state != State::Active).then_some(state))
}

/// What a colleague or a program asks for.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// The tests to take.
    pub tests: Tests,
    /// Instead the results of this candidate count, who has the same address.
    pub results_of: Option<CandidateId>,
    /// Invite also after a withdrawal with a result.
    pub again: bool,
}

/// Asks the worker to invite a candidate of a company.
///
/// # Errors
/// When there is no such candidate ([`diesel::result::Error::NotFound`]), or the database refuses.
pub fn request(
    conn: &mut Conn,
    company: &CompanyId,
    id: &CandidateId,
    asked: Request,
    actor: &Actor,
) -> DbResult<ManualInviteOutcome> {
    let Request { tests, results_of, again } = asked;
    dialect::lock_company(conn, company)?;
    let candidate: candidates::Candidate = rows::table
        .find(id)
        .filter(rows::company_id.eq(company))
        .select(candidates::Candidate::as_select())
        .first(conn)?;
    if let Some(other) = &results_of {
        let others = identity::people(conn, &candidate)?.others;
        others.iter().find(|namesake| namesake.id == *other).ok_or(diesel::result::Error::NotFound)?;
    }
    let (integration, opportunity) = (&candidate.integration_id, candidate.opportunity_id.as_str());
    let posting = candidate.posting_id.clone().unwrap_or_default();
    if store::invitation_for(conn, integration, opportunity, &posting)?.is_some() {
        return Ok(ManualInviteOutcome::InvitedBefore);
    }
    let in_work: Option<EventId> = events::table
        .filter(events::integration_id.eq(integration).and(events::opportunity_id.eq(opportunity)))
        .filter(events::kind.eq(EventKind::ManualInvite).and(events::state.eq(log::State::Queued)))
        .select(events::id)
        .first(conn)
        .optional()?;
    if let Some(event) = in_work {
        return Ok(ManualInviteOutcome::InWork(event));
    }
    if let Some(state) = not_active(conn, integration)? {
        return Ok(ManualInviteOutcome::NotActive(state));
    }
    // To use results is a decision, too, and needs no new test.
    if !again && results_of.is_none() && withdrawal_marks::of_person(conn, &candidate)?.is_some() {
        return Ok(ManualInviteOutcome::Withdrew);
    }
    withdrawal_marks::decided(conn, company, id)?;
    let who = match actor {
        Actor::User { email, .. } => email.clone(),
        Actor::ApiToken { label, .. } => label.clone(),
        _ => String::new(),
    };
    let body = Body { tests: tests.to_string(), who: who.clone(), results_of };
    let event = event(&candidate, serde_json::to_vec(&body).unwrap_or_default());
    diesel::insert_into(events::table).values(&event).execute(conn).map_err(DbError::from)?;
    steps::add(conn, &event.id, NewStep::good(StepKind::Requested, Reason::Requested { tests, by: who }))?;
    let detail =
        json!({ "candidate": id, "tests": tests.as_str(), "event": event.id, "results_of": results_of });
    audit::record(
        conn,
        company,
        actor,
        audit::Action::CandidateInvitedByHand,
        &candidate.posting_title,
        &detail,
    )?;
    Ok(ManualInviteOutcome::Queued(event.id))
}

fn event(candidate: &candidates::Candidate, body: Vec<u8>) -> Event {
    let tenant = (&candidate.company_id, &candidate.integration_id);
    let about = (candidate.opportunity_id.as_str(), candidate.contact_id.as_deref());
    Event::of_our_own(
        EventKind::ManualInvite,
        |id| format!("{}:{id}", EventKind::ManualInvite),
        tenant,
        about,
        body,
    )
}
