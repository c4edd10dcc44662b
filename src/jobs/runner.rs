//! Runs jobs: takes one, runs it, and writes down what comes next. A job that fails, be it by a panic, counts as an
//! attempt of its own and stops no other.

use super::JobContext;
use super::failure::panicked;
use super::job::{JobError, Next};
use super::registry;
use crate::db::{Conn, DbError};
use crate::ids::IntegrationId;
use crate::job_queue::{self, Claim, JobErrorCode, JobKind};
use crate::reasons::Reason;
use crate::time::Timestamp;
use futures_util::{FutureExt as _, StreamExt as _};
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often jobs are looked for that need no integration.
const GLANCE: Duration = Duration::from_secs(1);

/// Longer than such a job takes. Another process leaves it alone meanwhile.
const HELD: Duration = Duration::from_secs(120);

/// So many of them are taken at a time, and run at the same time.
const BATCH: i64 = 32;
const AT_ONCE: usize = 4;

/// When a job is tried again whose integration was disconnected on the way; until it is back, it is not taken.
const WITHOUT_ACCESS: Duration = Duration::from_secs(60);

/// Runs the job of an integration that has been due longest. `false`: there is none.
///
/// # Errors
/// When the database is out of reach.
pub(in crate::jobs) async fn run_next(
    ctx: &JobContext,
    integration: IntegrationId,
    before_events: bool,
) -> Result<bool, DbError> {
    let next = ctx.db.read(move |conn| registry::next(conn, &integration, before_events)).await?;
    let Some(row) = next else { return Ok(false) };
    // Whoever has the integration's lease has its jobs: one that runs still was left by a process that ended.
    if let Some(claim) = ctx.db.write(move |conn| job_queue::claim(conn, row, None)).await? {
        run_claimed(ctx, claim).await?;
    }
    Ok(true)
}

/// Runs jobs that need no integration, until told to stop.
pub(in crate::jobs) async fn keep_running_unbound(ctx: JobContext, stop: CancellationToken) {
    // What is asked of an outside provider of tests waits while there is none.
    let without = ctx.providers.outside.is_none().then_some(JobKind::PollTestOrder);
    while !stop.is_cancelled() {
        let due =
            ctx.db.read(move |conn| job_queue::unbound_due(conn, Timestamp::now(), BATCH, without)).await;
        let due = due.unwrap_or_else(|failure| {
            tracing::error!(%failure, "background work could not be looked for");
            Vec::new()
        });
        let is_more = !due.is_empty();
        let failures = futures_util::stream::iter(due)
            .take_while(|_| std::future::ready(!stop.is_cancelled()))
            .map(|row| {
                let ctx = &ctx;
                async move {
                    let until = Timestamp::now().plus(HELD);
                    match ctx.db.write(move |conn| job_queue::claim(conn, row, Some(until))).await? {
                        Some(claim) => run_claimed(ctx, claim).await,
                        None => Ok(()),
                    }
                }
            })
            .buffer_unordered(AT_ONCE)
            .filter_map(|outcome| std::future::ready(outcome.err()))
            .collect::<Vec<_>>()
            .await;
        for failure in &failures {
            tracing::error!(%failure, "background work was broken off");
        }
        if is_more && failures.is_empty() {
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(GLANCE) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn run_claimed(ctx: &JobContext, claim: Claim) -> Result<(), DbError> {
    let Some(entry) = registry::of_kind(&claim.row.kind) else {
        let fail = move |conn: &mut Conn| {
            job_queue::fail(conn, &claim, JobErrorCode::UnknownKind, &Reason::JobUnknown)
        };
        return ctx.db.write(fail).await;
    };
    // Nothing that a panic may leave half-changed is used again: a transaction is undone, and the rest is local.
    let outcome = match AssertUnwindSafe((entry.run)(ctx, &claim.row)).catch_unwind().await {
        Ok(outcome) => outcome,
        Err(panic) => Err(JobError::retry(JobErrorCode::Internal, panicked(&*panic))),
    };
    let attempts = claim.row.attempts.saturating_add(1);
    let (code, why, again) = match outcome {
        Ok(Next::Done) => return ctx.db.write(move |conn| job_queue::done(conn, &claim)).await,
        Ok(Next::At(at)) => return ctx.db.write(move |conn| job_queue::again(conn, &claim, at)).await,
        Err(JobError::Outage(failure)) => return Err(failure),
        Err(JobError::NoAccess) => {
            let at = Timestamp::now().plus(WITHOUT_ACCESS);
            return ctx.db.write(move |conn| job_queue::again(conn, &claim, at)).await;
        }
        Err(JobError::Fail { code, why }) => (code, *why, None),
        Err(JobError::Retry { code, why, after }) => {
            let wait = entry.retry.wait(attempts).map(|wait| wait.max(after.unwrap_or_default()));
            (code, *why, wait.map(|wait| Timestamp::now().plus(wait)))
        }
    };
    let (kind, integration) =
        (claim.row.kind.as_str(), claim.row.integration_id.as_ref().map(ToString::to_string));
    if let Some(at) = again {
        tracing::warn!(kind, integration, attempts, %why, "background work will be retried");
        return ctx.db.write(move |conn| job_queue::retry_at(conn, &claim, attempts, at, code, &why)).await;
    }
    tracing::error!(kind, integration, attempts, code = %code, %why, "background work was given up");
    give_up(ctx, entry, claim, code, why).await
}

/// Ends a job that will not work, with what that means for it. Where that cannot be written down either, it is ended
/// all the same.
async fn give_up(
    ctx: &JobContext,
    entry: &'static registry::Entry,
    claim: Claim,
    code: JobErrorCode,
    why: Reason,
) -> Result<(), DbError> {
    let (ended, reason) = (claim.clone(), why.clone());
    let ending = ctx.db.write(move |conn| match (entry.gave_up)(conn, &ended.row, &reason)? {
        Some(at) => job_queue::retry_at(conn, &ended, 0, at, code, &reason),
        None => job_queue::fail(conn, &ended, code, &reason),
    });
    match AssertUnwindSafe(ending).catch_unwind().await {
        Ok(Err(failure)) if !failure.is_outage() => {
            tracing::error!(%failure, kind = claim.row.kind, "the end of background work could not be written down");
        }
        Err(panic) => {
            let why = panicked(&*panic);
            tracing::error!(
                %why,
                kind = claim.row.kind,
                "the end of background work could not be written down"
            );
        }
        Ok(ended) => return ended,
    }
    ctx.db.write(move |conn| job_queue::fail(conn, &claim, code, &why)).await
}
