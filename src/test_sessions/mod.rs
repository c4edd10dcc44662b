//! Candidates taking the tests: the door that a link opens, each answer kept in its transaction,
//! the result, and what follows from it.
//!
//! The integration knows the tests as a [`assessment::Provider`] only: the portal's own are one
//! ([`own`]), and what comes of an outside provider's arrives in the same place ([`arrive`]).
//!
//! The tests themselves are in [`assessment`], which keeps nothing.

pub(crate) mod access;
pub mod agreements;
pub mod answers;
pub mod builtin_provider;
pub mod completion;
pub mod download;
pub(crate) mod engine;
pub mod groups;
mod kept_results;
pub mod more_time;
mod open_session;
pub mod results;
pub mod retake;
pub mod reuse;
pub mod reviews;
pub(crate) mod steps;
pub mod store;
pub mod verification;

pub use access::{AccessRefused, CandidateAccess, enter, peek};
pub use completion::withdraw;
pub use engine::{AnswersError, TestEngine};
pub use kept_results::seal_older;
pub use open_session::{Away, CurrentStep, Finished};
pub use steps::{
    Shown, begin, comment, is_begun, look, now, practise_again, practise_on, start_clock, statements, task,
};

use crate::db::DbError;
use assessment::session::RunError;

/// What became of something that a candidate says or asks beside the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is kept, for the company to see.
    Kept,
    /// Nothing is kept: the tests are not done.
    TooEarly,
    /// Nothing is kept: it was answered before, or the time for it is over.
    TooLate,
}

/// Why a step of a candidate did not happen.
#[derive(Debug, thiserror::Error)]
pub enum TestSessionError {
    /// The link does not lead into the tests.
    #[error("the link is shut")]
    AccessRefused(Box<AccessRefused>),
    /// The candidate has not agreed yet, or has withdrawn.
    #[error("there are no tests under way")]
    NotBegun,
    /// No page of ours can have sent this.
    #[error(transparent)]
    Impossible(#[from] RunError),
    /// What was kept cannot be read.
    #[error(transparent)]
    Answers(#[from] AnswersError),
    /// The database refused.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for TestSessionError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Db(cause.into())
    }
}
