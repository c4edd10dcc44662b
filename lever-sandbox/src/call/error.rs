//! Errors as Lever's API tells them: `{"code", "message"}` (Lever's wire notes §3, §8). The status
//! decides; one status has several codes.

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
    #[schema(example = "opportunities a80bbbe0-d4dd-4eac-bdbf-302345414f93 was not found")]
    message: String,
}

/// Why a call of the API failed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after: Option<u64>,
}

impl ApiError {
    /// An error with the usual code of its status.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self::coded(status, code_of(status), message)
    }

    fn coded(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    /// A parameter makes no sense.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// A parameter is missing.
    pub fn missing(parameter: &str) -> Self {
        Self::bad(format!("Missing required parameter: {parameter}"))
    }

    /// The body can't be read.
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self::coded(StatusCode::BAD_REQUEST, "InvalidRequest", message)
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Authentication failed. Check the access token or API key.")
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// There is no such thing, as most of Lever says it.
    pub fn not_found(what: &'static str, id: &str) -> Self {
        OpError::not_found(what, id).into()
    }

    /// There is no such thing, as Lever's newer endpoints say it.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self::coded(StatusCode::NOT_FOUND, "NotFoundError", message)
    }

    /// The upload didn't come to its end in time.
    pub fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "File took too long to upload.")
    }

    /// The file was taken but isn't what its name says.
    pub fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
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
        response.json(ErrorBody { code: self.code, message: self.message.clone() })
    }
}

/// The name that usually goes with a status.
fn code_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "BadRequestError",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "ResourceNotFound",
        405 => "MethodNotAllowedError",
        408 => "RequestTimeout",
        413 => "RequestEntityTooLargeError",
        415 => "UnsupportedMediaTypeError",
        422 => "UnprocessableEntityError",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        status if status >= 500 => "InternalServerError",
        _ => "InvalidRequest",
    }
}

/// A kind of thing as the API's paths name it: "Archive reason" is `archive_reasons`.
fn plural(what: &str) -> String {
    let word = what.to_lowercase().replace(' ', "_");
    match word.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{word}s"),
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
        match error {
            OpError::NotFound { what, id } => {
                Self::new(StatusCode::NOT_FOUND, format!("{} {id} was not found", plural(what)))
            }
            OpError::Invalid(message) => Self::bad(message),
            OpError::Forbidden(message) => Self::forbidden(message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::plural;

    #[test]
    fn things_are_named_as_in_the_paths() {
        assert_eq!(plural("Stage"), "stages");
        assert_eq!(plural("Opportunity"), "opportunities");
        assert_eq!(plural("Archive reason"), "archive_reasons");
    }
}
