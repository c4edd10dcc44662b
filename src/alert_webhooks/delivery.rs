//! Posting one alert, once.

use super::answer::Answered;
use super::guard;
use super::signature;
use super::store::AlertDelivery;
use crate::reasons::Reason;
use crate::time::Timestamp;
use lever_client::http::HttpError;
use secrecy::{ExposeSecret as _, SecretString};
use std::error::Error as _;
use std::time::Duration;
use url::Url;

/// How long the receiver may take for its answer; Standard Webhooks suggests 15 to 30 s.
const LIMIT: Duration = Duration::from_secs(15);

/// The beginning of the answer that is kept, in bytes.
const EXCERPT: usize = 300;

/// Posts alerts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sender {
    http: reqwest::Client,
    is_trial: bool,
}

impl Sender {
    /// For a portal at this address; `extra_authorities`, in PEM, are trusted beside the system's.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(base_url: &Url, extra_authorities: &[u8]) -> Result<Self, HttpError> {
        let is_trial = is_trial(base_url);
        let http = guard::client(is_trial, extra_authorities, LIMIT)?;
        Ok(Self { http, is_trial })
    }

    /// Whether the portal is a trial at localhost, which may post to its own machine.
    pub fn is_trial(&self) -> bool {
        self.is_trial
    }

    /// Posts a text once, as it is; under the same guards as an alert.
    pub async fn post_text(&self, url: &SecretString, text: String) -> Answered {
        let began = Timestamp::now();
        match guard::parse(url.expose_secret(), self.is_trial) {
            Ok(url) => {
                let request =
                    self.http.post(url).header("content-type", "text/plain; charset=utf-8").body(text);
                answer(request, began).await
            }
            Err(why) => failed(Reason::AlertAddress { problem: why.to_string() }, began),
        }
    }

    /// Posts once.
    pub async fn send(&self, url: &SecretString, secrets: &[SecretString], post: &AlertDelivery) -> Answered {
        let began = Timestamp::now();
        // Saved once as good; looked at again, because what is good may have been redefined since.
        let url = match guard::parse(url.expose_secret(), self.is_trial) {
            Ok(url) => url,
            Err(why) => return failed(Reason::AlertAddress { problem: why.to_string() }, began),
        };
        let (id, seconds) = (post.id.to_string(), began.0 / 1000);
        let request = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signature::header(secrets, &id, seconds, &post.body))
            .body(post.body.clone());
        answer(request, began).await
    }
}

fn failed(words: Reason, began: Timestamp) -> Answered {
    Answered { status: None, words, duration_ms: Timestamp::now().since(began) }
}

/// Sends, and takes the beginning of what is answered.
async fn answer(request: reqwest::RequestBuilder, began: Timestamp) -> Answered {
    match request.send().await {
        Ok(mut answer) => {
            let status = answer.status().as_u16();
            let mut bytes = Vec::new();
            while bytes.len() < EXCERPT
                && let Ok(Some(chunk)) = answer.chunk().await
            {
                bytes.extend_from_slice(&chunk);
            }
            bytes.truncate(EXCERPT);
            let text = String::from_utf8_lossy(&bytes).replace('\0', "");
            let words = if text.is_empty() { Reason::None } else { Reason::Value(text) };
            Answered { status: Some(status), words, duration_ms: Timestamp::now().since(began) }
        }
        Err(error) => failed(why(&error), began),
    }
}

fn is_trial(base_url: &Url) -> bool {
    base_url.scheme() == "http" && guard::parse(base_url.as_str(), true).is_ok()
}

fn why(error: &reqwest::Error) -> Reason {
    let mut cause: Option<&dyn std::error::Error> = error.source();
    let mut deepest = None;
    while let Some(deeper) = cause {
        deepest = Some(deeper.to_string());
        cause = deeper.source();
    }
    let deepest = deepest.unwrap_or_else(|| error.to_string());
    if let Some(fault) = lever_client::http::certificate_fault(error) {
        return Reason::CertificateNotTrusted { detail: fault.to_string() };
    }
    match () {
        () if error.is_timeout() => Reason::NoAnswerInTime,
        () if error.is_connect() => Reason::NoConnection { detail: deepest },
        () => Reason::ConnectionBroke { detail: deepest },
    }
}
