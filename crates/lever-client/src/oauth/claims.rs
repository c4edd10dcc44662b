//! What an access token says of itself.
//!
//! Lever's access tokens are JWTs (RFC 7519) whose payload names the user who granted access and the
//! account that it is for (Lever's wire notes §8). They are read **without verifying the signature**:
//! the key is Lever's own (HS512), and the token came over TLS from Lever's token endpoint, so nobody
//! else can have written it. For the same reason, never read claims of a token that came any other way.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::json;
use crate::scopes::ScopeSet;
use crate::text;
use crate::types::{AccountId, UserId};

const USER: &str = "https://oauth.lever.co/userId";
const ACCOUNT: &str = "https://oauth.lever.co/accountId";
const CLIENT: &str = "https://oauth.lever.co/clientId";

/// No token is longer.
const TOKEN_LIMIT: usize = 64 * 1024;

/// The claims of an access token; see the module for why they are not verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The user who granted access: the natural one to act as.
    pub user_id: Option<UserId>,
    /// The Lever account.
    pub account_id: Option<AccountId>,
    /// The app.
    pub client_id: Option<String>,
    /// What was granted; none where the token names no scope of the API.
    pub scopes: Option<ScopeSet>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

impl Claims {
    /// Reads the claims of a token. A token that is opaque, or whose payload is no JSON object, has
    /// none; a claim that is missing or odd is none.
    pub fn read(token: &SecretString) -> Option<Self> {
        let token = token.expose_secret();
        if token.len() > TOKEN_LIMIT {
            return None;
        }
        let mut parts = token.split('.');
        let (_header, payload) = (parts.next()?, parts.next()?);
        parts.next()?;
        if parts.next().is_some() {
            return None;
        }
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        let Ok(Value::Object(claims)) = json::read(&payload) else {
            return None;
        };
        let id = |name: &str| claims.get(name)?.as_str().filter(|id| text::is_id(id));
        let scopes = claims.get("scope").map(scopes).filter(ScopeSet::names_api_scopes);
        Some(Self {
            user_id: id(USER).map(UserId::from),
            account_id: id(ACCOUNT).map(AccountId::from),
            client_id: id(CLIENT).map(str::to_owned),
            scopes,
            expires_at: claims.get("exp").and_then(seconds),
        })
    }
}

/// Scopes as text separated by white space or commas, or as a list of such texts.
pub(super) fn scopes(value: &Value) -> ScopeSet {
    let texts: Vec<&str> = match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    texts
        .iter()
        .flat_map(|text| text.split(|c: char| c.is_whitespace() || c == ','))
        .filter(|name| {
            !name.is_empty() && name.len() <= text::WORD && name.chars().all(|c| c.is_ascii_graphic())
        })
        .map(str::to_owned)
        .collect()
}

/// RFC 7519's NumericDate: seconds since 1970, maybe with a fraction, maybe as text.
fn seconds(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    Timestamp::from_second(seconds as i64).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::oauth::claims::*;
    use serde_json::json;

    fn token(payload: &[u8]) -> SecretString {
        let header = BASE64_URL_SAFE_NO_PAD.encode(br#"{"alg":"HS512","typ":"JWT"}"#);
        format!("{header}.{}.c2lnbmF0dXJl", BASE64_URL_SAFE_NO_PAD.encode(payload)).into()
    }

    #[test]
    fn names_the_user_and_the_account() {
        let claims = Claims::read(&token(
            &serde_json::to_vec(&json!({
                "iss": "https://auth.lever.co/", "exp": 1_795_403_634, "aud": ["https://api.lever.co/v1/"],
                "scope": "offline_access notes:write:admin",
                "https://oauth.lever.co/userId": "9c1ba5d7-6b1e-4a3f-8f07-5c7b9b8b0f5a",
                "https://oauth.lever.co/accountId": "0f3b7c21-d5a9-4e66-88aa-1c2d3e4f5a6b",
                "https://oauth.lever.co/clientId": "the-app",
            }))
            .unwrap(),
        ))
        .unwrap();
        assert_eq!(claims.user_id, Some("9c1ba5d7-6b1e-4a3f-8f07-5c7b9b8b0f5a".into()));
        assert_eq!(claims.account_id, Some("0f3b7c21-d5a9-4e66-88aa-1c2d3e4f5a6b".into()));
        assert_eq!(claims.client_id.as_deref(), Some("the-app"));
        assert!(claims.scopes.unwrap().names_api_scopes());
        assert_eq!(claims.expires_at.unwrap().as_second(), 1_795_403_634);
    }

    #[test]
    fn odd_claims_are_none_and_cost_no_other() {
        for odd in
            [json!(null), json!(7), json!(""), json!("a b"), json!("x".repeat(200)), json!(["u"]), json!({})]
        {
            let claims = Claims::read(&token(
                &serde_json::to_vec(&json!({
                    USER: odd, ACCOUNT: "a-1", "scope": "openid", "exp": "1795403634",
                }))
                .unwrap(),
            ))
            .unwrap();
            assert_eq!((claims.user_id, claims.account_id), (None, Some("a-1".into())), "{odd}");
            assert_eq!(claims.scopes, None);
            assert!(claims.expires_at.is_some());
        }
        let cut =
            Claims::read(&token(br#"{"name":"\ud83d","https://oauth.lever.co/userId":"u-1"}"#)).unwrap();
        assert_eq!(cut.user_id, Some("u-1".into()));
        for exp in ["1e300", "-1e300", "\"soon\"", "null"] {
            assert_eq!(
                Claims::read(&token(format!("{{\"exp\":{exp}}}").as_bytes())).unwrap().expires_at,
                None
            );
        }
    }

    #[test]
    fn opaque_tokens_have_none() {
        for text in ["", "an access token", "a.b", "a.b.c", "a.b.c.d.e", "..", "a.e30", "a.e30.c.d"] {
            assert_eq!(Claims::read(&text.into()), None, "{text}");
        }
        for payload in [&b"[]"[..], b"7", b"", b"\"text\"", b"{"] {
            assert_eq!(Claims::read(&token(payload)), None);
        }
        assert_eq!(Claims::read(&token(b"{}")), Some(Claims::default()));
    }

    #[test]
    fn scopes_come_as_text_or_list() {
        for value in [
            json!("a:read b:write"),
            json!("a:read,b:write"),
            json!(["a:read", "b:write"]),
            json!(["a:read b:write", 7, null]),
        ] {
            assert_eq!(scopes(&value).iter().collect::<Vec<_>>(), ["a:read", "b:write"], "{value}");
        }
        assert!(scopes(&json!({"scope": "a:read"})).is_empty());
    }
}
