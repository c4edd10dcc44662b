//! A proxy between a portal and a Lever sandbox: gives access tokens the claims that Lever's have, demands
//! a user to act as, and changes answers.

use actix_web::http::header;
use actix_web::web::{Bytes, Data, to};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

/// What happens to a call.
pub enum Change {
    /// It does not reach Lever; this is answered.
    Answer(u16, Value),
    /// It does not reach Lever, and is sent on there.
    Redirect(u16, String),
    /// It reaches Lever, and its answer is lost: something unreadable comes in its place.
    LoseAnswer,
    /// Its answer is changed.
    Edit(Edit),
    /// Its answer is changed as a text, and need be no JSON any more.
    Rewrite(fn(String) -> String),
}

/// How an answer is changed.
pub type Edit = Arc<dyn Fn(&mut Value) + Send + Sync>;

/// What the proxy does, and what it saw.
#[derive(Default)]
pub struct Ways {
    lever: String,
    /// `accountId` of the access tokens, in the place of what the sandbox says.
    pub account: Option<String>,
    /// Access tokens say nothing of themselves, as those of former times.
    pub is_opaque: bool,
    /// `userId` of the access tokens.
    pub user: Option<String>,
    /// Whether every change below an opportunity needs a user, as some live accounts want it.
    pub demands_user: bool,
    /// Lever's clock is so far ahead of this machine's.
    pub ahead: jiff::SignedDuration,
    /// Users in whose name nothing is done: they are deactivated.
    pub refused_users: BTreeSet<String>,
    /// Users who may not do it any more: their role was changed.
    pub demoted_users: BTreeSet<String>,
    /// Method, a part of the path, what happens, and how often still.
    pub changes: Vec<(&'static str, &'static str, Change, usize)>,
    /// Method, and path with query, of each call.
    pub seen: Vec<(String, String)>,
}

/// A running proxy.
pub struct Proxy {
    pub url: String,
    ways: Arc<Mutex<Ways>>,
}

impl Proxy {
    pub async fn start() -> Self {
        let ways = Arc::new(Mutex::new(Ways::default()));
        let data = Data::new((Arc::clone(&ways), client()));
        let server = HttpServer::new(move || App::new().app_data(data.clone()).default_service(to(pass)));
        let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        actix_web::rt::spawn(server.run());
        Self { url, ways }
    }

    pub fn forward_to(&self, lever: &str) {
        self.ways().lever = lever.to_owned();
    }

    pub fn ways(&self) -> MutexGuard<'_, Ways> {
        self.ways.lock().unwrap()
    }

    /// Access tokens name this account and this user from now on.
    pub fn claims(&self, account: &str, user: &str) {
        let mut ways = self.ways();
        (ways.account, ways.user, ways.is_opaque) = (Some(account.to_owned()), Some(user.to_owned()), false);
    }

    /// Changes the next `times` calls of this method whose path holds `part`.
    pub fn change(&self, method: &'static str, part: &'static str, change: Change, times: usize) {
        self.ways().changes.push((method, part, change, times));
    }

    /// The calls of this method whose path holds `part`.
    pub fn calls(&self, method: &str, part: &str) -> Vec<String> {
        let ways = self.ways();
        let calls = ways.seen.iter().filter(|(is, path)| is == method && path.contains(part));
        calls.map(|(_, path)| path.clone()).collect()
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// What is left of a change when it is applied.
enum Applied {
    Lose,
    Edit(Edit),
    Rewrite(fn(String) -> String),
    Nothing,
}

type Shared = Data<(Arc<Mutex<Ways>>, reqwest::Client)>;

async fn pass(req: HttpRequest, body: Bytes, shared: Shared) -> HttpResponse {
    let ahead = shared.0.lock().unwrap().ahead;
    let mut answer = passed(req, body, shared).await;
    if !ahead.is_zero() {
        let date = jiff::fmt::rfc2822::DateTimePrinter::new();
        let date = date.timestamp_to_rfc9110_string(&(jiff::Timestamp::now() + ahead)).unwrap();
        answer.headers_mut().insert(header::DATE, date.parse().unwrap());
    }
    answer
}

async fn passed(req: HttpRequest, body: Bytes, shared: Shared) -> HttpResponse {
    let (ways, client) = shared.get_ref();
    let (method, path) = (req.method().as_str().to_owned(), req.uri().to_string());
    let (to, applied, claims) = {
        let mut ways = ways.lock().unwrap();
        ways.seen.push((method.clone(), path.clone()));
        if let Some(refusal) = refused(&ways, &method, &path) {
            return HttpResponse::BadRequest().json(json!({"code": "BadRequestError", "message": refusal}));
        }
        if user_named(&path).is_some_and(|user| ways.demoted_users.contains(user)) {
            let message = json!({"code": "Forbidden", "message": "You do not have permission to do this"});
            return HttpResponse::Forbidden().json(message);
        }
        let at = ways
            .changes
            .iter()
            .position(|(is, part, _, times)| *is == method && path.contains(part) && *times > 0);
        let applied = match at.map(|at| &mut ways.changes[at]) {
            None => Applied::Nothing,
            Some((_, _, change, times)) => {
                *times -= 1;
                match change {
                    Change::Answer(status, body) => return answer(*status, body),
                    Change::Redirect(status, to) => {
                        let status = actix_web::http::StatusCode::from_u16(*status).unwrap();
                        return HttpResponse::build(status)
                            .insert_header((header::LOCATION, format!("{to}{path}")))
                            .finish();
                    }
                    Change::LoseAnswer => Applied::Lose,
                    Change::Edit(edit) => Applied::Edit(Arc::clone(edit)),
                    Change::Rewrite(how) => Applied::Rewrite(*how),
                }
            }
        };
        let claims = path.starts_with("/oauth/token").then(|| match &ways.account {
            _ if ways.is_opaque => Some("opaque".to_owned()),
            Some(account) => Some(claims(account, ways.user.as_deref())),
            None => None,
        });
        (ways.lever.clone(), applied, claims)
    };
    let mut request = client.request(method.parse().unwrap(), format!("{to}{path}")).body(body.to_vec());
    for name in ["content-type", "authorization"] {
        if let Some(value) = req.headers().get(name) {
            request = request.header(name, opened(value.to_str().unwrap()));
        }
    }
    let Ok(came) = request.send().await else { return HttpResponse::BadGateway().finish() };
    let status = came.status().as_u16();
    let mut body: Value = serde_json::from_str(&came.text().await.unwrap()).unwrap_or_default();
    if let (Some(claims), Some(token)) = (claims.flatten(), body["access_token"].as_str()) {
        body["access_token"] = format!("{claims}.{}", BASE64_URL_SAFE_NO_PAD.encode(token)).into();
    }
    match applied {
        Applied::Lose => HttpResponse::Ok().content_type("text/html").body("<html>lost on the way"),
        Applied::Edit(edit) => {
            edit(&mut body);
            answer(status, &body)
        }
        Applied::Rewrite(how) => {
            let status = actix_web::http::StatusCode::from_u16(status).unwrap();
            HttpResponse::build(status).content_type("application/json").body(how(body.to_string()))
        }
        Applied::Nothing => answer(status, &body),
    }
}

fn answer(status: u16, body: &Value) -> HttpResponse {
    let mut response = HttpResponse::build(actix_web::http::StatusCode::from_u16(status).unwrap());
    if body.is_null() { response.finish() } else { response.json(body) }
}

/// The user in whose name a call is made.
fn user_named(path: &str) -> Option<&str> {
    path.split_once("perform_as=").map(|(_, rest)| rest.split('&').next().unwrap_or_default())
}

/// Why Lever would not make this change, by the user to act as.
fn refused(ways: &Ways, method: &str, path: &str) -> Option<String> {
    if !ways.demands_user || method == "GET" || !path.starts_with("/v1/opportunities") {
        return None;
    }
    match user_named(path) {
        None => Some("Missing required parameter: perform_as".to_owned()),
        Some(user) if ways.refused_users.contains(user) => {
            Some(format!("perform_as: user {user} is deactivated"))
        }
        Some(_) => None,
    }
}

/// The head and the payload of a token; what the sandbox gave stands in the place of its signature.
fn claims(account: &str, user: Option<&str>) -> String {
    let payload = json!({"https://oauth.lever.co/accountId": account, "https://oauth.lever.co/userId": user});
    format!("e30.{}", BASE64_URL_SAFE_NO_PAD.encode(payload.to_string()))
}

/// The sandbox's own token in one of ours.
fn opened(authorization: &str) -> String {
    let ours = authorization.strip_prefix("Bearer opaque.").or_else(|| {
        let payload = authorization.strip_prefix("Bearer e30.")?;
        payload.split_once('.').map(|(_, signature)| signature)
    });
    match ours.and_then(|ours| BASE64_URL_SAFE_NO_PAD.decode(ours).ok()) {
        Some(token) => format!("Bearer {}", String::from_utf8(token).unwrap()),
        None => authorization.to_owned(),
    }
}
