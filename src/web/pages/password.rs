//! `/password/…`: a new password for one who forgot theirs.

use crate::audit::Actor;
use crate::db::Conn;
use crate::people::{
    Attempt, CodeKind, Email, Refused, begin_reset, forget_reset, new_password_email, reset_email,
    reset_password, who_holds,
};
use crate::secrets::Code;
use crate::state::AppState;
use crate::web::device;
use crate::web::{
    FieldErrors, FlashKind, Form, Layout, PageError, PageResult, Place, Section, Seen, Visitor, render,
    render_with, see_other,
};
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use askama::Template;
use secrecy::SecretString;
use serde::Deserialize;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/password/forgot", web::get().to(forgot));
    cfg.route("/password/forgot", web::post().to(send_link));
    cfg.route("/password/reset/{code}", web::get().to(page));
    cfg.route("/password/reset/{code}", web::post().to(reset));
}

#[derive(Template)]
#[template(path = "password/forgot.html")]
struct ForgotPage {
    layout: Layout,
    errors: FieldErrors,
    email: String,
}

#[derive(Template)]
#[template(path = "password/sent.html")]
struct SentPage {
    layout: Layout,
    email: String,
}

#[derive(Template)]
#[template(path = "password/reset.html")]
struct ResetPage {
    layout: Layout,
    errors: FieldErrors,
    email: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ForgotForm {
    email: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ResetForm {
    password: SecretString,
}

async fn forgot(visitor: Visitor) -> PageResult {
    let layout = visitor.layout("Forgot your password?")?;
    render(&ForgotPage { layout, errors: FieldErrors::default(), email: String::new() })
}

/// Mails a link to whoever signs in with the address; says the same when nobody does.
async fn send_link(
    app: Data<AppState>,
    visitor: Visitor,
    place: Place,
    Seen(seen): Seen,
    request: HttpRequest,
    form: Form<ForgotForm>,
) -> PageResult {
    let typed = form.0.email;
    let device = device::known(&app, &request, &typed).await?;
    if let Err(wait) = app.throttle.attempt(Attempt::Reset, &typed, place.0, device.as_deref()) {
        super::login::note_refused(app, typed, Refused::ThrottledReset, seen);
        return Err(PageError::TooMany(wait));
    }
    let mut errors = FieldErrors::default();
    let Some(email) = errors.keep("email", Email::parse(&typed)) else {
        let layout = visitor.layout("Forgot your password?")?;
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &ForgotPage { layout, errors, email: typed });
    };
    let (shown, is_known) = (email.to_string(), device.is_some());
    // Beside the answer, so that it takes as long for an address that nobody has.
    actix_web::rt::spawn(async move {
        let make = move |conn: &mut Conn| begin_reset(conn, &Actor::Visitor { seen }, &email, is_known);
        match app.db.write(make).await {
            Ok(Some((user, code))) => {
                let link = app.link(&format!("/password/reset/{}", code.expose()));
                if let Err(failure) = app.mailer.send(reset_email(&user, &link)).await {
                    tracing::error!(user = %user.id, %failure, "a link for a new password was not mailed");
                    // Nobody has it; it must not stand for one of the three that somebody may have.
                    let forgotten = app.db.write(move |conn| forget_reset(conn, &code)).await;
                    if let Err(failure) = forgotten {
                        tracing::error!(%failure, "a link that nobody has stays good");
                    }
                }
            }
            Ok(None) => {}
            Err(failure) => tracing::error!(%failure, "a link for a new password was not made"),
        }
    });
    render(&SentPage { layout: visitor.layout("Check your email")?, email: shown })
}

async fn page(app: Data<AppState>, visitor: Visitor, code: Path<String>) -> PageResult {
    let code = Code::given(&code);
    let (user, _) = app.db.try_read(move |conn| who_holds(conn, CodeKind::Reset, &code)).await?;
    let layout = visitor.layout("Set a new password")?;
    render(&ResetPage { layout, errors: FieldErrors::default(), email: user.email })
}

/// Sets the password and ends all sessions of the person. 422 gives the form back.
async fn reset(
    app: Data<AppState>,
    visitor: Visitor,
    Seen(seen): Seen,
    code: Path<String>,
    form: Form<ResetForm>,
) -> PageResult {
    let code = Code::given(&code);
    let held = code.clone();
    let (user, company) = app.db.try_read(move |conn| who_holds(conn, CodeKind::Reset, &held)).await?;
    let about = vec![user.name.clone(), user.email.clone(), company.name];
    let mut errors = FieldErrors::default();
    let typed = super::new_password(&app, Some(&user), form.0.password, about).await?;
    let Some(password) = errors.keep("password", typed) else {
        let layout = visitor.layout("Set a new password")?;
        let page = ResetPage { layout, errors, email: user.email };
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let told = seen.clone();
    let user = app.db.try_write(move |conn| reset_password(conn, &code, &password, seen)).await?;
    super::login::tell_later(app.clone(), new_password_email(&user, &told));
    visitor.flash(FlashKind::Good, "Your new password is set. Log in with it.");
    // Who has the link has the mailbox. That the device is a new one is told at the log-in.
    super::login::on_known_device(&app, see_other("/login"), &user, &device::fresh())
}
