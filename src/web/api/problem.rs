//! Errors of the API: problem details (RFC 9457). The type is `about:blank`, so the title is the status's phrase; what
//! programs tell apart stands in `code`, and what people read in `detail`.

use crate::db::{self, DbError};
use crate::forms::FieldErrors;
use crate::web::READS;
use actix_web::body::BoxBody;
use actix_web::dev::ResponseHead;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// Its media type.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was refused.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    /// One word for programs.
    code: &'static str,
    /// What happened and what to do, for people.
    detail: String,
    /// What of the request is wrong.
    errors: Vec<Wrong>,
    headers: Vec<(HeaderName, String)>,
}

/// A parameter, header or field of a body that is wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Wrong {
    /// Its name.
    pub parameter: String,
    /// What would be right.
    pub detail: String,
}

/// A problem, as it is sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: String,
    /// The status's phrase.
    title: String,
    status: u16,
    /// What happened and what to do.
    detail: String,
    /// One word for programs.
    code: String,
    /// Which parameters or fields are wrong; only where some are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Wrong>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), headers: Vec::new() }
    }

    fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// No token came with the request (RFC 6750 §3).
    pub fn no_token() -> Self {
        let detail = "Send a token of your company: Authorization: Bearer alva_… Admins create tokens in the company's \
                      settings.";
        Self::new(StatusCode::UNAUTHORIZED, "token_missing", detail)
            .with(header::WWW_AUTHENTICATE, "Bearer realm=\"alva-portal\"")
    }

    /// A token came that opens nothing (RFC 6750 §3.1); `code` and `detail` say why.
    pub fn bad_token(code: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
            .with(header::WWW_AUTHENTICATE, "Bearer realm=\"alva-portal\", error=\"invalid_token\"")
    }

    /// The token may do other things (RFC 6750 §3.1).
    pub fn lacks_scope(scope: &str) -> Self {
        let challenge =
            format!("Bearer realm=\"alva-portal\", error=\"insufficient_scope\", scope=\"{scope}\"");
        let detail = format!("This token does not have the scope {scope}. Create one that has it.");
        Self::new(StatusCode::FORBIDDEN, "scope_missing", detail).with(header::WWW_AUTHENTICATE, challenge)
    }

    /// The token's bucket is empty for so many seconds.
    pub fn too_many(seconds: u64) -> Self {
        let detail = format!("This token made too many calls. Wait {seconds} seconds.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_calls", detail)
            .with(header::RETRY_AFTER, seconds.to_string())
    }

    /// There is no such thing in the company, or no such address.
    pub fn not_found() -> Self {
        let detail = "Nothing found at this address, or it belongs to another company.";
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// The address takes only these methods.
    pub fn other_method(allowed: &str) -> Self {
        let detail = format!("This address accepts {allowed}.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).with(header::ALLOW, allowed)
    }

    /// Parameters that cannot be taken.
    pub fn bad_parameters(errors: Vec<Wrong>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_parameter", "").listing(errors)
    }

    /// One parameter that cannot be taken.
    pub fn bad_parameter(name: &str, detail: impl Into<String>) -> Self {
        Self::bad_parameters(vec![Wrong { parameter: name.to_owned(), detail: detail.into() }])
    }

    /// It cannot be done as things stand; `code` and `detail` say why.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// The body is JSON, and says something that cannot be taken.
    pub fn bad_fields(errors: Vec<Wrong>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", "").listing(errors)
    }

    /// The body is no JSON object.
    pub fn bad_json(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_json", detail)
    }

    /// The body is of another type, or encoded.
    pub fn other_type() -> Self {
        let detail = "The body of this request is JSON: send Content-Type: application/json, without Content-Encoding.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail)
            .with(header::ACCEPT, "application/json")
            .with(header::ACCEPT_ENCODING, "identity")
    }

    /// The body is longer than this many bytes.
    pub fn too_large(most: usize) -> Self {
        let detail = format!("The body of a request has {most} bytes at most.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// The body came too slowly, or not to its end.
    pub fn too_slow(seconds: u64) -> Self {
        let detail = format!("The body did not arrive within {seconds} seconds. Send it again.");
        Self::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail)
    }

    /// The key of a call cannot be read.
    pub fn bad_key() -> Self {
        let detail = "The Idempotency-Key is one text in quotes, of 1 to 255 letters, digits and signs, such as \
                      \"8e03978e-40d5-43dd-bc93-6894a57f9324\".";
        let wrong = Wrong { parameter: "Idempotency-Key".to_owned(), detail: detail.to_owned() };
        Self::new(StatusCode::BAD_REQUEST, "bad_idempotency_key", "").listing(vec![wrong])
    }

    /// The key came with another call.
    pub fn key_of_another_call() -> Self {
        let detail = "This Idempotency-Key came with another call within the last 24 hours. Use a new one for each call.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
    }

    /// The same call is not answered yet.
    pub fn still_running() -> Self {
        let detail = "The first call with this Idempotency-Key is not answered yet. Try again in a moment.";
        Self::conflict("still_running", detail).with(header::RETRY_AFTER, "2")
    }

    /// With what is wrong, and all of that as its sentence.
    fn listing(self, errors: Vec<Wrong>) -> Self {
        let sentences: Vec<&str> = errors.iter().map(|wrong| wrong.detail.as_str()).collect();
        Self { detail: sentences.join(" "), errors, ..self }
    }

    /// What a status says that something before the routes answered with.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::BAD_REQUEST => {
                Self::new(status, "unreadable", "The address contains the character U+0000. Remove it.")
            }
            StatusCode::MISDIRECTED_REQUEST => {
                Self::new(status, "other_host", "The portal runs at another address: its BASE_URL.")
            }
            other if other.is_server_error() => Self::new(other, "internal", OUR_FAULT),
            other => Self::new(other, "refused", "The request was refused."),
        }
    }

    /// The portal failed.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", OUR_FAULT)
    }

    /// As it is sent: its status and its body.
    pub fn sent(&self) -> (StatusCode, String) {
        (self.status, self.body())
    }

    fn body(&self) -> String {
        let body = ProblemBody {
            kind: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            code: self.code.to_owned(),
            errors: self.errors.clone(),
        };
        serde_json::to_string(&body).expect("texts and numbers are JSON")
    }

    /// Takes the place of the body of an answer.
    pub fn put_into(&self, head: &mut ResponseHead) -> BoxBody {
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        head.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        head.headers.remove(header::CONTENT_ENCODING);
        BoxBody::new(self.body())
    }
}

const OUR_FAULT: &str = "Something went wrong in the portal. The cause is in its log. Try again in a moment.";

/// Whether an answer is no error, or a problem already.
pub fn is_answered(head: &ResponseHead) -> bool {
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    head.status.as_u16() < 400 || kind.is_some_and(|kind| kind.starts_with(MEDIA_TYPE))
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        for (name, value) in &self.headers {
            answer.insert_header((name.clone(), value.as_str()));
        }
        answer.insert_header((header::CONTENT_TYPE, MEDIA_TYPE)).body(self.body())
    }
}

impl From<DbError> for Problem {
    fn from(cause: DbError) -> Self {
        if matches!(cause, DbError::Query(diesel::result::Error::NotFound)) {
            return Self::not_found();
        }
        let cause = anyhow::Error::from(cause);
        if db::is_too_slow(&cause) {
            tracing::warn!(cause = format!("{cause:#}"), "a call of the API took too long");
            let detail = format!(
                "The portal stopped reading after {} seconds, to keep others from waiting. Use a shorter \
                 time span, more filters, or longer search words.",
                READS.as_secs()
            );
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "too_slow", detail);
        }
        if db::is_outage(&cause) {
            tracing::error!(cause = format!("{cause:#}"), "the database is out of reach");
            let detail = "The portal cannot reach its database. Nothing was changed; try again in a moment.";
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "away", detail).with(header::RETRY_AFTER, "5");
        }
        tracing::error!(cause = format!("{cause:#}"), "a call of the API failed");
        Self::internal()
    }
}

impl From<FieldErrors> for Problem {
    fn from(errors: FieldErrors) -> Self {
        let wrong = |error: &crate::forms::FieldError| Wrong {
            parameter: error.field.to_owned(),
            detail: error.text.clone(),
        };
        Self::bad_parameters(errors.iter().map(wrong).collect())
    }
}
