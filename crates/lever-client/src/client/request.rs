//! One call from building it to sorting its answer.

use std::fmt;
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder, StatusCode, Url, multipart};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::client::api::Api;
use crate::client::trace::CallRecord;
use crate::error::Error;
use crate::http::{self, Broken};
use crate::json;
use crate::redirect::{self, Redirect};
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
    /// What must not be shown, should Lever repeat it.
    hidden: Option<String>,
}

/// A file to be uploaded. Lever takes docx, doc, jpg, png, pdf and txt, at most 30 MB.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its name, with the extension.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, mime, bytes) = (&self.name, &self.mime, self.bytes.len());
        write!(f, "Upload({name:?}, {mime:?}, {bytes} bytes)")
    }
}

#[derive(Clone, Debug)]
enum Body {
    None,
    Json(Value),
    File(Upload),
}

/// The parameter that names a user.
const PERFORM_AS: &str = "perform_as";

impl Call {
    pub fn new<'a>(method: Method, segments: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            method,
            segments: segments.into_iter().map(str::to_owned).collect(),
            query: Vec::new(),
            body: Body::None,
            hidden: None,
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
        self.query(user.map(|user| (PERFORM_AS, user.to_string())))
    }

    fn is_in_a_name(&self) -> bool {
        self.query.iter().any(|(name, _)| *name == PERFORM_AS)
    }

    pub fn json(mut self, value: Value) -> Self {
        self.body = Body::Json(value);
        self
    }

    pub fn file(mut self, upload: Upload) -> Self {
        self.body = Body::File(upload);
        self
    }

    /// Keeps this out of what is shown of the answer.
    pub fn hiding(mut self, secret: &str) -> Self {
        self.hidden = Some(secret.to_owned());
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
        match json::read::<Value>(body) {
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
    pub status: StatusCode,
    pub body: Vec<u8>,
}

impl Answer {
    /// The object in it, wrapped in `data` once or twice.
    pub fn object<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let document: Value =
            json::read(&self.body).map_err(|error| Error::unreadable(self.status, &error))?;
        // A list would be read as the object's fields in their order.
        let object = json::unwrapped(document)
            .filter(Value::is_object)
            .ok_or_else(|| Error::unreadable(self.status, &"there is no object in its data"))?;
        serde_json::from_value(object).map_err(|error| Error::unreadable(self.status, &error))
    }

    /// The id of what was made, under one of these names; none if there is none that can be read: the
    /// object was made in any case, and an error would make two.
    pub fn made<Id: DeserializeOwned>(&self, names: &[&str]) -> Option<Id> {
        let object = json::unwrapped(self.value())?;
        let id = names.iter().find_map(|name| object.get(*name).filter(|id| !id.is_null()))?;
        Id::deserialize(id).ok()
    }

    /// The whole document; null where it can't be read.
    pub fn value(&self) -> Value {
        json::read(&self.body).unwrap_or_default()
    }
}

impl Api {
    /// Reads, with a few tries.
    pub(super) async fn read_as<T>(
        &self,
        call: &Call,
        reader: impl Fn(&Answer) -> Result<T, Error> + Sync,
    ) -> Result<T, Error> {
        let reader = &reader;
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(250))
            .with_max_delay(LONGEST_RETRY)
            .with_max_times(self.client.read_retries)
            .with_jitter();
        (move || async move { reader(&self.once(call).await?) })
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
            lever_time: None,
            excerpt: String::new(),
            skipped: Vec::new(),
            skipped_count: 0,
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

    /// Sends the call, and sends it on where Lever redirects it.
    async fn send(&self, call: &Call, url: Url, record: &mut CallRecord) -> Result<Answer, Error> {
        let mut to = url.clone();
        for hops in 0.. {
            let response = self.request(call, to.clone())?.send().await;
            let response = response.map_err(|e| self.broken(e.into(), record))?;
            let (status, headers) = (response.status(), response.headers().clone());
            record.status = Some(status.as_u16());
            record.lever_time = http::date(&headers);
            let left = match redirect::of_answer(&call.method, &url, &to, status, &headers) {
                Some(Redirect::Follow(next)) if hops < redirect::LIMIT => {
                    to = next;
                    // Each of them is a call to Lever.
                    self.client.limit.turn().await?;
                    continue;
                }
                Some(Redirect::Follow(_)) => Some("too many redirects".to_owned()),
                Some(Redirect::Left(why)) => Some(why),
                None => None,
            };
            let body = http::body(response, BODY_LIMIT).await.map_err(|e| self.broken(e, record))?;
            record.excerpt = self.shown(call, &call.excerpt(&body));
            if let Some(why) = left {
                return Err(Error::not_followed(why));
            }
            if status.is_success() {
                return Ok(Answer { status, body });
            }
            if status == StatusCode::TOO_MANY_REQUESTS
                && let Some(wait) = http::retry_after(&headers)
            {
                self.client.limit.pause(wait);
            }
            let secrets = [self.credentials.secret(), call.hidden.as_deref().unwrap_or_default()];
            let failure = Error::from_answer(status, &headers, &body).without(&secrets);
            return Err(if call.is_in_a_name() { failure.of_a_user() } else { failure });
        }
        Err(Error::not_followed("too many redirects".to_owned()))
    }

    fn request(&self, call: &Call, to: Url) -> Result<RequestBuilder, Error> {
        let request = self.credentials.on(self.client.http.request(call.method.clone(), to));
        Ok(match &call.body {
            Body::None => request,
            Body::Json(value) => request.json(value),
            Body::File(upload) => request.multipart(form(upload)?),
        })
    }

    fn broken(&self, broken: Broken, record: &mut CallRecord) -> Error {
        record.excerpt.clone_from(&broken.why);
        broken.into()
    }

    /// What Lever said, without what must not be shown.
    fn shown(&self, call: &Call, text: &str) -> String {
        http::without(text, &[self.credentials.secret(), call.hidden.as_deref().unwrap_or_default()])
    }
}

fn form(upload: &Upload) -> Result<multipart::Form, Error> {
    let part = multipart::Part::bytes(upload.bytes.clone())
        .file_name(upload.name.clone())
        .mime_str(&upload.mime)
        .map_err(|_| Error::not_sent(format!("{:?} is no media type", upload.mime)))?;
    Ok(multipart::Form::new().part("file", part))
}
