//! The event log and the queue: every delivery from Lever, what became of it, and what it caused.

mod kinds;
pub mod queue;
pub mod replay;
pub mod steps;
pub mod store;
pub mod view;

pub use kinds::{State, StepStatus, label};
pub use steps::{Exchange, NewStep, Step};
pub use store::Event;
