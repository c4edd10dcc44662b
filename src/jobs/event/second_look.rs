//! What Lever does not show yet. A webhook can be faster than what Lever's API reads from, so "not there" shortly
//! after it is no answer: the event is looked at again, after seconds and then minutes, before that is final.

use crate::db::{Conn, DbResult};
use crate::events::steps::{self, NewStep};
use crate::events::{Event, EventKind, StepKind, StepStatus, processed_as, queue};
use crate::invitations::OpportunitySnapshot;
use crate::reasons::{NotYet, Reason};
use crate::time::Timestamp;
use lever_client::{AppliedFor, Event as Kind, Opportunity};
use std::time::Duration;

/// How old an event is when it is looked at again. Lever's clock and its lists were seen to be behind by seconds;
/// ten minutes are far beyond that, and still before the hourly reconciliation.
const LOOKS: [Duration; 4] =
    [Duration::from_secs(2), Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(600)];

/// What is delivered longer after its time than this was sent again by Lever, which has long caught up.
const SENT_AGAIN: Duration = Duration::from_secs(900);

/// Lever's clock may differ from ours by this much.
const NEAR: Duration = Duration::from_secs(600);

/// How long to wait before Lever is asked again about this event. None: what Lever says now is final, because the
/// event is old enough, or is no delivery.
fn again_in(event: &Event, now: Timestamp) -> Option<Duration> {
    if matches!(event.kind, EventKind::ManualInvite | EventKind::Reconciliation) {
        return None;
    }
    let old = |age: Duration| i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
    if event.triggered_at.is_some_and(|at| event.received_at.since(at) > old(SENT_AGAIN)) {
        return None;
    }
    let age = now.since(event.received_at).max(0);
    let next = LOOKS.into_iter().find(|look| old(*look) > age)?;
    Some(Duration::from_millis(u64::try_from(old(next) - age).unwrap_or(0)))
}

/// Whether Lever shows the candidate as before the move that the delivery is about. Another stage is no doubt where
/// the history knows the move: then the candidate went on meanwhile.
pub(super) fn stage_not_yet(event: &Event, seen: &Opportunity) -> Option<NotYet> {
    if processed_as(event) != Kind::CandidateStageChange {
        return None;
    }
    let to = event.to_stage_id.as_deref()?;
    if seen.stage_id().is_some_and(|stage| stage.as_str() == to) || seen.archived.is_some() {
        return None;
    }
    let since = event.triggered_at.unwrap_or(event.received_at).minus(NEAR);
    let is_known = seen.stage_changes.iter().any(|change| {
        change.to_stage_id.as_str() == to
            && change.updated_at.is_none_or(|at| Timestamp(at.as_millisecond()) >= since)
    });
    (!is_known).then_some(NotYet::Move)
}

/// What the rules would need to know about the posting, and Lever does not show.
pub(super) fn posting_not_yet(event: &Event, seen: &OpportunitySnapshot) -> Option<NotYet> {
    if seen.posting.is_hidden() {
        return Some(NotYet::Posting);
    }
    let applied = processed_as(event) == Kind::ApplicationCreated;
    (applied && seen.opportunity.applied_for() == AppliedFor::Nothing).then_some(NotYet::Application)
}

/// Puts the event back until Lever is asked again. It is no failed attempt. `false`: what Lever says is final.
pub(super) fn look_again(conn: &mut Conn, event: &Event, what: NotYet) -> DbResult<bool> {
    let now = Timestamp::now();
    let Some(wait) = again_in(event, now) else { return Ok(false) };
    let why = Reason::NotYet { what, seconds: wait.as_secs().max(1) };
    steps::add(conn, &event.id, NewStep::new(StepKind::LooksAgain, why.clone(), StepStatus::Waiting))?;
    queue::postpone(conn, &event.id, event.attempts, now.plus(wait), &why)?;
    Ok(true)
}
