//! What could not be written to Lever: tags, notes, links, files and moves that were given up.

use super::actions::{ActionKind, ActionState};
use crate::db::schema::actions::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::ids::{ActionId, EventId, IntegrationId};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// No page counts further.
const COUNTED: i64 = 1_000;

/// What is written to Lever.
const WRITES: [ActionKind; 7] = [
    ActionKind::AddTag,
    ActionKind::AddNote,
    ActionKind::AddLink,
    ActionKind::UploadReport,
    ActionKind::MoveStage,
    ActionKind::RemoveResult,
    ActionKind::ClearTags,
];

/// How much could not be written, since when, and why the last of it could not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FailedWrites {
    pub count: usize,
    pub since: Option<Timestamp>,
    pub why: Reason,
}

/// `actions.state = 'failed'`, in the words of the index.
fn failed_text() -> SqlLiteral<Bool> {
    diesel::dsl::sql::<Bool>("actions.state = 'failed'")
}

/// What of an integration failed since then, newest first, as far as it is counted. What was given up because nobody wants
/// it any more (a withdrawal, a retake), or because the opportunity is gone, did not fail.
fn rows(
    conn: &mut Conn,
    id: &IntegrationId,
    since: Timestamp,
) -> DbResult<Vec<(ActionId, Reason, Option<Timestamp>)>> {
    let found: Vec<(ActionId, Reason, Option<Timestamp>)> = dsl::actions
        .filter(failed_text())
        .filter(dsl::integration_id.eq(id).and(dsl::finished_at.ge(since)))
        .filter(dsl::kind.eq_any(WRITES))
        .order(dsl::finished_at.desc())
        .limit(COUNTED)
        .select((dsl::id, dsl::reason, dsl::finished_at))
        .load(conn)?;
    let is_meant = |reason: &Reason| {
        matches!(reason, Reason::GivenUp { .. })
            || (reason.is_refusal_of_lever() && !matches!(reason, Reason::LeverUnknownObject { .. }))
    };
    Ok(found.into_iter().filter(|(_, reason, _)| is_meant(reason)).collect())
}

/// What of an integration could not be written since then.
pub fn since(conn: &mut Conn, id: &IntegrationId, since: Timestamp) -> DbResult<FailedWrites> {
    let found = rows(conn, id, since)?;
    let why = found.first().map(|(_, reason, _)| reason.clone()).unwrap_or_default();
    let first = found.last().and_then(|(.., at)| *at);
    Ok(FailedWrites { count: found.len(), since: first, why })
}

/// Plans the same again, to be tried at once. Answers how much it is.
pub fn write_again(conn: &mut Conn, id: &IntegrationId, since: Timestamp) -> DbResult<usize> {
    let ids: Vec<ActionId> = rows(conn, id, since)?.into_iter().map(|(id, ..)| id).collect();
    Ok(diesel::update(actions::table)
        .filter(dsl::id.eq_any(ids).and(failed_text()))
        .set((
            dsl::state.eq(ActionState::Planned),
            dsl::reason.eq(Reason::None),
            dsl::attempts.eq(0),
            dsl::event_id.eq(None::<EventId>),
            dsl::finished_at.eq(None::<Timestamp>),
            dsl::next_attempt_at.eq(Timestamp::now()),
        ))
        .execute(conn)?)
}
