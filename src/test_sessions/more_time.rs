//! Candidates who ask for more time or help before they begin. They need not say why.

use crate::db::schema::{candidates, invitations};
use crate::db::{Conn, DbResult};
use crate::ids::{CandidateId, CompanyId, InvitationId};
use crate::invitations::InvitationState;
use crate::time::Timestamp;
use diesel::prelude::*;

/// States in which time can still be set.
const OPEN: [InvitationState; 3] = [InvitationState::Pending, InvitationState::Sent, InvitationState::Opened];

/// The candidate asks. Again, and once the tests have begun, it changes nothing.
///
/// # Errors
/// When the database refuses.
pub fn ask(conn: &mut Conn, id: &InvitationId) -> DbResult<()> {
    let open = invitations::table
        .find(id)
        .filter(invitations::state.eq_any(OPEN).and(invitations::time_asked_at.is_null()));
    diesel::update(open).set(invitations::time_asked_at.eq(Some(Timestamp::now()))).execute(conn)?;
    Ok(())
}

/// When the candidate of an invitation asked; none once the company has set the time.
///
/// # Errors
/// When the database cannot be asked.
pub fn asked_at(conn: &mut Conn, id: &InvitationId) -> DbResult<Option<Timestamp>> {
    let found: Option<Option<Timestamp>> =
        invitations::table.find(id).select(invitations::time_asked_at).first(conn).optional()?;
    Ok(found.flatten())
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
