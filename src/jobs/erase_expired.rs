//! Erases what is older than companies keep it.

use super::JobContext;
use crate::invitations::erasure;
use crate::time::Timestamp;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the worker looks.
const EVERY: Duration = Duration::from_secs(3600);

/// Sweeps at start and then every hour, until told to stop. Several instances may do so at once: who
/// is erased is not there for the other.
pub(in crate::jobs) async fn keep_sweeping(ctx: JobContext, stop: CancellationToken) {
    while !stop.is_cancelled() {
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

/// Drops the old versions of erased rows from the database's files.
pub(in crate::jobs) async fn forget_pages(ctx: &JobContext) {
    if let Err(failure) = ctx.db.forget_old_pages().await {
        tracing::warn!(%failure, "erased rows stay in the write-ahead log until the next checkpoint");
    }
}
