//! For whoever keeps the portal running: whether it lives, whether it can work, and what it counts.
//! No session, no personal data.

use crate::audit;
use crate::db::Conn;
use crate::events::queue;
use crate::invitations::questions;
use crate::jobs::registry;
use crate::metrics::{CONTENT_TYPE, metrics};
use crate::monitoring::verdict;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::home::is_local;
use crate::web::place::Place;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, web};
use secrecy::ExposeSecret as _;
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq as _;

/// A database that takes longer is as good as none.
const PATIENCE: Duration = Duration::from_secs(1);

/// So long the verdicts of all integrations are good for `/metrics`, and so long looking at them may take.
const A_WHILE: Duration = Duration::from_secs(30);
const LONG: Duration = Duration::from_secs(5);

/// So long what security.txt says is good.
const SECURITY_TXT: Duration = Duration::from_secs(180 * 86_400);

/// So long an answer about the database is good: each is a write.
const FRESH: Duration = Duration::from_secs(1);

pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/healthz", web::get().to(alive))
        .route("/readyz", web::get().to(ready))
        .route("/metrics", web::get().to(counted))
        .route("/.well-known/security.txt", web::get().to(security_txt));
}

/// The process answers. Asks nothing of the disk or the database.
async fn alive() -> HttpResponse {
    text("alive\n")
}

/// The database can be written to, and there is room: what Lever sends now would be kept.
async fn ready(app: web::Data<AppState>) -> HttpResponse {
    let why = match app.readiness.within(FRESH, async || look(&app).await).await {
        Ok(()) => return text("ready\n"),
        Err(why) => why,
    };
    tracing::warn!(why, "not ready");
    HttpResponse::ServiceUnavailable().content_type(header::ContentType::plaintext()).body(format!("{why}\n"))
}

async fn look(app: &AppState) -> Result<(), String> {
    match tokio::time::timeout(PATIENCE, app.db.probe()).await {
        Ok(looked) => looked,
        Err(_) => Err(format!("the database did not answer within {} s", PATIENCE.as_secs())),
    }
}

/// Routes, counts and load are nobody's business: they take the token. A portal that is at home on this machine answers
/// its callers without one; beyond it a proxy that writes no header would make everybody such a caller.
fn may_read(app: &AppState, place: &Place, request: &HttpRequest) -> bool {
    let Some(token) = &app.metrics_token else {
        let is_here = place.0.is_some_and(|address| address.to_canonical().is_loopback());
        return is_here && is_local(&app.base_url) && !app.trusted_proxies.is_nobody();
    };
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    given.as_bytes().ct_eq(token.expose_secret().as_bytes()).into()
}

async fn counted(app: web::Data<AppState>, place: Place, request: HttpRequest) -> HttpResponse {
    if !may_read(&app, &place, &request) {
        return HttpResponse::Unauthorized()
            .insert_header((header::WWW_AUTHENTICATE, "Bearer"))
            .content_type(header::ContentType::plaintext())
            .body("set METRICS_TOKEN and send it as Authorization: Bearer\n");
    }
    let waiting = tokio::time::timeout(PATIENCE, app.db.read(queue::length)).await;
    metrics().waiting(waiting.ok().and_then(Result::ok));
    if let Ok(Ok(jobs)) = tokio::time::timeout(PATIENCE, app.db.read(registry::figures)).await {
        let oldest = jobs.oldest.map_or(0, |since| Timestamp::now().since(since) / 1000);
        metrics().background_work(&jobs.waiting, &jobs.failed, oldest.max(0));
    }
    if let Ok(Ok(ends)) = tokio::time::timeout(PATIENCE, app.db.read(audit::kept_ends)).await {
        metrics()
            .audit_ends(ends.iter().map(|(company, rows, hash)| (company.as_str(), *rows, hash.as_str())));
    }
    // A verdict takes some thirty questions to the database, so they are looked at once in a while.
    let looked = app.standings.within(A_WHILE, async || {
        let look = |conn: &mut Conn| Ok([verdict::count(conn)?, questions::count(conn)?]);
        tokio::time::timeout(LONG, app.db.read(look)).await.ok().and_then(Result::ok)
    });
    if let Some([counts, decisions]) = looked.await {
        metrics().integrations(&counts);
        metrics().decisions(&decisions);
    }
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, CONTENT_TYPE)).body(metrics().text())
}

/// Where to tell of a fault (RFC 9116); good for half a year.
async fn security_txt(app: web::Data<AppState>) -> HttpResponse {
    let Some(contact) = &app.security_contact else { return HttpResponse::NotFound().finish() };
    let expires = Timestamp::now().plus(SECURITY_TXT).rfc3339();
    let own = app.link("/.well-known/security.txt");
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(format!("Contact: {contact}\nExpires: {expires}\nCanonical: {own}\nPreferred-Languages: en\n"))
}

fn text(text: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(header::ContentType::plaintext()).body(text)
}

/// Marks a request that came as HEAD. It changes nothing, not even the messages for the next page.
#[derive(Clone, Copy)]
struct IsHead;

/// Whether the request came as HEAD.
pub fn is_head(request: &HttpRequest) -> bool {
    request.extensions().get::<IsHead>().is_some()
}

/// Measures every request.
///
/// # Errors
/// Those of the service.
pub async fn measure(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let route = request.match_pattern().unwrap_or_else(|| "(no route)".to_owned());
    // HEAD, which monitors and link checkers send, is GET without the body, and that the server leaves
    // out by itself.
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(IsHead);
    }
    let answer = next.call(request).await;
    let status = match &answer {
        Ok(answer) => answer.status(),
        Err(failure) => failure.as_response_error().status_code(),
    };
    metrics().requested(route, status.as_u16(), began.elapsed());
    answer
}
