//! What comes back: one thing, a list, something new, or a failure.

use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use super::error::{ApiError, ErrorBody};
use crate::sandbox::Sandbox;

/// A list, or a page of one.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    pub data: Vec<T>,
    /// The `offset` of the next page, to be encoded once more; only there when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<String>,
    /// Whether there is a next page.
    #[serde(rename = "hasNext")]
    pub has_next: bool,
}

/// A list that comes whole, without a word on pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct All<T> {
    pub data: Vec<T>,
}

impl<T> All<T> {
    pub fn of(data: impl IntoIterator<Item = T>) -> Json<Self> {
        Json(Self { data: data.into_iter().collect() })
    }
}

/// One thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Single<T> {
    pub data: T,
}

impl<T> Single<T> {
    pub fn of(data: T) -> Json<Self> {
        Json(Self { data })
    }
}

/// Something that can be in a list, as a page's token names it.
pub trait Listed {
    /// Its id; of tags and sources, their text.
    fn id(&self) -> &str;

    /// When it was made, ms UTC; 0 for what has no such time.
    fn at(&self) -> i64 {
        0
    }
}

/// The answer to a call that created something, 201.
pub fn created(lever: &Sandbox, data: impl Serialize) -> HttpResponse {
    if lever.switches.get().nested_create {
        return HttpResponse::Created().json(Single { data: Single { data } });
    }
    HttpResponse::Created().json(Single { data })
}

/// The answer where no endpoint is.
pub async fn nothing_here(request: HttpRequest) -> HttpResponse {
    ApiError::not_found("Resource", request.path()).answer()
}

/// What any call may answer instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes the answers; `ApiError` makes them")]
pub enum Failures {
    /// A parameter or the body makes no sense.
    #[response(status = 400)]
    BadRequest(ErrorBody),
    /// No token or key, or one that doesn't count.
    #[response(status = 401)]
    Unauthorized(ErrorBody),
    /// A scope is missing, or it is confidential.
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// There is no such thing.
    #[response(status = 404)]
    NotFound(ErrorBody),
    /// More calls than the rate limit allows.
    #[response(status = 429)]
    TooMany(ErrorBody),
}

/// What a call with a body may answer besides.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes the answers; `ApiError` makes them")]
pub enum BodyFailures {
    /// The body took too long to come.
    #[response(status = 408)]
    TooSlow(ErrorBody),
    /// The body is too large.
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// The `Content-Type` is not one this call takes.
    #[response(status = 415)]
    Unsupported(ErrorBody),
}
