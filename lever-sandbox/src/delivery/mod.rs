//! Webhook deliveries: what happened is posted, signed, to everyone who listens, and
//! tried again until it is taken (Lever's wire notes §6).
//!
//! Each webhook has a lane: first attempts to it are made one after the other, in the
//! order of the events, while other webhooks are served at the same time. What fails
//! leaves the lane and is retried on its own, by the sandbox's clock.

mod deliverer;
mod envelope;
mod lane;
mod log;
mod options;
mod send;
mod signature;

pub use deliverer::Deliverer;
pub use log::{Attempt, Delivery, DeliveryState};
pub use options::DeliveryOptions;
