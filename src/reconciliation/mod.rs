//! Reconciliation: Lever's own list against what was received, so that a lost webhook becomes an
//! invitation all the same.
//!
//! A run reads four lists, page by page: who is in a trigger stage, who carries the candidate tag, what
//! changed since the run before, and what was deleted since. What should have caused something and did not becomes an
//! event of its own, worked like any other: in order, asked of Lever again, and never twice. A run
//! keeps its place after every page, so it goes on after a failure, a restart or a disconnection.
//!
//! Who entered the trigger stage before it was chosen is left alone unless the person who chose it was
//! shown them (see [`crate::integrations::schedule::watch`]); everyone who entered it since is invited, also
//! those who did while the account was disconnected. Nobody is who entered it longer ago than the company keeps
//! data: they may have been invited then and erased since.

pub mod find;
pub mod missed;
pub mod report;

pub use crate::integrations::schedule::runs::{
    PageRead, Run, RunCause, RunStep, advance, by_id, current, finish, is_retried, last, last_ended,
    next_planned, next_time, request_run,
};
