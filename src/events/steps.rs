//! The timeline of an event: what happened to it, step by step.

use super::{StepKind, StepStatus};
use crate::db::schema::event_steps;
use crate::db::{Conn, DbResult};
use crate::ids::{EventId, StepId};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// One line of the timeline.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = event_steps)]
pub struct Step {
    /// Its id; the lines stand in the order of their ids.
    pub id: StepId,
    pub event_id: EventId,
    pub at: Timestamp,
    /// What happened.
    pub kind: StepKind,
    /// With what result.
    pub detail: Reason,
    /// How it went.
    pub status: StepStatus,
    /// How long it took, in ms, where that says something.
    pub duration_ms: Option<i64>,
    /// A call to Lever and its answer: [`Exchange`] as JSON.
    pub exchange: Option<String>,
}

impl Step {
    /// The call to Lever, when this step was one.
    pub fn call(&self) -> Option<Exchange> {
        self.exchange.as_deref().and_then(|json| serde_json::from_str(json).ok())
    }
}

/// A call to Lever, as the timeline shows it. Holds no token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Exchange {
    /// `GET`, `POST`, …
    pub method: String,
    pub path: String,
    /// The answer's status; none when there was no answer.
    pub status: Option<u16>,
    /// The beginning of the answer.
    pub excerpt: String,
}

/// A line to be added.
#[derive(Debug, Clone)]
pub struct NewStep {
    /// When; now, unless it happened before it could be written.
    pub at: Timestamp,
    /// What happened.
    pub kind: StepKind,
    /// With what result.
    pub detail: Reason,
    /// How it went.
    pub status: StepStatus,
    /// How long it took, in ms.
    pub duration_ms: Option<i64>,
    /// A call to Lever and its answer.
    pub exchange: Option<Exchange>,
}

impl NewStep {
    /// A line that says that something went as it should, now.
    pub fn good(kind: StepKind, detail: Reason) -> Self {
        Self::new(kind, detail, StepStatus::Good)
    }

    /// A line with any status, now.
    pub fn new(kind: StepKind, detail: Reason, status: StepStatus) -> Self {
        Self { at: Timestamp::now(), kind, detail, status, duration_ms: None, exchange: None }
    }

    /// The line as a row.
    pub fn into_row(self, event: &EventId) -> Step {
        Step {
            id: StepId::new(),
            event_id: *event,
            at: self.at,
            kind: self.kind,
            detail: self.detail,
            status: self.status,
            duration_ms: self.duration_ms,
            exchange: self.exchange.and_then(|call| serde_json::to_string(&call).ok()),
        }
    }
}

/// Adds a line to an event's timeline.
pub fn add(conn: &mut Conn, event: &EventId, step: NewStep) -> DbResult<()> {
    diesel::insert_into(event_steps::table).values(step.into_row(event)).execute(conn)?;
    Ok(())
}

/// The timeline of an event, in order.
pub fn of_event(conn: &mut Conn, event: &EventId) -> DbResult<Vec<Step>> {
    Ok(event_steps::table
        .filter(event_steps::event_id.eq(event))
        .order(event_steps::id.asc())
        .select(Step::as_select())
        .load(conn)?)
}
