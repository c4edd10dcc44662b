//! Asks an outside provider about its orders: when a callback hinted that something has changed, and from
//! time to time in case a callback was lost. Orders of erased people are erased there.

use super::JobContext;
use crate::db::DbError;
use crate::invitations::store as invitations;
use crate::invitations::test_orders;
use crate::invitations::test_orders::{POLL, State as OrderState, TestOrder};
use crate::invitations::{Invitation, InvitationState, candidates};
use crate::jobs::event::wait_before;
use crate::test_sessions::completion;
use crate::time::Timestamp;
use assessment::provider::{Provider, ProviderError, Reference, State};
use futures_util::StreamExt as _;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the worker looks for orders that are due.
const GLANCE: Duration = Duration::from_secs(1);

/// Longer than the calls for one order take. Another worker leaves the order alone meanwhile.
const CLAIM: Duration = Duration::from_secs(120);

/// Orders that are taken at a time, and asked about at the same time.
const BATCH: i64 = 32;
const AT_ONCE: usize = 4;

/// Who had not begun when the link ran out is asked after for this long: clocks differ, and callbacks are late.
const NOT_BEGUN: Duration = Duration::from_secs(86_400);

/// Who had begun may finish later. Asked after once an hour for this long, then no more.
const BEGUN: Duration = Duration::from_secs(90 * 86_400);
const SELDOM: Duration = Duration::from_secs(3_600);

/// What is to be done about an order after its turn.
enum Next {
    /// Ask again after this time.
    Later(Duration),
    /// Nothing more is to come.
    Close,
    /// The provider is to erase it.
    Erase,
    /// It is erased.
    Gone,
}

/// Asks until told to stop. Without an outside provider there is nothing to do.
pub(in crate::jobs) async fn keep_asking(ctx: JobContext, stop: CancellationToken) {
    let Some(provider) = ctx.providers.outside.clone() else { return };
    while !stop.is_cancelled() {
        let due = async {
            let now = Timestamp::now();
            ctx.db.write(test_orders::tidy).await?;
            ctx.db.read(move |conn| test_orders::due_orders(conn, now, BATCH)).await
        };
        let due = due.await.unwrap_or_else(|failure: DbError| {
            tracing::error!(%failure, "the worker could not look for orders of tests");
            Vec::new()
        });
        let is_more = !due.is_empty();
        futures_util::stream::iter(due)
            .take_while(|_| std::future::ready(!stop.is_cancelled()))
            .for_each_concurrent(AT_ONCE, |order| {
                let (ctx, provider) = (&ctx, provider.as_ref());
                async move {
                    let reference = order.reference;
                    if let Err(failure) = one(ctx, provider, order).await {
                        tracing::error!(%failure, %reference, "an order of tests could not be worked");
                    }
                }
            })
            .await;
        if is_more {
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(GLANCE) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn one(ctx: &JobContext, provider: &dyn Provider, order: TestOrder) -> Result<(), DbError> {
    let until = Timestamp::now().plus(CLAIM);
    let claimed = order.clone();
    if !ctx.db.write(move |conn| test_orders::claim(conn, &claimed, until)).await? {
        return Ok(());
    }
    let id = order.reference;
    let (next, attempts) = match ask(ctx, provider, &order).await? {
        Ok(next) => (next, 0),
        Err(failure) => {
            tracing::warn!(%failure, reference = %order.reference, "the provider of tests could not be asked");
            let attempts = order.attempts.saturating_add(1);
            (Next::Later(wait_before(attempts.min(crate::jobs::event::ATTEMPTS))), attempts)
        }
    };
    ctx.db
        .write(move |conn| match next {
            Next::Later(wait) => test_orders::later(conn, &id, until, Timestamp::now().plus(wait), attempts),
            Next::Close => test_orders::close(conn, &id, until),
            Next::Erase => test_orders::erase_at_provider(conn, &id),
            Next::Gone => test_orders::mark_gone(conn, &id),
        })
        .await
}

async fn ask(
    ctx: &JobContext,
    provider: &dyn Provider,
    order: &TestOrder,
) -> Result<Result<Next, ProviderError>, DbError> {
    let reference = Reference(order.reference.to_string());
    if order.state == OrderState::Erasing {
        return Ok(provider.erase(&reference).await.map(|()| Next::Gone));
    }
    let id = order.reference;
    let Some(invitation) = ctx.db.read(move |conn| invitations::invitation(conn, &id)).await? else {
        return Ok(Ok(Next::Erase));
    };
    match invitation.state {
        InvitationState::Cancelled | InvitationState::Failed => return Ok(Ok(Next::Erase)),
        // The mail places the order, and tries again by itself.
        InvitationState::Pending if invitation.sent_at.is_none() => return Ok(Ok(Next::Later(POLL))),
        _ => {}
    }
    if let Err(failure) = order_again(ctx, provider, order, &invitation).await? {
        return Ok(or_give_up(failure, &invitation));
    }
    let progress = match provider.progress(&reference).await {
        Ok(progress) => progress,
        Err(ProviderError::Unknown) => {
            tracing::warn!(reference = reference.0, "the provider of tests does not know an order any more");
            return Ok(Ok(Next::Close));
        }
        Err(other) => return Ok(or_give_up(other, &invitation)),
    };
    let id = order.reference;
    match progress.state {
        State::Completed => match provider.result(&reference).await {
            Ok(Some(result)) => {
                let sealer = ctx.sealer.clone();
                ctx.db.write(move |conn| completion::completed(conn, &sealer, &id, &result)).await?;
                Ok(Ok(Next::Close))
            }
            Ok(None) => {
                let failure = ProviderError::Unavailable("the result is not there yet".into());
                Ok(or_give_up(failure, &invitation))
            }
            Err(other) => Ok(or_give_up(other, &invitation)),
        },
        State::Withdrawn => {
            ctx.db.write(move |conn| completion::withdrawn(conn, &id)).await?;
            Ok(Ok(Next::Close))
        }
        State::Expired => Ok(Ok(Next::Close)),
        State::Started => {
            ctx.db.write(move |conn| completion::started(conn, &id)).await?;
            Ok(Ok(again(&invitation, BEGUN, SELDOM)))
        }
        State::Invited => Ok(Ok(again(&invitation, NOT_BEGUN, POLL))),
    }
}

/// When to ask again. Once the link has run out, `afterwards` apart, and for so long only; a callback is
/// heard even then.
fn again(invitation: &Invitation, how_long: Duration, afterwards: Duration) -> Next {
    let now = Timestamp::now();
    match () {
        () if now < invitation.expires_at => Next::Later(POLL),
        () if now < invitation.expires_at.plus(how_long) => Next::Later(afterwards),
        () => Next::Close,
    }
}

/// A call that failed is tried again, but nothing is for ever.
fn or_give_up(failure: ProviderError, invitation: &Invitation) -> Result<Next, ProviderError> {
    if Timestamp::now() < invitation.expires_at.plus(BEGUN) {
        return Err(failure);
    }
    tracing::warn!(%failure, reference = %invitation.id, "an order of tests is given up");
    Ok(Next::Close)
}

/// Tells the provider of another time for tasks than was ordered.
async fn order_again(
    ctx: &JobContext,
    provider: &dyn Provider,
    order: &TestOrder,
    invitation: &Invitation,
) -> Result<Result<(), ProviderError>, DbError> {
    if order.time_percent == invitation.time_percent {
        return Ok(Ok(()));
    }
    let (id, candidate) = (invitation.id, invitation.candidate_id);
    let asked = ctx.db.read(move |conn| {
        Ok((candidates::candidate(conn, &candidate)?, invitations::mail_state(conn, &id)?.language))
    });
    let (candidate, language) = asked.await?;
    if let Err(failure) = provider.invite(&test_orders::order(invitation, &candidate.name, &language)).await {
        return Ok(Err(failure));
    }
    let (id, percent) = (order.reference, invitation.time_percent);
    ctx.db.write(move |conn| test_orders::ordered(conn, &id, percent)).await?;
    Ok(Ok(()))
}
