//! How a sandbox is set up.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use crate::ratelimit::RateLimit;
use crate::switches::Switches;

/// How a sandbox is set up. [`Options::default`] is a small account on free ports of
/// this machine.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; 127.0.0.1 by default.
    pub host: IpAddr,
    /// Port of the API, the OAuth server and the pages; 0 takes a free one.
    pub port: u16,
    /// Port of the SMTP server; 0 takes a free one.
    pub smtp_port: u16,
    /// The apps that may ask for access.
    pub clients: Vec<Client>,
    /// One signing token per webhook, or one for the account.
    pub token_mode: TokenMode,
    /// The same seed makes the same account.
    pub seed: u64,
    /// How many opportunities to make.
    pub opportunities: usize,
    /// How many postings to make.
    pub postings: usize,
    /// Whether webhooks may be plain HTTP to this machine.
    pub allow_http: bool,
    /// Where to keep the account over a restart; `None` keeps it in memory only.
    pub state_file: Option<PathBuf>,
    /// The wait before each retry of a delivery, by the sandbox's clock.
    pub retry_schedule: Vec<Duration>,
    /// How long a webhook's answer may take.
    pub answer_timeout: Duration,
    /// Whether a retry gets a new token, time and signature instead of repeating them.
    pub retry_fresh_token: bool,
    /// Whether every event's toggle is on at the start.
    pub events_on: bool,
    /// How many calls a key may make.
    pub rate_limit: RateLimit,
    /// What confidential opportunities answer to those who may not see them: 403 or 404.
    pub confidential_status: u16,
    /// The `audience` that OAuth clients must name; `None` is the API's own URL with
    /// its trailing slash.
    pub audience: Option<String>,
    /// What of Lever differs from account to account.
    pub switches: Switches,
    /// How long an upload may take.
    pub upload_timeout: Duration,
    /// Names besides those of this machine by which it may be called.
    pub allowed_hosts: Vec<String>,
    /// The account's first API key; `None` draws it from the seed, so that it is the same everywhere.
    pub api_key: Option<String>,
    /// The threads that answer calls.
    pub workers: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            smtp_port: 0,
            clients: Vec::new(),
            token_mode: TokenMode::PerWebhook,
            seed: 1,
            opportunities: 40,
            postings: 6,
            allow_http: true,
            state_file: None,
            retry_schedule: [1, 5, 25, 125, 625].map(Duration::from_secs).to_vec(),
            answer_timeout: Duration::from_secs(10),
            retry_fresh_token: false,
            events_on: true,
            rate_limit: RateLimit::default(),
            confidential_status: 403,
            audience: None,
            switches: Switches::default(),
            upload_timeout: Duration::from_secs(60),
            allowed_hosts: Vec::new(),
            api_key: None,
            workers: 1,
        }
    }
}

/// An app registered with the OAuth server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The `client_id`.
    pub id: String,
    /// The `client_secret`.
    pub secret: String,
    /// What the consent page calls it.
    pub name: String,
    /// Where codes may be sent; compared byte by byte.
    pub redirect_uris: Vec<String>,
}

/// Whose token signs deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TokenMode {
    /// Each webhook has its own, as in Lever today.
    #[default]
    PerWebhook,
    /// One for the whole account, as in older accounts of Lever.
    Account,
}
