//! For whoever keeps the portal running: whether it lives, whether it can work, and what it counts.
//! No session, no personal data.

use crate::events::queue;
use crate::jobs::registry;
use crate::metrics::{CONTENT_TYPE, metrics};
use crate::state::AppState;
use crate::time::Timestamp;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, web};
use std::time::{Duration, Instant};

/// A database that takes longer is as good as none.
const PATIENCE: Duration = Duration::from_secs(1);

pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/healthz", web::get().to(alive))
        .route("/readyz", web::get().to(ready))
        .route("/metrics", web::get().to(counted));
}

/// The process answers. Asks nothing of the disk or the database.
async fn alive() -> HttpResponse {
    text("alive\n")
}

/// The database can be written to, and there is room: what Lever sends now would be kept.
async fn ready(app: web::Data<AppState>) -> HttpResponse {
    let why = match tokio::time::timeout(PATIENCE, app.db.probe()).await {
        Ok(Ok(())) => return text("ready\n"),
        Ok(Err(failure)) => failure,
        Err(_) => format!("the database did not answer within {} s", PATIENCE.as_secs()),
    };
    tracing::warn!(why, "not ready");
    HttpResponse::ServiceUnavailable().content_type(header::ContentType::plaintext()).body(format!("{why}\n"))
}

async fn counted(app: web::Data<AppState>) -> HttpResponse {
    let waiting = tokio::time::timeout(PATIENCE, app.db.read(queue::length)).await;
    metrics().waiting(waiting.ok().and_then(Result::ok));
    if let Ok(Ok(jobs)) = tokio::time::timeout(PATIENCE, app.db.read(registry::figures)).await {
        let oldest = jobs.oldest.map_or(0, |since| Timestamp::now().since(since) / 1000);
        metrics().background_work(&jobs.waiting, &jobs.failed, oldest.max(0));
    }
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, CONTENT_TYPE)).body(metrics().text())
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
