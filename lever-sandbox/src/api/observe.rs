//! Around every call: its id, the faults on order, the log; and for the API who calls
//! and how often.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody, SizedStream, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage, HttpResponse};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::{StreamExt, stream};

use super::caller::Caller;
use super::openapi::allowed;
use super::{ApiError, wire};
use crate::Sandbox;
use crate::faults::{Fault, FaultKind};
use crate::ratelimit::Verdict;
use crate::requests::{Request, mask};

/// How long half an answer stands before its connection closes.
const TRUNCATE_AFTER: Duration = Duration::from_millis(50);

/// Around the OAuth server.
pub async fn oauth(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let lever = Sandbox::of(request.request());
    let fault = lever.faults.next_for_oauth(request.method().as_str(), request.path());
    watched(request, next, &lever, fault, false).await
}

/// Around the API.
pub async fn api(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let lever = Sandbox::of(request.request());
    let fault = lever.faults.next_for_api(request.method().as_str(), request.path());
    watched(request, next, &lever, fault, true).await
}

async fn watched(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    lever: &Sandbox,
    fault: Option<Fault>,
    guarded: bool,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut entry = entry(&request, lever, fault.as_ref());
    let mut response = match &fault {
        Some(fault) => faulty(request, next, lever, fault, guarded).await?,
        None => handled(request, next, lever, guarded).await?,
    };
    let id = header::HeaderValue::from_str(&entry.id).expect("a UUID is a header value");
    response.headers_mut().insert(header::HeaderName::from_static("x-request-id"), id);
    let closed = matches!(entry.fault, Some(FaultKind::CloseBefore | FaultKind::CloseAfter));
    entry.status = (!closed).then(|| response.status().as_u16());
    entry.duration_ms = lever.now() - entry.time;
    lever.requests.push(entry);
    Ok(response)
}

fn entry(request: &ServiceRequest, lever: &Sandbox, fault: Option<&Fault>) -> Request {
    let text = |name| {
        let value = request.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Request {
        id: uuid::Uuid::new_v4().to_string(),
        time: lever.now(),
        method: request.method().to_string(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        authorization: text(header::AUTHORIZATION).map(|value| masked(&value)),
        user_agent: text(header::USER_AGENT),
        status: None,
        duration_ms: 0,
        fault: fault.map(|fault| fault.kind),
    }
}

/// An `Authorization` header with its secret masked.
fn masked(value: &str) -> String {
    let (scheme, secret) = value.split_once(' ').unwrap_or(("", value));
    let user = BASE64_STANDARD
        .decode(secret)
        .ok()
        .filter(|_| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|bytes| String::from_utf8(bytes).ok());
    format!("{scheme} {}", mask(user.as_deref().unwrap_or(secret)))
}

async fn faulty(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    lever: &Sandbox,
    fault: &Fault,
    guarded: bool,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match fault.kind {
        FaultKind::Latency => {
            tokio::time::sleep(Duration::from_millis(fault.ms.unwrap_or_default())).await;
            handled(request, next, lever, guarded).await
        }
        FaultKind::Status => {
            let status = fault
                .status
                .and_then(|status| StatusCode::from_u16(status).ok())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Ok(request.into_response(failure(status, fault.retry_after, guarded)))
        }
        FaultKind::CloseBefore => {
            wire::close(request.request());
            Ok(request.into_response(HttpResponse::ServiceUnavailable()))
        }
        FaultKind::CloseAfter => {
            let response = handled(request, next, lever, guarded).await?;
            wire::close(response.request());
            Ok(response)
        }
        FaultKind::Truncate => {
            let response = handled(request, next, lever, guarded).await?;
            truncated(response).await
        }
        // Kinds for deliveries; the control API doesn't take them for calls.
        _ => handled(request, next, lever, guarded).await,
    }
}

/// An ordered failure, in the shape of the server it comes from.
fn failure(status: StatusCode, retry_after: Option<u64>, api: bool) -> HttpResponse {
    let message = status.canonical_reason().unwrap_or("Failure");
    let mut response = match api {
        true => ApiError::new(status, message).answer(),
        false => HttpResponse::build(status).json(serde_json::json!({
            "error": match status.as_u16() {
                429 => "too_many_requests",
                503 => "temporarily_unavailable",
                _ => "server_error",
            },
            "error_description": message,
        })),
    };
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    response
}

/// Half of the body under the length of all of it.
async fn truncated(response: ServiceResponse<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    let whole: Bytes = to_bytes(body).await.map_err(actix_web::error::ErrorInternalServerError)?;
    let half = whole.slice(..whole.len() / 2);
    let parts = stream::iter([Some(half), None]).then(|part| async {
        match part {
            Some(half) => Ok(half),
            None => {
                // What was written so far is sent only while the rest is waited for.
                tokio::time::sleep(TRUNCATE_AFTER).await;
                Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
            }
        }
    });
    let length = u64::try_from(whole.len()).unwrap_or(u64::MAX);
    let body = BoxBody::new(SizedStream::new(length, Box::pin(parts)));
    Ok(ServiceResponse::new(request, response.set_body(body)))
}

/// The call itself. Errors on the way are answers, not failures of the server.
async fn handled(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    lever: &Sandbox,
    guarded: bool,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut left = None;
    if guarded {
        match admit(&request, lever) {
            Ok(verdict) => left = Some(verdict),
            Err((error, burst)) => {
                let mut response = request.into_response(error.answer());
                if let Some(burst) = burst {
                    tell_limit(&mut response, burst, 0);
                }
                return Ok(response);
            }
        }
    }
    // A clone of the request kept over this call would make actix' router panic.
    let mut response = next.call(request).await?.map_into_boxed_body();
    if guarded && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let error = ApiError::new(response.status(), "This method is not allowed here");
        let pattern = response.request().match_pattern().unwrap_or_default();
        response = response.into_response(error.answer());
        if let Ok(methods) = header::HeaderValue::from_str(&allowed(&pattern)) {
            response.headers_mut().insert(header::ALLOW, methods);
        }
    }
    if let Some((left, burst)) = left {
        tell_limit(&mut response, burst, left);
    }
    Ok(response)
}

/// Says how many calls may come at once, and how many are left of them.
fn tell_limit(response: &mut ServiceResponse<BoxBody>, burst: u32, left: u32) {
    let names = ["x-ratelimit-limit", "x-ratelimit-remaining"];
    for (name, number) in names.into_iter().zip([burst, left]) {
        response
            .headers_mut()
            .insert(header::HeaderName::from_static(name), header::HeaderValue::from(number));
    }
}

/// Lets a known caller in who doesn't call too often; answers what is left to them.
/// Who calls too often is told the burst with the error.
fn admit(request: &ServiceRequest, lever: &Sandbox) -> Result<(u32, u32), (ApiError, Option<u32>)> {
    let caller = Caller::identify(request.request(), lever).map_err(|error| (error, None))?;
    let verdict = lever.limiter.take(&caller.key, lever.now());
    let left = match verdict {
        Verdict::Pass { left, burst } => (left, burst),
        Verdict::Wait { seconds, say, burst } => {
            return Err((ApiError::too_many(say.then_some(seconds)), Some(burst)));
        }
    };
    request.extensions_mut().insert(caller);
    Ok(left)
}
