//! Erases what is older than companies keep it, and what nobody needs any more: deliveries that nobody vouched for,
//! sessions that are over, answers of calls that may come again, texts of consent that no kept test names.

use super::JobContext;
use crate::api_tokens::idempotency;
use crate::audit::{self, counted};
use crate::checkpoints;
use crate::events::hourly;
use crate::integrations::signing::ring;
use crate::invitations::erasure;
use crate::people;
use crate::test_sessions::agreements;
use crate::time::Timestamp;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How often the worker looks.
const EVERY: Duration = Duration::from_secs(3600);

/// How often the ends of the audit logs are told.
const A_DAY: Duration = Duration::from_secs(86_400);

/// Sweeps at start and then every hour, until told to stop. Several instances may do so at once: who
/// is erased is not there for the other.
pub(in crate::jobs) async fn keep_sweeping(ctx: JobContext, stop: CancellationToken) {
    tell_heads(&ctx).await;
    let mut told = Instant::now();
    while !stop.is_cancelled() {
        if told.elapsed() >= A_DAY {
            tell_heads(&ctx).await;
            told = Instant::now();
        }
        sweep_leftovers(&ctx).await;
        plan_checkpoints(&ctx).await;
        sum_up_counts(&ctx).await;
        match ctx.db.write(|conn| erasure::sweep(conn, Timestamp::now())).await {
            Ok(0) => {}
            Ok(_) => {
                forget_pages(&ctx).await;
                continue;
            }
            Err(failure) => {
                tracing::error!(%failure, "what is past the retention period could not be erased")
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Sees to it that the audit log of each company is signed every day.
async fn plan_checkpoints(ctx: &JobContext) {
    let planned = match ctx.db.read(checkpoints::unplanned).await {
        Ok(missing) if missing.is_empty() => return,
        Ok(missing) => ctx.db.write(move |conn| checkpoints::plan(conn, missing)).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = planned {
        tracing::error!(%failure, "checkpoints of the audit logs could not be asked for");
    }
}

/// Says in the server's log where each audit log ends: a witness that a thief of the database does not have.
async fn tell_heads(ctx: &JobContext) {
    match ctx.db.read(audit::heads).await {
        Ok(heads) => {
            for (company, rows, hash) in heads {
                tracing::info!(%company, rows, hash, "the audit log ends here");
            }
        }
        Err(failure) => tracing::warn!(%failure, "where the audit logs end could not be told"),
    }
    match ctx.db.read(audit::compare_companies).await {
        Ok(audit::Companies::AllThere) => {}
        Ok(companies) => audit::tell_missing(companies),
        Err(failure) => tracing::warn!(%failure, "whether a company is missing could not be told"),
    }
}

/// Removes deliveries that nobody vouched for in two weeks, sessions that are over, answered questions to passkeys, answers to calls that are a day old, and
/// texts that no kept test names.
async fn sweep_leftovers(ctx: &JobContext) {
    loop {
        let swept = ctx
            .db
            .write(|conn| {
                let now = Timestamp::now();
                let rows = ring::age_out(conn, now)? + people::sweep_sessions(conn, now)?;
                let rows = rows + idempotency::age_out(conn, now)?;
                let rows = rows + people::passkeys::sweep_challenges(conn, now)?;
                Ok(rows + counted::sum_up(conn, now)? + agreements::age_out(conn, now)?)
            })
            .await;
        match swept {
            Ok(0) => return,
            Ok(count) => tracing::debug!(count, "old rows were removed"),
            Err(failure) => {
                tracing::error!(%failure, "old rows could not be removed");
                return;
            }
        }
    }
}

/// Sums up the counts of events of hours that have ended.
async fn sum_up_counts(ctx: &JobContext) {
    loop {
        match ctx.db.write(|conn| hourly::sum_up(conn, Timestamp::now())).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(failure) => {
                tracing::warn!(%failure, "counts of events could not be summed up");
                return;
            }
        }
    }
}

/// Drops the old versions of erased rows from the database's files.
pub(in crate::jobs) async fn forget_pages(ctx: &JobContext) {
    if let Err(failure) = ctx.db.forget_old_pages().await {
        tracing::warn!(%failure, "erased rows stay in the write-ahead log until the next checkpoint");
    }
}
