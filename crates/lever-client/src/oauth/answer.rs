//! Reads what the sign-in service answers. Each field by itself: what is odd in one must not cost
//! another, least of all a refresh token that was just rotated.

use std::time::Duration;

use reqwest::{StatusCode, header::HeaderMap};
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::http;
use crate::json;
use crate::oauth::claims::{self, Claims};
use crate::oauth::error::{OAuthError, Rotated};
use crate::scopes::ScopeSet;

/// How long an access token lasts when the answer does not say (Lever's wire notes §2).
const USUAL_LIFE: Duration = Duration::from_secs(3600);
/// No access token lasts longer, whatever the answer says.
const LONGEST_LIFE: f64 = 30.0 * 24.0 * 3600.0;
/// What an error repeats of a description, in bytes.
const DESCRIPTION_LIMIT: usize = 500;

/// What Lever granted. Both tokens replace the ones before, at once and together.
#[derive(Debug)]
pub struct Grant {
    /// For the API, for [`Grant::expires_in`] from now.
    pub access_token: SecretString,
    /// For the next refresh; none when `offline_access` was not granted, and on a refresh when the
    /// one before stays good.
    pub refresh_token: Option<SecretString>,
    /// How long the access token lasts.
    pub expires_in: Duration,
    /// What was granted; none when Lever did not say, which means: as asked, or as before
    /// (RFC 6749 §5.1). An answer that names no scope of the API does not say.
    pub scopes: Option<ScopeSet>,
}

impl Grant {
    /// What the access token says of itself; none when it is opaque.
    pub fn claims(&self) -> Option<Claims> {
        Claims::read(&self.access_token)
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads the tokens of an answer with a good status.
    pub fn grant(&self) -> Result<Grant, OAuthError> {
        let Ok(Value::Object(fields)) = json::read(&self.body) else {
            return Err(OAuthError::malformed("it is not a JSON object"));
        };
        let refresh_token = token(&fields, "refresh_token");
        let Some(access_token) = token(&fields, "access_token") else {
            let why = "field \"access_token\" is missing or not as it should be".to_owned();
            return Err(match refresh_token {
                Some(token) => OAuthError::OnlyRotated { why, refresh_token: Rotated::new(token) },
                None => OAuthError::Malformed { why },
            });
        };
        let said = fields.get("scope").map(claims::scopes).filter(ScopeSet::names_api_scopes);
        let scopes = said.or_else(|| Claims::read(&access_token)?.scopes);
        Ok(Grant { access_token, refresh_token, expires_in: life(fields.get("expires_in")), scopes })
    }

    /// Sorts an answer with another status: by status first and RFC 6749's code second. 400, 401 and
    /// 403 `invalid_grant` are the same to us (Lever's wire notes §2).
    pub fn refused(&self) -> OAuthError {
        let status = self.status.as_u16();
        if matches!(status, 300..=399 | 408 | 425 | 429 | 500..=599) {
            return OAuthError::TryAgain {
                why: format!("HTTP {status}"),
                retry_after: http::retry_after(&self.headers),
            };
        }
        let fields: Value = json::read(&self.body).unwrap_or_default();
        let text = |name: &str| {
            let text = fields.get(name)?.as_str()?.trim();
            (!text.is_empty()).then(|| http::excerpt(text.as_bytes(), DESCRIPTION_LIMIT))
        };
        let code = text("error");
        let description = text("error_description").unwrap_or_else(|| format!("HTTP {status}"));
        match (status, code) {
            (400..=499, Some(code)) if code == "invalid_grant" => OAuthError::Refused { code, description },
            (401, code) => {
                OAuthError::BadClient { code: code.unwrap_or_else(|| "HTTP 401".to_owned()), description }
            }
            (400..=499, Some(code)) if matches!(code.as_str(), "invalid_client" | "unauthorized_client") => {
                OAuthError::BadClient { code, description }
            }
            (400..=499, Some(code)) => OAuthError::Refused { code, description },
            _ => OAuthError::malformed(format!("HTTP {status} without an error code")),
        }
    }
}

/// A token: text that can stand in a header or a form. `token_type` is not looked at: Lever knows
/// bearer tokens only.
fn token(fields: &Map<String, Value>, name: &str) -> Option<SecretString> {
    let text = fields.get(name)?.as_str()?.trim();
    let fits = !text.is_empty() && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    fits.then(|| SecretString::from(text))
}

/// `expires_in`: seconds as a number, with a fraction or not, or as text.
fn life(value: Option<&Value>) -> Duration {
    let seconds = value.and_then(|value| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()));
    match seconds {
        Some(seconds) if seconds >= 0.0 => Duration::from_secs_f64(seconds.min(LONGEST_LIFE)),
        _ => USUAL_LIFE,
    }
}
