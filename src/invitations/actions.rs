//! The table of actions: effects outside the portal, written down before they are tried.

use super::store::Invitation;
use crate::db::schema::{actions, invitations};
use crate::db::{Conn, DbResult};
use crate::ids::{ActionId, CompanyId, EventId, IntegrationId, InvitationId};
use crate::reasons::Reason;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;

text_enum! {
    /// What kind of effect an action has.
    ActionKind {
        MailInvitation => "mail_invitation",
        /// A reminder of it.
        MailReminder => "mail_reminder",
        /// The answer to a request for more time.
        MailTime => "mail_time",
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
        /// Takes the progress tags that the portal set off the opportunity.
        ClearTags => "clear_tags",
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
        /// No longer called for, with the reason.
        Skipped => "skipped",
    }
}

/// An effect outside the portal: written down before it is tried.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = actions)]
pub struct Action {
    pub id: ActionId,
    pub company_id: CompanyId,
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
    /// Why it was given up or is tried again.
    pub reason: Reason,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it reached its final state.
    pub finished_at: Option<Timestamp>,
    /// Not tried before then. For actions that no event waits for.
    pub next_attempt_at: Timestamp,
}

impl Action {
    /// An action of an invitation. `step` tells it from others of its kind on the same invitation;
    /// the two together happen once. It is due at once, and waits for no event.
    pub fn new(kind: ActionKind, invitation: &Invitation, step: &str) -> Self {
        let now = Timestamp::now();
        Self {
            id: ActionId::new(),
            company_id: invitation.company_id,
            integration_id: invitation.integration_id,
            event_id: None,
            invitation_id: Some(invitation.id),
            kind,
            dedupe_key: format!("{kind}:{}:{step}", invitation.id),
            payload: "{}".to_owned(),
            state: ActionState::Planned,
            reason: Reason::None,
            attempts: 0,
            created_at: now,
            finished_at: None,
            next_attempt_at: now,
        }
    }

    /// The same, about the result of an invitation that this one takes the place of.
    #[must_use]
    pub fn about_result(self, earlier: &InvitationId) -> Self {
        Self { payload: serde_json::json!({ "result": earlier }).to_string(), ..self }
    }

    /// Whose result it is about, when not the invitation's own.
    pub fn earlier_result(&self) -> Option<InvitationId> {
        let payload: serde_json::Value = serde_json::from_str(&self.payload).ok()?;
        InvitationId::parse(payload.get("result")?.as_str()?)
    }

    /// The same, in the timeline of an event, which is not done before it.
    #[must_use]
    pub fn of_event(self, event: &EventId) -> Self {
        Self { event_id: Some(*event), ..self }
    }
}

/// The kinds of what was done for the invitation whose result an action is about.
pub fn written(conn: &mut Conn, action: &Action) -> DbResult<Vec<ActionKind>> {
    let invitation = action.earlier_result().or(action.invitation_id);
    Ok(actions::table
        .filter(actions::invitation_id.eq(invitation).and(actions::state.eq(ActionState::Done)))
        .select(actions::kind)
        .load(conn)?)
}

/// Writes an action down.
///
/// # Errors
/// [`crate::db::DbError::is_duplicate`] when it is there already.
pub fn add(conn: &mut Conn, action: &Action) -> DbResult<()> {
    diesel::insert_into(actions::table).values(action).execute(conn)?;
    Ok(())
}

/// Writes an action down unless it is there. `false`: it is.
pub fn add_new(conn: &mut Conn, action: &Action) -> DbResult<bool> {
    let known: Option<ActionId> = actions::table
        .filter(actions::dedupe_key.eq(&action.dedupe_key))
        .select(actions::id)
        .first(conn)
        .optional()?;
    if known.is_none() {
        add(conn, action)?;
    }
    Ok(known.is_none())
}

/// The actions of an event that are still to be tried, in order.
pub fn planned(conn: &mut Conn, event: &EventId) -> DbResult<Vec<(Action, Option<Invitation>)>> {
    Ok(actions::table
        .left_join(invitations::table)
        .filter(actions::event_id.eq(event))
        .filter(actions::state.eq(ActionState::Planned))
        .order(actions::id.asc())
        .select((Action::as_select(), Option::<Invitation>::as_select()))
        .load(conn)?)
}

/// Counts an attempt before it is made, so that one that never returns is seen. `false`: it was ended
/// meanwhile, by somebody who took the invitation back, and must not be tried.
pub fn count_attempt(conn: &mut Conn, action: &ActionId) -> DbResult<bool> {
    let counted = diesel::update(actions::table.find(action))
        .filter(actions::state.eq(ActionState::Planned))
        .set(actions::attempts.eq(actions::attempts + 1))
        .execute(conn)?;
    Ok(counted == 1)
}

/// Gives up what is planned for an invitation.
pub fn give_up_planned(conn: &mut Conn, invitation: &InvitationId, why: &Reason) -> DbResult<()> {
    diesel::update(actions::table)
        .filter(actions::invitation_id.eq(invitation).and(actions::state.eq(ActionState::Planned)))
        .set((
            actions::state.eq(ActionState::Failed),
            actions::reason.eq(why),
            actions::finished_at.eq(Some(Timestamp::now())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends an action.
pub fn finish(conn: &mut Conn, action: &ActionId, state: ActionState, reason: &Reason) -> DbResult<()> {
    diesel::update(actions::table.find(action))
        .set((
            actions::state.eq(state),
            actions::reason.eq(reason),
            actions::finished_at.eq(Some(Timestamp::now())),
        ))
        .execute(conn)?;
    Ok(())
}
