//! One call from building it to sorting its answer.

use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use reqwest::{Method, StatusCode, Url, multipart};
use secrecy::ExposeSecret;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::client::{Api, CallRecord, Upload};
use crate::error::Error;
use crate::http;
use crate::http::Broken;
use crate::types::UserId;

/// No page of a hundred objects is larger.
const BODY_LIMIT: usize = 32 * 1024 * 1024;
/// What a record keeps of a body, in bytes.
const EXCERPT_LIMIT: usize = 4096;
/// A read waits at most this long for its next try; then the caller decides.
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// A call to be made.
#[derive(Clone, Debug)]
pub(super) struct Call {
    method: Method,
    segments: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    None,
    Json(Value),
    File(Upload),
}

/// `{"data": …}`, as every answer has it.
#[derive(Deserialize)]
pub(super) struct Data<T> {
    pub data: T,
}

impl Call {
    pub fn new<'a>(method: Method, segments: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            method,
            segments: segments.into_iter().map(str::to_owned).collect(),
            query: Vec::new(),
            body: Body::None,
        }
    }

    pub fn get<'a>(segments: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(Method::GET, segments)
    }

    pub fn query(mut self, pairs: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.query.extend(pairs);
        self
    }

    pub fn perform_as(self, user: Option<&UserId>) -> Self {
        self.query(user.map(|user| ("perform_as", user.to_string())))
    }

    pub fn json(mut self, value: Value) -> Self {
        self.body = Body::Json(value);
        self
    }

    pub fn file(mut self, upload: Upload) -> Self {
        self.body = Body::File(upload);
        self
    }

    fn url(&self, base: &Url) -> Result<Url, Error> {
        // Such a segment would vanish from the path and turn the call into another one.
        if self.segments.iter().any(|segment| matches!(segment.as_str(), "" | "." | "..")) {
            return Err(Error::not_sent("an id is empty or not an id"));
        }
        let mut url = base.clone();
        url.path_segments_mut()
            .map_err(|()| Error::not_sent("the API's address takes no path"))?
            .pop_if_empty()
            .extend(&self.segments);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    fn is_about_webhooks(&self) -> bool {
        self.segments.first().is_some_and(|first| first == "webhooks")
    }

    fn request_excerpt(&self) -> Option<String> {
        match &self.body {
            Body::None => None,
            Body::Json(value) => Some(self.excerpt(value.to_string().as_bytes())),
            Body::File(upload) => Some(format!("{}, {} bytes", upload.name, upload.bytes.len())),
        }
    }

    /// What a record keeps of a body: of webhooks without their tokens and secret addresses.
    fn excerpt(&self, body: &[u8]) -> String {
        if !self.is_about_webhooks() {
            return http::excerpt(body, EXCERPT_LIMIT);
        }
        match serde_json::from_slice(body) {
            Ok(mut value) => {
                redact(&mut value);
                http::excerpt(value.to_string().as_bytes(), EXCERPT_LIMIT)
            }
            Err(_) if body.is_empty() => String::new(),
            Err(_) => "not shown: it may hold a signing token".to_owned(),
        }
    }
}

fn redact(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match name.as_str() {
                    "signatureToken" | "url" => *field = Value::from("not shown"),
                    _ => redact(field),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact),
        _ => {}
    }
}

/// A good answer.
pub(super) struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::unreadable(self.status, &error))
    }
}

impl Api {
    /// Reads, with a few tries.
    pub(super) async fn read<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(250))
            .with_max_delay(LONGEST_RETRY)
            .with_max_times(self.client.read_retries)
            .with_jitter();
        (|| async { self.once(call).await?.json() })
            .retry(backoff)
            .when(Error::is_transient)
            .adjust(|error, delay| {
                let wait = delay?.max(error.retry_after().unwrap_or_default());
                (wait <= LONGEST_RETRY).then_some(wait)
            })
            .await
    }

    /// Makes the call, once.
    pub(super) async fn once(&self, call: &Call) -> Result<Answer, Error> {
        let url = call.url(&self.client.api_url)?;
        self.client.limit.turn().await?;

        let base = self.client.api_url.path().trim_end_matches('/');
        let path = &url[url::Position::BeforePath..];
        let path = path.strip_prefix(base).unwrap_or(path);
        let mut record = CallRecord {
            at: Timestamp::now(),
            method: call.method.to_string(),
            path: path.to_owned(),
            request: call.request_excerpt(),
            status: None,
            duration_ms: 0,
            excerpt: String::new(),
        };
        let started = Instant::now();
        let result = self.send(call, url.clone(), &mut record).await;
        let took = started.elapsed();
        record.duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        (self.client.observer)(&record, took);
        tracing::debug!(
            method = record.method,
            status = record.status,
            duration_ms = record.duration_ms,
            "called Lever"
        );
        self.trace.push(record);
        result
    }

    async fn send(&self, call: &Call, url: Url, record: &mut CallRecord) -> Result<Answer, Error> {
        let request =
            self.client.http.request(call.method.clone(), url).bearer_auth(self.token.expose_secret());
        let request = match &call.body {
            Body::None => request,
            Body::Json(value) => request.json(value),
            Body::File(upload) => request.multipart(form(upload)?),
        };
        let mut broken = |broken: Broken| {
            record.excerpt.clone_from(&broken.why);
            Error::from(broken)
        };
        let response = request.send().await.map_err(|e| broken(e.into()))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = http::body(response, BODY_LIMIT).await;
        record.status = Some(status.as_u16());
        let body = body.map_err(|broken| {
            record.excerpt.clone_from(&broken.why);
            Error::from(broken)
        })?;
        record.excerpt = call.excerpt(&body);
        if status.is_success() {
            return Ok(Answer { status, body });
        }
        if status == StatusCode::TOO_MANY_REQUESTS
            && let Some(wait) = http::retry_after(&headers)
        {
            self.client.limit.pause(wait);
        }
        Err(Error::from_answer(status, &headers, &body))
    }
}

fn form(upload: &Upload) -> Result<multipart::Form, Error> {
    let part = multipart::Part::bytes(upload.bytes.clone())
        .file_name(upload.name.clone())
        .mime_str(&upload.mime)
        .map_err(|_| Error::not_sent(format!("{:?} is no media type", upload.mime)))?;
    Ok(multipart::Form::new().part("file", part))
}
