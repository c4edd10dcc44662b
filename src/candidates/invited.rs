//! What the API asks about invitations.

use super::view::Invited;
use crate::db::schema::invitations;
use crate::db::{AnyBackend, Conn, DbResult};
use crate::ids::{CandidateId, CompanyId, IntegrationId, InvitationId};
use crate::invitations::InvitationState;
use diesel::prelude::*;

/// An invitation, with whom it is for.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = invitations)]
pub struct Listed {
    /// Who is invited.
    pub candidate_id: CandidateId,
    /// The account that the candidate comes from.
    pub integration_id: IntegrationId,
    /// Lever's id of the opportunity.
    pub opportunity_id: String,
    /// The invitation.
    #[diesel(embed)]
    pub invited: Invited,
}

/// Which invitations; each part that is set narrows the selection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Selection {
    /// In this state.
    pub state: Option<InvitationState>,
    /// Of this candidate.
    pub candidate: Option<CandidateId>,
}

type Query<'q> = invitations::BoxedQuery<'q, AnyBackend>;

/// Invitations of a company, the newest first, behind one of them; so many at most.
pub fn list(
    conn: &mut Conn,
    company: &CompanyId,
    selection: Selection,
    after: Option<InvitationId>,
    most: i64,
) -> DbResult<Vec<Listed>> {
    let mut query: Query<'_> =
        invitations::table.filter(invitations::company_id.eq(company)).into_boxed().limit(most);
    if let Some(state) = selection.state {
        query = query.filter(invitations::state.eq(state));
    }
    if let Some(candidate) = selection.candidate {
        query = query.filter(invitations::candidate_id.eq(candidate));
    }
    if let Some(after) = after {
        query = query.filter(invitations::id.lt(after));
    }
    Ok(query.order(invitations::id.desc()).select(Listed::as_select()).load(conn)?)
}

/// One invitation of a company.
///
/// # Errors
/// When there is none ([`diesel::result::Error::NotFound`]), or the database cannot be asked.
pub fn invitation(conn: &mut Conn, company: &CompanyId, id: &InvitationId) -> DbResult<Listed> {
    Ok(invitations::table
        .find(id)
        .filter(invitations::company_id.eq(company))
        .select(Listed::as_select())
        .first(conn)?)
}
