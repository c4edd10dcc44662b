//! The second queue: actions that no event waits for, such as those after a candidate's answers.

use crate::db::DbError;
use crate::events::StepStatus;
use crate::events::steps::NewStep;
use crate::invitations::Invitation;
use crate::invitations::actions::{self as table, Action, ActionState};
use crate::invitations::follow_up as queue;
use crate::jobs::Tools;
use crate::jobs::action;
use crate::jobs::action::Tried;
use crate::jobs::event::{ATTEMPTS, wait_before};
use crate::time::Timestamp;

/// Tries an action. Fails only when the database does: then the action stays in the queue.
pub(in crate::jobs) async fn work(
    tools: &Tools,
    action: Action,
    invitation: Invitation,
) -> Result<(), DbError> {
    if let Some(why) = action::lacking(tools, &action).await? {
        return tools.db.write(move |conn| queue::put_by(conn, &action, &why)).await;
    }
    let counted = action.id.clone();
    if !tools.db.write(move |conn| table::count_attempt(conn, &counted)).await? {
        return Ok(());
    }
    match action::attempt(tools, &action, &invitation).await? {
        Tried::Done(step) => action::finish(tools, None, action, invitation, ActionState::Done, step).await,
        Tried::Skipped(why) => {
            let step = NewStep::good("not done", why);
            action::finish(tools, None, action, invitation, ActionState::Skipped, step).await
        }
        Tried::Failed(why) => give_up(tools, action, invitation, why).await,
        Tried::Later { why, after } => {
            let attempts = action.attempts + 1;
            if attempts >= ATTEMPTS {
                let why = format!("Given up after {attempts} attempts. The last one: {why}");
                return give_up(tools, action, invitation, why).await;
            }
            let until = Timestamp::now().plus(after.unwrap_or_default().max(wait_before(attempts)));
            tools.db.write(move |conn| queue::postpone(conn, &action, until, &why)).await
        }
    }
}

async fn give_up(tools: &Tools, action: Action, invitation: Invitation, why: String) -> Result<(), DbError> {
    let step = NewStep::new("not done", why, StepStatus::Failed);
    action::finish(tools, None, action, invitation, ActionState::Failed, step).await
}
