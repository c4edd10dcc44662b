//! A sandbox, and a proxy before it that changes answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use lever_sandbox::compare::{CompareError, Difference, Limits, Report, Target, With, compare};
use lever_sandbox::{Options, RateLimit, Running, start};
use serde_json::{Value, json};

/// As fast as it goes: no test waits for a rate limit unless it is about one.
pub const FAST: Limits = Limits { per_second: 1_000, calls: 1_000, write: false };

pub fn options() -> Options {
    Options { rate_limit: RateLimit { enabled: false, ..RateLimit::default() }, ..Options::default() }
}

/// A sandbox with webhooks and a deleted opportunity, so that there is one of each.
pub async fn sandbox() -> Running {
    let sandbox = start(options()).await.unwrap();
    let http = reqwest::Client::new();
    for event in ["candidateDeleted", "candidateHired"] {
        let hook = json!({"event": event, "url": "https://hooks.invalid/one"});
        order(&sandbox, "webhooks", hook).await;
    }
    let made = order(&sandbox, "opportunities", json!({"name": "Gone", "silent": true})).await;
    let gone = format!("{}/sandbox/opportunities/{}", sandbox.url, made["id"].as_str().unwrap());
    assert_eq!(http.delete(gone).send().await.unwrap().status(), 204);
    sandbox
}

/// A call of the control API that must succeed; answers its `data`.
pub async fn order(sandbox: &Running, path: &str, body: Value) -> Value {
    let url = format!("{}/sandbox/{path}", sandbox.url);
    let answer = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
    let answer = answer.error_for_status().unwrap();
    answer.json::<Value>().await.unwrap()["data"].clone()
}

/// The `data` of a GET with the key.
pub async fn data(sandbox: &Running, path: &str) -> Value {
    let url = format!("{}{path}", sandbox.url);
    let request = reqwest::Client::new().get(url).basic_auth(&sandbox.api_key, Some(""));
    let answer = request.send().await.unwrap().error_for_status().unwrap();
    answer.json::<Value>().await.unwrap()["data"].clone()
}

pub fn target(url: &str, key: &str) -> Target {
    Target::new(url, key.parse().unwrap()).unwrap()
}

/// The sandbox behind a proxy, compared with itself without.
pub async fn through(
    sandbox: &Running,
    change: impl Fn(&Asked, &mut Answer) + Send + Sync + 'static,
) -> Report {
    let proxy = Proxy::start(&sandbox.url, change);
    try_through(sandbox, &proxy, FAST).await.unwrap()
}

pub async fn try_through(sandbox: &Running, proxy: &Proxy, limits: Limits) -> Result<Report, CompareError> {
    let against = target(&proxy.url, &sandbox.api_key);
    let with = With::Target(target(&sandbox.url, &sandbox.api_key));
    compare(against, with, limits).await
}

/// What differs, each as `subject: path`.
pub fn places(report: &Report) -> Vec<String> {
    let differences = report.differences.iter();
    differences.map(|one| format!("{}: {}", one.subject, one.path)).collect()
}

/// The one difference that there is.
pub fn only(report: &Report) -> &Difference {
    assert_eq!(report.differences.len(), 1, "{report}");
    assert!(!report.same);
    &report.differences[0]
}

/// A call that came to the proxy.
pub struct Asked {
    pub method: String,
    /// Without its query.
    pub path: String,
    pub query: String,
    /// Which call it is, from 1.
    pub nth: u32,
}

impl Asked {
    pub fn is_get(&self) -> bool {
        self.method == "GET"
    }
}

/// An answer on its way through.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn set_json(&mut self, body: &Value) {
        self.body = serde_json::to_vec(body).unwrap();
    }

    /// Changes the body, if it is JSON.
    pub fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        let mut body = self.json();
        if !body.is_null() {
            change(&mut body);
            self.set_json(&body);
        }
    }

    /// Changes each object of a good answer, whether it has one or a list of them.
    pub fn each(&mut self, mut change: impl FnMut(&mut Value)) {
        if self.status != 200 {
            return;
        }
        self.edit(|body| match &mut body["data"] {
            Value::Array(rows) => rows.iter_mut().for_each(change),
            one @ Value::Object(_) => change(one),
            _ => {}
        });
    }

    pub fn header(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(there, _)| there != name);
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }
}

type Change = dyn Fn(&Asked, &mut Answer) + Send + Sync;
type Rewrite = dyn Fn(&str) -> String + Send + Sync;

/// A proxy that changes answers, or the queries of what is asked.
pub struct Proxy {
    pub url: String,
    book: Arc<Book>,
    handle: ServerHandle,
}

struct Book {
    upstream: String,
    http: reqwest::Client,
    change: Box<Change>,
    query: Box<Rewrite>,
    calls: AtomicU32,
}

impl Proxy {
    pub fn start(upstream: &str, change: impl Fn(&Asked, &mut Answer) + Send + Sync + 'static) -> Self {
        Self::rewriting(upstream, str::to_owned, change)
    }

    /// Passes queries on as `query` makes them.
    pub fn rewriting(
        upstream: &str,
        query: impl Fn(&str) -> String + Send + Sync + 'static,
        change: impl Fn(&Asked, &mut Answer) + Send + Sync + 'static,
    ) -> Self {
        let book = Arc::new(Book {
            upstream: upstream.to_owned(),
            http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap(),
            change: Box::new(change),
            query: Box::new(query),
            calls: AtomicU32::new(0),
        });
        let data = web::Data::from(book.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .app_data(web::PayloadConfig::new(1 << 20))
                .default_service(web::to(pass))
        });
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { url, book, handle }
    }

    /// How many calls came.
    pub fn calls(&self) -> u32 {
        self.book.calls.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn pass(book: web::Data<Book>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let nth = book.calls.fetch_add(1, Ordering::SeqCst) + 1;
    let query = (book.query)(request.query_string());
    let joint = if query.is_empty() { "" } else { "?" };
    let url = format!("{}{}{joint}{query}", book.upstream, request.path());
    let method = reqwest::Method::from_bytes(request.method().as_str().as_bytes()).unwrap();
    let mut onward = book.http.request(method, url).body(body.to_vec());
    for name in ["authorization", "content-type", "accept"] {
        if let Some(value) = request.headers().get(name) {
            onward = onward.header(name, value.as_bytes());
        }
    }
    let answer = onward.send().await.unwrap();
    let mut passed = Answer {
        status: answer.status().as_u16(),
        headers: answer
            .headers()
            .iter()
            .filter(|(name, _)| {
                !matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection")
            })
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        body: answer.bytes().await.unwrap().to_vec(),
    };
    let asked = Asked {
        method: request.method().to_string(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        nth,
    };
    (book.change)(&asked, &mut passed);
    let mut onward = HttpResponse::build(passed.status.try_into().unwrap());
    for header in passed.headers {
        onward.append_header(header);
    }
    onward.body(passed.body)
}
