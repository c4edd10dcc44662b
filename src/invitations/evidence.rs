//! What events caused outside the portal, as lines of a file.

use super::actions::Action;
use crate::db::schema::actions::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::i18n::portal;
use crate::ids::{ActionId, EventId, InvitationId};
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The actions that some events caused, and those that followed on their invitations (reminders, results), line by line.
pub fn caused(conn: &mut Conn, events: &[EventId]) -> DbResult<Vec<Value>> {
    let direct: Vec<Action> =
        actions::table.filter(dsl::event_id.eq_any(events)).select(Action::as_select()).load(conn)?;
    let mut invitations: Vec<InvitationId> =
        direct.iter().filter_map(|action| action.invitation_id).collect();
    invitations.sort_unstable();
    invitations.dedup();
    let followed: Vec<Action> = actions::table
        .filter(dsl::invitation_id.eq_any(&invitations).and(dsl::event_id.is_null()))
        .select(Action::as_select())
        .load(conn)?;
    let all: BTreeMap<ActionId, Action> =
        direct.into_iter().chain(followed).map(|one| (one.id, one)).collect();
    let line = |action: Action| {
        let (code, params) = action.reason.code_and_params();
        json!({
            "id": action.id, "event_id": action.event_id, "invitation_id": action.invitation_id,
            "integration_id": action.integration_id, "kind": action.kind.as_str(), "state": action.state.as_str(),
            "reason_code": code, "reason_params": params, "reason": action.reason.sentence(portal()),
            "attempts": action.attempts, "created_at": action.created_at.rfc3339(),
            "finished_at": action.finished_at.map(Timestamp::rfc3339), "happens_once_by": action.dedupe_key,
        })
    };
    Ok(all.into_values().map(line).collect())
}
