//! The event log as a file: the selection of the page, all of it, a few hundred rows at a time.

use super::masked::masked_key;
use super::select::Scope;
use super::view::{self, People, Stages};
use super::{EventKind, Outcome, State};
use crate::db::keyset::Cursor;
use crate::db::schema::events;
use crate::db::{Conn, DbResult};
use crate::export::{AT_A_TIME, Exported};
use crate::i18n::portal;
use crate::ids::{EventId, IntegrationId, SigningTokenId};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde::Serialize;
use std::borrow::Cow;

#[derive(Queryable, Selectable)]
#[diesel(table_name = events)]
struct Row {
    id: EventId,
    integration_id: IntegrationId,
    lever_id: Option<String>,
    dedupe_key: String,
    kind: EventKind,
    state: State,
    outcome: Outcome,
    reason: Reason,
    opportunity_id: Option<String>,
    contact_id: Option<String>,
    from_stage_id: Option<String>,
    to_stage_id: Option<String>,
    triggered_at: Option<Timestamp>,
    received_at: Timestamp,
    finished_at: Option<Timestamp>,
    answered_status: i32,
    signing_token_id: Option<SigningTokenId>,
    duplicates: i32,
    attempts: i32,
}

/// A value as a cell of the file.
trait Cell {
    fn cell(&self) -> Cow<'_, str>;
}

impl Cell for String {
    fn cell(&self) -> Cow<'_, str> {
        self.into()
    }
}

impl Cell for Option<String> {
    fn cell(&self) -> Cow<'_, str> {
        self.as_deref().unwrap_or_default().into()
    }
}

impl Cell for i32 {
    fn cell(&self) -> Cow<'_, str> {
        self.to_string().into()
    }
}

macro_rules! record {
    ($($(#[$doc:meta])* $field:ident: $type:ty,)*) => {
        /// A line of the file: what an auditor needs of an event.
        #[derive(Debug, Clone, Serialize)]
        pub struct Record {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Exported for Record {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field),)*];

            fn cells(&self) -> Vec<Cow<'_, str>> {
                vec![$(self.$field.cell(),)*]
            }
        }
    };
}

record! {
    /// Our id of the event.
    id: String,
    /// When it arrived; RFC 3339, UTC, as all times here.
    received_at: String,
    /// When Lever says it happened.
    triggered_at: Option<String>,
    /// When it reached its final state.
    finished_at: Option<String>,
    /// Lever's name of it.
    event: String,
    /// What became of it.
    state: String,
    /// What it caused.
    outcome: String,
    /// Why: the code.
    reason_code: String,
    /// And its parameters, JSON.
    reason_params: String,
    /// The same as an English sentence.
    reason: String,
    integration_id: String,
    integration: String,
    /// The opportunity's id in Lever.
    opportunity_id: Option<String>,
    /// The contact's id in Lever.
    contact_id: Option<String>,
    /// The candidate's name, once it was fetched.
    candidate: Option<String>,
    /// The posting's title, once it was fetched.
    posting: Option<String>,
    /// The id of the stage that was left.
    from_stage_id: Option<String>,
    from_stage: Option<String>,
    /// The id of the stage that was entered.
    to_stage_id: Option<String>,
    to_stage: Option<String>,
    /// Lever's id of the delivery.
    lever_id: Option<String>,
    /// By what a repeated delivery is recognised.
    dedupe_key: String,
    /// The status that Lever was answered with.
    answered_status: i32,
    /// The id of the signing token that verified it.
    signing_token_id: Option<String>,
    /// How many more times it was delivered.
    duplicates: i32,
    /// How often it was tried.
    attempts: i32,
}

/// Whether who reads the file sees what another delivery could be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proofs {
    /// As it came: for admins.
    Shown,
    /// Not at all: for everybody else.
    Masked,
}

/// The next lines of the file, newest first, after the line with the id `last`.
pub fn lines(conn: &mut Conn, scope: &Scope, proofs: Proofs, last: Option<EventId>) -> DbResult<Vec<Record>> {
    records(conn, scope, proofs, last, AT_A_TIME)
}

/// The same, at most so many.
pub fn records(
    conn: &mut Conn,
    scope: &Scope,
    proofs: Proofs,
    last: Option<EventId>,
    most: i64,
) -> DbResult<Vec<Record>> {
    let cursor = last.map(Cursor::Before);
    let rows: Vec<Row> = scope.beyond(cursor.as_ref()).limit(most).select(Row::as_select()).load(conn)?;
    let people =
        view::people(conn, rows.iter().map(|row| (&row.integration_id, row.opportunity_id.as_deref())))?;
    let stages = view::stage_names(conn, scope.integrations.iter().map(|integration| &integration.id))?;
    let shown = |row: Row| match proofs {
        Proofs::Shown => row,
        Proofs::Masked => Row { dedupe_key: masked_key(row.dedupe_key), ..row },
    };
    Ok(rows.into_iter().map(|row| record(shown(row), scope, &people, &stages)).collect())
}

fn record(row: Row, scope: &Scope, people: &People, stages: &Stages) -> Record {
    let person = row.opportunity_id.clone().and_then(|id| people.get(&(row.integration_id, id)));
    let stage = |id: &Option<String>| stages.get(&(row.integration_id, id.clone()?)).cloned();
    let (reason_code, reason_params) = row.reason.code_and_params();
    Record {
        received_at: row.received_at.rfc3339(),
        triggered_at: row.triggered_at.map(Timestamp::rfc3339),
        finished_at: row.finished_at.map(Timestamp::rfc3339),
        integration: scope.account_name(&row.integration_id).to_owned(),
        candidate: person.map(|person| person.name.clone()),
        posting: person.map(|person| person.posting_title.clone()),
        from_stage: stage(&row.from_stage_id),
        to_stage: stage(&row.to_stage_id),
        id: row.id.to_string(),
        event: row.kind.to_string(),
        state: row.state.as_str().to_owned(),
        outcome: row.outcome.to_string(),
        reason: row.reason.sentence(portal()),
        reason_code,
        reason_params,
        integration_id: row.integration_id.to_string(),
        opportunity_id: row.opportunity_id,
        contact_id: row.contact_id,
        from_stage_id: row.from_stage_id,
        to_stage_id: row.to_stage_id,
        lever_id: row.lever_id,
        dedupe_key: row.dedupe_key,
        answered_status: row.answered_status,
        signing_token_id: row.signing_token_id.map(|id| id.to_string()),
        duplicates: row.duplicates,
        attempts: row.attempts,
    }
}
