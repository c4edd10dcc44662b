//! `/oauth/token` and `/oauth/revoke`.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::options::Client;
use crate::sandbox::{Sandbox, Shared};
use crate::state::{ACCESS_LIFE_MS, Tokens};

/// The parameters of both endpoints.
#[derive(Debug, Default, Deserialize)]
struct Parameters {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
    token: Option<String>,
}

/// An error as the token endpoint tells it.
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into() }
    }

    fn request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    fn missing(parameter: &str) -> Self {
        Self::request(format!("Missing required parameter: {parameter}"))
    }

    fn grant(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "invalid_grant", description)
    }

    fn answer(self) -> HttpResponse {
        HttpResponse::build(self.status)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(json!({"error": self.error, "error_description": self.description}))
    }
}

impl Parameters {
    /// Auth0 reads forms, as Lever documents, and JSON.
    fn read(request: &HttpRequest, body: &[u8]) -> Result<Self, Refusal> {
        let content_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        match kind.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => {
                let text =
                    std::str::from_utf8(body).map_err(|_| Refusal::request("The body is not UTF-8"))?;
                web::Query::<Self>::from_query(text)
                    .map(web::Query::into_inner)
                    .map_err(|_| Refusal::request("A parameter comes twice"))
            }
            "application/json" => serde_json::from_slice(body)
                .map_err(|_| Refusal::request("The body is not a JSON object of strings")),
            _ => Err(Refusal::request("Content-Type must be application/x-www-form-urlencoded")),
        }
    }

    /// Credentials count in the body only, not in a Basic header.
    fn client<'a>(&self, lever: &'a Sandbox) -> Result<&'a Client, Refusal> {
        let unauthorized = |error, text: String| Refusal::new(StatusCode::UNAUTHORIZED, error, text);
        let id = self.client_id.as_deref().ok_or_else(|| Refusal::missing("client_id"))?;
        let client = lever
            .options
            .clients
            .iter()
            .find(|client| client.id == id)
            .ok_or_else(|| unauthorized("invalid_client", format!("Unknown client: {id}")))?;
        let secret = self.client_secret.as_deref().unwrap_or_default();
        if bool::from(client.secret.as_bytes().ct_eq(secret.as_bytes())) {
            return Ok(client);
        }
        Err(unauthorized("access_denied", "Unauthorized".into()))
    }
}

/// `POST /oauth/token`
pub(super) async fn token(request: HttpRequest, lever: Shared, body: web::Bytes) -> HttpResponse {
    match tokens(&request, &lever, &body) {
        Ok(tokens) => {
            let mut answer = json!({
                "access_token": tokens.access,
                "expires_in": ACCESS_LIFE_MS / 1_000,
                "token_type": "Bearer",
                "scope": tokens.scopes.join(" "),
            });
            if let Some(refresh) = tokens.refresh {
                answer["refresh_token"] = refresh.into();
            }
            HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .insert_header((header::PRAGMA, "no-cache"))
                .json(answer)
        }
        Err(refusal) => refusal.answer(),
    }
}

fn tokens(request: &HttpRequest, lever: &Sandbox, body: &[u8]) -> Result<Tokens, Refusal> {
    let parameters = Parameters::read(request, body)?;
    let grant_type = parameters.grant_type.as_deref().ok_or_else(|| Refusal::missing("grant_type"))?;
    let client = parameters.client(lever)?;
    match grant_type {
        "authorization_code" => redeem(lever, client, &parameters),
        "refresh_token" => {
            let token =
                parameters.refresh_token.as_deref().ok_or_else(|| Refusal::missing("refresh_token"))?;
            let leeway = lever.switches.get().refresh_leeway.saturating_mul(1_000);
            let leeway = i64::try_from(leeway).unwrap_or(i64::MAX);
            let now = lever.now();
            lever
                .write()
                .renew((&client.id, token), leeway, lever.issuer(), now)
                .map_err(|bad| Refusal::grant(bad.to_string()))
        }
        other => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            format!("Unsupported grant type: {other}"),
        )),
    }
}

fn redeem(lever: &Sandbox, client: &Client, parameters: &Parameters) -> Result<Tokens, Refusal> {
    let given = parameters.code.as_deref().ok_or_else(|| Refusal::missing("code"))?;
    let redirect = parameters.redirect_uri.as_deref().ok_or_else(|| Refusal::missing("redirect_uri"))?;
    let invalid = || Refusal::grant("Invalid authorization code");
    let now = lever.now();
    let mut account = lever.write();
    // Taken before it is looked at: a code that was tried in vain is spent.
    let code = account.grants.take_code(given, now).ok_or_else(invalid)?;
    if code.client_id != client.id {
        return Err(invalid());
    }
    if code.redirect_uri != redirect {
        return Err(Refusal::grant(format!(
            "The redirect URI is wrong. You sent {redirect}, and we expected {}",
            code.redirect_uri
        )));
    }
    if !verified(code.challenge.as_deref(), parameters.code_verifier.as_deref()) {
        return Err(Refusal::grant("Failed to verify code verifier"));
    }
    Ok(account.let_in(code, lever.issuer(), now))
}

/// PKCE (RFC 7636 §4.6), method S256: both or none.
fn verified(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
            (43..=128).contains(&verifier.len()) && bool::from(hash.as_bytes().ct_eq(challenge.as_bytes()))
        }
        _ => false,
    }
}

/// `POST /oauth/revoke`
pub(super) async fn revoke(request: HttpRequest, lever: Shared, body: web::Bytes) -> HttpResponse {
    let ended = || -> Result<(), Refusal> {
        let parameters = Parameters::read(&request, &body)?;
        let client = parameters.client(&lever)?;
        let token = parameters.token.as_deref().ok_or_else(|| Refusal::missing("token"))?;
        let now = lever.now();
        lever.write().grants.revoke_token(&client.id, token, now);
        Ok(())
    };
    match ended() {
        Ok(()) => HttpResponse::Ok().finish(),
        Err(refusal) => refusal.answer(),
    }
}

#[cfg(test)]
mod tests {
    use super::verified;

    #[test]
    fn pkce_as_in_appendix_b_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(verified(Some(challenge), Some(verifier)));
        assert!(!verified(Some(challenge), Some(&verifier.replace('d', "e"))));
        assert!(!verified(Some(challenge), None));
        assert!(!verified(None, Some(verifier)));
        assert!(verified(None, None));
    }
}
