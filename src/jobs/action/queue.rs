//! The second queue: actions that no event waits for, such as those after a candidate's answers.

use crate::db::DbError;
use crate::events::steps::NewStep;
use crate::events::{StepKind, StepStatus};
use crate::invitations::Invitation;
use crate::invitations::actions::{self as table, Action, ActionState};
use crate::invitations::follow_up as queue;
use crate::jobs::JobContext;
use crate::jobs::action;
use crate::jobs::action::ActionOutcome;
use crate::jobs::backoff::{ATTEMPTS, wait_before};
use crate::jobs::failure::{Attempt, guarded};
use crate::reasons::Reason;
use crate::time::Timestamp;
use std::time::Duration;

/// Tries an action. What goes wrong counts as an attempt, as with an event.
///
/// # Errors
/// When the database is out of reach: then the action stays in the queue.
pub(in crate::jobs) async fn work(
    ctx: &JobContext,
    action: Action,
    invitation: Invitation,
) -> Result<(), DbError> {
    let tried = guarded(try_work(ctx, action.clone(), invitation.clone())).await?;
    let Attempt::Failed(why) = tried else { return Ok(()) };
    tracing::error!(%why, action = %action.id, "an action could not be performed");
    later(ctx, action, invitation, why, None).await
}

async fn try_work(ctx: &JobContext, action: Action, invitation: Invitation) -> Result<(), DbError> {
    if let Some(why) = action::lacking(ctx, &action).await? {
        return ctx.db.write(move |conn| queue::put_by(conn, &action, &why)).await;
    }
    let counted = action.id;
    if !ctx.db.write(move |conn| table::count_attempt(conn, &counted)).await? {
        return Ok(());
    }
    match action::attempt(ctx, &action, &invitation).await? {
        ActionOutcome::Done(step) => {
            action::finish(ctx, None, action, invitation, ActionState::Done, step).await
        }
        ActionOutcome::Skipped(why) => {
            let step = NewStep::good(StepKind::NotDone, why);
            action::finish(ctx, None, action, invitation, ActionState::Skipped, step).await
        }
        ActionOutcome::Failed(why) => give_up(ctx, action, invitation, why).await,
        ActionOutcome::PutBy(why) => ctx.db.write(move |conn| queue::put_by(conn, &action, &why)).await,
        ActionOutcome::Later { why, after } => later(ctx, action, invitation, why, after).await,
    }
}

/// Puts an action back with a growing wait, or gives it up.
async fn later(
    ctx: &JobContext,
    action: Action,
    invitation: Invitation,
    why: Reason,
    after: Option<Duration>,
) -> Result<(), DbError> {
    let attempts = action.attempts + 1;
    if attempts >= ATTEMPTS {
        let why = Reason::GivenUp { attempts, last: Box::new(why) };
        return give_up(ctx, action, invitation, why).await;
    }
    let until = Timestamp::now().plus(after.unwrap_or_default().max(wait_before(attempts)));
    ctx.db.write(move |conn| queue::postpone(conn, &action, until, &why)).await
}

async fn give_up(
    ctx: &JobContext,
    action: Action,
    invitation: Invitation,
    why: Reason,
) -> Result<(), DbError> {
    let step = NewStep::new(StepKind::NotDone, why, StepStatus::Failed);
    action::finish(ctx, None, action, invitation, ActionState::Failed, step).await
}
