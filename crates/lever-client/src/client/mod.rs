//! Typed calls to Lever's API.
//!
//! A [`Client`] stands for one Lever account: its address and its rate limit. [`Client::with_token`]
//! makes an [`Api`], which carries the access token and collects, call by call, what was asked and
//! answered in its [`Trace`] — in success and in failure alike.
//!
//! Reads are tried a few times by themselves ([`Client::read_retries`]). Writes are tried once: a
//! caller that gets [`Error::TryAgain`](crate::Error::TryAgain) with `maybe_done` looks before it
//! writes again.

use reqwest::Url;
use secrecy::SecretString;
use std::time::Duration;

mod filter;
mod limit;
mod pages;
mod reads;
mod request;
mod trace;
mod webhooks;
mod writes;

pub use filter::{Expand, OpportunityFilter, TimeRange};
pub use limit::RateLimit;
pub use pages::{Page, Pages};
pub use trace::{CallRecord, Trace};
pub use writes::{NewNote, Upload};

/// Hears of each call and how long it took, for metrics.
pub type Observer = fn(&CallRecord, Duration);

/// Lever's API for one account. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    api_url: Url,
    limit: RateLimit,
    read_retries: usize,
    observer: Observer,
}

impl Client {
    /// A client of the API at `api_url` (`…/v1`). `http` should come from
    /// [`http::client`](crate::http::client); `limit` is shared by all clients of one account.
    pub fn new(http: reqwest::Client, api_url: Url, limit: RateLimit) -> Self {
        Self { http, api_url, limit, read_retries: 2, observer: |_, _| {} }
    }

    /// How often a read that failed for a passing reason is tried again at once (2 by default).
    pub fn read_retries(mut self, times: usize) -> Self {
        self.read_retries = times;
        self
    }

    /// Calls `observer` after each call.
    pub fn observed_by(mut self, observer: Observer) -> Self {
        self.observer = observer;
        self
    }

    /// The account's rate limit.
    pub fn limit(&self) -> &RateLimit {
        &self.limit
    }

    /// Calls with this access token, and a new trace.
    pub fn with_token(&self, token: &SecretString) -> Api {
        Api { client: self.clone(), token: token.clone(), trace: Trace::default() }
    }
}

/// The calls, with an access token.
#[derive(Clone, Debug)]
pub struct Api {
    client: Client,
    token: SecretString,
    trace: Trace,
}

impl Api {
    /// Collects the calls in a trace that the caller already has.
    pub fn with_trace(mut self, trace: Trace) -> Self {
        self.trace = trace;
        self
    }

    /// What was asked and answered so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The account's rate limit.
    pub fn limit(&self) -> &RateLimit {
        self.client.limit()
    }
}

#[cfg(test)]
mod tests;
