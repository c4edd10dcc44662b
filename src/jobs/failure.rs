//! What keeps one piece of work from stopping the others: a panic and a statement that the database refuses are
//! told apart from a database that is out of reach.

use crate::db::DbError;
use crate::reasons::Reason;
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;

/// The longest reason that is kept, in characters: some databases repeat the whole statement.
const LONGEST: usize = 500;

/// How a piece of work went.
pub(in crate::jobs) enum Attempt {
    /// It came to an end; whatever that is, the work wrote it down.
    Ended,
    /// It failed in a way that is its own, so it counts as an attempt of it.
    Failed(Reason),
}

/// Runs `work`.
///
/// # Errors
/// When the database is out of reach, which is no fault of the work's.
pub(in crate::jobs) async fn guarded(
    work: impl Future<Output = Result<(), DbError>>,
) -> Result<Attempt, DbError> {
    // Nothing that a panic may leave half-changed is used again: a transaction is undone, and the rest is local.
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(())) => Ok(Attempt::Ended),
        Ok(Err(failure)) if failure.is_outage() => Err(failure),
        Ok(Err(failure)) => Ok(Attempt::Failed(describe(&failure))),
        Err(panic) => Ok(Attempt::Failed(panicked(&*panic))),
    }
}

/// Why the database refused, fit to be kept: PostgreSQL takes no NUL, not even in a reason.
pub(in crate::jobs) fn describe(failure: &DbError) -> Reason {
    Reason::Technical { detail: bounded(&failure.to_string()) }
}

/// What a panic said.
pub(in crate::jobs) fn panicked(panic: &(dyn std::any::Any + Send)) -> Reason {
    let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    Reason::InternalError { detail: bounded(said.unwrap_or("no message")) }
}

/// The beginning of a text, without the characters that a database may refuse.
fn bounded(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(LONGEST).collect()
}
