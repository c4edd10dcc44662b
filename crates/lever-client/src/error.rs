//! What can go wrong with a call, sorted by what the caller can do about it.

use std::time::Duration;

use reqwest::{
    StatusCode,
    header::{HeaderMap, WWW_AUTHENTICATE},
};
use serde_json::Value;

use crate::http::{self, Broken};
use crate::json;

/// Longest message of Lever's that an error repeats, in bytes.
const MESSAGE_LIMIT: usize = 500;

/// A call to Lever that did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Later it may work: no connection, too many calls, or Lever is unwell.
    #[error("Lever is unavailable ({why}); the call is retried")]
    TryAgain {
        /// What happened, with the HTTP status if there was one.
        why: String,
        /// How long Lever asked to be left alone.
        retry_after: Option<Duration>,
        /// Whether Lever may have done what it was asked. Look before writing a second time.
        maybe_done: bool,
    },
    /// Lever answered, and the answer can't be read: a web page, a part of it, another shape.
    /// Trying again may help; a write may have had its effect.
    #[error("Lever's answer can't be read (HTTP {status}: {why}); the call is retried")]
    Unreadable {
        /// Lever's status.
        status: u16,
        /// What is wrong with the answer. Never holds a secret.
        why: String,
    },
    /// The server's certificate is not trusted, so nothing was sent. A person must see to it.
    #[error("Lever's certificate is not trusted ({why}); {}", http::certificate_remedy(why))]
    Certificate {
        /// The words of the TLS library.
        why: String,
    },
    /// Lever does not accept the access token. Refresh it once; when that fails, access was revoked.
    #[error("Lever no longer accepts the access it granted (HTTP {status}: {message})")]
    AccessGone {
        /// 401, or 403 where Lever says that the token is the reason.
        status: u16,
        /// Lever's words.
        message: String,
    },
    /// Lever does not show this object: it is confidential, or a permission is missing.
    /// Where Lever answers so to everything, access is gone: a refresh or [`Api::users`](crate::Api::users) tells.
    #[error("Lever does not allow this (HTTP {status}: {message})")]
    Forbidden {
        /// 403.
        status: u16,
        /// Lever's words.
        message: String,
        /// Whether it was to be done in a user's name ([`Api::acting_as`](crate::Api::acting_as)), who may not do it.
        in_name: bool,
    },
    /// There is no such object, or it is confidential and Lever hides that it exists.
    #[error("Lever does not know this object (HTTP {status}: {message})")]
    NotFound {
        /// 404 or 410.
        status: u16,
        /// Lever's words.
        message: String,
    },
    /// The request was wrong; trying it again is in vain.
    #[error("Lever refused the request ({}: {message})", status.map_or("not sent".to_owned(), |status| format!("HTTP {status}")))]
    OurFault {
        /// Lever's status; none when the request could not even be made.
        status: Option<u16>,
        /// Lever's words, or ours.
        message: String,
    },
}

impl Error {
    /// Whether trying the same call again later may help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::TryAgain { .. } | Self::Unreadable { .. } | Self::Certificate { .. })
    }

    /// The HTTP status of Lever's answer; none where there was no answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            // Its words begin with the status, if there was one.
            Self::TryAgain { why, .. } => why.strip_prefix("HTTP ")?.get(..3)?.parse().ok(),
            Self::Certificate { .. } => None,
            Self::Unreadable { status, .. }
            | Self::AccessGone { status, .. }
            | Self::Forbidden { status, .. }
            | Self::NotFound { status, .. } => Some(*status),
            Self::OurFault { status, .. } => *status,
        }
    }

    /// How long Lever asked to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TryAgain { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the write that failed may have had its effect all the same.
    pub fn maybe_done(&self) -> bool {
        matches!(self, Self::TryAgain { maybe_done: true, .. } | Self::Unreadable { .. })
    }

    /// Whether Lever objects to the user in whose name the call was to be done: there was none, or it
    /// is not known or deactivated (Lever's wire notes §3). Another user may do.
    pub fn is_about_acting_as(&self) -> bool {
        let (Self::OurFault { status: Some(_), message }
        | Self::Forbidden { message, .. }
        | Self::NotFound { message, .. }) = self
        else {
            return false;
        };
        let message = message.to_lowercase();
        ["perform_as", "perform as", "performas"].iter().any(|name| message.contains(name))
            || (message.contains("user") && message.contains("deactivated"))
    }

    /// Whether it may be the rights of the user in whose name the call was made that do not suffice. A user who may do
    /// more is let do it, unless the object itself is not for the portal.
    pub fn may_be_about_rights(&self) -> bool {
        matches!(self, Self::Forbidden { in_name: true, .. })
    }

    /// The same for a call that was made in a user's name.
    pub(crate) fn of_a_user(mut self) -> Self {
        if let Self::Forbidden { in_name, .. } = &mut self {
            *in_name = true;
        }
        self
    }

    /// Whether a list's offset token is stale or foreign (Lever's wire notes §3).
    pub(crate) fn is_stale_offset(&self) -> bool {
        matches!(self, Self::OurFault { status: Some(400), message }
            if message.to_lowercase().contains("invalid offset token"))
    }

    /// Sorts an answer that is no success.
    pub(crate) fn from_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let code = status.as_u16();
        let message = message(headers, body);
        match code {
            408 | 425 | 429 | 500..=599 => Self::TryAgain {
                why: format!("HTTP {code}: {message}"),
                retry_after: http::retry_after(headers),
                // 408, 425 and 429 say that nothing was done; a 5xx may come after the effect.
                maybe_done: status.is_server_error(),
            },
            401 => Self::AccessGone { status: code, message },
            403 if names_the_token(headers, &message) => Self::AccessGone { status: code, message },
            403 => Self::Forbidden { status: code, message, in_name: false },
            404 | 410 => Self::NotFound { status: code, message },
            // Where Lever is to be found may change; what was asked stays right.
            300..=399 => Self::TryAgain {
                why: format!("HTTP {code}, which is not followed"),
                retry_after: http::retry_after(headers),
                maybe_done: false,
            },
            _ => Self::OurFault { status: Some(code), message },
        }
    }

    /// A redirect that was not followed: nothing was done.
    pub(crate) fn not_followed(why: String) -> Self {
        Self::TryAgain { why, retry_after: None, maybe_done: false }
    }

    /// An answer with a good status whose body is not what it should be.
    pub(crate) fn unreadable(status: StatusCode, why: &dyn std::fmt::Display) -> Self {
        Self::Unreadable { status: status.as_u16(), why: why.to_string() }
    }

    /// The same without these secrets, should the server have repeated them.
    pub(crate) fn without(mut self, secrets: &[&str]) -> Self {
        match &mut self {
            Self::TryAgain { why: text, .. }
            | Self::Unreadable { why: text, .. }
            | Self::Certificate { why: text }
            | Self::AccessGone { message: text, .. }
            | Self::Forbidden { message: text, .. }
            | Self::NotFound { message: text, .. }
            | Self::OurFault { message: text, .. } => *text = http::without(text, secrets),
        }
        self
    }

    /// A request that could not be made.
    pub(crate) fn not_sent(message: impl Into<String>) -> Self {
        Self::OurFault { status: None, message: message.into() }
    }
}

impl From<Broken> for Error {
    fn from(broken: Broken) -> Self {
        if broken.is_certificate {
            return Self::Certificate { why: broken.why };
        }
        Self::TryAgain { why: broken.why, retry_after: None, maybe_done: broken.maybe_sent }
    }
}

/// Lever's words in an error body, which may be anything: JSON as documented, text, a proxy's page.
fn message(headers: &HeaderMap, body: &[u8]) -> String {
    if let Ok(Value::Object(fields)) = json::read(body) {
        let words: Vec<&str> = ["code", "error", "message", "error_description"]
            .iter()
            .filter_map(|name| fields.get(*name)?.as_str())
            .filter(|text| !text.trim().is_empty())
            .collect();
        if !words.is_empty() {
            return tidy(&words.join(": "));
        }
    }
    let kind =
        headers.get(reqwest::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match body.trim_ascii() {
        [] => "without a word".to_owned(),
        [b'<', ..] => "a web page".to_owned(),
        _ if kind.contains("html") => "a web page".to_owned(),
        text => tidy(&String::from_utf8_lossy(text)),
    }
}

fn tidy(text: &str) -> String {
    let line: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    http::excerpt(line.join(" ").as_bytes(), MESSAGE_LIMIT)
}

/// Whether a 403 is about the token and not about the object: RFC 6750 §3.1 says so in a header,
/// Lever's gateway in words ("Unable to find a signing key that matches", Lever's wire notes §1).
fn names_the_token(headers: &HeaderMap, message: &str) -> bool {
    let challenge = headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if challenge.contains("invalid_token") {
        return true;
    }
    if challenge.contains("insufficient_scope") {
        return false;
    }
    let message = message.to_lowercase();
    message.contains("signing key")
        || message.contains("invalid_token")
        || (message.contains("token")
            && ["invalid", "expired", "revoked"].iter().any(|word| message.contains(word)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::error::*;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Error {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Error::from_answer(StatusCode::from_u16(status).unwrap(), &map, body.as_bytes())
    }

    #[test]
    fn every_status_has_its_consequence() {
        let body = r#"{"code":"SomeError","message":"some words"}"#;
        for status in 300..600 {
            let error = answer(status, &[], body);
            let sorted = match status {
                401 => matches!(error, Error::AccessGone { status: 401, .. }),
                403 => matches!(error, Error::Forbidden { status: 403, .. }),
                404 | 410 => matches!(error, Error::NotFound { .. }),
                300..=399 | 408 | 425 | 429 | 500.. => error.is_transient(),
                _ => matches!(error, Error::OurFault { status: Some(s), .. } if s == status),
            };
            assert!(sorted, "{status}: {error:?}");
            assert!(error.to_string().contains(&status.to_string()), "{error}");
            assert!(status < 400 || error.to_string().contains("SomeError: some words"));
            assert_eq!(error.maybe_done(), status >= 500);
        }
    }

    #[test]
    fn a_403_about_the_token_means_that_access_is_gone() {
        let gone = |headers: &[(&'static str, &str)], body| {
            matches!(answer(403, headers, body), Error::AccessGone { status: 403, .. })
        };
        assert!(gone(&[], r#"{"message":"Unable to find a signing key that matches"}"#));
        assert!(gone(&[], "Token expired"));
        assert!(gone(&[("www-authenticate", r#"Bearer error="invalid_token""#)], ""));
        assert!(!gone(&[("www-authenticate", r#"Bearer error="insufficient_scope""#)], "invalid token"));
        assert!(!gone(&[], r#"{"code":"Forbidden","message":"This opportunity is confidential"}"#));
        assert!(!gone(&[], ""));
    }

    #[test]
    fn bodies_are_never_trusted() {
        for (body, expected) in [
            ("", "without a word"),
            ("  <html><body>Bad gateway", "a web page"),
            ("[1,2]", "[1,2]"),
            ("{\"code\":7}", "{\"code\":7}"),
            ("plain\r\n\twords\u{7}", "plain words"),
            (r#"{"error":"unauthorized","error_description":"no"}"#, "unauthorized: no"),
        ] {
            let text = answer(400, &[], body).to_string();
            assert!(text.contains(expected), "{text}");
        }
        assert!(answer(400, &[], &"x".repeat(100_000)).to_string().len() < 600);
        let deep = "[".repeat(100_000);
        assert!(matches!(answer(400, &[], &deep), Error::OurFault { .. }));
    }

    #[test]
    fn an_objection_to_the_user_is_known() {
        let objects = |status, message: &str| {
            answer(status, &[], &format!(r#"{{"code":"BadRequestError","message":"{message}"}}"#))
                .is_about_acting_as()
        };
        assert!(objects(400, "Missing required parameter: perform_as"));
        assert!(objects(400, "perform_as user u-1 was not found"));
        assert!(objects(403, "The user u-1 is deactivated"));
        assert!(!objects(400, "Missing required parameter: value"));
        assert!(!objects(404, "user u-1 was not found"));
        assert!(!objects(500, "perform_as"));
    }

    #[test]
    fn rights_are_in_question_only_where_a_user_was_named() {
        let refused = || answer(403, &[], r#"{"code":"Forbidden","message":"Not allowed"}"#);
        assert!(!refused().may_be_about_rights());
        assert!(refused().of_a_user().may_be_about_rights());
        assert!(!answer(404, &[], "").of_a_user().may_be_about_rights());
    }

    #[test]
    fn secrets_that_lever_repeats_are_not_shown() {
        for status in [302, 400, 401, 403, 404, 500] {
            let error = answer(status, &[], "the token s3cret-t0ken is odd").without(&["s3cret-t0ken"]);
            assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
        }
    }

    #[test]
    fn retry_after_is_kept() {
        let error = answer(429, &[("retry-after", "3")], "");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
        assert!(!error.maybe_done());
        assert_eq!(answer(503, &[], "").retry_after(), None);
        assert_eq!(answer(404, &[("retry-after", "3")], "").retry_after(), None);
    }
}
