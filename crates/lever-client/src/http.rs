//! What every call to Lever has in common below its meaning: the HTTP client, bounded bodies,
//! `Retry-After`, and plain words for what went wrong on the way.

use std::{error::Error as StdError, time::Duration};

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::{
    Response,
    header::{HeaderMap, RETRY_AFTER},
    redirect,
};

/// A server that asks for a longer wait than this is asked again after it all the same.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// An HTTP client fit for Lever: rustls, redirects off (a redirected call would lose or leak its
/// token), 5 s to connect, `timeout` for the whole answer.
///
/// # Errors
/// When the TLS backend can't be set up.
pub fn client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .user_agent(concat!("alva-portal/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(timeout)
        .build()
}

/// A failure on the way: no answer, or none that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// In plain words.
    pub why: String,
    /// Whether Lever may have got the request.
    pub maybe_sent: bool,
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        // The address may hold a person's e-mail, and the caller knows it anyway.
        let error = error.without_url();
        let mut cause: &dyn StdError = &error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        let why = match () {
            () if error.is_connect() && error.is_timeout() => "no connection in time".to_owned(),
            () if error.is_connect() => format!("no connection: {cause}"),
            () if error.is_timeout() => "no answer in time".to_owned(),
            () => format!("the connection broke: {cause}"),
        };
        Self { why, maybe_sent: !error.is_connect() && !error.is_builder() }
    }
}

/// Reads a body of at most `limit` bytes.
pub(super) async fn body(mut response: Response, limit: usize) -> Result<Vec<u8>, Broken> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > limit {
            return Err(Broken { why: format!("the answer is larger than {limit} bytes"), maybe_sent: true });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// How long the server asks to be left alone: seconds or a date (RFC 9110 §10.2.3), at most an hour.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = DateTimeParser::new().parse_timestamp(text).ok()?;
            // A date that has passed means: now.
            Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_RETRY_AFTER))
}

/// The beginning of what a server sent, at most `limit` bytes of it, fit to be shown.
pub(super) fn excerpt(bytes: &[u8], limit: usize) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(limit + 4)]);
    let mut text: String = text.replace('\0', "\u{fffd}");
    if text.len() > limit || bytes.len() > limit {
        let end = (0..=limit.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
        text.truncate(end.unwrap_or(0));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::http::*;

    fn wait(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().unwrap());
        retry_after(&headers)
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait(" 0 "), Some(Duration::ZERO));
        assert_eq!(wait("99999999999"), Some(LONGEST_RETRY_AFTER));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("Thu, 31 Dec 2099 23:59:59 GMT"), Some(LONGEST_RETRY_AFTER));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-1"), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }

    #[test]
    fn an_excerpt_is_bounded_and_whole_characters() {
        assert_eq!(excerpt(b"short", 10), "short");
        assert_eq!(excerpt(b"0123456789", 10), "0123456789");
        assert_eq!(excerpt(b"0123456789a", 10), "0123456789…");
        assert_eq!(excerpt("aé".repeat(9).as_bytes(), 8), "aéaéa…");
        assert_eq!(excerpt(b"a\0\xff", 10), "a\u{fffd}\u{fffd}");
        assert_eq!(excerpt(b"", 0), "");
    }
}
