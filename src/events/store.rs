//! The table of events.

use super::{EventKind, Outcome, State};
use crate::db::schema::events;
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, EventId, IntegrationId, SigningTokenId};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;

/// A delivery from Lever, kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = events)]
pub struct Event {
    /// Its id; ids sort by the time of arrival.
    pub id: EventId,
    pub company_id: CompanyId,
    /// The connected account it came for.
    pub integration_id: IntegrationId,
    /// Unique in the integration: by it a repeated delivery is recognised.
    pub dedupe_key: String,
    /// Lever's own id of the delivery, when it sent one.
    pub lever_id: Option<String>,
    /// Lever's name of the event as sent; empty when it sent none.
    pub kind: EventKind,
    /// What became of it.
    pub state: State,
    /// What it caused; none until it is processed.
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
    /// The opportunity that it hints at.
    pub opportunity_id: Option<String>,
    pub contact_id: Option<String>,
    /// The stage that was left.
    pub from_stage_id: Option<String>,
    /// The stage that was entered.
    pub to_stage_id: Option<String>,
    /// When Lever says it happened.
    pub triggered_at: Option<Timestamp>,
    pub received_at: Timestamp,
    /// When its signature was found to be good.
    pub verified_at: Option<Timestamp>,
    /// When it was written down; Lever was answered once that was on disk.
    pub kept_at: Timestamp,
    /// The status that Lever was answered with.
    pub answered_status: i32,
    /// The token that verified it.
    pub signing_token_id: Option<SigningTokenId>,
    /// Headers, a JSON object.
    pub headers: String,
    /// The body, exactly as it came.
    pub body: Vec<u8>,
    /// How many more times it was delivered.
    pub duplicates: i32,
    /// How often it was tried.
    pub attempts: i32,
    /// Not to be tried before.
    pub next_attempt_at: Timestamp,
    /// When it reached its final state.
    pub finished_at: Option<Timestamp>,
}

impl Event {
    /// Whether what it held was erased with the person it was about. The row stays, without who it was.
    pub fn is_erased(&self) -> bool {
        self.body.is_empty() && self.reason.is_erasure()
    }

    /// One that Lever did not deliver: the portal's own, to be processed like the others. No address
    /// answered it, and nothing signed it.
    #[must_use]
    pub fn of_our_own(
        kind: EventKind,
        dedupe_key: impl FnOnce(&EventId) -> String,
        (company, integration): (&CompanyId, &IntegrationId),
        (opportunity, contact): (&str, Option<&str>),
        body: Vec<u8>,
    ) -> Self {
        let (id, now) = (EventId::new(), Timestamp::now());
        Self {
            dedupe_key: dedupe_key(&id),
            id,
            company_id: *company,
            integration_id: *integration,
            lever_id: None,
            kind,
            state: State::Queued,
            outcome: Outcome::None,
            reason: Reason::None,
            opportunity_id: Some(opportunity.to_owned()),
            contact_id: contact.map(str::to_owned),
            from_stage_id: None,
            to_stage_id: None,
            triggered_at: None,
            received_at: now,
            verified_at: None,
            kept_at: now,
            answered_status: 0,
            signing_token_id: None,
            headers: "{}".to_owned(),
            body,
            duplicates: 0,
            attempts: 0,
            next_attempt_at: Timestamp(0),
            finished_at: None,
        }
    }
}

/// Keeps the events whose delivery is not known yet; answers the ids of those that were added.
pub fn keep_new(conn: &mut Conn, rows: &[Event]) -> DbResult<Vec<EventId>> {
    Ok(dialect::insert_new!(conn, events, rows))
}
