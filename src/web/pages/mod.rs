//! The pages: one file a page or family of pages, each with its routes.
//! Their templates stand under the same names in `templates/`.

mod access;
mod account;
mod alerts;
mod api_reference;
mod api_tokens;
mod assessment;
pub(crate) mod audit;
mod background_work;
pub(crate) mod bulk_moves;
pub(crate) mod candidates;
mod checkpoints;
mod company;
pub(crate) mod events;
mod evidence;
mod groups;
mod help;
mod integrations;
mod invite;
mod login;
mod login_code;
mod login_passkey;
mod mail;
mod overview;
mod password;
pub(crate) mod policy;
mod profiles;
mod setup;
mod sso;
mod team;

use super::{PageError, PageResult, see_other};
use crate::people::{LogInError, NewPassword, User};
use crate::secrets::{Asker, PasswordError};
use crate::state::AppState;
use actix_web::http::Method;
use actix_web::{HttpRequest, web};
use secrecy::SecretString;

/// The address without what mail programs and people add to its end: a slash, a dot, a bracket. Nothing when it
/// has none of that, or would lead elsewhere.
fn without_its_end(request: &HttpRequest) -> Option<String> {
    const ENDS: [&str; 14] =
        ["/", ".", ",", ";", ":", ")", "]", "'", "*", "%3E", "%22", "%C2%A0", "%E2%80%8B", "%20"];
    let whole = request.path();
    let mut path = whole;
    while let Some(shorter) = ENDS.iter().find_map(|end| path.strip_suffix(end)) {
        path = shorter;
    }
    if path == whole || request.method() != Method::GET {
        return None;
    }
    let query = request.query_string();
    let address = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    login::local_path(&address).map(str::to_owned)
}

/// A new password that was typed by the person with this address, or in set-up by somebody with its code; or what would
/// be right. Looking at one is work, so a person may try only so often.
///
/// # Errors
/// 429 when they tried too often, 503 when too many passwords are checked at the moment.
async fn new_password(
    app: &AppState,
    person: Option<&User>,
    typed: SecretString,
    about: Vec<String>,
) -> Result<Result<NewPassword, PasswordError>, PageError> {
    let name = person.map_or("set-up", |user| &user.email).to_owned();
    app.throttle.count(&format!("new-password:{name}")).map_err(PageError::TooMany)?;
    let company = person.map(|user| user.company_id.to_string()).unwrap_or_default();
    match NewPassword::parse(&app.passwords, Asker::Known { name, company }, typed, about).await {
        Err(PasswordError::Overloaded(cause)) => Err(LogInError::from(cause).into()),
        parsed => Ok(parsed),
    }
}

/// All routes of people's pages.
pub fn routes(cfg: &mut web::ServiceConfig) {
    overview::routes(cfg);
    setup::routes(cfg);
    sso::routes(cfg);
    login::routes(cfg);
    login_code::routes(cfg);
    login_passkey::routes(cfg);
    password::routes(cfg);
    invite::routes(cfg);
    account::routes(cfg);
    company::routes(cfg);
    access::routes(cfg);
    groups::routes(cfg);
    alerts::routes(cfg);
    api_tokens::routes(cfg);
    mail::routes(cfg);
    policy::routes(cfg);
    team::routes(cfg);
    profiles::routes(cfg);
    integrations::routes(cfg);
    events::routes(cfg);
    // Before the page of one candidate, whose address is as long.
    candidates::why::routes(cfg);
    candidates::routes(cfg);
    checkpoints::routes(cfg);
    evidence::routes(cfg);
    audit::routes(cfg);
    background_work::routes(cfg);
    help::routes(cfg);
    assessment::routes(cfg);
}

/// Answers what no page answers. An address that takes forms only leads to the page of the form:
/// a tab that comes back, or a bookmark, asks for it with GET.
///
/// # Errors
/// The page that says so: there is no such address, or it is used in another way.
pub async fn nothing_here(request: HttpRequest) -> PageResult {
    let Some(pattern) = request.match_pattern() else {
        return match without_its_end(&request) {
            Some(path) => Ok(see_other(&path)),
            None => Err(PageError::NotFound),
        };
    };
    if request.method() != Method::GET {
        return Err(PageError::OtherMethod("GET"));
    }
    let parent = request.path().rsplit_once('/').map_or("", |(parent, _)| parent);
    Ok(see_other(match pattern.as_str() {
        "/settings/integrations/lever/grant" => "/settings/integrations",
        _ if parent.is_empty() => "/",
        _ => parent,
    }))
}
