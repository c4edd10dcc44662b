//! What people ask for: an invitation again, a reminder, an end.

use super::actions::{self, Action, ActionKind, ActionState};
use super::reminders;
use super::store::{self, Invitation, InvitationState};
use crate::audit::{self, Actor};
use crate::db::schema::{actions as acts, invitations};
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::{CompanyId, InvitationId};
use crate::integration_state::State;
use crate::invitations::lifecycle;
use crate::invitations::manual_invite::not_active;
use crate::invitations::test_orders;
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;
use std::time::Duration;

/// Between two reminders, should somebody ask.
pub const PAUSE: Duration = Duration::from_secs(3600);

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManualEmailOutcome {
    /// It is planned, and done in a moment.
    Planned,
    /// It was asked for already.
    Already,
    /// It cannot be; says why.
    No(Reason),
    /// Lever cannot be asked: access to the account ended, or it is not set up.
    NotActive(State),
    /// A reminder went out a short while ago; the next can from then on.
    NotBefore(Timestamp),
}

/// The invitation of this company, alone in its turn until the transaction ends.
fn held_invitation(conn: &mut Conn, company: &CompanyId, id: &InvitationId) -> DbResult<Invitation> {
    dialect::lock_test_session(conn, id)?;
    Ok(invitations::table
        .find(id)
        .filter(invitations::company_id.eq(company))
        .select(Invitation::as_select())
        .first(conn)?)
}

/// Why an invitation in this state cannot be sent again.
pub fn not_again(state: InvitationState) -> Option<Reason> {
    match state {
        InvitationState::Completed => Some(Reason::TestsDone),
        InvitationState::Withdrawn => Some(Reason::CandidateWithdrew),
        InvitationState::Held => Some(Reason::InvitationHeld),
        InvitationState::Pending => Some(Reason::MailOnItsWay),
        _ => None,
    }
}

/// Whether there is a link to write to the candidate about: kept here, or with an outside provider, who gives
/// the same one again when asked.
pub fn has_link(conn: &mut Conn, invitation: &Invitation) -> DbResult<bool> {
    Ok(invitation.code_sealed.is_some() || test_orders::for_invitation(conn, &invitation.id)?.is_some())
}

/// Asks for the invitation to be mailed again with a new link. `mailing` is the number that the person saw:
/// a second click asks for the same mail.
///
/// # Errors
/// When there is no such invitation in the company, or the database refuses.
pub fn resend(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    id: &InvitationId,
    mailing: i32,
) -> DbResult<ManualEmailOutcome> {
    let invitation = held_invitation(conn, company, id)?;
    if store::mail_state(conn, id)?.mailing != mailing {
        return Ok(ManualEmailOutcome::Already);
    }
    if let Some(why) = not_again(invitation.state) {
        return Ok(ManualEmailOutcome::No(why));
    }
    if let Some(state) = not_active(conn, &invitation.integration_id)? {
        return Ok(ManualEmailOutcome::NotActive(state));
    }
    let next = mailing + 1;
    let action = Action::new(ActionKind::MailInvitation, &invitation, &format!("resend-{next}"));
    let action = Action { payload: json!({ "mailing": next }).to_string(), ..action };
    if !actions::add_new(conn, &action)? {
        // Lever stood against it at the time; it may be otherwise now.
        let tried = acts::table.filter(acts::dedupe_key.eq(&action.dedupe_key));
        let again = diesel::update(tried.filter(acts::state.ne(ActionState::Planned)))
            .set((
                acts::state.eq(ActionState::Planned),
                acts::reason.eq(Reason::None),
                acts::attempts.eq(0),
                acts::finished_at.eq(None::<Timestamp>),
                acts::next_attempt_at.eq(Timestamp::now()),
            ))
            .execute(conn)?;
        if again == 0 {
            return Ok(ManualEmailOutcome::Already);
        }
    }
    record(conn, actor, &invitation, audit::Action::InvitationResent)?;
    Ok(ManualEmailOutcome::Planned)
}

/// Asks for a reminder; one an hour at most.
///
/// # Errors
/// When there is no such invitation in the company, or the database refuses.
pub fn remind(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    id: &InvitationId,
) -> DbResult<ManualEmailOutcome> {
    let invitation = held_invitation(conn, company, id)?;
    let now = Timestamp::now();
    if !reminders::REMINDED.contains(&invitation.state) {
        return Ok(ManualEmailOutcome::No(Reason::NothingToRemind));
    }
    if !has_link(conn, &invitation)? {
        return Ok(ManualEmailOutcome::No(Reason::LinkGoneResend));
    }
    let last = store::mail_state(conn, id)?.reminded_at.max(invitation.sent_at);
    if let Some(then) = last.map(|last| last.plus(PAUSE)).filter(|then| *then > now) {
        return Ok(ManualEmailOutcome::NotBefore(then));
    }
    let mail_by_hand = acts::table
        .filter(acts::invitation_id.eq(id).and(acts::kind.eq(ActionKind::MailReminder)))
        .filter(acts::payload.eq("{}"));
    let states: Vec<ActionState> = mail_by_hand.select(acts::state).load(conn)?;
    if states.contains(&ActionState::Planned) {
        return Ok(ManualEmailOutcome::Already);
    }
    let step = format!("by-hand-{}", states.len());
    if !actions::add_new(conn, &Action::new(ActionKind::MailReminder, &invitation, &step))? {
        return Ok(ManualEmailOutcome::Already);
    }
    record(conn, actor, &invitation, audit::Action::InvitationReminded)?;
    Ok(ManualEmailOutcome::Planned)
}

/// Ends an invitation.
///
/// # Errors
/// When there is no such invitation in the company, or the database refuses.
pub fn cancel(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    id: &InvitationId,
    why: &Reason,
) -> DbResult<ManualEmailOutcome> {
    let invitation = held_invitation(conn, company, id)?;
    if lifecycle::cancel(conn, id, why)? {
        record(conn, actor, &invitation, audit::Action::InvitationCancelled)?;
        return Ok(ManualEmailOutcome::Planned);
    }
    Ok(match invitation.state {
        InvitationState::Cancelled => ManualEmailOutcome::Already,
        _ => ManualEmailOutcome::No(Reason::InvitationOver),
    })
}

/// Without the person's name: who is erased leaves the audit log as it is.
fn record(conn: &mut Conn, actor: &Actor, invitation: &Invitation, action: audit::Action) -> DbResult<()> {
    let detail = json!({ "invitation": invitation.id, "candidate": invitation.candidate_id });
    audit::record(conn, &invitation.company_id, actor, action, audit::Subject::Invitation.as_str(), &detail)
}

/// Asks for several; none of another company is touched.
pub fn resend_all(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    picked: &[(InvitationId, i32)],
) -> DbResult<Vec<ManualEmailOutcome>> {
    let mut all = Vec::with_capacity(picked.len());
    for (id, mailing) in picked {
        match resend(conn, actor, company, id, *mailing) {
            Ok(asked) => all.push(asked),
            Err(DbError::Query(diesel::result::Error::NotFound)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(all)
}
