//! Who was deleted or hired. A delivery proves neither: its signature covers a token and a time alone, so its
//! body can name anybody. Lever is asked, and what Lever says is done.

use super::ending::{add_all, cannot_see, close, lacking, put_by};
use super::fetch::{Unavailable, steps_of};
use super::second_look;
use crate::audit::{self, Actor};
use crate::db::{Conn, DbError, DbResult};
use crate::events::processed_as;
use crate::events::steps::{self, NewStep};
use crate::events::{Event, Outcome, State, StepKind, queue};
use crate::integrations::{lifecycle as accounts, store as integration_store};
use crate::invitations::{OpportunitySnapshot, erasure};
use crate::jobs::JobContext;
use crate::jobs::erase_expired::forget_pages;
use crate::reasons::{NotYet, Reason};
use crate::time::Timestamp;
use lever_client::{Event as Kind, OpportunityId, Scope, Trace};
use serde_json::json;
use std::time::Duration;

/// Lever may send a delivery before its API shows what the delivery says: so long it is asked again.
const MAY_BE_EARLY: Duration = Duration::from_secs(20);

/// How long it is waited before Lever is asked again.
const AGAIN: Duration = Duration::from_secs(5);

/// Whether Lever may yet come to show what this event says.
fn may_be_early(event: &Event) -> bool {
    Timestamp::now() < event.received_at.plus(MAY_BE_EARLY)
}

/// Whether Lever does not show a hire, and it is too early to believe that.
pub(super) fn is_not_hired_yet(event: &Event, seen: &OpportunitySnapshot) -> bool {
    processed_as(event) == Kind::CandidateHired && seen.opportunity.archived.is_none() && may_be_early(event)
}

/// Puts the event back until Lever is asked again. It is no failed attempt.
pub(super) async fn look_again(ctx: &JobContext, event: &Event, what: NotYet) -> Result<(), DbError> {
    let event = event.clone();
    ctx.db.write(move |conn| second_look::put_back(conn, &event, what, AGAIN)).await
}

/// Erases the person if Lever does not know the candidate any more.
pub(super) async fn deleted(ctx: &JobContext, event: &Event) -> Result<(), DbError> {
    let Some(id) = event.opportunity_id.as_deref().map(OpportunityId::from) else {
        return close(ctx, event, State::Ignored, Outcome::None, Reason::NoOpportunity).await;
    };
    if let Some(scope) = lacking(ctx, event, &[Scope::Opportunities]).await? {
        return put_by(ctx, event, scope).await;
    }
    let trace = Trace::default();
    let asked = ctx.connections.call(&event.integration_id, |api| {
        let (api, id) = (api.with_trace(trace.clone()), id.clone());
        async move { api.opportunity(&id, &[]).await }
    });
    let is_there = match asked.await.map_err(Unavailable::from) {
        Ok(there) => Ok(!there.is_anonymized),
        Err(Unavailable::Hidden) => Ok(true),
        Err(Unavailable::Unknown) => Ok(false),
        Err(blind) => Err(blind),
    };
    // The call's path names the candidate: where the person is erased, it is not kept.
    if !matches!(is_there, Ok(false)) {
        let (event, calls) = (event.clone(), steps_of(&trace));
        ctx.db.write(move |conn| add_all(conn, &event, calls)).await?;
    }
    match is_there {
        Ok(false) => {
            let event = event.clone();
            ctx.db.write(move |conn| erase(conn, &event)).await?;
            forget_pages(ctx).await;
            Ok(())
        }
        Ok(true) if may_be_early(event) => look_again(ctx, event, NotYet::Deletion).await,
        Ok(true) => close(ctx, event, State::Done, Outcome::NothingToDo, Reason::StillInLever).await,
        Err(blind) => cannot_see(ctx, event, blind).await,
    }
}

/// Erases the person; the log keeps that it happened, and what asked for it.
fn erase(conn: &mut Conn, event: &Event) -> DbResult<()> {
    let known = match event.opportunity_id.as_deref() {
        Some(opportunity) => {
            erasure::erase(conn, &event.integration_id, opportunity, &Reason::ErasedDeleted)?
        }
        None => false,
    };
    let why = if known { Reason::DeletedErased } else { Reason::DeletedUnknown };
    if known {
        let account = integration_store::get(conn, &event.integration_id)?;
        let detail = json!({ "candidates": 1, "why": Reason::CandidateUnknown.code_and_params().0,
            "asked_by": "event", "event": event.id.as_str(), "kind": event.kind.as_str() });
        let (action, subject) = (audit::Action::CandidateErased, accounts::subject(&account));
        audit::record(conn, &event.company_id, &Actor::Portal, action, &subject, &detail)?;
    }
    steps::add(conn, &event.id, NewStep::good(StepKind::Erased, why.clone()))?;
    queue::finish(conn, &event.id, State::Done, Outcome::Deleted, &why)
}
