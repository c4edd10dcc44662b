//! Before and after each call of the API: who calls and how often, whether somebody must be named,
//! which fields are wanted.

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use serde_json::Value;

use super::openapi::allowed;
use crate::call::{ApiError, Caller, Params};
use crate::ratelimit::Verdict;
use crate::sandbox::Sandbox;

/// Around every call of the API.
pub(super) async fn admit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let lever = Sandbox::of(request.request());
    let limit = match let_in(&request, &lever) {
        Ok(limit) => limit,
        Err((error, burst)) => {
            let mut response = request.into_response(error.answer());
            if let Some(burst) = burst {
                tell_limit(&mut response, burst, 0);
            }
            return Ok(response);
        }
    };
    let params = Params::of(request.request());
    let answers = request.method() == Method::GET;
    // A clone of the request kept over this call would make actix' router panic.
    let mut response = next.call(request).await?.map_into_boxed_body();
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let error = ApiError::new(response.status(), "This method is not allowed here");
        let pattern = response.request().match_pattern().unwrap_or_default();
        response = response.into_response(error.answer());
        if let Ok(methods) = header::HeaderValue::from_str(&allowed(&pattern)) {
            response.headers_mut().insert(header::ALLOW, methods);
        }
    }
    if answers && response.status().is_success() && params.has("include") {
        response = only_included(response, &params).await?;
    }
    if let Some((left, burst)) = limit {
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

/// What is left of the rate limit and its burst, when answers say so.
type Told = Option<(u32, u32)>;

/// Lets a known caller in who doesn't call too often. Who calls too often is told the burst with
/// the error, when answers say so.
fn let_in(request: &ServiceRequest, lever: &Sandbox) -> Result<Told, (ApiError, Option<u32>)> {
    let caller = Caller::identify(request.request(), lever).map_err(|error| (error, None))?;
    let told = lever.limiter.limit().retry_after;
    let left = match lever.limiter.take(&caller.key, lever.now()) {
        Verdict::Pass { left, burst } => told.then_some((left, burst)),
        Verdict::Wait { seconds, say, burst } => {
            return Err((ApiError::too_many(say.then_some(seconds)), told.then_some(burst)));
        }
    };
    let writes = matches!(*request.method(), Method::POST | Method::PUT);
    let below = request.path() == "/v1/opportunities" || request.path().starts_with("/v1/opportunities/");
    if writes && below && lever.switches.get().require_perform_as {
        let named = Params::of(request.request()).has("perform_as");
        if !named {
            return Err((ApiError::missing("perform_as"), None));
        }
    }
    request.extensions_mut().insert(caller);
    Ok(left)
}

/// With `include`, only the fields that it names; what is expanded is among them.
async fn only_included(
    response: ServiceResponse<BoxBody>,
    params: &Params,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut names = params.listed("include");
    names.extend(params.listed("expand"));
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    let bytes = to_bytes(body).await.map_err(actix_web::error::ErrorInternalServerError)?;
    let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) else {
        return Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(bytes))));
    };
    let keep = |thing: &mut Value| {
        if let Some(fields) = thing.as_object_mut() {
            fields.retain(|name, _| names.contains(name));
        }
    };
    match value.get_mut("data") {
        Some(Value::Array(rows)) => rows.iter_mut().for_each(keep),
        Some(one) => keep(one),
        None => {}
    }
    let text = value.to_string();
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(text))))
}
