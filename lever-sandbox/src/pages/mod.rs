//! The pages a person uses: log-in, consent, the board, postings, inbox and settings.
//!
//! Everything is rendered on the server and works without script. Each form carries its
//! session's token, and nothing on a page comes from elsewhere.

mod assets;
mod board;
mod candidate;
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
use askama::Template;

pub use html::html_response;

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

/// What the consent page shows and sends back.
#[derive(Debug, Clone)]
pub struct ConsentView {
    /// The app that asks.
    pub app_name: String,
    /// The account it would be let into.
    pub account: String,
    /// The user who decides.
    pub user_email: String,
    /// The scopes asked for, by their technical names.
    pub scopes: Vec<String>,
    /// Where the browser goes afterwards, as a person should see it.
    pub returns_to: String,
    /// Where the decision is posted: field `decision` is `accept` or `deny`.
    pub action: String,
    /// Hidden fields to post along, the session's `csrf` token among them.
    pub fields: Vec<(String, String)>,
}

/// A scope in technical and in plain words.
struct ScopeView {
    name: String,
    words: String,
}

impl ScopeView {
    fn all(scopes: &[String]) -> Vec<Self> {
        scopes.iter().map(|name| Self { name: name.clone(), words: words::scope_in_words(name) }).collect()
    }
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage<'a> {
    view: &'a ConsentView,
    scopes: Vec<ScopeView>,
}

/// The page on which a user accepts or denies an app's access, as HTML.
pub fn consent_page(view: &ConsentView) -> String {
    let scopes = ScopeView::all(&view.scopes);
    ConsentPage { view, scopes }.render().expect("writing to a string does not fail")
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    title: &'a str,
    text: &'a str,
}

/// A page that says what went wrong and what to do, as HTML.
pub fn error_page(title: &str, text: &str) -> String {
    ErrorPage { title, text }.render().expect("writing to a string does not fail")
}

async fn no_such_page(request: HttpRequest) -> HttpResponse {
    // Programs that lost their way get a short answer, people a page.
    let program = ["/v1", "/sandbox", "/oauth"].iter().any(|prefix| request.path().starts_with(prefix));
    if program { HttpResponse::NotFound().finish() } else { not_found("page") }
}

/// The page for an address that names nothing.
fn not_found(what: &str) -> HttpResponse {
    html_response(
        actix_web::http::StatusCode::NOT_FOUND,
        error_page("Not here", &format!("This {what} does not exist, or was deleted.")),
    )
}
