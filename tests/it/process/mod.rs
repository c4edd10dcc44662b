//! The program itself, as people and supervisors start and stop it.

mod authority;
mod away;
mod backup;
mod check;
mod frozen;
mod held;
mod keys;
mod ops;
pub mod place;
mod pooler;
mod refusals;
mod start;
pub mod survival;
