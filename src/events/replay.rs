//! Putting an event back to work.

use super::{EventKind, NewStep, Outcome, State, StepKind, steps};
use crate::audit::{self, Actor};
use crate::db::schema::events::dsl;
use crate::db::{Conn, DbError};
use crate::ids::{CompanyId, EventId};
use crate::reasons::{self, Reason};
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;

/// What became of the wish to replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replayed {
    /// It is in the queue again.
    Queued,
    /// It was in the queue already: a second click changes nothing.
    Processing,
}

/// Why an event was not replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The company has no such event.
    #[error("there is no such event")]
    NotFound,
    /// What it held was erased, so there is nothing to process.
    #[error("the contents of this event were erased, so there is nothing to process again")]
    Erased,
    /// It never was, or never may be, processed.
    #[error("an event in state {0} cannot be replayed")]
    NotWorkable(State),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for ReplayError {
    fn from(cause: diesel::result::Error) -> Self {
        match cause {
            diesel::result::Error::NotFound => Self::NotFound,
            other => Self::Db(other.into()),
        }
    }
}

/// Whether an event in this state can be put back to work.
pub fn can_replay(state: State) -> bool {
    matches!(state, State::Done | State::Failed | State::Ignored)
}

/// Puts an event that was finished back into the queue, and writes down who did it: in its
/// timeline, with how it had ended, and in the audit log. Effects that it has had already are
/// recognised by the worker and not repeated.
///
/// # Errors
/// When there is no such event, it was never processed, or the database refuses.
pub fn replay(
    conn: &mut Conn,
    company: &CompanyId,
    id: &EventId,
    actor: &Actor,
) -> Result<Replayed, ReplayError> {
    type Found = (EventKind, State, Outcome, Reason, Option<String>);
    let (kind, state, outcome, reason, opportunity): Found = dsl::events
        .find(id)
        .filter(dsl::company_id.eq(company))
        .select((dsl::kind, dsl::state, dsl::outcome, dsl::reason, dsl::opportunity_id))
        .first(conn)?;
    if state == State::Queued {
        return Ok(Replayed::Processing);
    }
    if !can_replay(state) {
        return Err(ReplayError::NotWorkable(state));
    }
    if opportunity.is_none() && reason.is_erasure() {
        return Err(ReplayError::Erased);
    }
    let is_lasting = Outcome::LASTING.contains(&outcome);
    let kept = if is_lasting { (outcome, reason.clone()) } else { (Outcome::None, Reason::None) };
    // The state is asked again: of two clicks at once, the second finds nothing to change.
    let changed = diesel::update(dsl::events.find(id).filter(dsl::state.eq(state)))
        .set((
            dsl::state.eq(State::Queued),
            dsl::outcome.eq(kept.0),
            dsl::reason.eq(kept.1),
            dsl::attempts.eq(0),
            dsl::next_attempt_at.eq(Timestamp(0)),
            dsl::finished_at.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Ok(Replayed::Processing);
    }
    let ended = Reason::Replayed {
        by: reasons::Actor::from(actor),
        state: state.to_string(),
        outcome: outcome.to_string(),
        reason: Box::new(reason),
    };
    steps::add(conn, id, NewStep::good(StepKind::Replayed, ended))?;
    let detail = json!({ "event": id, "state": { "from": state.as_str(), "to": State::Queued.as_str() } });
    audit::record(conn, company, actor, audit::Action::EventReplayed, kind.as_str(), &detail)?;
    Ok(Replayed::Queued)
}
