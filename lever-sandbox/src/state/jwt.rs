//! Access tokens as Lever's OAuth server makes them: JSON Web Tokens (RFC 7519) signed with
//! HS512, whose payload names the user who granted and the account (Lever's wire notes §8).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha512;

/// What a token says.
#[derive(Debug, Serialize)]
pub(super) struct Claims<'a> {
    /// Who granted it.
    #[serde(rename = "https://oauth.lever.co/userId")]
    pub user: &'a str,
    /// The account it opens.
    #[serde(rename = "https://oauth.lever.co/accountId")]
    pub account: &'a str,
    /// The app it was given to.
    #[serde(rename = "https://oauth.lever.co/clientId")]
    pub client: &'a str,
    pub iss: String,
    pub sub: String,
    pub aud: &'a str,
    /// When it was made, seconds since 1970 UTC.
    pub iat: i64,
    /// Until when it counts, seconds since 1970 UTC.
    pub exp: i64,
    pub azp: &'a str,
    pub scope: String,
    /// Tells two tokens of one second apart.
    pub jti: String,
}

#[derive(Debug, Serialize)]
struct Header<'a> {
    alg: &'static str,
    v: &'static str,
    kid: &'a str,
}

/// The token, in its compact form.
pub(super) fn sign(key_id: &str, key: &str, claims: &Claims<'_>) -> String {
    let header = Header { alg: "HS512", v: "2.0", kid: key_id };
    let mut token = encode(&header);
    token.push('.');
    token.push_str(&encode(claims));
    let mut mac = Hmac::<Sha512>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(token.as_bytes());
    let signature = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{token}.{signature}")
}

fn encode(part: &impl Serialize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).expect("text and numbers serialize"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signature by `openssl dgst -sha512 -hmac secret -binary | basenc --base64url` over the
    /// first two parts.
    #[test]
    fn is_signed_with_hs512() {
        let claims = Claims {
            user: "u",
            account: "a",
            client: "c",
            iss: "i".into(),
            sub: "s".into(),
            aud: "d",
            iat: 1,
            exp: 2,
            azp: "c",
            scope: "notes:read:admin".into(),
            jti: "j".into(),
        };
        let token = sign("k", "secret", &claims);
        let parts: Vec<&str> = token.split('.').collect();
        assert_eq!(parts[0], "eyJhbGciOiJIUzUxMiIsInYiOiIyLjAiLCJraWQiOiJrIn0");
        assert_eq!(
            parts[2],
            "KEexFWKrZ0yo9I7w6FdZU43RCes2-wBx78KNCQ297UYl6ADYxA1cahQeM-RxpkoAKamWzbICIDc-3s9cjZuePg"
        );
    }
}
