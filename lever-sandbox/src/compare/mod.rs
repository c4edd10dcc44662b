//! Compares how two accounts answer: a Lever account, or another sandbox, with a sandbox
//! that is started for the purpose, or with a second account.
//!
//! Both are asked the same questions (`suite`); what they answer is kept without its
//! values (`seen`, `shape`): statuses, headers, fields, types, nulls and the few words
//! that Lever's wire notes fix. Where the two differ is the report (`diff`, `report`).
//! Nothing of a person's data, and no key, is ever in it.

mod client;
mod command;
mod diff;
mod differ;
mod form;
mod furnish;
mod report;
mod seen;
mod shape;
mod suite;
mod target;
mod words;

pub use command::{Arguments, main};
pub use report::{Aspect, Difference, Missing, Report, SideSummary};
pub use target::{Key, Target};

use crate::server::StartError;
use crate::{Options, RateLimit, start};

use tokio_util::sync::CancellationToken;

use client::Client;

/// How much is asked, and how fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls a second to each side. Lever allows 10 a second for a key, which an
    /// account's other integrations may share.
    pub per_second: u32,
    /// Calls to each side in all, those that are made again among them.
    pub calls: u32,
    /// Whether to write too. The write half makes an opportunity of its own and leaves
    /// it archived; what else it makes, it removes.
    pub write: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_second: 8, calls: 500, write: false }
    }
}

/// What an account is compared with.
#[derive(Debug)]
pub enum With {
    /// A sandbox with these options, started for the purpose and stopped afterwards.
    /// It takes free ports and has neither a rate limit nor a state file.
    Sandbox(Box<Options>),
    /// Another account.
    Target(Target),
}

/// Why two sides could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// The URL can't be used.
    #[error("the URL can't be used: {0}")]
    Address(&'static str),
    /// The key would travel in the clear.
    #[error("{host} is not this machine, so the URL must begin with https")]
    NotHttps {
        /// The URL's host.
        host: String,
    },
    /// There is no key.
    #[error("no key: give {option}, set {variable}, or give \"{option} -\" to read it from standard input")]
    KeyMissing {
        /// The option that takes it.
        option: &'static str,
        /// The environment variable that takes it.
        variable: &'static str,
    },
    /// The key is empty or has characters that no key has.
    #[error("the key is empty, too long, or has characters that no API key has")]
    KeyForm,
    /// Standard input can't be read.
    #[error("the key can't be read from standard input: {0}")]
    KeyInput(std::io::Error),
    /// The server doesn't answer.
    #[error("{url} can't be reached: {cause}")]
    Unreachable {
        /// The API's base URL.
        url: String,
        /// What the network says.
        cause: String,
    },
    /// The server doesn't take the key.
    #[error("{url} refuses the key (status {status})")]
    KeyRefused {
        /// The API's base URL.
        url: String,
        /// 401 or 403.
        status: u16,
    },
    /// The account is on another host.
    #[error("{url} sends its callers on to {host}: name that host instead")]
    Elsewhere {
        /// The API's base URL.
        url: String,
        /// The host in its answer.
        host: String,
    },
    /// What answers isn't Lever's API.
    #[error("{url} answers (status {status}), but not as Lever's API does")]
    NotLever {
        /// The API's base URL.
        url: String,
        /// What it answered.
        status: u16,
    },
    /// The rate limit stays exhausted.
    #[error("{url} still answers 429 after long waits: its rate limit is used up, try again later")]
    Limited {
        /// The API's base URL.
        url: String,
    },
    /// An answer has no end.
    #[error("the answer to {call} is larger than 32 MB")]
    TooLarge {
        /// The call.
        call: String,
    },
    /// Signals can't be heard.
    #[error("cannot listen for signals: {0}")]
    Signal(std::io::Error),
    /// It was stopped.
    #[error("interrupted")]
    Interrupted,
    /// The sandbox to compare with can't start.
    #[error(transparent)]
    Sandbox(#[from] StartError),
    /// The HTTP client can't be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(reqwest::Error),
}

impl CompareError {
    /// The whole chain of causes: only its end says what is wrong with a certificate.
    pub(crate) fn unreachable(url: &str, error: &reqwest::Error) -> Self {
        let mut cause = error.to_string();
        let mut next = std::error::Error::source(error);
        while let Some(error) = next {
            let text = error.to_string();
            if !cause.contains(&text) {
                cause = format!("{cause}: {text}");
            }
            next = error.source();
        }
        Self::Unreachable { url: url.to_owned(), cause }
    }
}

/// Asks both sides and says where they differ.
///
/// # Errors
/// See [`CompareError`]; the first side that fails ends it.
pub async fn compare(against: Target, with: With, limits: Limits) -> Result<Report, CompareError> {
    compare_until(CancellationToken::new(), against, with, limits).await
}

/// As [`compare`], but ends when `stop` is cancelled: what the write half had made by
/// then is cleared up first.
///
/// # Errors
/// [`CompareError::Interrupted`] when it was stopped; otherwise those of [`compare`].
pub async fn compare_until(
    stop: CancellationToken,
    against: Target,
    with: With,
    limits: Limits,
) -> Result<Report, CompareError> {
    let (target, sandbox) = match with {
        With::Target(target) => (target, None),
        With::Sandbox(options) => {
            let sandbox = start(Options {
                port: 0,
                smtp_port: 0,
                state_file: None,
                rate_limit: RateLimit { enabled: false, ..options.rate_limit },
                ..*options
            })
            .await?;
            furnish::furnish(&sandbox).await?;
            (Target::new(&sandbox.url, sandbox.api_key.parse()?)?, Some(sandbox))
        }
    };
    // Our own sandbox has no limit to respect.
    let pace = if sandbox.is_some() { 1_000 } else { limits.per_second };
    let compared = both(&stop, against, target, pace, limits).await;
    let is_sandbox = sandbox.is_some();
    if let Some(sandbox) = sandbox {
        sandbox.stop().await;
    }
    let (against, mut with) = compared?;
    if stop.is_cancelled() {
        return Err(CompareError::Interrupted);
    }
    with.summary.started = is_sandbox;
    Ok(diff::report(against, with))
}

async fn both(
    stop: &CancellationToken,
    against: Target,
    with: Target,
    pace: u32,
    limits: Limits,
) -> Result<(suite::Side, suite::Side), CompareError> {
    let against = Client::new(against, limits.per_second, limits.calls, stop.clone())?;
    let with = Client::new(with, pace, limits.calls, stop.clone())?;
    // A write half that was begun is cleared up before an error of the other side ends it.
    let (against, with) = tokio::join!(suite::run(against, limits.write), suite::run(with, limits.write));
    Ok((against?, with?))
}
