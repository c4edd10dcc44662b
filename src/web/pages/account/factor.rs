//! `/account/second-factor`: setting up codes of an app, recovery codes, and turning it off.

use crate::people::passkeys::RelyingParty;
use crate::people::{self, Factor};
use crate::secrets::TotpSecret;
use crate::state::AppState;
use crate::web::pages::login::{HOME, local_path, tell_later};
use crate::web::qr::Qr;
use crate::web::{
    FieldErrors, FlashKind, Form, FormToConfirm, Layout, NoFields, PageError, PageResult, Section, SignedIn,
    render, render_with, see_other,
};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

const PAGE: &str = "/account/second-factor";

/// Under which key of the session a secret stands until the app's first code confirms it.
const SECRET: &str = "totp";

#[derive(Template)]
#[template(path = "account/factor.html")]
struct FactorPage {
    layout: Layout,
    factor: Option<Factor>,
    /// Browsers make passkeys for this portal.
    offers_passkeys: bool,
    /// The company asks for it, and no other page opens without.
    is_due: bool,
    next: String,
}

#[derive(Template)]
#[template(path = "account/factor_set_up.html")]
struct SetUpPage {
    layout: Layout,
    errors: FieldErrors,
    qr: Option<Qr>,
    secret: String,
    next: String,
}

#[derive(Template)]
#[template(path = "account/factor_codes.html")]
struct CodesPage {
    layout: Layout,
    email: String,
    codes: Vec<String>,
    next: String,
}

/// Where to go on when all is done.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Next {
    next: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeForm {
    code: String,
    next: String,
}

pub(super) async fn page(app: Data<AppState>, who: SignedIn, to: Query<Next>) -> PageResult {
    let user = who.user.id;
    let factor = app.db.read(move |conn| people::factor(conn, &user)).await?;
    let layout = who.layout("Second factor", Section::Account)?;
    let (is_due, offers_passkeys) = (who.owes_factor(), RelyingParty::at(&app.base_url).is_some());
    render(&FactorPage { layout, factor, offers_passkeys, is_due, next: to.into_inner().next })
}

/// Makes a secret, which the session keeps until it is confirmed.
pub(super) async fn begin(who: SignedIn, form: FormToConfirm<Next>) -> PageResult {
    let Next { next } = form.confirmed(&who)?;
    if who.factors.app {
        return Ok(see_other(PAGE));
    }
    let secret = TotpSecret::random();
    who.session.insert(SECRET, secret.text().expose_secret()).map_err(PageError::internal)?;
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    Ok(see_other(&format!("{PAGE}/set-up?next={next}")))
}

fn begun(who: &SignedIn) -> Option<TotpSecret> {
    let text: String = who.session.get(SECRET).ok().flatten()?;
    TotpSecret::parse(SecretString::from(text))
}

pub(super) async fn set_up_page(who: SignedIn, to: Query<Next>) -> PageResult {
    match begun(&who).filter(|_| !who.factors.app) {
        Some(secret) => show_set_up(&who, &secret, FieldErrors::default(), to.into_inner().next),
        None => Ok(see_other(PAGE)),
    }
}

fn show_set_up(who: &SignedIn, secret: &TotpSecret, errors: FieldErrors, next: String) -> PageResult {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let layout = who.layout("Set up your app", Section::Account)?;
    let qr = Qr::encode(&secret.address(&who.user.email));
    render_with(status, &SetUpPage { layout, errors, qr, secret: secret.grouped(), next })
}

/// The app's first code turns it on; the recovery codes are shown, once. 422 gives the form back.
pub(super) async fn set_up(app: Data<AppState>, who: SignedIn, form: Form<CodeForm>) -> PageResult {
    let CodeForm { code, next } = form.0;
    let Some(secret) = begun(&who) else { return Ok(see_other(PAGE)) };
    app.throttle.count(&format!("second-factor {}", who.user.id)).map_err(PageError::TooMany)?;
    let (user, actor, sealer, typed) = (who.user.clone(), who.actor(), app.sealer.clone(), code);
    let shared = TotpSecret::parse(secret.text().clone()).ok_or(PageError::NotFound)?;
    let codes =
        app.db.write(move |conn| people::enrol(conn, &sealer, &user, &shared, &typed, &actor)).await?;
    let Some(codes) = codes else {
        let why = "This is not the current code. Check your device's clock and enter the next code.";
        return show_set_up(&who, &secret, FieldErrors::single("code", why), next);
    };
    who.session.remove(SECRET);
    who.renew(&app.db).await?;
    tell_later(app, people::factor_on_email(&who.user, &who.seen));
    show_codes(&who, codes, &next)
}

/// New recovery codes, shown once.
pub(super) async fn renew_codes(
    app: Data<AppState>,
    who: SignedIn,
    form: FormToConfirm<NoFields>,
) -> PageResult {
    form.confirmed(&who)?;
    let (user, actor) = (who.user.clone(), who.actor());
    match app.db.write(move |conn| people::renew_recovery_codes(conn, &user, &actor)).await? {
        Some(codes) => show_codes(&who, codes, PAGE),
        None => Ok(see_other(PAGE)),
    }
}

pub(super) fn show_codes(who: &SignedIn, codes: Vec<String>, next: &str) -> PageResult {
    let layout = who.layout("Your recovery codes", Section::Account)?;
    let next = local_path(next).unwrap_or(HOME).to_owned();
    render(&CodesPage { layout, email: who.user.email.clone(), codes, next })
}

/// Turns it off.
pub(super) async fn turn_off(
    app: Data<AppState>,
    who: SignedIn,
    form: FormToConfirm<NoFields>,
) -> PageResult {
    form.confirmed(&who)?;
    let (user, actor) = (who.user.clone(), who.actor());
    if app.db.write(move |conn| people::turn_factor_off(conn, &user, &actor)).await? {
        tell_later(app, people::factor_off_email(&who.user, &who.seen));
    }
    who.flash(FlashKind::Good, "The second factor is off.");
    Ok(see_other(PAGE))
}
