//! `/account/passkeys`: a person's passkeys. A new one is named and confirmed first; then the browser makes it.

use super::factor;
use crate::ids::PasskeyId;
use crate::people::passkeys::{self, Added, NewPasskey, Passkey, RelyingParty};
use crate::people::{self, Name};
use crate::state::AppState;
use crate::web::pages::login::{local_path, tell_later};
use crate::web::pages::login_passkey::party;
use crate::web::{
    FieldErrors, FlashKind, Form, FormToConfirm, Layout, NoFields, PageError, PageResult, Section, SignedIn,
    form_id, render_with, see_other,
};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

const PAGE: &str = "/account/passkeys";

/// Under which key of the session a passkey stands until the browser has made it.
const NEW: &str = "new_passkey";

#[derive(Template)]
#[template(path = "account/passkeys.html")]
struct PasskeysPage {
    layout: Layout,
    errors: FieldErrors,
    passkeys: Vec<Passkey>,
    /// Browsers make passkeys for this portal.
    is_offered: bool,
    /// How many there can be.
    most: usize,
    codes_left: i64,
    typed: String,
    next: String,
}

#[derive(Template)]
#[template(path = "account/passkey_new.html")]
struct NewPage {
    layout: Layout,
    errors: FieldErrors,
    name: String,
    /// What the script asks the browser.
    options: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Next {
    next: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct BeginForm {
    passkey_name: String,
    next: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct MadeForm {
    passkey: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RenameForm {
    name: String,
}

async fn show(app: &AppState, who: &SignedIn, errors: FieldErrors, form: BeginForm) -> PageResult {
    let user = who.user.id;
    let load =
        move |conn: &mut _| Ok((passkeys::passkeys(conn, &user)?, people::recovery_codes_left(conn, &user)?));
    let (passkeys, codes_left) = app.db.read(load).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = PasskeysPage {
        layout: who.layout("Passkeys", Section::Account)?,
        errors,
        passkeys,
        is_offered: RelyingParty::at(&app.base_url).is_some(),
        most: passkeys::AT_MOST,
        codes_left,
        typed: form.passkey_name,
        next: form.next,
    };
    render_with(status, &page)
}

pub(super) async fn page(app: Data<AppState>, who: SignedIn, to: Query<Next>) -> PageResult {
    let form = BeginForm { next: to.into_inner().next, ..BeginForm::default() };
    show(&app, &who, FieldErrors::default(), form).await
}

/// Keeps the name, and what the browser is to be asked, in the session.
pub(super) async fn begin(app: Data<AppState>, who: SignedIn, form: FormToConfirm<BeginForm>) -> PageResult {
    let form = form.confirmed(&who)?;
    let party = party(&app)?;
    let name = match Name::parse(&form.passkey_name) {
        Ok(name) => name,
        Err(why) => {
            return show(&app, &who, FieldErrors::single("passkey_name", why.to_string()), form).await;
        }
    };
    let (sealer, user) = (app.sealer.clone(), who.user.id);
    let known = app.db.try_read(move |conn| passkeys::credentials(conn, &sealer, &user)).await?;
    if known.len() >= passkeys::AT_MOST {
        return show(&app, &who, too_many(), form).await;
    }
    let called = (who.user.email.as_str(), who.user.called());
    let new = party.ask_for_new(who.user.id, called, known, name.to_string(), form.next);
    who.session.insert(NEW, new.map_err(PageError::internal)?).map_err(PageError::internal)?;
    Ok(see_other(&format!("{PAGE}/new")))
}

fn too_many() -> FieldErrors {
    FieldErrors::of_form(format!("You have {} passkeys. Remove one first.", passkeys::AT_MOST))
}

fn begun(who: &SignedIn) -> Option<NewPasskey> {
    who.session.get(NEW).ok().flatten()
}

fn show_new(who: &SignedIn, new: &NewPasskey, errors: FieldErrors) -> PageResult {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let layout = who.layout("Create the passkey", Section::Account)?;
    let options = new.options.to_string();
    render_with(status, &NewPage { layout, errors, name: new.name.clone(), options })
}

pub(super) async fn new_page(who: SignedIn) -> PageResult {
    match begun(&who) {
        Some(new) => show_new(&who, &new, FieldErrors::default()),
        None => Ok(see_other(PAGE)),
    }
}

/// Adds what the browser made. The first second factor comes with recovery codes, shown once. 422 says what is wrong.
pub(super) async fn add(app: Data<AppState>, who: SignedIn, form: Form<MadeForm>) -> PageResult {
    let Some(new) = begun(&who) else { return Ok(see_other(PAGE)) };
    app.throttle.count(&format!("passkey {}", who.user.id)).map_err(PageError::TooMany)?;
    // It is answered now or never.
    who.session.remove(NEW);
    let again = BeginForm { passkey_name: new.name.clone(), next: new.next.clone() };
    let made = match party(&app)?.made(&new, &form.0.passkey) {
        Ok(made) => made,
        Err(why) => return show(&app, &who, FieldErrors::of_form(why.sentence()), again).await,
    };
    let (sealer, user, actor, name) = (app.sealer.clone(), who.user.clone(), who.actor(), new.name.clone());
    let add = move |conn: &mut _| passkeys::add_passkey(conn, &sealer, &user, &name, &made, &actor);
    let codes = match app.db.try_write(add).await? {
        Added::Theirs(codes) => codes,
        Added::TooMany => return show(&app, &who, too_many(), again).await,
        Added::Known => {
            let why = "This passkey is already in use. Choose another device.";
            return show(&app, &who, FieldErrors::of_form(why), again).await;
        }
    };
    who.renew(&app.db).await?;
    tell_later(app, people::passkey_added_email(&who.user, &new.name, &who.seen));
    let next = local_path(&new.next).unwrap_or(PAGE);
    match codes {
        Some(codes) => factor::show_codes(&who, codes, next),
        None => {
            who.flash(FlashKind::Good, format!("The passkey \u{201c}{}\u{201d} was added.", new.name));
            Ok(see_other(next))
        }
    }
}

/// Gives one another name. 422 gives the list back.
pub(super) async fn rename(
    app: Data<AppState>,
    who: SignedIn,
    id: Path<String>,
    form: Form<RenameForm>,
) -> PageResult {
    let id = form_id(&id, PasskeyId::parse)?;
    let name = match Name::parse(&form.0.name) {
        Ok(name) => name,
        Err(_) => {
            let errors = FieldErrors::of_form("Give the passkey a name of 120 characters at most.");
            return show(&app, &who, errors, BeginForm::default()).await;
        }
    };
    let (user, actor) = (who.user.clone(), who.actor());
    let changed = app.db.write(move |conn| passkeys::rename_passkey(conn, &user, &id, &name, &actor)).await?;
    who.saved(changed, PAGE)
}

/// Removes one, and writes to its person.
pub(super) async fn remove(
    app: Data<AppState>,
    who: SignedIn,
    id: Path<String>,
    form: FormToConfirm<NoFields>,
) -> PageResult {
    form.confirmed(&who)?;
    let id = form_id(&id, PasskeyId::parse)?;
    let (user, actor) = (who.user.clone(), who.actor());
    let removed = app.db.write(move |conn| passkeys::remove_passkey(conn, &user, &id, &actor)).await?;
    if let Some(name) = removed {
        tell_later(app, people::passkey_removed_email(&who.user, &name, &who.seen));
        who.flash(
            FlashKind::Good,
            format!("The passkey \u{201c}{name}\u{201d} was removed and no longer works here."),
        );
    }
    Ok(see_other(PAGE))
}
