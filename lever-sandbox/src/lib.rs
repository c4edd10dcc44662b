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
//!
//! # Rooms
//!
//! From top to bottom; each knows only rooms below it.
//!
//! - `compare`: compares how the sandbox answers with how a Lever account does.
//! - `server`: starts everything and stops it.
//! - `control`: the control API, `/sandbox`.
//! - `oauth`: the OAuth server, `/authorize` and `/oauth`.
//! - `pages`: the pages that people use.
//! - `api`: the endpoints of `/v1`, and their OpenAPI document.
//! - `views`: what things look like on the wire.
//! - `watch`: around every call: its log, the faults on order, redirects.
//! - `call`: what a call is made of: who calls, bodies, parameters, pages of lists, errors.
//! - `sandbox`: one running sandbox, with everything that the rooms above work with.
//! - `delivery`: sends events to webhooks, and tries again.
//! - `mail`: the SMTP server and its inbox.
//! - `state`: the account's data, and everything that can be done to it.
//! - `requests`: the log of calls.
//! - `faults`: what goes wrong on order.
//! - `options`: how a sandbox is set up.
//! - `switches`: what of Lever differs from account to account.
//! - `ratelimit`: how often a key may call.
//! - `clock`: the sandbox's own time.
//! - `draw`: ids and codes from the seed.

mod api;
mod call;
mod clock;
pub mod compare;
mod control;
mod delivery;
mod draw;
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
mod switches;
mod views;
mod watch;

pub use options::{Client, Options, TokenMode};
pub use ratelimit::RateLimit;
pub use server::{Running, StartError, start};
pub use switches::{BadSwitch, Redirect, Switches};
