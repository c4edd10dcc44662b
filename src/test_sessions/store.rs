//! The table of sittings.

use crate::db::schema::{invitations, sittings, verifications};
use crate::db::{Conn, DbResult};
use crate::ids::{CompanyId, InvitationId};
use crate::invitations::InvitationState;
use crate::secrets::Sealed;
use crate::time::Timestamp;
use diesel::prelude::*;

/// A candidate's answers so far, and the result.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sittings, primary_key(invitation_id))]
pub(super) struct Row {
    pub invitation_id: InvitationId,
    pub company_id: CompanyId,
    pub answers_sealed: Sealed,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// [`assessment::provider::TestResult`], once all tests are done.
    pub result_sealed: Option<Sealed>,
    /// The text that was agreed to, by its version; empty where none was kept.
    pub agreed_version: String,
    /// When the candidate asked for a person to look at the result.
    pub review_asked_at: Option<Timestamp>,
    /// What they say about it.
    pub review_sealed: Option<Sealed>,
    /// When the company said that somebody has.
    pub review_answered_at: Option<Timestamp>,
    /// 1: answered the question about groups, whatever the answer.
    pub groups_asked: i32,
}

impl Row {
    /// Of tests that were just begun.
    pub(super) fn begun(
        invitation_id: InvitationId,
        company_id: CompanyId,
        answers_sealed: Sealed,
        started_at: Timestamp,
    ) -> Self {
        Self {
            invitation_id,
            company_id,
            answers_sealed,
            started_at,
            finished_at: None,
            result_sealed: None,
            agreed_version: String::new(),
            review_asked_at: None,
            review_sealed: None,
            review_answered_at: None,
            groups_asked: 0,
        }
    }
}

pub(super) fn find(conn: &mut Conn, id: &InvitationId) -> DbResult<Option<Row>> {
    Ok(sittings::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

pub(super) fn add(conn: &mut Conn, row: &Row) -> DbResult<()> {
    diesel::insert_into(sittings::table).values(row).execute(conn)?;
    Ok(())
}

pub(super) fn save(conn: &mut Conn, row: &Row) -> DbResult<()> {
    diesel::update(sittings::table.find(&row.invitation_id)).set(row).execute(conn)?;
    Ok(())
}

/// Erases answers and result, those of a second test with them, and which tasks were met.
pub(super) fn erase(conn: &mut Conn, id: &InvitationId) -> DbResult<()> {
    diesel::delete(verifications::table.find(id)).execute(conn)?;
    diesel::delete(sittings::table.find(id)).execute(conn)?;
    let met = invitations::met_sealed.eq(None::<Sealed>);
    diesel::update(invitations::table.find(id)).set(met).execute(conn)?;
    Ok(())
}

pub(super) fn set_state(conn: &mut Conn, id: &InvitationId, state: InvitationState) -> DbResult<()> {
    diesel::update(invitations::table.find(id)).set(invitations::state.eq(state)).execute(conn)?;
    Ok(())
}
