//! The client of an account, and the calls with their credentials.

use std::time::Duration;

use reqwest::{RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};

use crate::client::limit::RateLimit;
use crate::client::trace::{CallRecord, Trace};
use crate::types::UserId;

/// Hears of each call and how long it took, for metrics.
pub type Observer = fn(&CallRecord, Duration);

/// Lever's API for one account. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) http: reqwest::Client,
    pub(super) api_url: Url,
    pub(super) limit: RateLimit,
    pub(super) read_retries: usize,
    pub(super) observer: Observer,
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
        self.with(Credentials::Token(token.clone()))
    }

    /// Calls with an API key, as a customer's own scripts do (Basic, the key as the user's name).
    pub fn with_api_key(&self, key: &SecretString) -> Api {
        self.with(Credentials::ApiKey(key.clone()))
    }

    fn with(&self, credentials: Credentials) -> Api {
        Api { client: self.clone(), credentials, acting_as: None, trace: Trace::default() }
    }
}

/// What a call shows of itself at the door.
#[derive(Clone, Debug)]
pub(super) enum Credentials {
    Token(SecretString),
    ApiKey(SecretString),
}

impl Credentials {
    pub fn on(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Token(token) => request.bearer_auth(token.expose_secret()),
            Self::ApiKey(key) => request.basic_auth(key.expose_secret(), Some("")),
        }
    }

    /// The secret, to keep it out of what is shown.
    pub fn secret(&self) -> &str {
        match self {
            Self::Token(secret) | Self::ApiKey(secret) => secret.expose_secret(),
        }
    }
}

/// The calls, with credentials.
#[derive(Clone, Debug)]
pub struct Api {
    pub(super) client: Client,
    pub(super) credentials: Credentials,
    pub(super) acting_as: Option<UserId>,
    pub(super) trace: Trace,
}

impl Api {
    /// Makes every change to an opportunity in this user's name (`perform_as`), creating one included.
    ///
    /// Lever demands it for files and for creating, and of some accounts for every change (Lever's wire
    /// notes §3), so it belongs to the whole `Api` and no call can forget it. The natural user is the
    /// one who granted access, [`Claims::user_id`](crate::Claims::user_id). When Lever objects to the
    /// user, [`Error::is_about_acting_as`](crate::Error::is_about_acting_as) is true. Reads, webhooks,
    /// contacts and users are asked for without it.
    pub fn acting_as(mut self, user: UserId) -> Self {
        self.acting_as = Some(user);
        self
    }

    /// The user in whose name changes are made.
    pub fn acts_as(&self) -> Option<&UserId> {
        self.acting_as.as_ref()
    }

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
