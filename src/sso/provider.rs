//! Calls to companies' providers, and what they say of themselves.
//!
//! An admin chooses the address, so the calls stand under the guards of alerts: only HTTPS, only public addresses, no
//! redirects ([`guard`]).

use crate::alert_webhooks::guard::{self, BadAddress};
use lever_client::http::HttpError;
use openidconnect::{
    DiscoveryError, HttpRequest, HttpResponse, IssuerUrl, ProviderMetadataWithLogout, RedirectUrl, http,
};
use std::collections::HashMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use url::Url;

/// How long a provider may take for an answer.
const LIMIT: Duration = Duration::from_secs(10);

/// The longest answer that is read, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Calls to providers that are under way at a time, of all companies.
const AT_ONCE: usize = 32;

/// What a provider said of itself is used for so long.
const FRESH: Duration = Duration::from_secs(300);

/// After a key that is not known, it is asked again at most this often.
const FRESHEST: Duration = Duration::from_secs(2);

/// Providers that are remembered at a time.
const REMEMBERED: usize = 1_000;

/// Why a provider could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// One of its addresses may not be called.
    #[error("the address {0} may not be called: {1}")]
    Address(String, BadAddress),
    /// It does not answer.
    #[error("no answer from {0}: {1}")]
    Unreachable(String, String),
    /// Its answer is none of OpenID Connect.
    #[error("{0}")]
    Odd(String),
}

/// Why one call brought nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum CallError {
    #[error("the address {0} may not be called")]
    Address(String, BadAddress),
    #[error("no answer from {0}: {1}")]
    Unreachable(String, String),
}

impl From<CallError> for ProviderError {
    fn from(cause: CallError) -> Self {
        match cause {
            CallError::Address(address, why) => Self::Address(address, why),
            CallError::Unreachable(host, why) => Self::Unreachable(host, why),
        }
    }
}

/// What a provider says of itself, and its keys.
pub(super) type Metadata = ProviderMetadataWithLogout;

/// What providers said of themselves, by issuer, and when they were asked.
type Known = HashMap<String, (Instant, Arc<Metadata>)>;

/// Calls providers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SsoClient {
    http: reqwest::Client,
    is_trial: bool,
    redirect: RedirectUrl,
    known: Arc<Mutex<Known>>,
    turns: Arc<Semaphore>,
}

/// The path to which providers send people back.
pub const CALLBACK: &str = "login/sso/callback";

impl SsoClient {
    /// For a portal at this address; `is_trial`: it may ask its own machine. `extra_authorities`, in PEM, are trusted
    /// beside the system's.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(base_url: &Url, is_trial: bool, extra_authorities: &[u8]) -> Result<Self, HttpError> {
        let http = guard::client(is_trial, extra_authorities, LIMIT)?;
        let mut redirect = base_url.clone();
        redirect.set_path(CALLBACK);
        Ok(Self {
            http,
            is_trial,
            redirect: RedirectUrl::from_url(redirect),
            known: Arc::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// Whether the portal is a trial at localhost, whose provider may be on its own machine.
    pub fn is_trial(&self) -> bool {
        self.is_trial
    }

    /// Where providers send people back to.
    pub fn redirect(&self) -> &RedirectUrl {
        &self.redirect
    }

    /// One call, under the guards.
    pub(super) async fn call(&self, request: HttpRequest) -> Result<HttpResponse, CallError> {
        let address = request.uri().to_string();
        let url = guard::parse(&address, self.is_trial).map_err(|why| CallError::Address(address, why))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let broke = |why: &reqwest::Error| CallError::Unreachable(host.clone(), deepest(why));
        let _turn = self.turns.acquire().await;
        let request = reqwest::Request::try_from(request).map_err(|why| broke(&why))?;
        let mut answer = self.http.execute(request).await.map_err(|why| broke(&why))?;
        let mut built = http::Response::builder().status(answer.status());
        if let Some(kind) = answer.headers().get(http::header::CONTENT_TYPE) {
            built = built.header(http::header::CONTENT_TYPE, kind);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|why| broke(&why))? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                return Err(CallError::Unreachable(host, "the answer is longer than 1 MiB".to_owned()));
            }
        }
        built.body(body).map_err(|why| CallError::Unreachable(host.clone(), why.to_string()))
    }

    /// What a provider says of itself, five minutes old at most.
    pub(super) async fn metadata(&self, issuer: &str) -> Result<Arc<Metadata>, ProviderError> {
        self.metadata_within(issuer, FRESH).await
    }

    /// The same, asked again: a key was not among the known ones.
    pub(super) async fn newer_metadata(&self, issuer: &str) -> Result<Arc<Metadata>, ProviderError> {
        self.metadata_within(issuer, FRESHEST).await
    }

    async fn metadata_within(&self, issuer: &str, fresh: Duration) -> Result<Arc<Metadata>, ProviderError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned();
        if let Some((at, metadata)) = known
            && at.elapsed() < fresh
        {
            return Ok(metadata);
        }
        let address = IssuerUrl::new(issuer.to_owned()).map_err(|why| ProviderError::Odd(why.to_string()))?;
        let call = |request| self.call(request);
        let metadata = Metadata::discover_async(address, &call).await.map_err(odd)?;
        let browsers = metadata.authorization_endpoint().url();
        guard::parse(browsers.as_str(), self.is_trial)
            .map_err(|why| ProviderError::Address(browsers.to_string(), why))?;
        let metadata = Arc::new(metadata);
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(issuer.to_owned(), (Instant::now(), Arc::clone(&metadata)));
        Ok(metadata)
    }
}

fn odd(cause: DiscoveryError<CallError>) -> ProviderError {
    match cause {
        DiscoveryError::Request(cause) => cause.into(),
        DiscoveryError::Response(status, _, _) => ProviderError::Odd(format!(
            "its description (.well-known/openid-configuration) or its keys were answered with {status}"
        )),
        DiscoveryError::Parse(cause) => {
            ProviderError::Odd(format!("its description could not be read: {}", cause.into_inner()))
        }
        DiscoveryError::Validation(_) => ProviderError::Odd(
            "it calls itself by another address (issuer) than the one that is saved".to_owned(),
        ),
        other => ProviderError::Odd(other.to_string()),
    }
}

/// The cause behind all causes, which says most.
fn deepest(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        words = deeper.to_string();
        cause = deeper.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_inside_the_network_is_called() {
        let base_url = Url::parse("https://alva.example").expect("an address");
        let client = SsoClient::new(&base_url, false, &[]).expect("a client");
        for inside in
            ["http://127.0.0.1:1", "https://127.0.0.1:1", "https://[::1]", "https://169.254.169.254"]
        {
            let asked = client.metadata(inside).await;
            assert!(matches!(asked, Err(ProviderError::Address(..))), "{inside}: {asked:?}");
        }
        // A name that leads there is noticed when it is looked up.
        let request =
            http::Request::get("https://localhost.localdomain./").body(Vec::new()).expect("a request");
        assert!(client.call(request).await.is_err());
    }

    #[test]
    fn people_come_back_to_one_address() {
        let base_url = Url::parse("https://alva.example/").expect("an address");
        let client = SsoClient::new(&base_url, false, &[]).expect("a client");
        assert_eq!(client.redirect().as_str(), "https://alva.example/login/sso/callback");
    }
}
