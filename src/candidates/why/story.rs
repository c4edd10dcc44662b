//! What is to be said of an invitation for which no mail went out in the usual way: earlier results
//! were reused, or it belongs to a mass move.

use crate::db::{Conn, DbResult};
use crate::i18n::{Arg, portal};
use crate::invitations::bulk_moves::detect::{BulkMoveState, HoldCause};
use crate::invitations::{Invitation, InvitationState, bulk_moves};
use crate::people;
use crate::secrets::Sealer;
use crate::test_sessions::{results, reuse};
use crate::time::Timestamp;

/// A sentence, what would change it, and whether all is as it should be.
pub(super) struct Said {
    pub(super) sentence: String,
    pub(super) remedy: String,
    pub(super) is_good: bool,
}

impl Said {
    /// All is well: `why-…` of the portal's words, and `why-…-remedy` when there is one.
    pub(super) fn good(code: &str, values: &[(&str, Arg)]) -> Self {
        let (words, id) = (portal(), format!("why-{code}"));
        let remedy = format!("{id}-remedy");
        let remedy = if words.has(&remedy) { words.message(&remedy, values) } else { String::new() };
        Self { sentence: words.message(&id, values), remedy, is_good: true }
    }

    /// Something stands against the invitation; in the same words.
    pub(super) fn bad(code: &str, values: &[(&str, Arg)]) -> Self {
        Self { is_good: false, ..Self::good(code, values) }
    }
}

/// The story of such an invitation; none for any other.
pub(super) fn explain_invitation(
    conn: &mut Conn,
    sealer: &Sealer,
    invitation: &Invitation,
) -> DbResult<Option<Said>> {
    if let Some(said) = reused(conn, sealer, invitation)? {
        return Ok(Some(said));
    }
    let Some(event) = &invitation.event_id else { return Ok(None) };
    let Some(bulk_move) = bulk_moves::of_event(conn, event)? else { return Ok(None) };
    let zone = people::company(conn, &invitation.company_id)?.zone();
    let minute = |at: Timestamp| at.minute_in(&zone, Timestamp::now());
    let is_daily = bulk_move.cause == HoldCause::DailyLimit;
    Ok(match (invitation.state, bulk_move.state) {
        (InvitationState::Held, _) => {
            let code = if is_daily { "above_limit" } else { "held" };
            Some(Said::good(code, &[("until", minute(bulk_move.release_at).into())]))
        }
        (InvitationState::Cancelled, BulkMoveState::Undone) => {
            let at = bulk_move.undone_at.unwrap_or(bulk_move.opened_at);
            let code = if is_daily { "above_limit_taken_back" } else { "taken_back" };
            Some(Said::bad(code, &[("at", minute(at).into())]))
        }
        _ => None,
    })
}

fn reused(conn: &mut Conn, sealer: &Sealer, invitation: &Invitation) -> DbResult<Option<Said>> {
    let origins = reuse::origins(conn, &invitation.company_id, &invitation.candidate_id)?;
    let Some(origin) = origins.into_iter().find(|origin| origin.invitation == invitation.id) else {
        return Ok(None);
    };
    let Some(outcome) = results::of_invitation(conn, sealer, &invitation.id)? else { return Ok(None) };
    let zone = people::company(conn, &invitation.company_id)?.zone();
    let at = Timestamp(outcome.result.completed_at_ms);
    let what = reuse::describe_result(at, &origin.posting_title, &zone).sentence(portal());
    let at = invitation.sent_at.map(|at| at.minute_in(&zone, Timestamp::now()));
    let (code, at) = at.map_or(("reused", String::new()), |at| ("reused_later", at));
    Ok(Some(Said::good(code, &[("results", what.into()), ("at", at.into())])))
}
