//! What a candidate's steps mean for Lever: written down as actions in the transaction of the step,
//! performed by the worker afterwards.

use super::actions::{self as table, Action, ActionKind, ActionState};
use super::store::{self, Invitation, InvitationState};
use crate::db::schema::{actions, integrations, rules};
use crate::db::{Conn, DbResult};
use crate::events::queue::PUT_BY;
use crate::ids::{EventId, IntegrationId, InvitationId};
use crate::invitations::lifecycle;
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;

/// The tags that show in Lever how far a candidate is; at most one stands on an opportunity.
pub const PROGRESS_TAGS: [&str; 5] =
    ["Alva: Invited", "Alva: Started", "Alva: Completed", "Alva: Withdrawn", "Alva: Expired"];

/// The progress tag for a state; none once the invitation means nothing any more.
pub fn progress_tag(state: InvitationState) -> Option<&'static str> {
    match state {
        InvitationState::Pending | InvitationState::Sent | InvitationState::Opened => Some(PROGRESS_TAGS[0]),
        InvitationState::Started => Some(PROGRESS_TAGS[1]),
        InvitationState::Completed => Some(PROGRESS_TAGS[2]),
        InvitationState::Withdrawn => Some(PROGRESS_TAGS[3]),
        InvitationState::Expired => Some(PROGRESS_TAGS[4]),
        InvitationState::Held | InvitationState::Failed | InvitationState::Cancelled => None,
    }
}

/// The stage, by its id in Lever, that a candidate is moved to when all tests are done; none: no move. What the rule that
/// invited says *now* counts, so that a correction reaches those who are at their tests. Once the rule is gone, what
/// it said then does.
pub fn progression_stage(conn: &mut Conn, invitation: &Invitation) -> DbResult<Option<String>> {
    let Some(rule) = &invitation.rule_id else { return default_progression_stage(conn, invitation) };
    let now: Option<Option<String>> =
        rules::table.find(rule).select(rules::progression_stage_id).first(conn).optional()?;
    Ok(now.unwrap_or_else(|| invitation.progression_stage_id.clone()))
}

/// What the integration's own settings say.
pub fn default_progression_stage(conn: &mut Conn, invitation: &Invitation) -> DbResult<Option<String>> {
    Ok(integrations::table
        .find(&invitation.integration_id)
        .select(integrations::progression_stage_id)
        .first(conn)?)
}

/// The candidate began.
pub fn started(conn: &mut Conn, invitation: &Invitation) -> DbResult<()> {
    // An outside provider reports a beginning again after the invitation was sent again.
    let step = match store::mail_state(conn, &invitation.id)?.mailing {
        0 => "started".to_owned(),
        mailing => format!("started-{mailing}"),
    };
    table::add_new(conn, &Action::new(ActionKind::AddTag, invitation, &step))?;
    Ok(())
}

/// All tests are done: tag, note, address of the result, its summary as a file, and the progression
/// stage if there is one.
pub fn completed(conn: &mut Conn, invitation: &Invitation) -> DbResult<()> {
    completed_by(conn, invitation, None)
}

/// The same, by an event that found results to take over: its timeline shows what follows.
pub fn completed_by(conn: &mut Conn, invitation: &Invitation, event: Option<&EventId>) -> DbResult<()> {
    lifecycle::close(conn, &invitation.id, &Reason::TestsDone)?;
    let plan = |conn: &mut Conn, invitation: &Invitation, kind, step| {
        let action = Action::new(kind, invitation, step);
        table::add(conn, &Action { event_id: event.cloned(), ..action })
    };
    plan(conn, invitation, ActionKind::AddTag, "completed")?;
    plan(conn, invitation, ActionKind::AddNote, "completed")?;
    plan(conn, invitation, ActionKind::AddLink, "completed")?;
    plan(conn, invitation, ActionKind::UploadReport, "completed")?;
    if progression_stage(conn, invitation)?.is_some() {
        plan(conn, invitation, ActionKind::MoveStage, "completed")?;
    }
    Ok(())
}

/// The candidate withdrew: what has not reached Lever stays away, what has is taken back.
pub fn withdrawn(conn: &mut Conn, invitation: &Invitation) -> DbResult<()> {
    let result_kinds =
        [ActionKind::AddNote, ActionKind::AddLink, ActionKind::UploadReport, ActionKind::MoveStage];
    diesel::update(actions::table)
        .filter(actions::invitation_id.eq(&invitation.id).and(actions::state.eq(ActionState::Planned)))
        .filter(actions::kind.eq_any(result_kinds))
        .set((
            actions::state.eq(ActionState::Failed),
            actions::reason.eq(Reason::CandidateWithdrew),
            actions::finished_at.eq(Some(Timestamp::now())),
        ))
        .execute(conn)?;
    lifecycle::close(conn, &invitation.id, &Reason::CandidateWithdrew)?;
    plan(conn, invitation, ActionKind::AddTag, "withdrawn")?;
    plan(conn, invitation, ActionKind::RemoveResult, "withdrawn")
}

/// The company lets the person take the tests again: the result is taken back from Lever.
pub fn result_removed(conn: &mut Conn, invitation: &Invitation) -> DbResult<()> {
    table::give_up_planned(conn, &invitation.id, &Reason::RetakeAllowed)?;
    plan(conn, invitation, ActionKind::RemoveResult, "retake")?;
    plan(conn, invitation, ActionKind::ClearTags, "retake")
}

fn plan(conn: &mut Conn, invitation: &Invitation, kind: ActionKind, step: &str) -> DbResult<()> {
    table::add(conn, &Action::new(kind, invitation, step))
}

/// The actions of an account that no event waits for and whose time has come: of each invitation
/// the first that is left, so that they happen in order.
pub fn due_actions(
    conn: &mut Conn,
    integration: &IntegrationId,
    limit: i64,
) -> DbResult<Vec<(Action, Invitation)>> {
    use crate::db::schema::invitations;
    let waiting: Vec<(Action, Invitation)> = actions::table
        .inner_join(invitations::table)
        .filter(actions::integration_id.eq(integration))
        .filter(actions::state.eq(ActionState::Planned).and(actions::event_id.is_null()))
        .filter(actions::next_attempt_at.le(Timestamp::now()))
        .order(actions::id.asc())
        .limit(limit)
        .select((Action::as_select(), Invitation::as_select()))
        .load(conn)?;
    let mut seen = std::collections::HashSet::<InvitationId>::new();
    Ok(waiting.into_iter().filter(|(_, invitation)| seen.insert(invitation.id)).collect())
}

/// Puts an action by until a permission is granted. No event waits for it any more, and what is behind it
/// goes on.
pub fn put_by(conn: &mut Conn, action: &Action, why: &Reason) -> DbResult<()> {
    diesel::update(actions::table.find(&action.id).filter(actions::state.eq(ActionState::Planned)))
        .set((
            actions::event_id.eq(None::<EventId>),
            actions::next_attempt_at.eq(PUT_BY),
            actions::reason.eq(why),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes up the actions of an account that were put by.
pub fn take_up(conn: &mut Conn, integration: &IntegrationId) -> DbResult<()> {
    diesel::update(actions::table)
        .filter(actions::integration_id.eq(integration).and(actions::event_id.is_null()))
        .filter(actions::state.eq(ActionState::Planned).and(actions::next_attempt_at.eq(PUT_BY)))
        .set((actions::next_attempt_at.eq(Timestamp::now()), actions::reason.eq(Reason::None)))
        .execute(conn)?;
    Ok(())
}

/// Puts the actions of an invitation back for a later attempt: those behind wait with the first. What is
/// planned for later anyway stays there.
pub fn postpone(conn: &mut Conn, action: &Action, until: Timestamp, why: &Reason) -> DbResult<()> {
    // Counted already, unless the attempt broke off before that.
    diesel::update(actions::table.find(&action.id))
        .set((actions::reason.eq(why), actions::attempts.eq(action.attempts + 1)))
        .execute(conn)?;
    diesel::update(actions::table)
        .filter(actions::invitation_id.eq(&action.invitation_id))
        .filter(actions::state.eq(ActionState::Planned).and(actions::event_id.is_null()))
        .filter(actions::next_attempt_at.lt(until))
        .set(actions::next_attempt_at.eq(until))
        .execute(conn)?;
    Ok(())
}
