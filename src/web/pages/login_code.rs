//! `/login/code`: the second step of a log-in, for people with a second factor.

use super::login::{finish, half_way, note_refused, tell_later};
use crate::audit::Circumstances;
use crate::people::{self, FactorError, Proof, Refused, User};
use crate::state::AppState;
use crate::web::session;
use crate::web::{
    FieldErrors, Form, Layout, PageError, PageResult, Section, Seen, Visitor, device, render_with, see_other,
};
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use askama::Template;
use serde::Deserialize;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/login/code", web::get().to(page));
    cfg.route("/login/code", web::post().to(check));
}

#[derive(Template)]
#[template(path = "login_code.html")]
struct CodePage {
    layout: Layout,
    errors: FieldErrors,
    /// What the person has: a passkey does as well, and without an app there are recovery codes only.
    factors: people::Factors,
    next: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CodeForm {
    code: String,
}

async fn page(app: Data<AppState>, visitor: Visitor) -> PageResult {
    let Some((user, half)) = half_way(&app, &visitor).await? else { return Ok(see_other("/login")) };
    show(&app, &visitor, &user, FieldErrors::default(), half.next).await
}

async fn show(
    app: &AppState,
    visitor: &Visitor,
    user: &User,
    errors: FieldErrors,
    next: String,
) -> PageResult {
    let id = user.id;
    let factors = app.db.read(move |conn| people::factors(conn, &id)).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = if factors.app { "Enter your code" } else { "Use your passkey" };
    let layout = visitor.layout(title)?;
    render_with(status, &CodePage { layout, errors, factors, next })
}

/// Begins a session. 422 asks again; 429 says how long to wait.
async fn check(
    app: Data<AppState>,
    visitor: Visitor,
    Seen(seen): Seen,
    request: HttpRequest,
    form: Form<CodeForm>,
) -> PageResult {
    let Some((user, half)) = half_way(&app, &visitor).await? else { return Ok(see_other("/login")) };
    let device = device::known(&app, &request, &user.email).await?;
    let begins = Circumstances { session: session::fresh_name(), ..seen };
    let proof = prove(&app, &user, device.as_deref(), form.0.code, &begins, true).await?;
    let Some(proof) = proof else {
        let why = "This code is wrong or has already been used. Wait for the next one.";
        return show(&app, &visitor, &user, FieldErrors::single("code", why), half.next).await;
    };
    if let Proof::Recovery(left) = proof {
        tell_later(app.clone(), people::recovery_code_email(&user, left, &begins));
    }
    let device = device::name(&app, &request, &user.email);
    finish(app, &visitor, user, device, begins, &half.next)
}

/// Whether the code is right. Guessing is slowed down and written down; `logs_in`: it is the second step of a log-in.
///
/// # Errors
/// After too many attempts.
pub(super) async fn prove(
    app: &Data<AppState>,
    user: &User,
    device: Option<&str>,
    typed: String,
    seen: &Circumstances,
    logs_in: bool,
) -> Result<Option<Proof>, PageError> {
    if let Err(wait) = app.throttle.code(&user.id, device) {
        let seen = Circumstances { session: String::new(), ..seen.clone() };
        note_refused(app.clone(), user.email.clone(), Refused::ThrottledCode, seen);
        return Err(PageError::TooMany(wait));
    }
    let (sealer, who, noted) = (app.sealer.clone(), user.clone(), seen.clone());
    let proof = app.db.try_write(move |conn| match logs_in {
        true => people::log_in_with_code(conn, &sealer, &who, &typed, noted),
        false => people::check_code(conn, &sealer, &who, &typed),
    });
    let proof = proof.await?;
    if proof.is_none() {
        let (who, mut noted) = (user.clone(), seen.clone());
        if logs_in {
            // The session that it names did not begin.
            noted.session.clear();
        }
        if app.db.write(move |conn| people::code_refused(conn, &who, &noted)).await? {
            tell_later(app.clone(), people::many_codes_email(user, seen));
        }
    }
    Ok(proof)
}

impl From<FactorError> for PageError {
    fn from(cause: FactorError) -> Self {
        match cause {
            FactorError::Db(cause) => cause.into(),
            FactorError::Seal(cause) => Self::internal(cause),
        }
    }
}
