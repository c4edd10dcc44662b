//! The event log and the queue: every delivery from Lever, what became of it, and what it caused.

pub mod dedupe;
pub mod evidence;
pub mod export;
pub mod health;
pub mod hourly;
mod kinds;
pub mod masked;
pub mod pretty;
pub mod queue;
pub mod replay;
pub mod select;
mod stand_in;
pub mod steps;
pub mod store;
pub mod view;

pub use kinds::{EventKind, Outcome, State, StepKind, StepStatus};
pub use stand_in::{body_for, processed_as};
pub use steps::{Exchange, NewStep, Step};
pub use store::Event;
