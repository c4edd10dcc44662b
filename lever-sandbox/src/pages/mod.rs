//! The pages a person uses: log-in, consent, the board, postings, inbox and settings.
//!
//! Everything is rendered on the server and works without script. Each form carries its
//! session's token, and nothing on a page comes from elsewhere.

mod assets;
mod board;
mod candidate;
mod consent;
mod deliveries;
mod html;
mod inbox;
mod integrations;
mod login;
mod postings;
pub mod session;
mod webhooks;
mod words;

use actix_web::{HttpRequest, HttpResponse, web};

use html::not_found;

pub use consent::{ConsentView, consent_page};
pub use html::{error_page, html_response};

/// Largest form taken, in bytes.
const LARGEST_FORM: usize = 256 * 1024;

/// Adds every page to an app whose data holds the [`crate::sandbox::Sandbox`].
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.app_data(web::FormConfig::default().limit(LARGEST_FORM));
    assets::configure(cfg);
    login::configure(cfg);
    board::configure(cfg);
    candidate::configure(cfg);
    postings::configure(cfg);
    inbox::configure(cfg);
    webhooks::configure(cfg);
    integrations::configure(cfg);
    deliveries::configure(cfg);
    cfg.default_service(web::to(no_such_page));
}

async fn no_such_page(request: HttpRequest) -> HttpResponse {
    // Programs that lost their way get a short answer, people a page.
    let program = ["/v1", "/sandbox", "/oauth"].iter().any(|prefix| request.path().starts_with(prefix));
    if program { HttpResponse::NotFound().finish() } else { not_found("page") }
}
