//! What a job is: a type that says what identifies the work, when it may run, how it is tried again, and what it
//! does. `super::registry` lists all of them; `super::runner` runs them.

use super::JobContext;
use super::backoff::{ATTEMPTS, wait_before};
use super::event::fetch::Unavailable;
use super::failure::describe;
use crate::db::{Conn, DbError, DbResult};
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::CallError;
use crate::job_queue::{JobErrorCode, JobKind, JobRow};
use crate::reasons::Reason;
use crate::time::Timestamp;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Background work. The type's fields are the row's payload: what identifies the work.
pub(in crate::jobs) trait Job: DeserializeOwned + Send + Sync + 'static {
    /// Its name.
    const KIND: JobKind;
    /// What it needs of its integration. Without that it waits.
    const NEEDS: Needs;
    /// There is one row for each of these: asking twice is asking once.
    const ONE_PER: &'static str;
    /// What asks for it, or when it comes by itself.
    const TRIGGER: &'static str;
    /// Whether it goes before the integration's events, of which there may be many.
    const BEFORE_EVENTS: bool = false;
    /// How it is tried again.
    const RETRY: Retry = Retry::GROWING;

    /// Does the work, or the next small piece of it.
    fn run(&self, ctx: &JobContext, row: &JobRow) -> impl Future<Output = JobResult> + Send;

    /// It was given up: writes down what that means, in the transaction that ends it. Answers when it comes again by
    /// itself; none: it stays as failed.
    ///
    /// # Errors
    /// When the database refuses.
    fn gave_up(&self, conn: &mut Conn, row: &JobRow, why: &Reason) -> DbResult<Option<Timestamp>> {
        let _ = (conn, row, why);
        Ok(None)
    }
}

/// What a job needs of its integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::jobs) enum Needs {
    /// Nothing.
    Nothing,
    /// That it is not disconnected.
    Connected,
    /// That it is active.
    Active,
}

/// How a job is tried again.
#[derive(Debug, Clone, Copy)]
pub(in crate::jobs) enum Retry {
    /// After waits that double up to an hour. `most`: it is given up after so many attempts.
    Growing { most: Option<i32> },
    /// After these waits, in seconds; then it is given up.
    After(&'static [u64]),
}

impl Retry {
    /// As events are: about half a day.
    pub const GROWING: Self = Self::Growing { most: Some(ATTEMPTS) };

    /// How long to wait after so many attempts that failed; none: no more.
    pub fn wait(self, attempts: i32) -> Option<Duration> {
        match self {
            Self::Growing { most } if most.is_some_and(|most| attempts >= most) => None,
            Self::Growing { .. } => Some(wait_before(attempts.min(ATTEMPTS))),
            Self::After(waits) => {
                let nth = usize::try_from(attempts - 1).ok()?;
                waits.get(nth).map(|wait| Duration::from_secs(*wait))
            }
        }
    }
}

/// What comes after a run that went well.
pub(in crate::jobs) enum Next {
    /// Nothing: the row goes.
    Done,
    /// It runs again then.
    At(Timestamp),
}

impl Next {
    /// There is more of it; others have their turn first.
    pub fn more() -> Self {
        Self::At(Timestamp::now())
    }

    /// It runs again after this time.
    pub fn after(wait: Duration) -> Self {
        Self::At(Timestamp::now().plus(wait))
    }
}

/// How a run went.
pub(in crate::jobs) type JobResult = Result<Next, JobError>;

/// Why a run failed, and what happens next. Only the runner knows waits and limits.
pub(in crate::jobs) enum JobError {
    /// It may work later.
    Retry { code: JobErrorCode, why: Box<Reason>, after: Option<Duration> },
    /// It will not work.
    Fail { code: JobErrorCode, why: Box<Reason> },
    /// The integration was disconnected on the way: no fault of the job's.
    NoAccess,
    /// The database is out of reach: no fault of the job's.
    Outage(DbError),
}

impl JobError {
    /// It may work later.
    pub fn retry(code: JobErrorCode, why: Reason) -> Self {
        Self::Retry { code, why: why.into(), after: None }
    }

    /// It may work later, but not before this time is over.
    pub fn retry_after(code: JobErrorCode, why: Reason, after: Duration) -> Self {
        Self::Retry { code, why: why.into(), after: Some(after) }
    }

    /// It will not work.
    pub fn fail(code: JobErrorCode, why: Reason) -> Self {
        Self::Fail { code, why: why.into() }
    }
}

impl From<DbError> for JobError {
    fn from(failure: DbError) -> Self {
        if failure.is_outage() {
            return Self::Outage(failure);
        }
        Self::retry(JobErrorCode::DatabaseRefused, describe(&failure))
    }
}

impl From<CallError> for JobError {
    fn from(cause: CallError) -> Self {
        let why = Reason::from(&cause);
        match Unavailable::from(cause) {
            Unavailable::Later { after, .. } => {
                Self::Retry { code: JobErrorCode::Lever, why: why.into(), after }
            }
            Unavailable::NoAccess(_) => Self::NoAccess,
            Unavailable::Hidden | Unavailable::Unknown | Unavailable::Refused(_) | Unavailable::Never(_) => {
                Self::fail(JobErrorCode::Lever, why)
            }
        }
    }
}

/// The integration that a job is about.
///
/// # Errors
/// When the row names none.
pub(in crate::jobs) fn integration_of(row: &JobRow) -> Result<IntegrationId, JobError> {
    row.integration_id
        .ok_or_else(|| JobError::fail(JobErrorCode::UnreadablePayload, Reason::JobWithoutIntegration))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_waits_ends_and_growing_waits_end_after_the_most_attempts() {
        let listed = Retry::After(&[5, 300]);
        assert_eq!(listed.wait(1), Some(Duration::from_secs(5)));
        assert_eq!(listed.wait(2), Some(Duration::from_secs(300)));
        assert_eq!(listed.wait(3), None);
        assert!(Retry::GROWING.wait(ATTEMPTS - 1).is_some());
        assert_eq!(Retry::GROWING.wait(ATTEMPTS), None);
        assert!(Retry::Growing { most: None }.wait(10 * ATTEMPTS).is_some(), "never given up");
    }
}
