//! Candidates who ask for more time or help before they begin. They need not say why.

use super::Received;
use crate::db::schema::{actions as acts, candidates, invitations};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CandidateId, CompanyId, InvitationId};
use crate::invitations::actions::{self, Action, ActionKind, ActionState};
use crate::invitations::{InvitationState, Tests, store};
use crate::time::Timestamp;
use assessment::session::ExtraTime;
use diesel::prelude::*;

/// States in which time can still be set.
const OPEN: [InvitationState; 3] = [InvitationState::Pending, InvitationState::Sent, InvitationState::Opened];

/// The candidate asks; again, the first request stays. Once the tests have begun, and where no test has a limit, it is too late.
///
/// # Errors
/// When the database refuses.
pub fn ask(conn: &mut Conn, id: &InvitationId) -> DbResult<Received> {
    let open = invitations::table
        .find(id)
        .filter(invitations::state.eq_any(OPEN).and(invitations::time_asked_at.is_null()))
        .filter(invitations::tests.ne(Tests::Personality));
    let asked =
        diesel::update(open).set(invitations::time_asked_at.eq(Some(Timestamp::now()))).execute(conn)?;
    let waits = asked > 0 || open_request(conn, id)?.is_some();
    Ok(if waits { Received::Kept } else { Received::TooLate })
}

/// Since when the candidate of an invitation waits for an answer; none once the company has set the time, or the candidate
/// began without it.
///
/// # Errors
/// When the database cannot be asked.
pub fn open_request(conn: &mut Conn, id: &InvitationId) -> DbResult<Option<Timestamp>> {
    let found: Option<Option<Timestamp>> = invitations::table
        .find(id)
        .filter(invitations::state.eq_any(OPEN))
        .select(invitations::time_asked_at)
        .first(conn)
        .optional()?;
    Ok(found.flatten())
}

/// When the candidate of an invitation asked, if the company has not set the time since.
///
/// # Errors
/// When the database cannot be asked.
pub(super) fn asked_at(conn: &mut Conn, id: &InvitationId) -> DbResult<Option<Timestamp>> {
    let found: Option<Option<Timestamp>> =
        invitations::table.find(id).select(invitations::time_asked_at).first(conn).optional()?;
    Ok(found.flatten())
}

/// The company gives a candidate this time for each task, unless the tests have begun. Who asked for it is written to, and again
/// when the answer changes. `false`: they have begun, or there is no such invitation in this company.
///
/// # Errors
/// When the database refuses.
pub fn set(conn: &mut Conn, company: &CompanyId, id: &InvitationId, time: ExtraTime) -> DbResult<bool> {
    dialect::lock_test_session(conn, id)?;
    let asked_at = open_request(conn, id)?;
    let before = store::invitation(conn, id)?.map(|invitation| invitation.time_percent);
    let changed = diesel::update(invitations::table.find(id))
        .filter(invitations::company_id.eq(company).and(invitations::state.eq_any(OPEN)))
        .set((
            invitations::time_percent.eq(i32::from(u16::from(time))),
            invitations::time_asked_at.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Ok(false);
    }
    let Some(invitation) = store::invitation(conn, id)? else { return Ok(true) };
    let step = match asked_at {
        // One mail for one request.
        Some(at) => Some(format!("asked-{}", at.0)),
        // What was mailed before does not hold any more.
        None if before != Some(invitation.time_percent) && was_answered(conn, id)? => {
            Some(format!("changed-{}", Timestamp::now().0))
        }
        None => None,
    };
    if let Some(step) = step {
        actions::add_new(conn, &Action::new(ActionKind::MailTime, &invitation, &step))?;
    }
    Ok(true)
}

/// Whether a request of this candidate was answered by mail. A mail that waits to be sent says the time as it is then.
fn was_answered(conn: &mut Conn, id: &InvitationId) -> DbResult<bool> {
    let answers = acts::table
        .filter(acts::invitation_id.eq(id).and(acts::kind.eq(ActionKind::MailTime)))
        .filter(acts::state.eq(ActionState::Done));
    Ok(diesel::select(diesel::dsl::exists(answers)).get_result(conn)?)
}

/// Somebody who waits for more time.
#[derive(Debug, Clone, Queryable)]
pub struct WaitsForTime {
    pub candidate: CandidateId,
    /// May be empty.
    pub name: String,
    pub asked_at: Option<Timestamp>,
}

/// Who waits in a company, and has not begun; the hundred oldest at most.
///
/// # Errors
/// When the database cannot be asked.
pub fn waiting(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<WaitsForTime>> {
    Ok(invitations::table
        .inner_join(candidates::table)
        .filter(invitations::company_id.eq(company).and(invitations::time_asked_at.is_not_null()))
        .filter(invitations::state.eq_any(OPEN))
        .order(invitations::time_asked_at.asc())
        .limit(100)
        .select((candidates::id, candidates::name, invitations::time_asked_at))
        .load(conn)?)
}
