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
    /// Reads a good answer of the sign-in service.
    ///
    /// # Errors
    /// When there is no access token in it.
    pub fn read(body: Vec<u8>) -> Result<Self, OAuthError> {
        Answer { status: StatusCode::OK, headers: HeaderMap::new(), body }.grant()
    }

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
        let Some(fields) = fields(&self.body) else {
            return Err(OAuthError::malformed("it is not a JSON object"));
        };
        let refresh_token = token(&fields, "refresh_token");
        if refresh_token.is_none() && !fields.contains_key("refresh_token") && names_refresh_token(&self.body)
        {
            return Err(OAuthError::malformed("its refresh token is cut off"));
        }
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

/// The names that a good answer has, those that are used.
const NAMES: [&str; 4] = ["access_token", "refresh_token", "expires_in", "scope"];

/// The fields of a good answer, in whatever it is wrapped. Where it can't be read, they are looked for one
/// by one: the refresh token before was given up for what stands here, and nobody gets it a second time.
fn fields(body: &[u8]) -> Option<Map<String, Value>> {
    let text = json::repaired(body);
    // Only the first value counts: something may follow it.
    let first = serde_json::Deserializer::from_str(&text).into_iter::<Value>().next();
    match first.and_then(Result::ok) {
        Some(Value::Object(fields)) if has_token(&fields) => return Some(fields),
        Some(document) => {
            if let Some(fields) = within(&document, 3) {
                return Some(fields);
            }
            if let Value::Object(fields) = document {
                return Some(fields);
            }
        }
        None => {}
    }
    let form: Map<String, Value> = url::form_urlencoded::parse(text.trim().as_bytes())
        .filter(|(name, _)| NAMES.contains(&name.as_ref()))
        .map(|(name, value)| (name.into_owned(), value.into()))
        .collect();
    if has_token(&form) {
        return Some(form);
    }
    let found: Map<String, Value> = NAMES
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), json::named(&text, name)?.into())))
        .collect();
    has_token(&found).then_some(found)
}

/// Whether an answer has a refresh token, be it one that cannot be read. Without it the token before would be taken
/// for good, though it was given up for this one.
fn names_refresh_token(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    text.split("refresh_token")
        .skip(1)
        .any(|rest| rest.trim_start_matches(['\\', '"', '\'']).trim_start().starts_with([':', '=']))
}

fn has_token(fields: &Map<String, Value>) -> bool {
    ["access_token", "refresh_token"].iter().any(|name| token(fields, name).is_some())
}

/// The object with a token within lists, objects and texts of JSON, so many levels down.
fn within(document: &Value, levels: u8) -> Option<Map<String, Value>> {
    let deeper = |value: &Value| within(value, levels.checked_sub(1)?);
    match document {
        Value::Object(fields) if has_token(fields) => Some(fields.clone()),
        Value::Object(fields) => fields.values().find_map(deeper),
        Value::Array(items) => items.iter().find_map(deeper),
        Value::String(text) if text.contains("_token") => deeper(&json::read(text.as_bytes()).ok()?),
        _ => None,
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
