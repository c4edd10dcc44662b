//! Typed calls to Lever's API.
//!
//! A [`Client`] stands for one Lever account: its address and its rate limit. [`Client::with_token`]
//! or [`Client::with_api_key`] makes an [`Api`], which carries the credentials and the user to act as,
//! and collects, call by call, what was asked and answered in its [`Trace`] — in success and in
//! failure alike.
//!
//! Reads are tried a few times by themselves ([`Client::read_retries`]). Writes are tried once: a
//! caller that gets an error with [`maybe_done`](crate::Error::maybe_done) looks before it writes again.
//! Redirects within Lever's own domains are followed, method, body and credentials kept.

mod api;
mod create;
mod filter;
mod limit;
mod pages;
mod reads;
mod request;
mod trace;
mod webhooks;
mod writes;

pub use api::{Api, Client, Observer};
pub use create::{Created, NewOpportunity};
pub use filter::{Expand, OpportunityFilter, TimeRange};
pub use limit::RateLimit;
pub use pages::{Page, Pages};
pub use trace::{CallRecord, Skipped, Trace};
pub use writes::{NewNote, Upload};

#[cfg(test)]
mod tests;
