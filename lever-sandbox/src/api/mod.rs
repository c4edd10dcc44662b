//! The API below `/v1` (Lever's wire notes §3–5).

mod body;
mod caller;
mod candidates;
mod contacts;
mod error;
pub mod observe;
mod openapi;
mod opportunities;
mod page;
mod params;
mod postings;
mod requisitions;
mod settings;
mod views;
mod webhooks;
pub mod wire;

pub use error::{ApiError, ErrorBody};
pub use openapi::document;
pub use params::Params;
pub use views::{OpportunityView, Show};

use body::Body;
use caller::Caller;
use page::{List, PageParams, Paging, Single};

use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, Scope, web};
use utoipa::IntoResponses;

/// Everything below `/v1`.
pub fn scope() -> Scope<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    web::scope("/v1")
        .wrap(from_fn(observe::api))
        .configure(opportunities::configure)
        .configure(contacts::configure)
        .configure(candidates::configure)
        .configure(settings::configure)
        .configure(postings::configure)
        .configure(requisitions::configure)
        .configure(webhooks::configure)
        .default_service(web::to(nothing_here))
}

async fn nothing_here(request: HttpRequest) -> HttpResponse {
    ApiError::not_found("Resource", request.path()).answer()
}

/// What any call may answer instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes the answers; `ApiError` makes them")]
enum Failures {
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
enum BodyFailures {
    /// The body is too large.
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// The `Content-Type` is not one this call takes.
    #[response(status = 415)]
    Unsupported(ErrorBody),
}
