//! The table of invitations, as the worker and the candidate's pages write it.

use crate::db::schema::{candidates, invitations};
use crate::db::{Conn, DbResult};
use crate::ids::{CandidateId, CompanyId, EventId, IntegrationId, InvitationId, RuleId};
use crate::invitations::identity;
use crate::reasons::Reason;
use crate::secrets::Sealed;
use crate::test_selection::Tests;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::Opportunity;

text_enum! {
    /// Where an invitation is in its life.
    InvitationState {
        /// Decided, and held back with others that were moved at the same time.
        Held => "held",
        /// Decided; the mail is not out yet.
        Pending => "pending",
        /// The mail server took the mail.
        Sent => "sent",
        /// The candidate opened the link.
        Opened => "opened",
        /// The candidate agreed and began.
        Started => "started",
        /// All tests are done.
        Completed => "completed",
        /// The candidate withdrew; the answers are erased.
        Withdrawn => "withdrawn",
        /// The mail could not be sent, for good.
        Failed => "failed",
        /// Taken back.
        Cancelled => "cancelled",
        /// Nobody began in time.
        Expired => "expired",
    }
}

impl InvitationState {
    /// The states in which the candidate still has something to do.
    pub const OPEN: [Self; 5] = [Self::Held, Self::Pending, Self::Sent, Self::Opened, Self::Started];
}

/// An invitation to take the tests.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations)]
pub struct Invitation {
    pub id: InvitationId,
    pub company_id: CompanyId,
    /// The account that the candidate comes from.
    pub integration_id: IntegrationId,
    /// Who is invited.
    pub candidate_id: CandidateId,
    /// Lever's id of the opportunity.
    pub opportunity_id: String,
    /// Lever's id of the posting; empty without one.
    pub posting_id: String,
    /// The posting's title at that time.
    pub posting_title: String,
    /// Where it is in its life.
    pub state: InvitationState,
    /// The rule that invited.
    pub reason: Reason,
    /// The event that brought it about.
    pub event_id: Option<EventId>,
    /// Hash of the code in the link.
    pub code_hash: String,
    /// The code, for reminders, until the invitation is over.
    pub code_sealed: Option<Sealed>,
    /// When it was decided.
    pub created_at: Timestamp,
    /// The link is good until then.
    pub expires_at: Timestamp,
    /// When the mail server took the mail.
    pub sent_at: Option<Timestamp>,
    /// When the link was first opened.
    pub opened_at: Option<Timestamp>,
    /// Time for a task of the logic test, in percent of the usual.
    pub time_percent: i32,
    /// Which tests it is to.
    pub tests: Tests,
    /// The rule that decided on tests and progression stage; none: the account's own settings.
    pub rule_id: Option<RuleId>,
    /// Where the candidate is moved when done, as it was decided then.
    pub progression_stage_id: Option<String>,
}

/// The mails of an invitation.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = invitations)]
pub struct MailState {
    /// The candidate's language; empty until the invitation is mailed.
    pub language: String,
    /// How often the invitation was sent again; tells the links apart.
    pub mailing: i32,
    /// When the last reminder went out.
    pub reminded_at: Option<Timestamp>,
    /// Why the last mail could not be sent, in the mail server's words; empty when it could.
    pub mail_failure: String,
}

/// The mails of an invitation.
///
/// # Errors
/// When there is none, or the database cannot be asked.
pub fn mail_state(conn: &mut Conn, id: &InvitationId) -> DbResult<MailState> {
    Ok(invitations::table.find(id).select(MailState::as_select()).first(conn)?)
}

/// Whether an invitation for the one posting is one for the other. An opportunity has at most one application, so an
/// invitation that was made while Lever showed none (the empty text) is the one for the posting that is shown now,
/// and the other way round.
pub(in crate::invitations) fn is_for(invited: &str, posting: &str) -> bool {
    invited == posting || invited.is_empty() || posting.is_empty()
}

/// Notes the posting of an invitation that was made while Lever showed none.
pub fn note_posting(conn: &mut Conn, id: &InvitationId, posting: &str, title: &str) -> DbResult<()> {
    diesel::update(invitations::table.find(id))
        .set((invitations::posting_id.eq(posting), invitations::posting_title.eq(title)))
        .execute(conn)?;
    Ok(())
}

/// The invitation for an opportunity and posting, when there is one; before others the one that names the posting.
pub fn invitation_for(
    conn: &mut Conn,
    integration: &IntegrationId,
    opportunity: &str,
    posting: &str,
) -> DbResult<Option<Invitation>> {
    Ok(invitations::table
        .filter(invitations::integration_id.eq(integration))
        .filter(invitations::opportunity_id.eq(opportunity))
        .select(Invitation::as_select())
        .load(conn)?
        .into_iter()
        .filter(|invitation| is_for(&invitation.posting_id, posting))
        .min_by_key(|invitation| invitation.posting_id != posting))
}

/// The invitation for an opportunity and posting that ended by what Lever showed, and is not to keep the candidate from
/// being invited ([`Reason::is_end_by_lever`]).
pub fn ended_by_lever(
    conn: &mut Conn,
    integration: &IntegrationId,
    opportunity: &str,
    posting: &str,
) -> DbResult<Option<Invitation>> {
    let found = invitation_for(conn, integration, opportunity, posting)?;
    let Some(found) = found.filter(|found| found.state == InvitationState::Cancelled) else {
        return Ok(None);
    };
    Ok(ended_reason(conn, &found.id)?.is_end_by_lever().then_some(found))
}

/// Why an invitation was cancelled; none when it was not.
///
/// # Errors
/// When there is none, or the database cannot be asked.
pub fn ended_reason(conn: &mut Conn, id: &InvitationId) -> DbResult<Reason> {
    Ok(invitations::table.find(id).select(invitations::ended_reason).first(conn)?)
}

/// The states of all invitations of an opportunity.
pub fn states_of(
    conn: &mut Conn,
    integration: &IntegrationId,
    opportunity: &str,
) -> DbResult<Vec<InvitationState>> {
    Ok(invitations::table
        .filter(invitations::integration_id.eq(integration))
        .filter(invitations::opportunity_id.eq(opportunity))
        .select(invitations::state)
        .load(conn)?)
}

/// Forgets an invitation that another takes the place of.
pub fn forget(conn: &mut Conn, id: &InvitationId) -> DbResult<()> {
    diesel::delete(invitations::table.find(id)).execute(conn)?;
    Ok(())
}

/// What people still have to do, and through which of their opportunities.
#[derive(Debug, Clone, Default)]
pub struct OpenByPerson(Vec<(Option<String>, String, String)>);

impl OpenByPerson {
    /// Reads it for people by Lever's ids of their contacts.
    pub fn of_contacts(conn: &mut Conn, integration: &IntegrationId, contacts: &[String]) -> DbResult<Self> {
        let open = invitations::table
            .inner_join(candidates::table)
            .filter(candidates::integration_id.eq(integration).and(candidates::contact_id.eq_any(contacts)))
            .filter(invitations::state.eq_any(InvitationState::OPEN))
            .select((candidates::contact_id, invitations::posting_id, invitations::opportunity_id));
        Ok(Self(open.load(conn)?))
    }

    /// Whether the person of an opportunity has something to do for its posting through another one.
    pub fn is_elsewhere(&self, opportunity: &Opportunity) -> bool {
        // Somebody else's, with whose address the person applied.
        if identity::other_name(opportunity).is_some() {
            return false;
        }
        let Some(contact) = opportunity.contact_id() else { return false };
        let posting = opportunity.posting_id().map_or("", |posting| posting.as_str());
        self.0.iter().any(|(person, job, other)| {
            person.as_deref() == Some(contact.as_str()) && job == posting && other != opportunity.id.as_str()
        })
    }
}

/// The invitation that a code opens.
pub fn by_code(conn: &mut Conn, code_hash: &str) -> DbResult<Option<Invitation>> {
    let with_code = invitations::table.filter(invitations::code_hash.eq(code_hash));
    Ok(with_code.select(Invitation::as_select()).first(conn).optional()?)
}

/// The candidate has opened the link, which only a person's browser says: what scans mail for its server asks
/// for the page, and sends no form.
pub fn mark_opened(conn: &mut Conn, id: &InvitationId) -> DbResult<()> {
    let unopened = [InvitationState::Sent, InvitationState::Pending, InvitationState::Failed];
    let now = Timestamp::now();
    let there = invitations::table.find(id);
    let good = invitations::state.eq_any(unopened).and(invitations::expires_at.gt(now));
    diesel::update(there.filter(good))
        .set((invitations::state.eq(InvitationState::Opened), invitations::opened_at.eq(Some(now))))
        .execute(conn)?;
    Ok(())
}

/// An invitation as it is now; none when it was erased.
pub fn invitation(conn: &mut Conn, id: &InvitationId) -> DbResult<Option<Invitation>> {
    Ok(invitations::table.find(id).select(Invitation::as_select()).first(conn).optional()?)
}
