//! A call's id, the faults on order, redirects and the log.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody, SizedStream, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage, HttpResponse};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::{StreamExt, stream};

use super::address::Hops;
use super::{creates, damage, wire};
use crate::call::ApiError;
use crate::faults::{Fault, FaultKind};
use crate::requests::{Request, mask};
use crate::sandbox::Sandbox;

/// How long half an answer stands before its connection closes.
const TRUNCATE_AFTER: Duration = Duration::from_millis(50);

/// Which server a call is for; they tell failures apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Api,
    Oauth,
}

/// Around the OAuth server.
pub async fn oauth(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let lever = Sandbox::of(request.request());
    let fault = lever.faults.next_for_oauth(request.method().as_str(), request.path());
    watched(request, next, &lever, fault, Server::Oauth).await
}

/// Around the API.
pub async fn api(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let lever = Sandbox::of(request.request());
    let fault = lever.faults.next_for_api(request.method().as_str(), request.path());
    watched(request, next, &lever, fault, Server::Api).await
}

async fn watched(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    lever: &Sandbox,
    fault: Option<Fault>,
    server: Server,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut entry = entry(&request, lever, fault.as_ref());
    let mut response = match &fault {
        Some(fault) => faulty(request, next, lever, fault, server).await?,
        None => handled(request, next, lever).await?,
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
    server: Server,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match fault.kind {
        FaultKind::Latency => {
            tokio::time::sleep(Duration::from_millis(fault.ms.unwrap_or_default())).await;
            handled(request, next, lever).await
        }
        FaultKind::Status => {
            let status = fault
                .status
                .and_then(|status| StatusCode::from_u16(status).ok())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Ok(request.into_response(failure(status, fault.retry_after, server)))
        }
        FaultKind::CloseBefore => {
            wire::close(request.request());
            Ok(request.into_response(HttpResponse::ServiceUnavailable()))
        }
        FaultKind::CloseAfter => {
            let response = handled(request, next, lever).await?;
            wire::close(response.request());
            Ok(response)
        }
        FaultKind::Truncate => {
            let response = handled(request, next, lever).await?;
            truncated(response).await
        }
        FaultKind::Absent if damage::is_opportunity(&request) => {
            Ok(request.into_response(failure(StatusCode::NOT_FOUND, None, server)))
        }
        FaultKind::Stale if damage::is_opportunity(&request) => {
            damage::edited(handled(request, next, lever).await?, damage::stale).await
        }
        FaultKind::OddRows => {
            damage::edited(handled(request, next, lever).await?, damage::with_odd_rows).await
        }
        FaultKind::Repeat => {
            let made = creates::made_by(&request);
            let response = handled_as_is(request, next, lever).await?;
            match made {
                Some(made) => creates::pass(&lever.creates, made, response, true).await,
                None => Ok(response),
            }
        }
        // Kinds for deliveries; the control API doesn't take them for calls.
        _ => handled(request, next, lever).await,
    }
}

/// An ordered failure, in the shape of the server it comes from.
fn failure(status: StatusCode, retry_after: Option<u64>, server: Server) -> HttpResponse {
    let message = match status {
        StatusCode::SERVICE_UNAVAILABLE => "Lever is temporarily down for maintenance.",
        status => status.canonical_reason().unwrap_or("Failure"),
    };
    let mut response = match server {
        Server::Api => ApiError::new(status, message).answer(),
        Server::Oauth => HttpResponse::build(status).json(serde_json::json!({
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

/// The call itself, or where it is sent on to. The answer to what is made is kept.
async fn handled(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    lever: &Sandbox,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let made = creates::made_by(&request);
    let response = handled_as_is(request, next, lever).await?;
    match made {
        Some(made) => creates::pass(&lever.creates, made, response, false).await,
        None => Ok(response),
    }
}

async fn handled_as_is(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    lever: &Sandbox,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Some(response) = sent_on(&request, lever) {
        return Ok(request.into_response(response));
    }
    // A clone of the request kept over this call would make actix' router panic.
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn sent_on(request: &ServiceRequest, lever: &Sandbox) -> Option<HttpResponse> {
    // People at the consent page stay where they are.
    let redirect = lever.switches.get().redirect.filter(|_| !request.path().starts_with("/authorize"))?;
    let Hops(hops) = request.extensions().get::<Hops>().copied().unwrap_or_default();
    let call = request.uri().path_and_query().map_or("/", |call| call.as_str());
    let location = redirect.location(&lever.url, hops, call)?;
    let status = StatusCode::from_u16(redirect.status).ok()?;
    Some(HttpResponse::build(status).insert_header((header::LOCATION, location)).finish())
}
