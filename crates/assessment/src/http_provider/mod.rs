//! A provider of tests that is reached over HTTP. The wire format is in `docs/test-providers.md`.

pub mod callback;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::provider::{Invited, Order, Progress, Provider, ProviderError, Reference, TestResult};
use callback::SigningSecret;

/// How long the provider may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The largest answer that is read, in bytes.
const LIMIT: usize = 256 * 1024;

/// Where the provider is, and what it is spoken to with.
#[derive(Clone)]
pub struct Address {
    /// What the paths of `docs/test-providers.md` are added to.
    pub url: Url,
    /// Sent as bearer token.
    pub token: SecretString,
    /// What callbacks are signed with.
    pub signing_secret: SigningSecret,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// A provider over HTTP. Cheap to clone.
#[derive(Debug, Clone)]
pub struct HttpProvider {
    address: Address,
    http: reqwest::Client,
}

impl HttpProvider {
    /// The provider at this address.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(address: Address) -> Result<Self, reqwest::Error> {
        Self::over(reqwest::Client::builder(), address)
    }

    /// The same, over a client that trusts more than the usual authorities, say.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn over(client: reqwest::ClientBuilder, address: Address) -> Result<Self, reqwest::Error> {
        let http = client
            .user_agent(concat!("alva-portal/", env!("CARGO_PKG_VERSION")))
            // A redirected call would leak its token.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(PATIENCE)
            .build()?;
        Ok(Self { address, http })
    }

    /// What callbacks are signed with.
    #[must_use]
    pub fn signing_secret(&self) -> &SigningSecret {
        &self.address.signing_secret
    }

    /// Asks for an order that there is not: whoever says so knows the token, and speaks as it should.
    ///
    /// # Errors
    /// What is wrong, as for the calls of [`Provider`].
    pub async fn greet(&self) -> Result<(), ProviderError> {
        match self.progress(&Reference("00000000-0000-7000-8000-000000000000".into())).await {
            Ok(_) | Err(ProviderError::Unknown) => Ok(()),
            Err(other) => Err(other),
        }
    }

    fn order_url(&self, parts: &[&str]) -> Result<Url, ProviderError> {
        let mut url = self.address.url.clone();
        url.path_segments_mut()
            .map_err(|()| ProviderError::Refused("its address cannot have a path".into()))?
            .pop_if_empty()
            .push("orders")
            .extend(parts);
        Ok(url)
    }

    async fn call(
        &self,
        method: Method,
        parts: &[&str],
        body: Option<&Order>,
    ) -> Result<Response, ProviderError> {
        let mut request =
            self.http.request(method, self.order_url(parts)?).bearer_auth(self.address.token.expose_secret());
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(on_the_way)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        if matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE) {
            return Err(ProviderError::Unknown);
        }
        let words = error_message(&read(answer).await.unwrap_or_default());
        let told = format!("HTTP {}{words}", status.as_u16());
        Err(match status.as_u16() {
            401 | 403 => ProviderError::Refused(format!("{told}; check TESTS_TOKEN")),
            300..=399 => ProviderError::Refused(format!("{told}; check TESTS_URL")),
            408 | 425 | 429 | 500..=599 => ProviderError::Unavailable(told),
            _ => ProviderError::Refused(told),
        })
    }

    /// Nothing of this provider's is followed but a web address, and a secure one where it is itself.
    fn check_link(&self, link: &str) -> Result<(), ProviderError> {
        let scheme = Url::parse(link).ok().filter(Url::has_host).map(|url| url.scheme().to_owned());
        match scheme.as_deref() {
            Some("https") => Ok(()),
            Some("http") if self.address.url.scheme() == "http" => Ok(()),
            _ => Err(ProviderError::Refused("the candidate's link is no https address".into())),
        }
    }
}

/// An answer of another order is as good as none.
fn of_order(given: &Reference, asked: &Reference) -> Result<(), ProviderError> {
    if given == asked {
        return Ok(());
    }
    Err(ProviderError::Refused("its answer is about another order".into()))
}

fn on_the_way(failure: reqwest::Error) -> ProviderError {
    let failure = failure.without_url();
    let why = match () {
        () if failure.is_timeout() => "no answer in time".to_owned(),
        () if failure.is_connect() => "no connection".to_owned(),
        () => failure.to_string(),
    };
    ProviderError::Unavailable(why)
}

async fn read(mut answer: Response) -> Result<Vec<u8>, ProviderError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(on_the_way)? {
        if bytes.len() + chunk.len() > LIMIT {
            return Err(ProviderError::Refused("its answer is larger than 256 KiB".into()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn json<T: DeserializeOwned>(answer: Response) -> Result<T, ProviderError> {
    serde_json::from_slice(&read(answer).await?)
        .map_err(|failure| ProviderError::Refused(format!("its answer cannot be read: {failure}")))
}

/// The provider's own words in an error, at most 200 characters.
fn error_message(body: &[u8]) -> String {
    let message = serde_json::from_slice::<Value>(body).ok();
    let message = message.as_ref().and_then(|body| body.get("message")?.as_str()).unwrap_or_default();
    let plain: String = message.chars().filter(|letter| !letter.is_control()).take(200).collect();
    if plain.is_empty() { plain } else { format!(": {plain}") }
}

#[async_trait]
impl Provider for HttpProvider {
    async fn invite(&self, order: &Order) -> Result<Invited, ProviderError> {
        let answer = match self.call(Method::POST, &[], Some(order)).await {
            // There is no order in the address that could be unknown.
            Err(ProviderError::Unknown) => {
                return Err(ProviderError::Refused("HTTP 404; check TESTS_URL".into()));
            }
            other => other?,
        };
        let invited: Invited = json(answer).await?;
        of_order(&invited.reference, &order.reference)?;
        self.check_link(&invited.link)?;
        Ok(invited)
    }

    async fn progress(&self, reference: &Reference) -> Result<Progress, ProviderError> {
        let progress: Progress = json(self.call(Method::GET, &[&reference.0], None).await?).await?;
        of_order(&progress.reference, reference)?;
        Ok(progress)
    }

    async fn result(&self, reference: &Reference) -> Result<Option<TestResult>, ProviderError> {
        let answer = self.call(Method::GET, &[&reference.0, "result"], None).await?;
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        let result: TestResult = json(answer).await?;
        of_order(&result.reference, reference)?;
        result.check().map_err(ProviderError::Refused)?;
        Ok(Some(result))
    }

    async fn erase(&self, reference: &Reference) -> Result<(), ProviderError> {
        match self.call(Method::DELETE, &[&reference.0], None).await {
            Ok(_) | Err(ProviderError::Unknown) => Ok(()),
            Err(other) => Err(other),
        }
    }
}
