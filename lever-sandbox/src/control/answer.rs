//! What the control API takes and answers.

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::call::ApiError;

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
