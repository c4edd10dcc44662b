//! A test event of the portal's own: shaped like Lever's **Verify Connection**, signed with a saved token, and sent to the
//! integration's public address, so that it takes the way that Lever's deliveries take. It invites nobody. It says nothing
//! of the webhooks in Lever, so it is kept under a kind of its own, and what is known of tokens and webhooks stays as it is.

use crate::time::Timestamp;
use lever_client::signature;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use std::error::Error as _;
use std::time::{Duration, Instant};

/// Who says that they sent it. Only a delivery that invites nobody is asked for this.
const AGENT: &str = concat!("alva-portal-test/", env!("CARGO_PKG_VERSION"));

/// So long the door has to answer. Lever waits for as long.
const LIMIT: Duration = Duration::from_secs(10);

/// Why the door did not take it.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody could be reached at the address, and why.
    Unreachable(String),
    /// No answer in time.
    TooSlow,
    /// The answer's status, which is no success.
    Answered(u16),
}

/// Whether these headers, a JSON object, are of such an event.
pub(super) fn is_ours(headers: &str) -> bool {
    let headers: Map<String, Value> = serde_json::from_str(headers).unwrap_or_default();
    headers.get("user-agent").and_then(Value::as_str) == Some(AGENT)
}

/// Sends one to `url`, signed with `key`, the signing token of a webhook for `event` (Lever's name). Answers how long the
/// door took.
///
/// # Errors
/// When the door did not take it.
pub async fn send(
    http: &reqwest::Client,
    url: &str,
    event: &str,
    key: &SecretString,
) -> Result<Duration, Failure> {
    let (token, at) = (crate::secrets::random_text(24), Timestamp::now().0);
    let signature = signature::sign(key.expose_secret().as_bytes(), &token, &at.to_string());
    let body = json!({"triggeredAt": at, "event": event, "data": {}, "signature": signature, "token": token});
    let request = http
        .post(url)
        .header("user-agent", AGENT)
        .header("content-type", "application/json")
        .timeout(LIMIT)
        .body(body.to_string());
    let began = Instant::now();
    match request.send().await {
        Ok(answer) if answer.status().is_success() => Ok(began.elapsed()),
        Ok(answer) => Err(Failure::Answered(answer.status().as_u16())),
        Err(failure) if failure.is_timeout() => Err(Failure::TooSlow),
        Err(failure) => Err(Failure::Unreachable(innermost(&failure))),
    }
}

/// The cause in the fewest words: the last of the chain.
fn innermost(failure: &reqwest::Error) -> String {
    let mut cause = failure.source();
    let mut words = None;
    while let Some(next) = cause {
        words = Some(next.to_string());
        cause = next.source();
    }
    words.unwrap_or_else(|| "no connection".to_owned())
}
