//! How an event ends or waits, and what its timeline says of it.

use crate::db::{Conn, DbError, DbResult};
use crate::events::steps::{self, NewStep};
use crate::events::{Event, Outcome, State, StepKind, StepStatus, queue};
use crate::integrations::oauth::permissions;
use crate::integrations::store as integration_store;
use crate::jobs::JobContext;
use crate::jobs::action;
use crate::jobs::backoff::{ATTEMPTS, wait_before};
use crate::jobs::event::fetch::Unavailable;
use crate::jobs::event::second_look::{self, Doubt};
use crate::jobs::look_again;
use crate::reasons::{NotYet, Reason};
use crate::time::Timestamp;
use lever_client::Scope;
use std::time::Duration;

/// After so many requests that Lever refused as such (400, 405, 422, 451 and the like) an event is given up: waits of
/// seconds lie between them, and a replay or a reconciliation tries anew.
const REFUSALS: i32 = 3;

/// The first of these permissions without which Lever need not be asked about an event.
pub(super) async fn lacking(
    ctx: &JobContext,
    event: &Event,
    needed: &[Scope],
) -> Result<Option<Scope>, DbError> {
    let id = event.integration_id;
    let integration = ctx.db.read(move |conn| integration_store::get(conn, &id)).await?;
    Ok(permissions::lacks(&integration, needed))
}

/// Puts an event by until this permission is granted.
pub(super) async fn put_by(ctx: &JobContext, event: &Event, scope: Scope) -> Result<(), DbError> {
    let (event, why) = (event.clone(), permissions::waits_for(scope));
    let put_by = move |conn: &mut Conn| {
        if queue::put_by(conn, &event, &why)? {
            let step = NewStep::new(StepKind::WaitsForPermission, why, StepStatus::Waiting);
            steps::add(conn, &event.id, step)?;
        }
        Ok(())
    };
    ctx.db.write(put_by).await
}

pub(super) async fn cannot_see(ctx: &JobContext, event: &Event, blind: Unavailable) -> Result<(), DbError> {
    match blind {
        Unavailable::Later { why, after } => later(ctx, event, why, after).await,
        Unavailable::NoAccess(why) => {
            // Not retried in vain: the worker leaves disconnected accounts alone until they are back.
            let step = NewStep::new(StepKind::WaitsForAccess, why, StepStatus::Waiting);
            let id = event.id;
            ctx.db.write(move |conn| steps::add(conn, &id, step)).await
        }
        Unavailable::Hidden => {
            // A moment after it was made, Lever may say so of everybody.
            let asked = event.clone();
            let doubt = Doubt::small(NotYet::Opportunity);
            if ctx.db.write(move |conn| second_look::look_again(conn, &asked, doubt)).await? {
                return Ok(());
            }
            close(ctx, event, State::Done, Outcome::Confidential, Reason::OpportunityHidden).await
        }
        Unavailable::Unknown => {
            let asked = event.clone();
            let again = move |conn: &mut Conn| second_look::look_again(conn, &asked, NotYet::Opportunity);
            if ctx.db.write(again).await? {
                return Ok(());
            }
            close(ctx, event, State::Done, Outcome::NotFound, Reason::OpportunityUnknown).await
        }
        Unavailable::Refused(why) if event.attempts + 1 < REFUSALS => later(ctx, event, why, None).await,
        Unavailable::Refused(why) => {
            let why = Reason::GivenUp { attempts: event.attempts + 1, last: Box::new(why) };
            close(ctx, event, State::Failed, Outcome::Failed, why).await
        }
        Unavailable::Never(why) => close(ctx, event, State::Failed, Outcome::Failed, why).await,
    }
}

pub(super) fn add_all(conn: &mut Conn, event: &Event, new: Vec<NewStep>) -> DbResult<()> {
    for step in new {
        steps::add(conn, &event.id, step)?;
    }
    Ok(())
}

pub(super) async fn close(
    ctx: &JobContext,
    event: &Event,
    state: State,
    outcome: Outcome,
    why: Reason,
) -> Result<(), DbError> {
    let event = event.clone();
    ctx.db
        .write(move |conn| {
            match state {
                State::Failed => {
                    let step = NewStep::new(StepKind::GivenUp, why.clone(), StepStatus::Failed);
                    steps::add(conn, &event.id, step)?;
                }
                _ if !why.is_none() => {
                    steps::add(conn, &event.id, NewStep::good(StepKind::Decided, why.clone()))?;
                }
                _ => {}
            }
            queue::finish(conn, &event.id, state, outcome, &why)?;
            look_again::ask(conn, &event, &why)
        })
        .await
}

/// Puts the event back with a growing wait, or gives it up.
pub(super) async fn later(
    ctx: &JobContext,
    event: &Event,
    why: Reason,
    after: Option<Duration>,
) -> Result<(), DbError> {
    let attempts = event.attempts + 1;
    if attempts >= ATTEMPTS {
        let why = Reason::GivenUp { attempts, last: Box::new(why) };
        action::abandon(ctx, event, &why).await?;
        return close(ctx, event, State::Failed, Outcome::Failed, why).await;
    }
    let wait = after.unwrap_or_default().max(wait_before(attempts));
    let until = Timestamp::now().plus(wait);
    let id = event.id;
    ctx.db
        .write(move |conn| {
            let retry =
                Reason::Retry { why: Box::new(why.clone()), attempt: attempts, seconds: wait.as_secs() };
            steps::add(conn, &id, NewStep::new(StepKind::Retry, retry, StepStatus::Waiting))?;
            queue::postpone(conn, &id, attempts, until, &why)
        })
        .await
}
