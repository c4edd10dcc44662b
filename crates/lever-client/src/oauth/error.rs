//! What can go wrong with Lever's sign-in service, sorted by what the caller can do about it.

use std::{fmt, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use crate::http::{self, Broken, HttpError};

/// What can go wrong between an app and Lever's sign-in service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// Later it may work.
    #[error("Lever's sign-in service can't be used just now ({why}); try again")]
    TryAgain {
        /// What happened, with the HTTP status if there was one.
        why: String,
        /// How long the service asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// A refresh was sent and its answer did not come, or could not be read. Lever may have rotated
    /// the refresh token; then the one that is kept no longer works, and only a new consent helps.
    /// When the next refresh is [`OAuthError::Refused`] with `invalid_grant`, this is the likely
    /// reason, and not that somebody revoked the access. Trying again is right in the meantime.
    #[error("the answer of Lever's sign-in service was lost ({why}); Lever may have rotated the token")]
    AnswerLost {
        /// What happened. Never holds a token.
        why: String,
    },
    /// The refresh token was rotated, and the answer holds no access token that can be read. Keep
    /// the new refresh token and refresh again.
    #[error("Lever rotated the refresh token without giving an access token ({why}); try again")]
    OnlyRotated {
        /// What is wrong with the answer.
        why: String,
        /// The refresh token that counts from now on.
        refresh_token: Rotated,
    },
    /// The certificate of the sign-in service is not trusted, so nothing was sent.
    #[error(
        "the certificate of Lever's sign-in service is not trusted ({why}); {}",
        crate::http::certificate_remedy(why)
    )]
    Certificate {
        /// The words of the TLS library.
        why: String,
    },
    /// The code or the refresh token is not accepted: used, expired, revoked, or of somebody else.
    #[error("Lever refused: {description} ({code})")]
    Refused {
        /// RFC 6749 §5.2, most often `invalid_grant`.
        code: String,
        /// Lever's words.
        description: String,
    },
    /// Client id and secret are not accepted. Nothing that the customer does will help.
    #[error(
        "Lever does not accept the app's client id and secret ({code}: {description}); check LEVER_CLIENT_ID and LEVER_CLIENT_SECRET"
    )]
    BadClient {
        /// Lever's code, `invalid_client` or `access_denied`.
        code: String,
        /// Lever's words.
        description: String,
    },
    /// An answer that no sign-in service should give; the address may be wrong.
    #[error("Lever's sign-in service gave an answer that can't be read ({why}); check LEVER_AUTH_URL")]
    Malformed {
        /// What is wrong with it. Never holds a token.
        why: String,
    },
}

/// A refresh token within an error: it does not print, and compares like any text.
#[derive(Clone)]
pub struct Rotated(SecretString);

impl Rotated {
    pub(super) fn new(token: SecretString) -> Self {
        Self(token)
    }

    /// The token.
    pub fn token(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for Rotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rotated(not shown)")
    }
}

impl PartialEq for Rotated {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl Eq for Rotated {}

impl OAuthError {
    /// Whether the grant itself has ended, so that only a new consent helps.
    pub fn grant_is_gone(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "invalid_grant")
    }

    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::TryAgain { .. }
                | Self::AnswerLost { .. }
                | Self::OnlyRotated { .. }
                | Self::Certificate { .. }
        )
    }

    pub(super) fn malformed(why: impl fmt::Display) -> Self {
        Self::Malformed { why: why.to_string() }
    }

    /// The same without these secrets, should the server have repeated them.
    pub(super) fn without(mut self, secrets: &[&str]) -> Self {
        let scrub = |text: &mut String| *text = http::without(text, secrets);
        match &mut self {
            Self::TryAgain { why, .. }
            | Self::AnswerLost { why }
            | Self::OnlyRotated { why, .. }
            | Self::Certificate { why }
            | Self::Malformed { why } => scrub(why),
            Self::Refused { code, description } | Self::BadClient { code, description } => {
                scrub(code);
                scrub(description);
            }
        }
        self
    }
}

impl From<Broken> for OAuthError {
    fn from(broken: Broken) -> Self {
        if broken.is_certificate {
            return Self::Certificate { why: broken.why };
        }
        Self::TryAgain { why: broken.why, retry_after: None }
    }
}

/// The client can't be set up: an address or TLS.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// An address is none.
    #[error("the OAuth client can't use an address: {0}")]
    Address(#[from] url::ParseError),
    /// The HTTP client could not be set up.
    #[error("the OAuth client can't be set up: {0}")]
    Http(#[from] HttpError),
}
