//! The calls: paced, bounded in number and size, tried again where Lever asks for it.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::form_urlencoded;

use super::CompareError;
use super::seen::shown_header;
use super::target::Target;

/// The largest answer, in bytes.
const LARGEST: usize = 32 * 1024 * 1024;
/// The most rows of a page, by Lever's documentation.
const MOST_ROWS: usize = 100;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a call is made again after 429; with the waits between them a minute.
const TRIES_LIMITED: u32 = 6;
/// How often a call is made again after a failure of the server or the network.
const TRIES_FAILED: u32 = 2;
/// The longest wait that a server may ask for with `Retry-After`, in seconds.
const LONGEST_WAIT: u64 = 120;

/// As whom a call is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Caller {
    #[default]
    Key,
    Nobody,
    UnknownKey,
    UnknownToken,
    KeyWithPassword,
}

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    /// What the report calls it: method and path with its values left out.
    pub name: String,
    pub method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    caller: Caller,
    json: Option<Value>,
    form: Option<Vec<(&'static str, String)>>,
    file: Option<(&'static str, &'static [u8])>,
    accept: Option<&'static str>,
}

impl Call {
    /// `template` is the path with `{…}` in place of values, which are filled in in
    /// turn, percent-encoded.
    pub fn new(method: Method, template: &str, values: &[&str]) -> Self {
        let mut path = String::new();
        let mut values = values.iter();
        let mut rest = template;
        while let Some((before, (_, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            path.push_str(before);
            let value = form_urlencoded::byte_serialize(values.next().unwrap_or(&"").as_bytes());
            // In a path a plus is a plus.
            path.extend(value.map(|part| if part == "+" { "%20" } else { part }));
            rest = after;
        }
        path.push_str(rest);
        Self {
            name: format!("{method} {template}"),
            method,
            path,
            query: Vec::new(),
            caller: Caller::Key,
            json: None,
            form: None,
            file: None,
            accept: None,
        }
    }

    pub fn get(template: &str) -> Self {
        Self::new(Method::GET, template, &[])
    }

    /// A parameter whose value is the same in every account.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.name_parameter(name, value);
        self.query.push((name, value.to_owned()));
        self
    }

    /// A parameter whose value comes from the account, and so is not named.
    pub fn of(mut self, name: &'static str, value: impl ToString) -> Self {
        self.name_parameter(name, "{…}");
        self.query.push((name, value.to_string()));
        self
    }

    /// How many rows may come: what was asked for, else what Lever's documentation gives as the most.
    pub fn limit(&self) -> usize {
        let asked = self.query.iter().find(|(name, _)| *name == "limit");
        asked.and_then(|(_, value)| value.parse().ok()).unwrap_or(MOST_ROWS)
    }

    fn name_parameter(&mut self, name: &str, value: &str) {
        self.name.push(if self.query.is_empty() { '?' } else { '&' });
        self.name.push_str(&format!("{name}={value}"));
    }

    /// Says more of the call than its path does.
    pub fn note(mut self, note: &str) -> Self {
        self.name.push_str(&format!(" ({note})"));
        self
    }

    pub fn caller(self, caller: Caller) -> Self {
        Self { caller, ..self }.note(match caller {
            Caller::Key => "with the key",
            Caller::Nobody => "without credentials",
            Caller::UnknownKey => "an unknown key",
            Caller::UnknownToken => "an unknown token",
            Caller::KeyWithPassword => "the key with a password",
        })
    }

    pub fn json(mut self, body: Value) -> Self {
        self.json = Some(body);
        self
    }

    pub fn form(self, fields: Vec<(&'static str, String)>) -> Self {
        Self { form: Some(fields), ..self }.note("form-encoded")
    }

    pub fn file(mut self, name: &'static str, content: &'static [u8]) -> Self {
        self.file = Some((name, content));
        self
    }

    pub fn accept(self, media: &'static str) -> Self {
        Self { accept: Some(media), ..self }.note(&format!("Accept: {media}"))
    }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    headers: reqwest::header::HeaderMap,
    pub body: Body,
}

/// The body of an answer.
#[derive(Debug, PartialEq)]
pub(super) enum Body {
    Empty,
    Json(Value),
    NotJson,
}

impl Body {
    pub fn form(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Json(Value::Object(_)) => "a JSON object",
            Self::Json(Value::Array(_)) => "a JSON list",
            Self::Json(_) => "a JSON value",
            Self::NotJson => "no JSON",
        }
    }
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The names of the headers, each once.
    pub fn header_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.headers.keys().map(|name| shown_header(name.as_str())).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The body, `null` when it is no JSON.
    pub fn json(&self) -> &Value {
        match &self.body {
            Body::Json(value) => value,
            _ => &Value::Null,
        }
    }
}

/// Makes the calls of one side.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    target: Target,
    /// The time between calls.
    pause: Duration,
    next_at: Instant,
    most: u32,
    made: u32,
    /// Ends the calls before their number does.
    stop: CancellationToken,
    is_clearing_up: bool,
}

impl Client {
    pub fn new(
        target: Target,
        per_second: u32,
        most: u32,
        stop: CancellationToken,
    ) -> Result<Self, CompareError> {
        let mut http = reqwest::Client::builder();
        if !target.is_https() {
            // What the environment calls a proxy may be far away, and the key is readable.
            http = http.no_proxy();
        }
        let http = http
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .connect_timeout(Duration::from_secs(10))
            .user_agent(concat!("lever-sandbox-compare/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| CompareError::Client(error.without_url()))?;
        let pause = Duration::from_secs(1) / per_second.max(1);
        Ok(Self { http, target, pause, next_at: Instant::now(), most, made: 0, stop, is_clearing_up: false })
    }

    pub fn made(&self) -> u32 {
        self.made
    }

    /// Whether the number of calls is used up, or there shall be no more.
    pub fn is_spent(&self) -> bool {
        self.made >= self.most || self.is_stopped()
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_cancelled() && !self.is_clearing_up
    }

    /// Allows some calls more, to clear up; from now on they are not stopped.
    pub fn clear_up(&mut self, calls: u32) {
        self.most = self.most.max(self.made + calls);
        self.is_clearing_up = true;
    }

    pub fn base(&self) -> &str {
        self.target.base()
    }

    /// Makes a call; `None` when the number of calls is used up.
    ///
    /// # Errors
    /// Those after which there is nothing to compare: the server can't be reached, says
    /// 429 without end, or sends more than can be read.
    pub async fn send(&mut self, call: &Call) -> Result<Option<Answer>, CompareError> {
        let (mut limited, mut failed) = (0, 0);
        // A write may have happened although its answer says or shows nothing of it.
        let again = matches!(call.method, Method::GET | Method::HEAD | Method::OPTIONS);
        loop {
            if self.is_spent() {
                return Ok(None);
            }
            self.wait_for_turn().await;
            if self.is_stopped() {
                return Ok(None);
            }
            self.made += 1;
            let wait = match self.attempt(call).await {
                Ok(answer) if answer.status == StatusCode::TOO_MANY_REQUESTS.as_u16() => {
                    limited += 1;
                    self.wait_after_429(&answer, limited)?
                }
                Ok(answer) if answer.status >= 500 && again && failed < TRIES_FAILED => {
                    failed += 1;
                    backoff(failed) / 2
                }
                Ok(answer) => return Ok(Some(answer)),
                Err(CompareError::Unreachable { .. }) if again && failed < TRIES_FAILED => {
                    failed += 1;
                    backoff(failed) / 2
                }
                Err(error) => return Err(error),
            };
            self.next_at = Instant::now() + wait;
        }
    }

    async fn wait_for_turn(&mut self) {
        tokio::select! {
            () = tokio::time::sleep_until(self.next_at) => {}
            () = self.stop.cancelled(), if !self.is_clearing_up => {}
        }
        self.next_at = Instant::now() + self.pause;
    }

    fn wait_after_429(&self, answer: &Answer, times: u32) -> Result<Duration, CompareError> {
        let asked = answer.header("retry-after").and_then(|value| value.trim().parse::<u64>().ok());
        if times > TRIES_LIMITED || asked.is_some_and(|seconds| seconds > LONGEST_WAIT) {
            return Err(CompareError::Limited { url: self.base().to_owned() });
        }
        Ok(asked.map_or_else(|| backoff(times), Duration::from_secs))
    }

    async fn attempt(&self, call: &Call) -> Result<Answer, CompareError> {
        let unreachable =
            |error: reqwest::Error| CompareError::unreachable(self.base(), &error.without_url());
        let mut url = format!("{}{}", self.base(), call.path);
        if !call.query.is_empty() {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(&call.query);
            url = format!("{url}?{}", query.finish());
        }
        let mut request = self.http.request(call.method.clone(), url);
        let key = self.target.key().reveal();
        request = match call.caller {
            Caller::Key => request.basic_auth(key, Some("")),
            Caller::Nobody => request,
            Caller::UnknownKey => request.basic_auth("lever-sandbox-compare", Some("")),
            Caller::UnknownToken => request.bearer_auth("lever-sandbox-compare"),
            Caller::KeyWithPassword => request.basic_auth(key, Some("password")),
        };
        if let Some(media) = call.accept {
            request = request.header("accept", media);
        }
        if let Some(body) = &call.json {
            request = request.json(body);
        }
        if let Some(fields) = &call.form {
            request = request.form(fields);
        }
        if let Some((name, content)) = call.file {
            let part = reqwest::multipart::Part::bytes(content).file_name(name);
            request = request.multipart(reqwest::multipart::Form::new().part("file", part));
        }
        let response = request.send().await.map_err(unreachable)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut bytes = Vec::new();
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            bytes.extend_from_slice(&chunk.map_err(unreachable)?);
            if bytes.len() > LARGEST {
                return Err(CompareError::TooLarge { call: call.name.clone() });
            }
        }
        let body = match bytes.is_empty() {
            true => Body::Empty,
            false => serde_json::from_slice(&bytes).map_or(Body::NotJson, Body::Json),
        };
        Ok(Answer { status, headers, body })
    }
}

/// One second, two, four …
fn backoff(times: u32) -> Duration {
    Duration::from_secs(1 << (times - 1).min(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_named_without_the_account_s_values() {
        let call = Call::new(Method::GET, "/opportunities/{id}/notes/{id}", &["a/b", "c d"])
            .of("email", "dana@acme.example")
            .with("limit", "1");
        assert_eq!(call.name, "GET /opportunities/{id}/notes/{id}?email={…}&limit=1");
        assert_eq!(call.path, "/opportunities/a%2Fb/notes/c%20d");
    }
}
