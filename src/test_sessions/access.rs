//! What a link opens, and to whom it stays shut.

use super::TestSessionError;
use crate::db::Conn;
use crate::invitations::store as invitations;
use crate::invitations::{Invitation, InvitationState, lifecycle};
use crate::people::{self, Company};
use crate::secrets::Code;
use crate::time::Timestamp;

/// A candidate with a link that is good.
#[derive(Debug, Clone)]
pub struct CandidateAccess {
    pub invitation: Invitation,
    /// Who invites.
    pub company: Company,
}

/// A link that leads nowhere.
#[derive(Debug, Clone)]
pub enum AccessRefused {
    /// Nobody has this link.
    Unknown,
    /// The time to begin is over.
    Expired(Company),
    /// A newer link was mailed in place of this one.
    Replaced(Company),
    /// The company needs the tests no longer.
    Cancelled(Company),
    /// The candidate withdrew, and everything was erased.
    Withdrawn(Company),
}

/// Opens a link for a form that a person has sent: the invitation counts as opened.
///
/// # Errors
/// [`TestSessionError::AccessRefused`] says why not.
pub fn enter(conn: &mut Conn, code: &Code) -> Result<CandidateAccess, TestSessionError> {
    let access = peek(conn, code)?;
    invitations::mark_opened(conn, &access.invitation.id)?;
    Ok(access)
}

/// Opens a link for a page, which changes nothing. Tests that were begun in time may be finished after it.
///
/// # Errors
/// [`TestSessionError::AccessRefused`] says why not.
pub fn peek(conn: &mut Conn, code: &Code) -> Result<CandidateAccess, TestSessionError> {
    let shut = |why| Err(TestSessionError::AccessRefused(Box::new(why)));
    let Some(invitation) = invitations::by_code(conn, &code.hash())? else {
        return match lifecycle::replaced(conn, &code.hash())? {
            Some(company) => shut(AccessRefused::Replaced(people::company(conn, &company)?)),
            None => shut(AccessRefused::Unknown),
        };
    };
    let company = people::company(conn, &invitation.company_id)?;
    match invitation.state {
        InvitationState::Started | InvitationState::Completed => Ok(CandidateAccess { invitation, company }),
        InvitationState::Withdrawn => shut(AccessRefused::Withdrawn(company)),
        InvitationState::Cancelled => shut(AccessRefused::Cancelled(company)),
        InvitationState::Expired => shut(AccessRefused::Expired(company)),
        _ if invitation.expires_at <= Timestamp::now() => shut(AccessRefused::Expired(company)),
        _ => Ok(CandidateAccess { invitation, company }),
    }
}
