//! The pages: one file a page or family of pages, each with its routes.
//! Their templates stand under the same names in `templates/`.

mod alerts;
mod assessment;
mod audit;
mod candidates;
mod candidates_why;
mod company;
mod events;
mod habits;
mod held;
mod home;
mod integrations;
mod invite;
mod login;
mod mail;
mod password;
mod profiles;
mod setup;
mod team;

use super::{PageError, PageResult};
use actix_web::web;

/// All routes of people's pages.
pub fn routes(cfg: &mut web::ServiceConfig) {
    home::routes(cfg);
    setup::routes(cfg);
    login::routes(cfg);
    password::routes(cfg);
    invite::routes(cfg);
    company::routes(cfg);
    alerts::routes(cfg);
    mail::routes(cfg);
    habits::routes(cfg);
    team::routes(cfg);
    profiles::routes(cfg);
    integrations::routes(cfg);
    events::routes(cfg);
    // Before the page of one candidate, whose address is as long.
    candidates_why::routes(cfg);
    candidates::routes(cfg);
    audit::routes(cfg);
    assessment::routes(cfg);
}

/// Answers an address that no page has.
///
/// # Errors
/// Always: the page that says so.
pub async fn nothing_here() -> PageResult {
    Err(PageError::NotFound)
}
