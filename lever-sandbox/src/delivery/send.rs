//! One HTTP call to a webhook.

use std::error::Error;
use std::time::{Duration, Instant};

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, redirect};

use super::log::Attempt;

/// How much of an answer's body is read, in bytes, so that its connection can be used again.
const DRAINED: usize = 64 * 1024;

/// Calls webhooks: no redirects, no proxy, certificates that verify, a time limit.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    client: Client,
    timeout: Duration,
}

impl Sender {
    pub(super) fn new(timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(timeout)
            .user_agent("Lever-Webhooks")
            .build()?;
        Ok(Self { client, timeout })
    }

    /// Posts the body and says how it went; `now` stamps the attempt.
    pub(super) async fn post(&self, url: &str, body: String, now: i64) -> Attempt {
        let started = Instant::now();
        let answer = self.client.post(url).header(CONTENT_TYPE, "application/json").body(body).send().await;
        let (status, error) = match answer {
            Ok(answer) => {
                let status = answer.status().as_u16();
                drain(answer).await;
                (Some(status), None)
            }
            Err(error) => (None, Some(self.in_words(&error))),
        };
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Attempt { time: now, status, error, duration_ms }
    }

    fn in_words(&self, error: &reqwest::Error) -> String {
        if error.is_timeout() {
            return format!("no answer within {} ms", self.timeout.as_millis());
        }
        // The outermost error only repeats the URL; the innermost names the cause.
        let mut cause: &dyn Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        if error.is_connect() {
            format!("could not connect: {cause}")
        } else {
            format!("the connection broke off: {cause}")
        }
    }
}

/// Reads a short body to its end; the status has already decided.
async fn drain(mut answer: Response) {
    let mut read = 0;
    while read < DRAINED
        && let Ok(Some(chunk)) = answer.chunk().await
    {
        read += chunk.len();
    }
}
