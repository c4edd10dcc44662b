//! The events that stand for missed webhooks.

use super::Run;
use crate::db::schema::reconciliation_findings;
use crate::db::{Conn, DbResult};
use crate::events;
use crate::events::steps::{self, NewStep};
use crate::events::{Event, EventKind, StepKind, store};
use crate::ids::EventId;
use crate::reasons::Reason;
use crate::secrets::hash_of;
use diesel::prelude::*;

/// What should have been done and was not: no webhook reported it, or nothing came of one that did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Lever's id of the opportunity.
    pub opportunity: String,
    /// The event that it would have told of.
    pub stands_for: lever_client::Event,
    /// What shows that it was missed, in plain words, without naming anyone.
    pub evidence: Reason,
}

impl Missed {
    /// Whether a webhook had reported it.
    pub fn is_reported(&self) -> bool {
        matches!(self.evidence, Reason::FoundReported { .. })
    }
}

/// Puts what a run found missing into the queue; answers what of it was new to this run.
pub fn enqueue<'m>(conn: &mut Conn, run: &Run, missed: &'m [Missed]) -> DbResult<Vec<&'m Missed>> {
    let rows: Vec<Event> = missed.iter().map(|missed| row(run, missed)).collect();
    let fresh = store::keep_new(conn, &rows)?;
    let mut new = Vec::with_capacity(fresh.len());
    for (row, missed) in rows.iter().zip(missed).filter(|(row, _)| fresh.contains(&row.id)) {
        link(conn, run, &row.id)?;
        steps::add(conn, &row.id, NewStep::good(StepKind::FoundByReconciliation, missed.evidence.clone()))?;
        new.push(missed);
    }
    Ok(new)
}

fn link(conn: &mut Conn, run: &Run, event: &EventId) -> DbResult<()> {
    diesel::insert_into(reconciliation_findings::table)
        .values((
            reconciliation_findings::reconciliation_id.eq(&run.id),
            reconciliation_findings::event_id.eq(event),
        ))
        .execute(conn)?;
    Ok(())
}

fn row(run: &Run, missed: &Missed) -> Event {
    let body = events::body_for(&missed.stands_for);
    // A hash, because the key stays when the person is erased.
    let key = format!("reconcile:{}:{}:{}", run.id, run.step, hash_of(&missed.opportunity));
    let about = (missed.opportunity.as_str(), None);
    Event::of_our_own(EventKind::Reconciliation, |_| key, (&run.company_id, &run.integration_id), about, body)
}
