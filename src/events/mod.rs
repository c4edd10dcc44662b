//! The event log and the queue: every delivery from Lever, what became of it, and what it caused.

pub mod export;
pub mod health;
mod kinds;
pub mod pretty;
pub mod queue;
pub mod replay;
pub mod select;
pub mod steps;
pub mod store;
pub mod view;

pub use kinds::{KNOWN, State, StepStatus, label, title, verdict};
pub use steps::{Exchange, NewStep, Step};
pub use store::Event;
