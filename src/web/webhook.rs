//! `POST /webhooks/lever/{key}`: where Lever's deliveries come in, as HTTP.

use crate::metrics::metrics;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::place::Place;
use crate::web::refusals::{self, Kind};
use crate::webhooks::{Answer, Arrival, MAX_BODY};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// A sender that is slower than this holds a place that others need.
const PATIENCE: Duration = Duration::from_secs(20);

/// Seconds after which Lever may come back when there was no room.
const RETRY_AFTER: &str = "5";

/// Headers that an auditor may want to see. Others may hold secrets of proxies on the way.
const KEPT_HEADERS: [&str; 7] =
    ["content-type", "content-length", "user-agent", "date", "x-request-id", "x-forwarded-for", "via"];

/// A delivery of Lever's has some hundred bytes. Up to so many, no delivery waits for another's room (bytes).
const SMALL: usize = 8 * 1024;

/// So much of each is kept (bytes): a stranger must not fill the disk with them.
const LONGEST_HEADER: usize = 200;

/// The route. Other methods are answered 405.
pub fn routes(cfg: &mut web::ServiceConfig) {
    let addresses = ["/webhooks/lever/{key}", "/webhooks/lever/{key}/"];
    cfg.service(web::resource(addresses).route(web::post().to(receive)));
}

/// Letters that come along when an address is copied out of a sentence or typed over; no key ends so.
const AFTER_A_KEY: [char; 5] = ['.', ',', ';', '/', ' '];

async fn receive(
    app: web::Data<AppState>,
    key: web::Path<String>,
    request: HttpRequest,
    place: Place,
    payload: web::Payload,
) -> HttpResponse {
    let key = key.trim_end_matches(AFTER_A_KEY).to_owned();
    let answer = decide(app, key, request, place, payload).await;
    metrics().delivered(answer.status().as_u16());
    answer
}

async fn decide(
    app: web::Data<AppState>,
    key: String,
    request: HttpRequest,
    place: Place,
    payload: web::Payload,
) -> HttpResponse {
    let integration = match app.intake.find(&key).await {
        Ok(Some(integration)) => integration,
        Ok(None) => {
            refusals::note(Kind::Webhook, &place.network());
            return answer(&Answer::Unknown);
        }
        Err(failure) => {
            tracing::error!(%failure, "a webhook's account could not be looked up");
            return answer(&Answer::Busy);
        }
    };
    let announced: Option<usize> =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    // Held until the delivery is on the disk.
    let (most, _room) = match announced {
        Some(length) if length <= SMALL => (SMALL, None),
        _ => match app.intake.room() {
            Some(room) => (MAX_BODY, Some(room)),
            None => return answer(&Answer::Busy),
        },
    };
    let body = match tokio::time::timeout(PATIENCE, payload.to_bytes_limited(most)).await {
        Ok(Ok(Ok(body))) => body,
        Ok(Ok(Err(failure))) => return answer(&Answer::Malformed(format!("the body broke off: {failure}"))),
        Ok(Err(_too_large)) => {
            return plain_answer(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 256 KiB");
        }
        Err(_too_slow) => return plain_answer(StatusCode::REQUEST_TIMEOUT, "the body took too long"),
    };
    let arrival = Arrival {
        integration,
        key,
        network: place.network(),
        headers: headers(&request),
        body: body.to_vec(),
        at: Timestamp::now(),
    };
    answer(&app.intake.deliver(arrival).await)
}

fn headers(request: &HttpRequest) -> String {
    let mut kept = Map::new();
    for name in KEPT_HEADERS {
        if let Some(value) = request.headers().get(name) {
            let bytes = &value.as_bytes()[..value.len().min(LONGEST_HEADER)];
            kept.insert(name.to_owned(), String::from_utf8_lossy(bytes).into());
        }
    }
    Value::Object(kept).to_string()
}

fn answer(answer: &Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match answer {
        Answer::Kept(what) => plain_answer(status, what),
        Answer::Malformed(why) => plain_answer(status, why),
        Answer::Unsigned(why) => plain_answer(status, why),
        Answer::Unknown => plain_answer(status, "no account has this address; copy it again from the portal"),
        Answer::Gone => plain_answer(status, "the integration was disconnected"),
        Answer::Busy => {
            let mut busy = plain_answer(status, "no room to keep this; come back later");
            busy.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static(RETRY_AFTER));
            busy
        }
    }
}

fn plain_answer(status: StatusCode, message: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "message": message }))
}
