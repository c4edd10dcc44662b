//! How far the people of a span of time came: invited, opened, started, completed, and the result in Lever.

use super::actions::{ActionKind, ActionState};
use super::store::InvitationState;
use crate::db::schema::{actions, invitations, sittings};
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::time::Timestamp;
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

/// How many of the invitations that were made since some time came how far. Each number is of those before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Funnel {
    /// The mail went out.
    pub invited: i64,
    /// The link was opened.
    pub opened: i64,
    /// The tests were begun.
    pub started: i64,
    /// They were completed.
    pub completed: i64,
    /// The result stands in Lever.
    pub in_lever: i64,
    /// Beside them: whose earlier results were used again, without a mail.
    pub reused: i64,
}

/// Counts the invitations of these integrations that were made at `from` or later, by the index for it.
pub fn since(conn: &mut Conn, integrations: &[IntegrationId], from: Timestamp) -> DbResult<Funnel> {
    use InvitationState::{Completed, Opened, Started};
    let made = || {
        invitations::table
            .filter(invitations::integration_id.eq_any(integrations))
            .filter(invitations::created_at.ge(from))
    };
    let own = || made().filter(invitations::reused_from.is_null());
    let of_invitation = || sittings::table.filter(sittings::invitation_id.eq(invitations::id));
    let note = || {
        actions::table
            .filter(actions::invitation_id.eq(invitations::id.nullable()))
            .filter(actions::kind.eq(ActionKind::AddNote).and(actions::state.eq(ActionState::Done)))
    };
    let begun = || exists(of_invitation()).or(invitations::state.eq_any([Started, Completed]));
    let done = || {
        exists(of_invitation().filter(sittings::finished_at.is_not_null()))
            .or(invitations::state.eq(Completed))
    };
    let mailed =
        invitations::sent_at.is_not_null().or(invitations::state.eq_any([Opened, Started, Completed]));
    let opened = invitations::opened_at.is_not_null().or(invitations::state.eq(Opened));
    Ok(Funnel {
        invited: own().filter(mailed).select(count_star()).first(conn)?,
        opened: own().filter(opened.or(begun())).select(count_star()).first(conn)?,
        started: own().filter(begun()).select(count_star()).first(conn)?,
        completed: own().filter(done()).select(count_star()).first(conn)?,
        in_lever: own().filter(done()).filter(exists(note())).select(count_star()).first(conn)?,
        reused: made().filter(invitations::reused_from.is_not_null()).select(count_star()).first(conn)?,
    })
}
