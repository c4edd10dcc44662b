//! Errors as Lever's API tells them: `{"code", "message"}` (Lever's wire notes §3).

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::OpError;

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// A name for the kind of error; a hint beside the HTTP status.
    #[schema(example = "ResourceNotFound")]
    code: &'static str,
    /// What is wrong, in words.
    #[schema(example = "Opportunity was not found")]
    message: String,
}

/// Why a call of the API failed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    status: StatusCode,
    message: String,
    retry_after: Option<u64>,
}

impl ApiError {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after: None }
    }

    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Authentication failed. Check the access token or API key.")
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub fn not_found(what: &'static str, id: &str) -> Self {
        OpError::not_found(what, id).into()
    }

    pub fn too_many(retry_after: Option<u64>) -> Self {
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests") }
    }

    /// The answer with this error's body.
    pub fn answer(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after {
            response.insert_header(("retry-after", seconds.to_string()));
        }
        response.json(ErrorBody { code: code_of(self.status), message: self.message.clone() })
    }
}

/// The name that goes with a status.
fn code_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "BadRequestError",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "ResourceNotFound",
        405 => "MethodNotAllowedError",
        413 => "RequestEntityTooLargeError",
        415 => "UnsupportedMediaTypeError",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        status if status >= 500 => "InternalServerError",
        _ => "InvalidRequest",
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        self.answer()
    }
}

impl From<OpError> for ApiError {
    fn from(error: OpError) -> Self {
        let status = match error {
            OpError::NotFound { .. } => StatusCode::NOT_FOUND,
            OpError::Invalid(_) => StatusCode::BAD_REQUEST,
            OpError::Forbidden(_) => StatusCode::FORBIDDEN,
        };
        Self::new(status, error.to_string())
    }
}
