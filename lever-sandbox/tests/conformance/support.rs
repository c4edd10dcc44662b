//! A sandbox of its own for each test, and a client for it.

use lever_sandbox::{Client, Options, RateLimit, Running, start};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

pub const CLIENT: &str = "test-app";
pub const SECRET: &str = "test-secret";
pub const REDIRECT: &str = "http://127.0.0.1:9/callback?from=lever";

/// A running sandbox.
pub struct Lever {
    pub running: Running,
    pub http: reqwest::Client,
}

/// What came back: status and body (`null` when it isn't JSON).
pub type Reply = (u16, Value);

/// The options of most tests: no rate limit, one app.
pub fn options() -> Options {
    Options {
        clients: vec![Client {
            id: CLIENT.into(),
            secret: SECRET.into(),
            name: "Test App".into(),
            redirect_uris: vec![REDIRECT.into()],
        }],
        rate_limit: RateLimit { enabled: false, ..RateLimit::default() },
        ..Options::default()
    }
}

impl Lever {
    pub async fn start() -> Self {
        Self::with(options()).await
    }

    pub async fn with(options: Options) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { running: start(options).await.unwrap(), http }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.url)
    }

    /// A call with the API key.
    pub fn key(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path)).basic_auth(&self.running.api_key, Some(""))
    }

    pub async fn get(&self, path: &str) -> Reply {
        reply(self.key(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        reply(self.key(Method::POST, path).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        reply(self.key(Method::PUT, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        reply(self.key(Method::DELETE, path)).await
    }

    /// The `data` of a call that must succeed.
    pub async fn data(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body["data"].clone()
    }

    /// All items of a list, over all of its pages.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut offset = String::new();
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let (status, body) = self.get(&format!("{path}{joint}offset={}", encoded(&offset))).await;
            assert_eq!(status, 200, "{path}: {body}");
            items.extend(body["data"].as_array().unwrap().clone());
            match body["next"].as_str() {
                Some(next) => offset = next.to_owned(),
                None => return items,
            }
        }
    }

    /// A call of the control API.
    pub async fn control(&self, method: Method, path: &str, body: Value) -> Reply {
        let path = self.url(&format!("/sandbox/{path}"));
        reply(self.http.request(method, path).json(&body)).await
    }

    /// A call of the control API that must succeed; answers its `data`.
    pub async fn order(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.control(Method::POST, path, body).await;
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        answer["data"].clone()
    }

    /// What the control API shows.
    pub async fn seen(&self, path: &str) -> Value {
        let (status, answer) = self.control(Method::GET, path, json!({})).await;
        assert_eq!(status, 200);
        answer["data"].clone()
    }

    pub async fn advance(&self, ms: i64) {
        self.order("clock", json!({"advance_ms": ms})).await;
    }

    pub async fn fault(&self, fault: Value) {
        self.order("faults", fault).await;
    }

    /// An access token with these scopes.
    pub async fn token(&self, scopes: &str) -> String {
        let body = json!({"client_id": CLIENT, "scope": scopes});
        let tokens = self.order("tokens", body).await;
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    /// A call with an access token.
    pub fn bearer(&self, token: &str, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path)).bearer_auth(token)
    }

    /// The status of a GET with an access token.
    pub async fn status_for(&self, token: &str, path: &str) -> u16 {
        reply(self.bearer(token, Method::GET, path)).await.0
    }

    /// The id of the Super Admin.
    pub async fn admin(&self) -> String {
        let users = self.all(&format!("/v1/users?email={}", self.running.admin_email)).await;
        users[0]["id"].as_str().unwrap().to_owned()
    }

    /// A path with `perform_as` of the Super Admin.
    pub async fn performed(&self, path: &str) -> String {
        format!("{path}?perform_as={}", self.admin().await)
    }

    /// Somebody new in the pipeline; answers the opportunity's id.
    pub async fn candidate(&self, body: Value) -> String {
        let made = self.order("opportunities", body).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// The id of a stage by its name.
    pub async fn stage(&self, text: &str) -> String {
        id_where(&self.all("/v1/stages").await, "text", text)
    }

    /// The id of an archive reason by its text.
    pub async fn reason(&self, text: &str) -> String {
        id_where(&self.all("/v1/archive_reasons").await, "text", text)
    }

    /// Waits until there are so many deliveries that came to an end, and answers all.
    pub async fn deliveries(&self, count: usize) -> Vec<Value> {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        loop {
            let all = self.seen("deliveries").await.as_array().unwrap().clone();
            let tried = all.iter().filter(|one| !one["attempts"].as_array().unwrap().is_empty()).count();
            if tried >= count {
                return all;
            }
            assert!(std::time::Instant::now() < deadline, "{count} deliveries wanted, there are {all:?}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

/// A value as part of a query: an offset token is encoded once more (§8).
pub fn encoded(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// The id of the item whose `field` is `value`.
pub fn id_where(items: &[Value], field: &str, value: &str) -> String {
    let item = items.iter().find(|item| item[field] == value);
    let item = item.unwrap_or_else(|| panic!("no item with {field} {value}"));
    item["id"].as_str().unwrap().to_owned()
}

/// Sends a request and reads what comes.
pub async fn reply(request: RequestBuilder) -> Reply {
    read(request.send().await.unwrap()).await
}

pub async fn read(response: Response) -> Reply {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_default())
}

/// Asserts an error's status and shape (§3).
pub fn assert_error(reply: &Reply, status: u16) {
    assert_eq!(reply.0, status, "{}", reply.1);
    assert!(reply.1["code"].is_string(), "{}", reply.1);
    assert!(reply.1["message"].is_string(), "{}", reply.1);
}

/// A browser that is logged in to the sandbox's pages.
pub struct Browser<'a> {
    lever: &'a Lever,
    cookie: String,
}

impl<'a> Browser<'a> {
    pub async fn log_in(lever: &'a Lever, email: &str) -> Self {
        let form = [("email", email), ("password", &lever.running.admin_password), ("next", "/")];
        let answer = lever.http.post(lever.url("/login")).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { lever, cookie }
    }

    pub async fn get(&self, path: &str) -> Response {
        let request = self.lever.http.get(self.lever.url(path));
        request.header("cookie", &self.cookie).send().await.unwrap()
    }

    /// Posts a page's form with its hidden fields and `more`.
    pub async fn submit(&self, html: &str, action: &str, more: &[(&str, &str)]) -> Response {
        self.submit_with(html, action, more, ("accept", "*/*")).await
    }

    /// Like [`Self::submit`], with a header.
    pub async fn submit_with(
        &self,
        html: &str,
        action: &str,
        more: &[(&str, &str)],
        (name, value): (&str, &str),
    ) -> Response {
        let mut fields = hidden_fields(html);
        let more = more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        fields.extend(more);
        let request = self.lever.http.post(self.lever.url(action));
        let request = request.header("cookie", &self.cookie).header(name, value);
        request.form(&fields).send().await.unwrap()
    }
}

/// The hidden fields of a page.
pub fn hidden_fields(html: &str) -> Vec<(String, String)> {
    html.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            let (value, _) = rest.split_once('"').unwrap();
            (name.to_owned(), value.to_owned())
        })
        .collect()
}
