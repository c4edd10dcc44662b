//! Events' ids and timelines as lines of files, for evidence that leaves the portal.

use super::select::Scope;
use crate::db::keyset::Cursor;
use crate::db::schema::{event_steps, events};
use crate::db::{Conn, DbResult};
use crate::i18n::portal;
use crate::ids::EventId;
use diesel::prelude::*;
use serde_json::{Value, json};

/// Events whose timelines are in memory at a time.
const AT_A_TIME: i64 = 100;

/// The next events of the selection, newest first, after the one with the id `last`.
pub fn ids(conn: &mut Conn, scope: &Scope, last: Option<EventId>) -> DbResult<Vec<EventId>> {
    let cursor = last.map(Cursor::Before);
    Ok(scope.beyond(cursor.as_ref()).limit(AT_A_TIME).select(events::id).load(conn)?)
}

/// Whether the selection has more events than this.
pub fn are_more_than(conn: &mut Conn, scope: &Scope, most: i64) -> DbResult<bool> {
    let found = scope.query().limit(most.saturating_add(1)).select(events::id);
    Ok(crate::db::keyset::count(conn, found)? > most)
}

/// The timelines of some events, line by line.
pub fn timelines(conn: &mut Conn, ids: &[EventId]) -> DbResult<Vec<Value>> {
    let steps: Vec<super::Step> = event_steps::table
        .filter(event_steps::event_id.eq_any(ids))
        .order((event_steps::event_id.desc(), event_steps::id.asc()))
        .select(super::Step::as_select())
        .load(conn)?;
    let line = |step: super::Step| {
        let (code, params) = step.detail.code_and_params();
        let call = step.call();
        json!({
            "event_id": step.event_id, "at": step.at.rfc3339(), "kind": step.kind.to_string(),
            "status": step.status.to_string(), "detail_code": code, "detail_params": params,
            "detail": step.detail.sentence(portal()), "duration_ms": step.duration_ms,
            "method": call.as_ref().map(|call| &call.method), "path": call.as_ref().map(|call| &call.path),
            "answer_status": call.as_ref().and_then(|call| call.status),
            "answer": call.as_ref().map(|call| &call.excerpt),
        })
    };
    Ok(steps.into_iter().map(line).collect())
}
