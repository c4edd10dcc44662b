//! OAuth 2.0 with Lever: authorization code with PKCE, refresh with rotation, revocation.
//!
//! Lever's sign-in service is Auth0 (Lever's wire notes §2); RFC 6749, 7636 and 7009 for the rest.

use std::{fmt, future::Future, pin::Pin, time::Duration};

use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicErrorResponse, BasicTokenResponse},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::hosts::Hosts;
use crate::http;
use crate::http::Broken;
use crate::scopes::ScopeSet;

type Endpoints = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// How long the sign-in service may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(20);
/// No answer of the sign-in service is larger.
const BODY_LIMIT: usize = 64 * 1024;
/// How long an access token lasts when the answer does not say (Lever's wire notes §2).
const USUAL_LIFE: Duration = Duration::from_secs(3600);

/// The portal as a client of Lever's sign-in service.
pub struct OAuth {
    hosts: Hosts,
    endpoints: Endpoints,
    client_secret: SecretString,
    http: Http,
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth")
            .field("hosts", &self.hosts)
            .field("client_id", self.endpoints.client_id())
            .finish_non_exhaustive()
    }
}

/// A request for access that was begun: where to send the browser, and what to keep until it is back.
#[derive(Debug)]
pub struct Authorization {
    /// Lever's consent page for this request.
    pub url: url::Url,
    /// 256 random bits that must come back unchanged; bind them to the session and take them once.
    pub state: String,
    /// PKCE's secret, needed to redeem the code. Keep it sealed.
    pub pkce_verifier: SecretString,
}

/// What Lever granted. Both tokens replace the ones before, at once and together.
#[derive(Debug)]
pub struct Grant {
    /// For the API, for [`Grant::expires_in`] from now.
    pub access_token: SecretString,
    /// For the next refresh; none when `offline_access` was not granted.
    pub refresh_token: Option<SecretString>,
    /// How long the access token lasts.
    pub expires_in: Duration,
    /// What was granted; none when Lever did not say, which means: as asked, or as before (RFC 6749 §5.1).
    pub scopes: Option<ScopeSet>,
}

/// What can go wrong between the portal and Lever's sign-in service.
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
        "Lever does not accept the portal's client id and secret ({code}: {description}); check LEVER_CLIENT_ID and LEVER_CLIENT_SECRET"
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

impl OAuthError {
    /// Whether the grant itself has ended, so that only a new consent helps.
    pub fn grant_is_gone(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "invalid_grant")
    }

    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::TryAgain { .. })
    }
}

/// The client can't be set up: an address or TLS.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// An address is none.
    #[error("the OAuth client can't use an address: {0}")]
    Address(#[from] url::ParseError),
    /// TLS could not be set up.
    #[error("the OAuth client has no TLS: {0}")]
    Tls(#[from] reqwest::Error),
}

impl OAuth {
    /// A client for `hosts`. `redirect_uri` must be, byte for byte, the one registered with Lever.
    pub fn new(
        hosts: Hosts,
        client_id: impl Into<String>,
        client_secret: SecretString,
        redirect_uri: impl Into<String>,
    ) -> Result<Self, SetupError> {
        let endpoints = BasicClient::new(ClientId::new(client_id.into()))
            .set_client_secret(ClientSecret::new(client_secret.expose_secret().to_owned()))
            .set_auth_uri(AuthUrl::new(hosts.auth_url.to_string())?)
            .set_token_uri(TokenUrl::new(hosts.token_url.to_string())?)
            .set_redirect_uri(RedirectUrl::new(redirect_uri.into())?)
            .set_auth_type(AuthType::RequestBody);
        Ok(Self { hosts, endpoints, client_secret, http: Http(http::client(TIMEOUT)?) })
    }

    /// The addresses that this client talks with.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Begins a request for access. `prompt=consent` has Lever show the permissions every time.
    pub fn authorize(&self, scopes: &ScopeSet) -> Authorization {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) = self
            .endpoints
            .authorize_url(|| CsrfToken::new_random_len(32))
            .add_scopes(scopes.iter().map(|name| oauth2::Scope::new(name.to_owned())))
            .add_extra_param("audience", self.hosts.audience.as_str())
            .add_extra_param("prompt", "consent")
            .set_pkce_challenge(challenge)
            .url();
        Authorization { url, state: state.into_secret(), pkce_verifier: verifier.into_secret().into() }
    }

    /// Redeems the code that came back with the browser.
    pub async fn exchange(&self, code: &str, verifier: &SecretString) -> Result<Grant, OAuthError> {
        self.endpoints
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()))
            .request_async(&self.http)
            .await
            .map(|answer| grant(&answer))
            .map_err(sorted)
    }

    /// Trades the refresh token for new tokens. Lever gives a new refresh token each time and revokes
    /// everything when an old one is used again: one refresh at a time, and keep both tokens at once.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<Grant, OAuthError> {
        let token = RefreshToken::new(refresh_token.expose_secret().to_owned());
        self.endpoints
            .exchange_refresh_token(&token)
            .request_async(&self.http)
            .await
            .map(|answer| grant(&answer))
            .map_err(sorted)
    }

    /// Asks Lever to forget a refresh token (RFC 7009). A best effort: not every environment offers
    /// it, and the customer can always revoke access in Lever.
    pub async fn revoke(&self, refresh_token: &SecretString) -> Result<(), OAuthError> {
        // By hand, since the crate refuses the plain HTTP that is allowed on loopback.
        let request = self.http.0.post(self.hosts.revoke_url()).form(&[
            ("client_id", self.endpoints.client_id().as_str()),
            ("client_secret", self.client_secret.expose_secret()),
            ("token", refresh_token.expose_secret()),
            ("token_type_hint", "refresh_token"),
        ]);
        let response = request.send().await.map_err(Broken::from).map_err(broken)?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(refused(&Answer::read(response).await.map_err(broken)?))
    }
}

fn grant(answer: &BasicTokenResponse) -> Grant {
    Grant {
        access_token: answer.access_token().secret().as_str().into(),
        refresh_token: answer.refresh_token().map(|token| token.secret().as_str().into()),
        expires_in: answer.expires_in().unwrap_or(USUAL_LIFE),
        scopes: answer.scopes().map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect()),
    }
}

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    async fn read(response: reqwest::Response) -> Result<Self, Broken> {
        Ok(Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: http::body(response, BODY_LIMIT).await?,
        })
    }
}

/// Carries the crate's requests. It stops at everything but 200, because the crate's own errors
/// keep neither the status nor the headers that the sorting needs.
struct Http(reqwest::Client);

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("{}", .0.why)]
    Broken(Broken),
    #[error("HTTP {}", .0.status)]
    Refused(Answer),
    #[error("{0}")]
    Http(#[from] oauth2::http::Error),
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Unfit;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unfit>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let broken = |error: reqwest::Error| Unfit::Broken(error.into());
            let request = reqwest::Request::try_from(request).map_err(broken)?;
            let response = self.0.execute(request).await.map_err(broken)?;
            let answer = Answer::read(response).await.map_err(Unfit::Broken)?;
            if answer.status != 200 {
                return Err(Unfit::Refused(answer));
            }
            let mut response = HttpResponse::new(answer.body);
            *response.headers_mut() = answer.headers;
            Ok(response)
        })
    }
}

fn sorted(error: RequestTokenError<Unfit, BasicErrorResponse>) -> OAuthError {
    match error {
        RequestTokenError::Request(Unfit::Broken(error)) => broken(error),
        RequestTokenError::Request(Unfit::Refused(answer)) => refused(&answer),
        RequestTokenError::Request(Unfit::Http(error)) => malformed(error),
        RequestTokenError::ServerResponse(error) => malformed(error),
        // The body may hold tokens: only where it went wrong is told.
        RequestTokenError::Parse(error, _) => {
            malformed(format!("field {:?} is missing or not as it should be", error.path().to_string()))
        }
        RequestTokenError::Other(why) => malformed(why),
    }
}

fn malformed(why: impl fmt::Display) -> OAuthError {
    OAuthError::Malformed { why: why.to_string() }
}

fn broken(broken: Broken) -> OAuthError {
    OAuthError::TryAgain { why: broken.why, retry_after: None }
}

/// Sorts an answer other than 200 by status first and RFC 6749's code second: 400 and 403
/// `invalid_grant` are the same to us (Lever's wire notes §2).
fn refused(answer: &Answer) -> OAuthError {
    let status = answer.status;
    if matches!(status, 408 | 425 | 429 | 500..=599) {
        return OAuthError::TryAgain {
            why: format!("HTTP {status}"),
            retry_after: http::retry_after(&answer.headers),
        };
    }
    let fields: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |name: &str| {
        let text = fields.get(name)?.as_str()?.trim();
        (!text.is_empty()).then(|| http::excerpt(text.as_bytes(), 500))
    };
    let code = text("error");
    let description = text("error_description").unwrap_or_else(|| format!("HTTP {status}"));
    match (status, code) {
        (401, code) => {
            OAuthError::BadClient { code: code.unwrap_or_else(|| "HTTP 401".to_owned()), description }
        }
        (400..=499, Some(code)) if matches!(code.as_str(), "invalid_client" | "unauthorized_client") => {
            OAuthError::BadClient { code, description }
        }
        (400..=499, Some(code)) => OAuthError::Refused { code, description },
        _ => malformed(format!("HTTP {status} without an error code")),
    }
}

#[cfg(test)]
mod tests;
