//! EventEffects outside the portal. Each is written down before it is tried and has a key, so that it
//! happens once; what stopped half-way goes on from there.

pub(in crate::jobs) mod link;
mod once;
pub(in crate::jobs) mod queue;
pub(in crate::jobs) mod send_email;
mod there;
pub(in crate::jobs) mod upload;
pub(in crate::jobs) mod write_back;

use super::JobContext;
use crate::db::{Conn, DbError, DbResult};
use crate::events::steps::{self, NewStep};
use crate::events::{Event, StepKind, StepStatus};
use crate::ids::{CandidateId, EventId, InvitationId};
use crate::integrations::oauth::permissions;
use crate::integrations::store as integration_store;
use crate::invitations::Invite;
use crate::invitations::OpportunitySnapshot;
use crate::invitations::actions::{self as table, Action, ActionKind, ActionState};
use crate::invitations::store::{self, Invitation, InvitationState};
use crate::invitations::{follow_up, lifecycle, reminders};
use crate::jobs::job::JobError;
use crate::people::Company;
use crate::reasons::{Inviting, Reason};
use crate::secrets::Code;
use crate::test_sessions;
use crate::time::Timestamp;
use lever_client::{OpportunityId, Scope};
use secrecy::SecretString;
use std::time::Duration;

/// For so long, in milliseconds, "not there" is no answer yet: ten minutes, as for events.
const NOT_YET_MS: i64 = 600_000;

/// So often Lever may refuse an action before that is its end: with the waits between them that is about twenty seconds.
const REFUSALS: i32 = 4;

/// How far the actions of an event came.
pub(in crate::jobs) enum EventEffects {
    /// All done.
    Done,
    /// One is to be tried later.
    Later { why: Reason, after: Option<Duration> },
    /// The candidate cannot be invited.
    Failed(Reason),
}

/// How one action went.
pub(in crate::jobs) enum ActionOutcome {
    Done(NewStep),
    Later {
        why: Reason,
        after: Option<Duration>,
    },
    Failed(Reason),
    /// It must wait until a person sees to it; says what for.
    PutBy(Reason),
    /// It is not called for any more; says why.
    Skipped(Reason),
}

impl ActionOutcome {
    /// How an action went that needed something that failed.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub fn from_failure(failure: JobError) -> Result<Self, DbError> {
        match failure {
            JobError::Retry { why, after, .. } => Ok(Self::Later { why: *why, after }),
            JobError::Fail { why, .. } => Ok(Self::Failed(*why)),
            JobError::NoAccess => Ok(Self::Later { why: Reason::NotConnected, after: None }),
            JobError::Outage(failure) => Err(failure),
        }
    }
}

/// Writes an invitation down; one that ended by what Lever showed is taken up again. Nothing is planned for it yet; one
/// that is not to be sent has no link.
#[allow(
    clippy::too_many_arguments,
    reason = "each is one fact of the invitation, and none belongs with another"
)]
pub(in crate::jobs) fn write_down(
    conn: &mut Conn,
    ctx: &JobContext,
    event: &Event,
    company: &Company,
    candidate: &CandidateId,
    posting: &str,
    seen: &OpportunitySnapshot,
    why: &Inviting,
    invite: &Invite,
    state: InvitationState,
) -> DbResult<Invitation> {
    let (id, code, now) = (InvitationId::new(), Code::random(), Timestamp::now());
    let invitation = Invitation {
        id,
        company_id: company.id,
        integration_id: event.integration_id,
        candidate_id: *candidate,
        opportunity_id: seen.opportunity.id.to_string(),
        posting_id: posting.to_owned(),
        posting_title: seen.posting.visible().map(|posting| posting.text.clone()).unwrap_or_default(),
        state,
        reason: Reason::Invited(why.clone()),
        event_id: Some(event.id),
        code_hash: code.hash(),
        code_sealed: (state == InvitationState::Pending)
            .then(|| ctx.sealer.seal(&SecretString::from(code.expose()), &lifecycle::place(&id))),
        created_at: now,
        expires_at: now.plus(crate::candidate_email::settings(conn, &company.id)?.good_for()),
        sent_at: None,
        opened_at: None,
        time_percent: 100,
        tests: invite.tests,
        rule_id: invite.rule_id,
        progression_stage_id: invite.progression.as_ref().map(ToString::to_string),
    };
    match store::ended_by_lever(conn, &event.integration_id, &invitation.opportunity_id, posting)? {
        Some(ended) => {
            let is_begun = test_sessions::is_begun(conn, &ended.id)?;
            lifecycle::take_up(conn, &ctx.sealer, &ended.id, &invitation, is_begun)
        }
        None => {
            lifecycle::add_invitation(conn, &invitation, &[])?;
            Ok(invitation)
        }
    }
}

/// Plans what an invitation means: its mail, and its tag in Lever.
pub(in crate::jobs) fn plan(conn: &mut Conn, event: &Event, invitation: &Invitation) -> DbResult<()> {
    // One that was taken up again has been mailed before: each mail has its own number.
    let step = match store::mail_state(conn, &invitation.id)?.mailing {
        0 => "invited".to_owned(),
        mailing => format!("invited-{mailing}"),
    };
    [ActionKind::MailInvitation, ActionKind::AddTag]
        .iter()
        .try_for_each(|kind| table::add(conn, &Action::new(*kind, invitation, &step).of_event(&event.id)))
}

/// Performs what is planned for an event, in order. Stops at the first that must wait.
pub(in crate::jobs) async fn perform(ctx: &JobContext, event: &Event) -> Result<EventEffects, DbError> {
    let id = event.id;
    let planned = ctx.db.read(move |conn| table::planned(conn, &id)).await?;
    for (action, invitation) in planned {
        let Some(invitation) = invitation else { continue };
        if let Some(why) = lacking(ctx, &action).await? {
            put_by(ctx, event, action, why).await?;
            continue;
        }
        let counted = action.id;
        if !ctx.db.write(move |conn| table::count_attempt(conn, &counted)).await? {
            continue;
        }
        let tried = attempt(ctx, &action, &invitation).await?;
        match tried {
            ActionOutcome::Done(step) => {
                finish(ctx, Some(&event.id), action, invitation, ActionState::Done, step).await?
            }
            ActionOutcome::Skipped(why) => {
                let step = NewStep::good(StepKind::NotDone, why);
                finish(ctx, Some(&event.id), action, invitation, ActionState::Skipped, step).await?;
            }
            ActionOutcome::Later { why, after } => return Ok(EventEffects::Later { why, after }),
            ActionOutcome::PutBy(why) => put_by(ctx, event, action, why).await?,
            ActionOutcome::Failed(why) => {
                let is_fatal = action.kind == ActionKind::MailInvitation;
                let step = NewStep::new(StepKind::NotDone, why.clone(), StepStatus::Failed);
                finish(ctx, Some(&event.id), action, invitation, ActionState::Failed, step).await?;
                if is_fatal {
                    abandon(ctx, event, &Reason::InvitationNotMailed).await?;
                    return Ok(EventEffects::Failed(Reason::MailFailed { last: Box::new(why) }));
                }
            }
        }
    }
    Ok(EventEffects::Done)
}

/// Puts an action of an event by; the event goes on without it.
async fn put_by(ctx: &JobContext, event: &Event, action: Action, why: Reason) -> Result<(), DbError> {
    let waits = Reason::ActionWaits { action: action.kind.to_string(), why: Box::new(why.clone()) };
    let (id, step) = (event.id, NewStep::new(StepKind::WaitsForPermission, waits, StepStatus::Waiting));
    let put_by = move |conn: &mut Conn| {
        follow_up::put_by(conn, &action, &why)?;
        steps::add(conn, &id, step)
    };
    ctx.db.write(put_by).await
}

/// Why an action must wait for a permission, when it must.
pub(in crate::jobs) async fn lacking(ctx: &JobContext, action: &Action) -> Result<Option<Reason>, DbError> {
    let action = action.clone();
    let scope = ctx.db.read(move |conn| {
        let needed = needed(conn, &action)?;
        Ok(permissions::lacks(&integration_store::get(conn, &action.integration_id)?, &needed))
    });
    Ok(scope.await?.map(permissions::waits_for))
}

/// What Lever must allow for an action. A mail that is not the first asks Lever before it is sent; the
/// first follows an answer of Lever's.
fn needed(conn: &mut Conn, action: &Action) -> DbResult<Vec<Scope>> {
    Ok(match action.kind {
        ActionKind::MailInvitation => vec![],
        ActionKind::AddNote => vec![Scope::Notes],
        ActionKind::UploadReport => vec![Scope::Files],
        ActionKind::RemoveResult => {
            let written = table::written(conn, action)?;
            let of = |kind, scope| written.contains(&kind).then_some(scope);
            let also = [of(ActionKind::AddNote, Scope::Notes), of(ActionKind::UploadReport, Scope::Files)];
            [Scope::Opportunities].into_iter().chain(also.into_iter().flatten()).collect()
        }
        ActionKind::MailReminder
        | ActionKind::MailTime
        | ActionKind::AddTag
        | ActionKind::AddLink
        | ActionKind::MoveStage
        | ActionKind::ClearTags => vec![Scope::Opportunities],
    })
}

/// Tries an action, whatever it was caused by. One refusal may be of a moment, so it is no end yet. Lever can be behind
/// with itself, too: where it shows the opportunity and knows nothing to write to, shortly after the action was written
/// down, it is tried for longer; where it does not show it, there is nothing to write to.
pub(in crate::jobs) async fn attempt(
    ctx: &JobContext,
    action: &Action,
    invitation: &Invitation,
) -> Result<ActionOutcome, DbError> {
    let why = match perform_once(ctx, action, invitation).await? {
        ActionOutcome::Failed(why) if why.is_refusal_of_lever() => why,
        tried => return Ok(tried),
    };
    let (attempts, age) = (action.attempts + 1, Timestamp::now().since(action.created_at));
    // What is gone is gone: the deletion, or whatever comes next about the candidate, need not wait for more attempts.
    let is_unknown = matches!(why, Reason::LeverUnknownObject { .. });
    if is_unknown && !is_shown(ctx, invitation).await {
        return Ok(ActionOutcome::Failed(why));
    }
    if attempts < REFUSALS || (is_unknown && age < NOT_YET_MS) {
        return Ok(ActionOutcome::Later { why, after: None });
    }
    Ok(ActionOutcome::Failed(Reason::GivenUp { attempts, last: Box::new(why) }))
}

/// Whether Lever shows the invitation's opportunity now.
async fn is_shown(ctx: &JobContext, invitation: &Invitation) -> bool {
    let asked = ctx.connections.call(&invitation.integration_id, |api| {
        let id = OpportunityId::from(invitation.opportunity_id.as_str());
        async move { api.opportunity(&id, &[]).await }
    });
    asked.await.is_ok()
}

async fn perform_once(
    ctx: &JobContext,
    action: &Action,
    invitation: &Invitation,
) -> Result<ActionOutcome, DbError> {
    match action.kind {
        ActionKind::MailInvitation => send_email::mail(ctx, action, invitation).await,
        ActionKind::MailReminder => send_email::remind(ctx, action, invitation).await,
        ActionKind::MailTime => send_email::answer_about_time(ctx, action, invitation).await,
        ActionKind::AddTag => write_back::set_tag(ctx, action, invitation).await,
        ActionKind::AddNote => write_back::add_note(ctx, action, invitation).await,
        ActionKind::AddLink => write_back::add_link(ctx, invitation).await,
        ActionKind::UploadReport => upload::upload_report(ctx, action, invitation).await,
        ActionKind::MoveStage => write_back::move_stage(ctx, invitation).await,
        ActionKind::RemoveResult => write_back::remove_result(ctx, action, invitation).await,
        ActionKind::ClearTags => write_back::clear_tags(ctx, invitation).await,
    }
}

/// Gives up what is still planned for an event.
pub(in crate::jobs) async fn abandon(ctx: &JobContext, event: &Event, why: &Reason) -> Result<(), DbError> {
    let (id, why) = (event.id, why.clone());
    ctx.db
        .write(move |conn| {
            for (action, invitation) in table::planned(conn, &id)? {
                table::finish(conn, &action.id, ActionState::Failed, &why)?;
                if let (ActionKind::MailInvitation, Some(invitation)) = (action.kind, invitation) {
                    lifecycle::mark_failed(conn, &invitation.id, &why)?;
                }
            }
            Ok(())
        })
        .await
}

/// Ends an action, with a line in the timeline of the event that it belongs to.
pub(in crate::jobs) async fn finish(
    ctx: &JobContext,
    event: Option<&EventId>,
    action: Action,
    invitation: Invitation,
    state: ActionState,
    step: NewStep,
) -> Result<(), DbError> {
    let event = event.cloned();
    ctx.db
        .write(move |conn| {
            let is_done = state == ActionState::Done;
            let reason = if is_done { Reason::None } else { step.detail.clone() };
            table::finish(conn, &action.id, state, &reason)?;
            let id = &invitation.id;
            match (action.kind, state) {
                (ActionKind::MailInvitation, ActionState::Done) => lifecycle::mark_sent(conn, id)?,
                (ActionKind::MailReminder, ActionState::Done) => reminders::reminded(conn, id)?,
                (
                    ActionKind::MailInvitation | ActionKind::MailReminder | ActionKind::MailTime,
                    ActionState::Failed,
                ) => {
                    lifecycle::mark_failed(conn, id, &reason)?;
                }
                _ => {}
            }
            if action.kind == ActionKind::MailReminder
                && let Some(number) = reminders::number(&action)
            {
                reminders::plan(conn, id, number)?;
            }
            match event {
                Some(event) => steps::add(conn, &event, step),
                None => Ok(()),
            }
        })
        .await
}
