//! `POST /callbacks/tests`: an outside provider of tests says that something has changed. A callback is
//! a hint: what is so, the provider is asked.

use crate::ids::InvitationId;
use crate::invitations::test_orders;
use crate::state::AppState;
use crate::time::Timestamp;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use assessment::http_provider::callback::{Arrived, Refused, verify};
use serde_json::json;
use std::time::Duration;

/// The largest body that is read, in bytes.
const LIMIT: usize = 64 * 1024;

/// A sender that is slower than this holds a place that others need.
const PATIENCE: Duration = Duration::from_secs(20);

/// The route. Other methods are answered 405.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/callbacks/tests").route(web::post().to(receive)));
}

async fn receive(app: web::Data<AppState>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let Some(provider) = &app.outside_tests else {
        return plain_answer(StatusCode::NOT_FOUND, "no outside test provider is configured here");
    };
    let body = match tokio::time::timeout(PATIENCE, payload.to_bytes_limited(LIMIT)).await {
        Ok(Ok(Ok(body))) => body,
        Ok(Ok(Err(_))) => return plain_answer(StatusCode::BAD_REQUEST, "the body broke off"),
        Ok(Err(_)) => return plain_answer(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 64 KiB"),
        Err(_) => return plain_answer(StatusCode::REQUEST_TIMEOUT, "the body took too long"),
    };
    let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let id = header("webhook-id").to_owned();
    let arrived = Arrived {
        id: &id,
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: &body,
    };
    let hint = match verify(provider.signing_secret(), arrived, Timestamp::now().0 / 1000) {
        Ok(hint) => hint,
        Err(refused) => {
            let status = match refused {
                Refused::Signature | Refused::TooOld => StatusCode::UNAUTHORIZED,
                Refused::Headers | Refused::Body => StatusCode::BAD_REQUEST,
            };
            return plain_answer(status, &refused.to_string());
        }
    };
    // An order that nobody knows (any more) needs no second delivery either.
    let order = InvitationId::parse(&hint.reference.0);
    let taken = app.db.write(move |conn| {
        if test_orders::recognise(conn, &id)?
            && let Some(order) = order
        {
            test_orders::hint(conn, &order)?;
        }
        Ok(())
    });
    match taken.await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(failure) => {
            tracing::error!(%failure, "a callback about tests could not be kept");
            plain_answer(StatusCode::SERVICE_UNAVAILABLE, "no room to keep this; come back later")
        }
    }
}

fn plain_answer(status: StatusCode, message: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "message": message }))
}
