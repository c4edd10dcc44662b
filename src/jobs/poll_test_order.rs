//! Asks an outside provider about its orders: when a callback hinted that something has changed, and from
//! time to time in case a callback was lost. Orders of erased people are erased there.

use super::JobContext;
use super::action::link::said;
use super::job::{Job, JobError, JobResult, Needs, Next, Retry};
use crate::ids::InvitationId;
use crate::invitations::store as invitations;
use crate::invitations::test_orders;
use crate::invitations::test_orders::{POLL, State as OrderState, TestOrder};
use crate::invitations::{Invitation, InvitationState, candidates};
use crate::job_queue::{JobErrorCode, JobKind, JobRow};
use crate::reasons::Reason;
use crate::test_sessions::completion;
use crate::time::Timestamp;
use assessment::provider::{Provider, ProviderError, Reference, State};
use serde::Deserialize;
use std::time::Duration;

/// Who had not begun when the link ran out is asked after for this long: clocks differ, and callbacks are late.
const NOT_BEGUN: Duration = Duration::from_secs(86_400);

/// Who had begun may finish later. Asked after once an hour for this long, then no more.
const BEGUN: Duration = Duration::from_secs(90 * 86_400);
const SELDOM: Duration = Duration::from_secs(3_600);

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct PollTestOrder {
    reference: InvitationId,
}

impl Job for PollTestOrder {
    const KIND: JobKind = JobKind::PollTestOrder;
    const NEEDS: Needs = Needs::Nothing;
    const ONE_PER: &'static str = "order with an outside provider";
    const TRIGGER: &'static str =
        "tests were ordered: every 10 minutes, when a callback comes, and when it is to be erased";
    // Nobody else erases what the provider has of a person. What is not to be erased ends by its own age.
    const RETRY: Retry = Retry::Growing { most: None };

    async fn run(&self, ctx: &JobContext, _: &JobRow) -> JobResult {
        ctx.db.write(test_orders::tidy).await?;
        let id = self.reference;
        let order = ctx.db.read(move |conn| test_orders::for_invitation(conn, &id)).await?;
        let Some(order) = order else { return Ok(Next::Done) };
        let Some(provider) = ctx.providers.outside.clone() else {
            return Err(JobError::retry(JobErrorCode::TestProvider, Reason::ProviderGone));
        };
        ask(ctx, provider.as_ref(), &order).await
    }
}

impl From<ProviderError> for JobError {
    fn from(failure: ProviderError) -> Self {
        Self::retry(JobErrorCode::TestProvider, said(failure))
    }
}

async fn ask(ctx: &JobContext, provider: &dyn Provider, order: &TestOrder) -> JobResult {
    let reference = Reference(order.reference.to_string());
    let id = order.reference;
    if order.state == OrderState::Erasing {
        provider.erase(&reference).await?;
        ctx.db.write(move |conn| test_orders::mark_gone(conn, &id)).await?;
        return Ok(Next::Done);
    }
    let Some(invitation) = ctx.db.read(move |conn| invitations::invitation(conn, &id)).await? else {
        return erase(ctx, id).await;
    };
    match invitation.state {
        InvitationState::Cancelled | InvitationState::Failed => return erase(ctx, id).await,
        // The mail places the order, and tries again by itself.
        InvitationState::Pending if invitation.sent_at.is_none() => return Ok(Next::after(POLL)),
        _ => {}
    }
    match ask_about(ctx, provider, order, &invitation, &reference).await {
        Ok(Some(wait)) => Ok(Next::after(wait)),
        Ok(None) => close(ctx, id).await,
        // A call that failed is tried again, but nothing is for ever.
        Err(JobError::Retry { why, .. } | JobError::Fail { why, .. })
            if Timestamp::now() >= invitation.expires_at.plus(BEGUN) =>
        {
            tracing::warn!(%why, reference = %invitation.id, "an order of tests is given up");
            close(ctx, id).await
        }
        Err(failure) => Err(failure),
    }
}

/// Asks how an order stands. Answers when to ask again; none: nothing more is to come.
async fn ask_about(
    ctx: &JobContext,
    provider: &dyn Provider,
    order: &TestOrder,
    invitation: &Invitation,
    reference: &Reference,
) -> Result<Option<Duration>, JobError> {
    order_again(ctx, provider, order, invitation).await?;
    let id = order.reference;
    let progress = match provider.progress(reference).await {
        Err(ProviderError::Unknown) => {
            tracing::warn!(reference = reference.0, "the test provider no longer knows an order");
            return Ok(None);
        }
        progress => progress?,
    };
    match progress.state {
        State::Completed => {
            let Some(result) = provider.result(reference).await? else {
                return Err(ProviderError::Unavailable("the result is not there yet".into()).into());
            };
            let sealer = ctx.sealer.clone();
            ctx.db.write(move |conn| completion::completed(conn, &sealer, &id, &result)).await?;
            Ok(None)
        }
        State::Withdrawn => {
            ctx.db.write(move |conn| completion::withdrawn(conn, &id)).await?;
            Ok(None)
        }
        State::Expired => Ok(None),
        State::Started => {
            ctx.db.write(move |conn| completion::started(conn, &id)).await?;
            Ok(again(invitation, BEGUN, SELDOM))
        }
        State::Invited => Ok(again(invitation, NOT_BEGUN, POLL)),
    }
}

async fn close(ctx: &JobContext, id: InvitationId) -> JobResult {
    ctx.db.write(move |conn| test_orders::close(conn, &id)).await?;
    Ok(Next::Done)
}

/// The order is to be erased: that asks for this job anew.
async fn erase(ctx: &JobContext, id: InvitationId) -> JobResult {
    ctx.db.write(move |conn| test_orders::erase_at_provider(conn, &id)).await?;
    Ok(Next::Done)
}

/// When to ask again. Once the link has run out, `afterwards` apart, and for so long only; a callback is
/// heard even then.
fn again(invitation: &Invitation, how_long: Duration, afterwards: Duration) -> Option<Duration> {
    let now = Timestamp::now();
    match () {
        () if now < invitation.expires_at => Some(POLL),
        () if now < invitation.expires_at.plus(how_long) => Some(afterwards),
        () => None,
    }
}

/// Tells the provider of another time for tasks than was ordered.
async fn order_again(
    ctx: &JobContext,
    provider: &dyn Provider,
    order: &TestOrder,
    invitation: &Invitation,
) -> Result<(), JobError> {
    if order.time_percent == invitation.time_percent {
        return Ok(());
    }
    let (id, candidate) = (invitation.id, invitation.candidate_id);
    let asked = ctx.db.read(move |conn| {
        Ok((candidates::candidate(conn, &candidate)?, invitations::mail_state(conn, &id)?.language))
    });
    let (candidate, language) = asked.await?;
    provider.invite(&test_orders::order(invitation, &candidate.name, &language)).await?;
    let (id, percent) = (order.reference, invitation.time_percent);
    ctx.db.write(move |conn| test_orders::ordered(conn, &id, percent)).await?;
    Ok(())
}
