//! The control API below `/sandbox`: what a test does to Lever, and what Lever saw.
//!
//! No credentials: a sandbox is for the machine it runs on, and no page of another site may call it.

mod account;
mod candidates;
mod machine;
mod settings;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, web};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::api;
use crate::call::ApiError;
use crate::sandbox::{Sandbox, Shared, home};

/// Adds everything below `/sandbox`.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope("/sandbox")
            .wrap(from_fn(from_here))
            .route("", web::get().to(account))
            .route("/openapi.json", web::get().to(openapi))
            .configure(account::configure)
            .configure(candidates::configure)
            .configure(machine::configure)
            .configure(settings::configure),
    );
}

/// Lets only this machine's own programs and pages in.
async fn from_here(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let lever = Sandbox::of(request.request());
    if let Err(foreign) = home::check(request.headers(), &lever.options) {
        let error = ApiError::forbidden(foreign.to_string());
        return Ok(request.into_response(error.answer()));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// An optional JSON body; nothing is `{}`. It must say that it is JSON: what doesn't, a page of
/// another site can send without being asked first.
pub(super) struct Input<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Input<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        let is_json = kind.eq_ignore_ascii_case("application/json");
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = bytes.await.map_err(|error| ApiError::bad(error.to_string()))?;
            if !bytes.is_empty() && !is_json {
                let message = "Content-Type must be application/json";
                return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
            }
            let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
            serde_json::from_slice(text)
                .map(Self)
                .map_err(|error| ApiError::bad(format!("Invalid JSON body: {error}")))
        })
    }
}

/// What a handler here answers.
pub(super) type Answer = Result<HttpResponse, ApiError>;

/// `{"data": …}`
pub(super) fn data(value: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(json!({"data": value}))
}

/// `{"data": …}` with status 201.
pub(super) fn created(value: impl Serialize) -> HttpResponse {
    HttpResponse::Created().json(json!({"data": value}))
}

/// `GET /sandbox`: what one needs to know to work with this account.
async fn account(lever: Shared) -> HttpResponse {
    data(summary(&lever))
}

/// What one needs to know of the account.
pub(super) fn summary(lever: &Sandbox) -> serde_json::Value {
    let state = lever.read();
    let key = state.api_keys.first();
    json!({
        "url": lever.url,
        "audience": lever.audience,
        "account": state.account,
        "admin": {"email": state.admin().email, "password": state.admin().password},
        "apiKey": key.map(|key| &key.key),
        "seed": state.draw.seed(),
        "now": lever.now(),
        "opportunities": state.opportunities.len(),
        "users": state.users.iter().map(|user| json!({
            "id": user.id,
            "name": user.name,
            "email": user.email,
            "accessRole": user.access_role.as_str(),
        })).collect::<Vec<_>>(),
        "stages": state.stages,
        "postings": state.postings.iter().map(|posting| json!({
            "id": posting.id,
            "text": posting.text,
            "state": posting.state.as_str(),
            "confidential": posting.confidential,
        })).collect::<Vec<_>>(),
        "archiveReasons": state.archive_reasons,
        "clients": lever.options.clients.iter().map(|client| json!({
            "id": client.id,
            "name": client.name,
            "redirectUris": client.redirect_uris,
        })).collect::<Vec<_>>(),
    })
}

/// `GET /sandbox/openapi.json`
async fn openapi(lever: Shared) -> HttpResponse {
    HttpResponse::Ok().json(api::document(&lever.url))
}
