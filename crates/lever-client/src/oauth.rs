//! OAuth 2.0 with Lever: authorization code with PKCE, refresh with rotation, revocation.
//!
//! Lever's sign-in service is Auth0 (Lever's wire notes §2); RFC 6749, 7636 and 7009 for the rest.

use std::{fmt, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::hosts::Hosts;
use crate::http::{self, Broken};
use crate::redirect::{self, Redirect};
use crate::scopes::ScopeSet;

mod answer;
mod claims;
mod error;

use answer::Answer;
pub use answer::Grant;
pub use claims::Claims;
pub use error::{OAuthError, Rotated, SetupError};

/// How long the sign-in service may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(20);
/// No answer of the sign-in service is larger.
const BODY_LIMIT: usize = 64 * 1024;

/// An app as a client of Lever's sign-in service.
pub struct OAuth {
    hosts: Hosts,
    client_id: String,
    client_secret: SecretString,
    redirect_uri: String,
    http: reqwest::Client,
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth")
            .field("hosts", &self.hosts)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A request for access that was begun: where to send the browser, and what to keep until it is back.
#[derive(Debug)]
pub struct Authorization {
    /// Lever's consent page for this request.
    pub url: Url,
    /// 256 random bits that must come back unchanged; bind them to the session and take them once.
    pub state: String,
    /// PKCE's secret, needed to redeem the code. Keep it sealed.
    pub pkce_verifier: SecretString,
}

impl OAuth {
    /// A client for `hosts`. `redirect_uri` must be, byte for byte, the one registered with Lever.
    ///
    /// # Errors
    /// When `redirect_uri` is no address, or TLS can't be set up.
    pub fn new(
        hosts: Hosts,
        client_id: impl Into<String>,
        client_secret: SecretString,
        redirect_uri: impl Into<String>,
    ) -> Result<Self, SetupError> {
        Self::over(http::client(TIMEOUT)?, hosts, client_id, client_secret, redirect_uri)
    }

    /// The same over this HTTP client, such as one that trusts a company's own authority
    /// ([`http::Settings`](crate::http::Settings)).
    ///
    /// # Errors
    /// When `redirect_uri` is no address.
    pub fn over(
        http: reqwest::Client,
        hosts: Hosts,
        client_id: impl Into<String>,
        client_secret: SecretString,
        redirect_uri: impl Into<String>,
    ) -> Result<Self, SetupError> {
        let redirect_uri = redirect_uri.into();
        // Only looked at: what is registered is compared as text, so it is sent as it was given.
        Url::parse(&redirect_uri)?;
        Ok(Self { hosts, client_id: client_id.into(), client_secret, redirect_uri, http })
    }

    /// The addresses that this client talks with.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Begins a request for access. There is no `prompt` in it: Lever asks by itself when the app is
    /// new, was revoked or wants more, and `prompt` keeps people who sign in with Microsoft 365 from
    /// authorizing at all (Lever's wire notes §2).
    pub fn authorize(&self, scopes: &ScopeSet) -> Authorization {
        let (state, verifier) = (random(), random());
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut url = self.hosts.auth_url.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("state", &state)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("scope", &scopes.to_string())
            .append_pair("audience", &self.hosts.audience);
        Authorization { url, state, pkce_verifier: verifier.into() }
    }

    /// Redeems the code that came back with the browser.
    ///
    /// # Errors
    /// See [`OAuthError`]. An [`OAuthError::OnlyRotated`] cannot be used here: begin anew.
    pub async fn exchange(&self, code: &str, verifier: &SecretString) -> Result<Grant, OAuthError> {
        let verifier = verifier.expose_secret();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", &self.redirect_uri),
        ];
        let answer = self.ask(&self.hosts.token_url, &form, &[code, verifier]).await?;
        answer.grant()
    }

    /// Trades the refresh token for new tokens. Lever gives a new refresh token each time and revokes
    /// everything when an old one is used again: one refresh at a time, and keep both tokens at once.
    ///
    /// # Errors
    /// See [`OAuthError`]; [`OAuthError::AnswerLost`] and [`OAuthError::OnlyRotated`] come from here.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<Grant, OAuthError> {
        let token = refresh_token.expose_secret();
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        match self.post(&self.hosts.token_url, &form, &[token]).await {
            Err(Failed::OnTheWay(broken)) if broken.maybe_sent && !broken.is_certificate => {
                Err(OAuthError::AnswerLost { why: broken.why })
            }
            Err(Failed::OnTheWay(broken)) => Err(broken.into()),
            // A gateway that lost sight of the service behind it says so with these.
            Err(Failed::Refused(500 | 502 | 504, OAuthError::TryAgain { why, .. })) => {
                Err(OAuthError::AnswerLost { why })
            }
            Err(Failed::Refused(_, error)) => Err(error),
            Ok(answer) => answer.grant().map_err(|error| match error {
                OAuthError::Malformed { why } => {
                    OAuthError::AnswerLost { why: format!("it can't be read: {why}") }
                }
                other => other,
            }),
        }
    }

    /// Asks Lever to forget a refresh token (RFC 7009). A best effort: not every environment offers
    /// it, and the customer can always revoke access in Lever.
    ///
    /// # Errors
    /// When Lever did not say that it was done.
    pub async fn revoke(&self, refresh_token: &SecretString) -> Result<(), OAuthError> {
        let token = refresh_token.expose_secret();
        let form = [("token", token), ("token_type_hint", "refresh_token")];
        self.ask(&self.hosts.revoke_url(), &form, &[token]).await.map(drop)
    }

    async fn ask(&self, url: &Url, form: &[(&str, &str)], secrets: &[&str]) -> Result<Answer, OAuthError> {
        self.post(url, form, secrets).await.map_err(|failed| match failed {
            Failed::OnTheWay(broken) => broken.into(),
            Failed::Refused(_, error) => error,
        })
    }

    /// Posts a form with the app's credentials in its body (Lever's wire notes §2), and follows redirects.
    async fn post(&self, url: &Url, form: &[(&str, &str)], secrets: &[&str]) -> Result<Answer, Failed> {
        let own =
            [("client_id", self.client_id.as_str()), ("client_secret", self.client_secret.expose_secret())];
        let form: Vec<_> = form.iter().chain(&own).collect();
        let mut to = url.clone();
        let mut hops = 0;
        let answer = loop {
            let response = self
                .http
                .post(to.clone())
                .form(&form)
                .send()
                .await
                .map_err(|e| Failed::OnTheWay(e.into()))?;
            let (status, headers) = (response.status(), response.headers().clone());
            match redirect::of_answer(&Method::POST, url, &to, status, &headers) {
                Some(Redirect::Follow(next)) if hops < redirect::LIMIT => {
                    hops += 1;
                    to = next;
                    continue;
                }
                Some(Redirect::Follow(_)) => {
                    return Err(Failed::left(status.as_u16(), "too many redirects".to_owned()));
                }
                Some(Redirect::Left(why)) => return Err(Failed::left(status.as_u16(), why)),
                None => {}
            }
            let body = http::body(response, BODY_LIMIT).await.map_err(Failed::OnTheWay)?;
            break Answer { status, headers, body };
        };
        if answer.status.is_success() {
            return Ok(answer);
        }
        let mut hidden = secrets.to_vec();
        hidden.push(self.client_secret.expose_secret());
        Err(Failed::Refused(answer.status.as_u16(), answer.refused().without(&hidden)))
    }
}

/// Why a form has no good answer.
enum Failed {
    OnTheWay(Broken),
    Refused(u16, OAuthError),
}

impl Failed {
    fn left(status: u16, why: String) -> Self {
        Self::Refused(status, OAuthError::TryAgain { why, retry_after: None })
    }
}

/// 256 random bits as text that a URL takes as it is.
fn random() -> String {
    let bytes: [u8; 32] = rand::random();
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests;
