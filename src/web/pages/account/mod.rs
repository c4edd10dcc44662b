//! `/account`: a person's own name, password and sessions.

mod confirm;
mod factor;
mod passkeys;
mod sessions;

use super::login;
use crate::api_tokens::{self, ApiToken};
use crate::people::{self, Attempt, Name, Refused, Session, new_password_email};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{
    FieldErrors, FlashKind, Form, Layout, PageError, PageResult, Section, SignedIn, render_with, see_other,
};
use crate::web::{browser, device};
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use askama::Template;
use secrecy::SecretString;
use serde::Deserialize;

const PATH: &str = "/account";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope(PATH)
            .route("", web::get().to(page))
            .route("/name", web::post().to(rename))
            .route("/password", web::post().to(change_password))
            .route("/confirm", web::get().to(confirm::page))
            .route("/confirm", web::post().to(confirm::confirm))
            .route("/confirm/passkey", web::post().to(confirm::ask))
            .route("/passkeys", web::get().to(passkeys::page))
            .route("/passkeys/begin", web::post().to(passkeys::begin))
            .route("/passkeys/new", web::get().to(passkeys::new_page))
            .route("/passkeys/new", web::post().to(passkeys::add))
            .route("/passkeys/{id}/rename", web::post().to(passkeys::rename))
            .route("/passkeys/{id}/remove", web::post().to(passkeys::remove))
            .route("/second-factor", web::get().to(factor::page))
            .route("/second-factor/begin", web::post().to(factor::begin))
            .route("/second-factor/set-up", web::get().to(factor::set_up_page))
            .route("/second-factor/set-up", web::post().to(factor::set_up))
            .route("/second-factor/codes", web::post().to(factor::renew_codes))
            .route("/second-factor/off", web::post().to(factor::turn_off))
            .route("/sessions/end-others", web::post().to(sessions::end_others))
            .route("/sessions/{name}/end", web::post().to(sessions::end_one))
            .default_service(web::to(super::nothing_here)),
    );
}

#[derive(Template)]
#[template(path = "account/page.html")]
struct AccountPage {
    layout: Layout,
    errors: FieldErrors,
    email: String,
    your_name: String,
    sessions: Vec<Session>,
    /// The name of the session that asks.
    this: String,
    /// When sessions end, in words.
    time_outs: String,
    /// How many there can be.
    most: i64,
    factors: people::Factors,
    /// Tokens of the API that they created and that are good.
    tokens: Vec<ApiToken>,
}

impl AccountPage {
    fn is_this(&self, session: &Session) -> bool {
        session.name == self.this
    }
}

/// The page, with what is wrong with one of its forms, and the name as it was typed.
async fn show(app: &AppState, who: &SignedIn, errors: FieldErrors, name: Option<String>) -> PageResult {
    let (user, access, company) = (who.user.id, who.access.clone(), *who.company_id());
    let load = move |conn: &mut _| {
        Ok((people::open_sessions(conn, &user, &access)?, api_tokens::list(conn, &company)?))
    };
    let (sessions, mut tokens) = app.db.read(load).await?;
    let now = Timestamp::now();
    tokens.retain(|token| token.created_by == Some(user) && token.is_good(now));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = AccountPage {
        layout: who.layout("Your account", Section::Account)?,
        errors,
        email: who.user.email.clone(),
        your_name: name.unwrap_or_else(|| who.user.name.clone()),
        sessions,
        this: who.logged_in.name.clone(),
        time_outs: who.access.time_outs_sentence(),
        most: people::SESSIONS_AT_ONCE,
        factors: who.factors,
        tokens,
    };
    render_with(status, &page)
}

async fn page(app: Data<AppState>, who: SignedIn) -> PageResult {
    show(&app, &who, FieldErrors::default(), None).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NameForm {
    your_name: String,
}

/// Saves the name. 422 gives the form back.
async fn rename(app: Data<AppState>, who: SignedIn, form: Form<NameForm>) -> PageResult {
    let typed = form.0.your_name;
    let name = match Name::parse(&typed) {
        Ok(name) => name,
        Err(why) => {
            let errors = FieldErrors::single("your_name", why.to_string());
            return show(&app, &who, errors, Some(typed)).await;
        }
    };
    let (user, actor) = (who.user.clone(), who.actor());
    let changed = app.db.write(move |conn| people::rename(conn, &user, &name, &actor)).await?;
    who.saved(changed, PATH)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PasswordForm {
    current_password: SecretString,
    new_password: SecretString,
}

/// Sets a new password, and ends all other sessions. 422 gives the form back; 429 says how long to wait.
async fn change_password(
    app: Data<AppState>,
    who: SignedIn,
    request: HttpRequest,
    form: Form<PasswordForm>,
) -> PageResult {
    let PasswordForm { current_password, new_password } = form.0;
    let mut errors = FieldErrors::default();
    if !is_theirs(&app, &who, current_password).await? {
        errors.add("current_password", NOT_THEIRS);
    }
    let about = vec![who.user.name.clone(), who.user.email.clone(), who.company.name.clone()];
    let typed = super::new_password(&app, Some(&who.user), new_password, about).await?;
    let password = errors.keep("new_password", typed);
    let Some(password) = password.filter(|_| errors.is_empty()) else {
        return show(&app, &who, errors, None).await;
    };
    let (user, kept, actor) = (who.user.clone(), who.logged_in.name.clone(), who.actor());
    let changed =
        app.db.write(move |conn| people::change_password(conn, &user, &password, &kept, &actor)).await?;
    let Some(user) = changed else {
        let errors = FieldErrors::single("current_password", NOT_THEIRS);
        return show(&app, &who, errors, None).await;
    };
    who.renew(&app.db).await?;
    login::tell_later(app.clone(), new_password_email(&who.user, &who.seen));
    who.flash(FlashKind::Good, "Your new password is set. You are logged out everywhere else.");
    // The one device that stays known.
    let device = device::name(&app, &request, &user.email).unwrap_or_else(device::fresh);
    login::on_known_device(&app, see_other(PATH), &user, &device)
}

const NOT_THEIRS: &str = "This is not your password.";

/// Whether this is the person's password; guessing is slowed down and written down as at the log-in.
async fn is_theirs(app: &Data<AppState>, who: &SignedIn, password: SecretString) -> Result<bool, PageError> {
    let email = &who.user.email;
    // A session counts for itself, as a known device does: strangers who try the same address do not shut it out.
    let session = format!("session {}", who.logged_in.name);
    if let Err(wait) = app.throttle.attempt(Attempt::LogIn, email, None, Some(&session)) {
        login::note_refused(app.clone(), email.clone(), Refused::Throttled, who.seen.clone());
        return Err(PageError::TooMany(wait));
    }
    let is_theirs = people::is_password(&app.passwords, &who.user, &session, password).await;
    let is_theirs = is_theirs.map_err(people::LogInError::from)?;
    if !is_theirs {
        login::note_refused(app.clone(), email.clone(), Refused::WrongPassword, who.seen.clone());
    }
    Ok(is_theirs)
}
