//! The tables of candidates, invitations and actions, as the worker writes them.

use crate::db::schema::{actions, candidates, invitations};
use crate::db::{Conn, DbResult};
use crate::ids::{ActionId, CandidateId, CompanyId, EventId, IntegrationId, InvitationId};
use crate::profiles;
use crate::secrets::Sealed;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;

text_enum! {
    /// Where an invitation is in its life.
    InvitationState {
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
    }
}

text_enum! {
    /// What kind of effect an action has.
    ActionKind {
        /// The invitation's mail.
        MailInvitation => "mail_invitation",
        /// The progress tag on the opportunity in Lever.
        AddTag => "add_tag",
        /// The result as a note on the opportunity.
        AddNote => "add_note",
        /// The address of the result on the opportunity.
        AddLink => "add_link",
        /// The summary of the result as a file on the opportunity.
        UploadReport => "upload_report",
        /// The move to the progression stage.
        MoveStage => "move_stage",
        /// Takes note, address and file of a withdrawn result back.
        RemoveResult => "remove_result",
    }
}

text_enum! {
    /// Where an action is in its life.
    ActionState {
        /// Written down; to be tried.
        Planned => "planned",
        /// It had its effect.
        Done => "done",
        /// Given up, with the reason.
        Failed => "failed",
    }
}

/// A candidate, as known through one opportunity.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = candidates)]
pub struct Candidate {
    /// Its id.
    pub id: CandidateId,
    /// The tenant.
    pub company_id: CompanyId,
    /// The account that it comes from.
    pub integration_id: IntegrationId,
    /// Lever's id of the opportunity.
    pub opportunity_id: String,
    /// Lever's id of the person.
    pub contact_id: Option<String>,
    /// The name; empty when Lever has none.
    pub name: String,
    /// The address; empty when Lever has none.
    pub email: String,
    /// Lever's id of the posting.
    pub posting_id: Option<String>,
    /// The posting's title; empty without a posting.
    pub posting_title: String,
    /// Lever's id of the stage.
    pub stage_id: Option<String>,
    /// Lever's word for the origin.
    pub origin: String,
    /// The page in Lever.
    pub lever_url: String,
    /// What the search box looks in: lower case.
    pub search: String,
    /// When Lever was asked last.
    pub fetched_at: Timestamp,
    /// When it was first seen.
    pub created_at: Timestamp,
    /// When it was hired.
    pub hired_at: Option<Timestamp>,
}

/// An invitation to take the tests.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The tenant.
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
    /// The rule that invited, in words.
    pub reason: String,
    /// The event that brought it about.
    pub event_id: Option<EventId>,
    /// Hash of the code in the link.
    pub code_hash: String,
    /// The code, until the mail is out.
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
}

/// An effect outside the portal: written down before it is tried.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = actions)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// The tenant.
    pub company_id: CompanyId,
    /// The account.
    pub integration_id: IntegrationId,
    /// The event that caused it.
    pub event_id: Option<EventId>,
    /// The invitation that it belongs to.
    pub invitation_id: Option<InvitationId>,
    /// What it does.
    pub kind: ActionKind,
    /// Unique: what makes it happen once.
    pub dedupe_key: String,
    /// What it needs, JSON without secrets.
    pub payload: String,
    /// Where it is.
    pub state: ActionState,
    /// In words, why it was given up or is tried again.
    pub reason: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it reached its final state.
    pub finished_at: Option<Timestamp>,
    /// Not tried before then. For actions that no event waits for.
    pub next_attempt_at: Timestamp,
}

/// Keeps what Lever says of a candidate; answers the row's id.
///
/// # Errors
/// When the database refuses.
pub fn keep_candidate(conn: &mut Conn, new: Candidate) -> DbResult<CandidateId> {
    if let Some(posting) = &new.posting_id {
        profiles::seen(conn, &new.company_id, posting, &new.posting_title)?;
    }
    let known: Option<(CandidateId, Timestamp, Option<Timestamp>)> = candidates::table
        .filter(candidates::integration_id.eq(&new.integration_id))
        .filter(candidates::opportunity_id.eq(&new.opportunity_id))
        .select((candidates::id, candidates::created_at, candidates::hired_at))
        .first(conn)
        .optional()?;
    match known {
        Some((id, created_at, hired_at)) => {
            let row = Candidate { id: id.clone(), created_at, hired_at: hired_at.or(new.hired_at), ..new };
            diesel::update(candidates::table.find(&id)).set(&row).execute(conn)?;
            Ok(id)
        }
        None => {
            diesel::insert_into(candidates::table).values(&new).execute(conn)?;
            Ok(new.id)
        }
    }
}

/// The invitation for an opportunity and posting, when there is one.
///
/// # Errors
/// When the database cannot be asked.
pub fn invitation_for(
    conn: &mut Conn,
    integration: &IntegrationId,
    opportunity: &str,
    posting: &str,
) -> DbResult<Option<Invitation>> {
    Ok(invitations::table
        .filter(invitations::integration_id.eq(integration))
        .filter(invitations::opportunity_id.eq(opportunity))
        .filter(invitations::posting_id.eq(posting))
        .select(Invitation::as_select())
        .first(conn)
        .optional()?)
}

/// Writes an invitation down, with the actions that it means.
///
/// # Errors
/// [`crate::db::DbError::is_duplicate`] when there is one for this opportunity and posting.
pub fn add_invitation(conn: &mut Conn, invitation: &Invitation, planned: &[Action]) -> DbResult<()> {
    diesel::insert_into(invitations::table).values(invitation).execute(conn)?;
    for action in planned {
        diesel::insert_into(actions::table).values(action).execute(conn)?;
    }
    Ok(())
}

/// The actions of an event that are still to be tried, in order.
///
/// # Errors
/// When the database cannot be asked.
pub fn planned_actions(conn: &mut Conn, event: &EventId) -> DbResult<Vec<(Action, Option<Invitation>)>> {
    Ok(actions::table
        .left_join(invitations::table)
        .filter(actions::event_id.eq(event))
        .filter(actions::state.eq(ActionState::Planned))
        .order(actions::id.asc())
        .select((Action::as_select(), Option::<Invitation>::as_select()))
        .load(conn)?)
}

/// Counts an attempt before it is made, so that one that never returns is seen.
///
/// # Errors
/// When the database refuses.
pub fn count_attempt(conn: &mut Conn, action: &ActionId) -> DbResult<()> {
    diesel::update(actions::table.find(action))
        .set(actions::attempts.eq(actions::attempts + 1))
        .execute(conn)?;
    Ok(())
}

/// Ends an action.
///
/// # Errors
/// When the database refuses.
pub fn finish_action(conn: &mut Conn, action: &ActionId, state: ActionState, reason: &str) -> DbResult<()> {
    diesel::update(actions::table.find(action))
        .set((
            actions::state.eq(state),
            actions::reason.eq(reason),
            actions::finished_at.eq(Some(Timestamp::now())),
        ))
        .execute(conn)?;
    Ok(())
}

/// The mail is out: the code is no longer needed here.
///
/// # Errors
/// When the database refuses.
pub fn mark_sent(conn: &mut Conn, invitation: &InvitationId) -> DbResult<()> {
    diesel::update(invitations::table.find(invitation))
        .set((invitations::sent_at.eq(Some(Timestamp::now())), invitations::code_sealed.eq(None::<Sealed>)))
        .execute(conn)?;
    // A quick reader may have opened the link before this is written.
    diesel::update(
        invitations::table.find(invitation).filter(invitations::state.eq(InvitationState::Pending)),
    )
    .set(invitations::state.eq(InvitationState::Sent))
    .execute(conn)?;
    Ok(())
}

/// The mail cannot be sent.
///
/// # Errors
/// When the database refuses.
pub fn mark_failed(conn: &mut Conn, invitation: &InvitationId) -> DbResult<()> {
    diesel::update(
        invitations::table.find(invitation).filter(invitations::state.eq(InvitationState::Pending)),
    )
    .set(invitations::state.eq(InvitationState::Failed))
    .execute(conn)?;
    Ok(())
}

/// The invitation that a code opens, with its candidate. Marks the first opening.
///
/// # Errors
/// When the database refuses.
pub fn open(conn: &mut Conn, code_hash: &str) -> DbResult<Option<(Invitation, Candidate)>> {
    let found: Option<(Invitation, Candidate)> = invitations::table
        .inner_join(candidates::table)
        .filter(invitations::code_hash.eq(code_hash))
        .select((Invitation::as_select(), Candidate::as_select()))
        .first(conn)
        .optional()?;
    if let Some((invitation, _)) = &found
        && matches!(invitation.state, InvitationState::Sent | InvitationState::Pending)
        && invitation.expires_at > Timestamp::now()
    {
        diesel::update(invitations::table.find(&invitation.id))
            .set((
                invitations::state.eq(InvitationState::Opened),
                invitations::opened_at.eq(Some(Timestamp::now())),
            ))
            .execute(conn)?;
    }
    Ok(found)
}

/// An invitation as it is now; none when it was erased.
///
/// # Errors
/// When the database cannot be asked.
pub fn invitation(conn: &mut Conn, id: &InvitationId) -> DbResult<Option<Invitation>> {
    Ok(invitations::table.find(id).select(Invitation::as_select()).first(conn).optional()?)
}

/// One candidate.
///
/// # Errors
/// When there is none, or the database cannot be asked.
pub fn candidate(conn: &mut Conn, id: &CandidateId) -> DbResult<Candidate> {
    Ok(candidates::table.find(id).select(Candidate::as_select()).first(conn)?)
}

/// Marks a candidate as hired and ends the invitations that are open; answers how many.
///
/// # Errors
/// When the database refuses.
pub fn hired(conn: &mut Conn, id: &CandidateId) -> DbResult<usize> {
    diesel::update(candidates::table.find(id).filter(candidates::hired_at.is_null()))
        .set(candidates::hired_at.eq(Some(Timestamp::now())))
        .execute(conn)?;
    let open =
        [InvitationState::Pending, InvitationState::Sent, InvitationState::Opened, InvitationState::Started];
    let ended = diesel::update(invitations::table)
        .filter(invitations::candidate_id.eq(id).and(invitations::state.eq_any(open)))
        .set((invitations::state.eq(InvitationState::Cancelled), invitations::code_sealed.eq(None::<Sealed>)))
        .execute(conn)?;
    Ok(ended)
}
