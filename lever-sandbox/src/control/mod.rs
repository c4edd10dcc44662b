//! The control API below `/sandbox`: what a test does to Lever, and what Lever saw.
//!
//! No credentials: a sandbox is for the machine it runs on, and no page of another site may call it.

mod account;
mod answer;
mod candidates;
mod machine;
mod settings;
mod summary;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, HttpResponse, web};

use answer::data;
use summary::summary;

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

/// `GET /sandbox`: what one needs to know to work with this account.
async fn account(lever: Shared) -> HttpResponse {
    data(summary(&lever))
}

/// `GET /sandbox/openapi.json`
async fn openapi(lever: Shared) -> HttpResponse {
    HttpResponse::Ok().json(api::document(&lever.url))
}
