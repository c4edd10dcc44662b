//! The OAuth server (Lever's wire notes §2): Auth0 as Lever's partners meet it.

mod authorize;
mod token;

use actix_web::middleware::from_fn;
use actix_web::web;

use crate::watch;

/// Adds `/authorize` and `/oauth/…`.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope("/authorize")
            .wrap(from_fn(watch::oauth))
            .route("", web::get().to(authorize::ask))
            .route("/decision", web::post().to(authorize::decide)),
    )
    .service(
        web::scope("/oauth")
            .wrap(from_fn(watch::oauth))
            .route("/token", web::post().to(token::token))
            .route("/revoke", web::post().to(token::revoke)),
    );
}
