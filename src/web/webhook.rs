//! `POST /webhooks/lever/{key}`: where Lever's deliveries come in, as HTTP.

use crate::metrics::metrics;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::place::Place;
use crate::web::refusals::{self, Kind};
use crate::webhooks::{Answer, Arrival, MAX_BODY};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// A sender that is slower than this holds a place that others need.
const PATIENCE: Duration = Duration::from_secs(20);

/// Seconds after which Lever may come back when there was no room.
const RETRY_AFTER: &str = "5";

/// Headers that an auditor may want to see. Others may hold secrets of proxies on the way.
const KEPT_HEADERS: [&str; 7] =
    ["content-type", "content-length", "user-agent", "date", "x-request-id", "x-forwarded-for", "via"];

/// A delivery of Lever's has some hundred bytes. Up to so many, no delivery waits for another's room (bytes), whether its
/// length is announced or not.
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
    // The room is held until the delivery is on the disk.
    let (body, _room) = match tokio::time::timeout(PATIENCE, read(&app, announced, payload)).await {
        Ok(Ok(read)) => read,
        Ok(Err(refusal)) => return refusal,
        Err(_too_slow) => return plain_answer(StatusCode::REQUEST_TIMEOUT, "the body took too long"),
    };
    let arrival = Arrival {
        integration,
        key,
        network: place.network(),
        headers: headers(&request),
        body,
        at: Timestamp::now(),
    };
    answer(&app.intake.deliver(arrival).await)
}

/// Reads the body. What is longer than Lever's deliveries needs room, once so much of it has come: what somebody only
/// announces, or sends drop by drop, takes nobody's.
async fn read(
    app: &AppState,
    announced: Option<usize>,
    mut payload: web::Payload,
) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), HttpResponse> {
    let too_large = || plain_answer(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 256 KiB");
    if announced.is_some_and(|length| length > MAX_BODY) {
        return Err(too_large());
    }
    let mut held = None;
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk =
            chunk.map_err(|failure| answer(&Answer::Malformed(format!("the body broke off: {failure}"))))?;
        match body.len() + chunk.len() {
            length if length > MAX_BODY => return Err(too_large()),
            length if length > SMALL && held.is_none() => {
                held = Some(app.intake.room().ok_or_else(|| answer(&Answer::Busy))?);
            }
            _ => {}
        }
        body.extend_from_slice(&chunk);
    }
    Ok((body, held))
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
