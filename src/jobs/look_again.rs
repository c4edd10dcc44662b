//! Looks again at a candidate against whom something stood that Lever may have shown a moment too long: an archiving, a
//! missing address, no stage, a confidential opportunity; or who was not archived yet. The event ended after seconds and
//! holds up nothing; these looks are a minute and ten minutes after it came. When Lever shows the candidate otherwise
//! then, the event is processed again.

use super::JobContext;
use super::event::fetch::Unavailable;
use super::job::{Job, JobError, JobResult, Needs, Next};
use crate::db::schema::events;
use crate::db::{Conn, DbResult};
use crate::events::steps::{self, NewStep};
use crate::events::{Event, EventKind, State, StepKind, StepStatus, processed_as, queue};
use crate::ids::EventId;
use crate::invitations::candidates;
use crate::job_queue::{self, JobKind, JobRow, NewJob};
use crate::reasons::{NotYet, Reason, Refusal};
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::{Event as Kind, Opportunity, OpportunityId};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// How old the event is when Lever is asked.
const LOOKS: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(600)];

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct LookAgain {
    event: EventId,
}

impl Job for LookAgain {
    const KIND: JobKind = JobKind::LookAgain;
    const NEEDS: Needs = Needs::Active;
    const ONE_PER: &'static str = "event";
    const TRIGGER: &'static str = "a candidate was not invited, or an invitation not ended, for something that Lever may have \
         shown a moment too long; a minute and ten minutes after the event";

    async fn run(&self, ctx: &JobContext, _: &JobRow) -> JobResult {
        let id = self.event;
        let Some(event) = ctx.db.read(move |conn| load(conn, &id)).await? else { return Ok(Next::Done) };
        let Some(opportunity) = event.opportunity_id.as_deref().map(OpportunityId::from) else {
            return Ok(Next::Done);
        };
        if event.state != State::Done || !may_be_old(&event) {
            return Ok(Next::Done);
        }
        let asked = ctx.connections.call(&event.integration_id, |api| {
            let id = opportunity.clone();
            async move { api.opportunity(&id, &[]).await }
        });
        let is_over = match asked.await.map_err(Unavailable::from) {
            Ok(seen) => !stands(&event, &seen),
            Err(Unavailable::NoAccess(_)) => return Err(JobError::NoAccess),
            // It says nothing new. Later reconciliations look, too.
            Err(_) => false,
        };
        if is_over {
            ctx.db.write(move |conn| take_up(conn, &id)).await?;
            return Ok(Next::Done);
        }
        Ok(next_look(&event).map_or(Next::Done, Next::At))
    }
}

fn load(conn: &mut Conn, id: &EventId) -> DbResult<Option<Event>> {
    Ok(events::table.find(id).select(Event::as_select()).first(conn).optional()?)
}

/// When an event is looked at next that ended; none: it is old enough.
fn next_look(event: &Event) -> Option<Timestamp> {
    let now = Timestamp::now();
    LOOKS.iter().map(|age| event.received_at.plus(*age)).find(|at| *at > now)
}

/// Whether the event ended for something that Lever may have shown a moment too long.
fn may_be_old(event: &Event) -> bool {
    match &event.reason {
        Reason::OpportunityHidden | Reason::NotArchived => true,
        Reason::NothingToDo { stage: None, .. } => processed_as(event) == Kind::CandidateStageChange,
        reason => reason.is_refusal_that_can_end(),
    }
}

/// Whether it still is as the event found it.
fn stands(event: &Event, seen: &Opportunity) -> bool {
    match &event.reason {
        Reason::OpportunityHidden | Reason::NotInvited { refusal: Refusal::Confidential, .. } => {
            seen.is_confidential()
        }
        Reason::NotArchived => seen.archived.is_none(),
        Reason::NothingToDo { .. } => seen.stage_id().is_none(),
        Reason::NotInvited { refusal: Refusal::Archived, .. } => seen.archived.is_some(),
        Reason::NotInvited { refusal: Refusal::Anonymized, .. } => seen.is_anonymized,
        Reason::NotInvited { refusal: Refusal::NoEmail, .. } => candidates::address_of(seen).is_empty(),
        _ => true,
    }
}

/// Puts the event back to work.
fn take_up(conn: &mut Conn, id: &EventId) -> DbResult<()> {
    if queue::look_anew(conn, id)? {
        let step = NewStep::new(StepKind::LooksAgain, Reason::ShownOtherwise, StepStatus::Good);
        steps::add(conn, id, step)?;
    }
    Ok(())
}

/// Asks for the looks at an event that ends now for this reason, where there is something to look at. What a
/// reconciliation found it finds again, and a colleague sees what came of a wish.
pub(in crate::jobs) fn ask(conn: &mut Conn, event: &Event, reason: &Reason) -> DbResult<()> {
    let ended = Event { reason: reason.clone(), ..event.clone() };
    if matches!(event.kind, EventKind::ManualInvite | EventKind::Reconciliation) || !may_be_old(&ended) {
        return Ok(());
    }
    let Some(due) = next_look(event) else { return Ok(()) };
    let seconds = u64::try_from(due.since(Timestamp::now()) / 1000).unwrap_or_default().max(1);
    let why = Reason::NotYet { what: NotYet::Latest, seconds };
    steps::add(conn, &event.id, NewStep::new(StepKind::LooksAgain, why, StepStatus::Waiting))?;
    let job = NewJob {
        company: event.company_id,
        integration: Some(event.integration_id),
        kind: JobKind::LookAgain,
        key: event.id.to_string(),
        payload: json!({ "event": event.id }),
        due,
    };
    job_queue::add(conn, job)
}
