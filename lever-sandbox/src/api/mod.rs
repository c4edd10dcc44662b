//! The endpoints of the API below `/v1` (Lever's wire notes §3–5, §8).

mod candidates;
mod contacts;
mod eeo;
mod guard;
mod openapi;
mod opportunities;
mod postings;
mod requisitions;
mod settings;
mod templates;
mod users;
mod webhooks;

pub use openapi::document;

use actix_web::middleware::from_fn;
use actix_web::{Scope, web};

use crate::call::nothing_here;
use crate::watch;

/// Everything below `/v1`.
pub fn scope() -> Scope<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse<impl actix_web::body::MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    web::scope("/v1")
        .wrap(from_fn(guard::admit))
        .wrap(from_fn(watch::api))
        .configure(opportunities::configure)
        .configure(contacts::configure)
        .configure(candidates::configure)
        .configure(settings::configure)
        .configure(users::configure)
        .configure(postings::configure)
        .configure(requisitions::configure)
        .configure(templates::configure)
        .configure(eeo::configure)
        .configure(webhooks::configure)
        .default_service(web::to(nothing_here))
}
