//! `/login` and `/logout`.

use crate::audit::Circumstances;
use crate::ids::UserId;
use crate::mail::Message;
use crate::people::passkeys::RelyingParty;
use crate::people::{self, Attempt, LogInError, Refused, TOGETHER, Times, User, check_credentials};
use crate::sso;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::device;
use crate::web::refusals::{self, Kind};
use crate::web::session;
use crate::web::{
    FieldErrors, FlashKind, Form, Layout, NoFields, PageError, PageResult, Place, Section, Seen, SignedIn,
    TabForm, Visitor, render_with, see_other,
};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/login", web::get().to(page));
    cfg.route("/login", web::post().to(log_in));
    cfg.route("/logout", web::post().to(log_out));
}

/// Where one lands who came from nowhere in particular.
pub(super) const HOME: &str = "/settings/integrations";

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    layout: Layout,
    errors: FieldErrors,
    email: String,
    next: String,
    /// Browsers make passkeys for this portal.
    offers_passkeys: bool,
    /// Some company here has single sign-on.
    has_sso: bool,
}

/// The page, with what is wrong.
pub(super) async fn show(
    app: &AppState,
    visitor: &Visitor,
    errors: FieldErrors,
    email: String,
    next: String,
) -> PageResult {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let offers_passkeys = RelyingParty::at(&app.base_url).is_some();
    let has_sso = app.db.read(sso::is_in_use).await?;
    let layout = visitor.layout("Log in")?;
    render_with(status, &LoginPage { layout, errors, email, next, offers_passkeys, has_sso })
}

#[derive(Deserialize)]
struct Destination {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct LoginForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    next: String,
}

/// The page; who is signed in already goes on.
async fn page(
    app: Data<AppState>,
    visitor: Visitor,
    who: Result<SignedIn, PageError>,
    to: Query<Destination>,
) -> PageResult {
    if matches!(who, Ok(_) | Err(PageError::FactorNeeded(_))) {
        return Ok(see_other(local_path(&to.next).unwrap_or(HOME)));
    }
    if app.db.read(people::setup::is_open).await? {
        return Ok(see_other("/setup"));
    }
    show(&app, &visitor, FieldErrors::default(), String::new(), to.into_inner().next).await
}

/// Begins a session. 422 gives the form back; 429 says how long to wait.
async fn log_in(
    app: Data<AppState>,
    visitor: Visitor,
    place: Place,
    Seen(seen): Seen,
    request: HttpRequest,
    form: TabForm<LoginForm>,
) -> PageResult {
    let LoginForm { email, password, next } = match form {
        TabForm::Fresh(form) => form,
        // The log-in went through in another tab.
        TabForm::Stale(form) if visitor.is_signed_in() => {
            return Ok(see_other(local_path(&form.next).unwrap_or(HOME)));
        }
        TabForm::Stale(LoginForm { email, next, .. }) => {
            let errors = FieldErrors::of_form("This page was open for too long. Enter your password again.");
            return show(&app, &visitor, errors, email, next).await;
        }
    };
    let device = device::known(&app, &request, &email).await?;
    if let Err(wait) = app.throttle.attempt(Attempt::LogIn, &email, place.0, device.as_deref()) {
        note_refused(app, email, Refused::Throttled, seen);
        return Err(PageError::TooMany(wait));
    }
    let begins = Circumstances { session: session::fresh_name(), ..seen.clone() };
    let proved = check_credentials(&app.db, &app.passwords, &email, password, device, begins.clone());
    let proved = match proved.await {
        // Nobody looked at the password, which is no reason to keep the attempt to ourselves.
        Err(failure @ LogInError::Overloaded(_)) => {
            note_refused(app, email, Refused::Throttled, seen);
            return Err(failure.into());
        }
        proved => proved?,
    };
    if let Some(proved) = proved {
        if proved.needs_code {
            return ask_for_code(&visitor, &proved.user, next);
        }
        let due = proved.access.factor_due(proved.user.role);
        let device = device::name(&app, &request, &email);
        let answer = finish(app, &visitor, proved.user, device, begins, &next)?;
        if let Some(from) = due.filter(|from| *from > Timestamp::now()) {
            let day = from.date_in(&jiff::tz::TimeZone::UTC);
            let text = format!(
                "From {day}, your company requires a second factor. Set it up under Your account, Second \
                 factor."
            );
            visitor.flash(FlashKind::Attention, text);
        }
        return Ok(answer);
    }
    note_refused(app.clone(), email.clone(), Refused::WrongPassword, seen);
    let errors = FieldErrors::of_form("The email address or password is wrong.");
    show(&app, &visitor, errors, email, next).await
}

/// Begins the session of somebody who has proved who they are, on a device that is known from now on. `seen` names it.
pub(super) fn finish(
    app: Data<AppState>,
    visitor: &Visitor,
    user: User,
    device: Option<String>,
    seen: Circumstances,
    next: &str,
) -> PageResult {
    visitor.sign_in(&user, &seen.session)?;
    let device = device.unwrap_or_else(device::fresh);
    let answer = on_known_device(&app, see_other(local_path(next).unwrap_or(HOME)), &user, &device)?;
    note_device(app, user, device, seen);
    Ok(answer)
}

/// Remembers this device for whoever has just proved who they are: strangers who guess at their address do not keep them
/// from logging in on it.
pub(super) fn on_known_device(
    app: &AppState,
    mut answer: HttpResponse,
    user: &User,
    device: &str,
) -> PageResult {
    let cookie = device::cookie(app, user, device);
    answer.add_cookie(&cookie).map_err(PageError::internal)?;
    Ok(answer)
}

/// Under which key of a visitor's session it stands whose password was right.
const HALF: &str = "half";

/// The code must come so soon after the password.
const PATIENCE: Duration = Duration::from_secs(600);

/// Somebody whose password was right, and whose code is not here yet. The session of a visitor is sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct HalfWay {
    user: UserId,
    at: Timestamp,
    /// Of the password that was entered: another one ends it.
    password: String,
    /// Where to go on.
    pub(super) next: String,
}

fn ask_for_code(visitor: &Visitor, user: &User, next: String) -> PageResult {
    let half = HalfWay { user: user.id, at: Timestamp::now(), password: people::password_mark(user), next };
    visitor.session.insert(HALF, &half).map_err(PageError::internal)?;
    Ok(see_other("/login/code"))
}

/// Who entered their password in this browser just now.
pub(super) async fn half_way(
    app: &AppState,
    visitor: &Visitor,
) -> Result<Option<(User, HalfWay)>, PageError> {
    let Some(half) = visitor.session.get::<HalfWay>(HALF).ok().flatten() else { return Ok(None) };
    let id = half.user;
    let user = app.db.read(move |conn| people::user(conn, &id)).await?;
    let is_soon = half.at.plus(PATIENCE) > Timestamp::now();
    Ok(user.filter(|user| is_soon && people::password_mark(user) == half.password).map(|user| (user, half)))
}

/// Writes down what was refused at an address, beside the answer: it takes as long for one that nobody has. What comes
/// within a second is written down together.
pub(super) fn note_refused(app: Data<AppState>, email: String, why: Refused, seen: Circumstances) {
    let Some(mut attempts) = app.refused_attempts.count(&email, why, seen) else { return };
    actix_web::rt::spawn(async move {
        let known = app.db.read(move |conn| people::whose_address(conn, &email)).await;
        let user = known.inspect_err(|failure| tracing::error!(%failure, "{NOT_WRITTEN}")).ok().flatten();
        while let Some(times) = attempts.more() {
            match &user {
                Some(user) => write_refused(&app, user.clone(), why, times).await,
                // A throttled one is counted with all that are.
                None if why == Refused::WrongPassword => {
                    for (seen, times) in &times {
                        refusals::note_times(Kind::LogIn, times.unsigned_abs(), &seen.network);
                    }
                }
                None => {}
            }
            tokio::time::sleep(TOGETHER).await;
        }
    });
}

const NOT_WRITTEN: &str = "a refused log-in could not be written down";

async fn write_refused(app: &AppState, user: User, why: Refused, times: Times) {
    let (whose, told) = (user.clone(), times.first().map(|(seen, _)| seen.clone()).unwrap_or_default());
    match app.db.write(move |conn| people::log_in_refused(conn, &whose, why, &times)).await {
        Ok(true) => send_mail(app, people::many_failures_email(&user, &told)).await,
        Ok(false) => {}
        Err(failure) => tracing::error!(%failure, "{NOT_WRITTEN}"),
    }
}

/// Tells the person when they logged in on a device that they had not used before.
pub(super) fn note_device(app: Data<AppState>, user: User, device: String, seen: Circumstances) {
    actix_web::rt::spawn(async move {
        let id = user.id;
        match app.db.write(move |conn| people::is_new_device(conn, &id, &device)).await {
            Ok(true) => send_mail(&app, people::new_device_email(&user, &seen)).await,
            Ok(false) => {}
            Err(failure) => tracing::error!(%failure, "a device could not be noted"),
        }
    });
}

/// Tells a person something about their account, beside the answer.
pub(super) fn tell_later(app: Data<AppState>, message: Message) {
    actix_web::rt::spawn(async move { send_mail(&app, message).await });
}

async fn send_mail(app: &AppState, message: Message) {
    if let Err(failure) = app.mailer.send(message).await {
        tracing::error!(%failure, "a person was not told about their account");
    }
}

async fn log_out(
    app: Data<AppState>,
    visitor: Visitor,
    who: Result<SignedIn, PageError>,
    _form: Form<NoFields>,
) -> PageResult {
    if let Ok(SignedIn { user, seen, .. }) = who {
        app.db.write(move |conn| people::logged_out(conn, &user, &seen)).await?;
    }
    visitor.session.purge();
    let mut answer = see_other("/login");
    // Pages that the browser still holds are the person's; the cookies of candidates' tests stay.
    let clear = HeaderValue::from_static("\"cache\", \"storage\"");
    answer.headers_mut().insert(HeaderName::from_static("clear-site-data"), clear);
    Ok(answer)
}

/// The path, when it leads to a page of this portal. Browsers read `//host` and `/\host` as another
/// host, and drop tabs and line breaks on the way there.
pub(super) fn local_path(next: &str) -> Option<&str> {
    let is_local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.chars().any(char::is_control);
    is_local.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_the_portal_are_gone_to() {
        for good in ["/", "/events?state=failed&q=//x", "/settings/team"] {
            assert_eq!(local_path(good), Some(good));
        }
        for evil in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "evil",
            "/\t/evil.example",
            "/\n/evil.example",
            "javascript:alert(1)",
            " //evil.example",
        ] {
            assert_eq!(local_path(evil), None, "{evil:?}");
        }
    }
}
