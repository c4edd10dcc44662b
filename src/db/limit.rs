//! How long a read may take. A page that somebody waits for has a limit, so that a few searches through millions of rows
//! do not keep the connections from everybody else; jobs and commands have none.

use super::{Conn, DbError};
use diesel::connection::SimpleConnection as _;
use std::time::Duration;

tokio::task_local! {
    /// The limit of what this task reads.
    static LIMIT: Option<Duration>;
}

/// Runs `work`, whose reads end after `limit`: on SQLite all of one [`super::Db::read`], on PostgreSQL each statement.
/// What ends so is told by [`DbError::is_too_slow`].
pub async fn within<F: Future>(limit: Duration, work: F) -> F::Output {
    LIMIT.scope(Some(limit), work).await
}

/// Runs `work`, whose reads may take as long as they do: people asked for a walk through everything.
pub async fn without<F: Future>(work: F) -> F::Output {
    LIMIT.scope(None, work).await
}

/// The limit that is set around the present task.
pub(super) fn of_this_task() -> Option<Duration> {
    LIMIT.try_with(|limit| *limit).ok().flatten()
}

/// Runs `work` on an SQLite file within `limit`.
pub(super) fn on_file<T>(limit: Option<Duration>, work: impl FnOnce() -> T) -> T {
    match limit {
        Some(limit) => sqlite_time_limit::within(limit, work),
        None => work(),
    }
}

/// Sets the limit for the transaction of `conn`, on a PostgreSQL server.
///
/// # Errors
/// When the server refuses.
pub(super) fn on_server(conn: &mut Conn, limit: Duration) -> Result<(), DbError> {
    let milliseconds = limit.as_millis().max(1);
    Ok(conn.batch_execute(&format!("SET LOCAL statement_timeout = {milliseconds}"))?)
}
