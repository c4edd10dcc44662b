//! A stand-in for the applicant tracking system Lever, on your own machine: its OAuth
//! server, its API `/v1`, its webhooks and enough of its pages to click through.
//!
//! ```no_run
//! # async fn example() -> Result<(), lever_sandbox::StartError> {
//! let lever = lever_sandbox::start(lever_sandbox::Options::default()).await?;
//! println!("{} as {} / {}", lever.url, lever.admin_email, lever.admin_password);
//! lever.stop().await;
//! # Ok(())
//! # }
//! ```

mod api;
mod clock;
pub mod compare;
mod control;
mod delivery;
mod faults;
mod mail;
mod oauth;
mod options;
mod pages;
mod ratelimit;
mod requests;
mod sandbox;
mod server;
mod state;

pub use options::{Client, Options, RateLimit, TokenMode};
pub use server::{Running, StartError, start};

pub(crate) use sandbox::{Sandbox, Shared};
