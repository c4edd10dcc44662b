//! `/account/confirm`: the password once more, a code or a passkey, and then on to what was asked for.

use super::login::{self, local_path};
use super::{NOT_THEIRS, PATH, is_theirs};
use crate::forms::FormText;
use crate::people::passkeys::Refusal;
use crate::people::{self, Proof};
use crate::state::AppState;
use crate::web::confirm::{Ask, PREFIX};
use crate::web::device;
use crate::web::pages::{login_code, login_passkey};
use crate::web::{
    FieldErrors, Form, Layout, NoFields, PageError, PageResult, Section, SignedIn, render, render_with,
    see_other,
};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "account/confirmed.html")]
struct ConfirmedPage {
    layout: Layout,
    to: String,
}

#[derive(Deserialize)]
pub(super) struct Destination {
    #[serde(default)]
    next: String,
}

/// Asks before a link is followed.
pub(super) async fn page(who: SignedIn, to: Query<Destination>) -> PageResult {
    let Some(address) = local_path(&to.next).map(str::to_owned) else { return Ok(see_other(PATH)) };
    render(&Ask { address, fields: Vec::new(), is_form: false }.page(&who, FieldErrors::default())?)
}

/// Asks a passkey of the person, for the script of the page.
pub(super) async fn ask(app: Data<AppState>, who: SignedIn, _form: Form<NoFields>) -> PageResult {
    login_passkey::ask_one_of(&app, &who).await
}

/// Goes on: 307 sends the form that was carried along once more. 422 asks again; 429 says how long to wait.
pub(super) async fn confirm(
    app: Data<AppState>,
    who: SignedIn,
    request: HttpRequest,
    form: Form<FormText>,
) -> PageResult {
    let form = form.0;
    let Some(address) = local_path(form.text("confirm_to")).map(str::to_owned) else {
        return Ok(see_other(PATH));
    };
    let is_form = form.is_on("confirm_form");
    let (password, code) = (form.text("confirm_password"), form.text("confirm_code"));
    let answer = form.text("confirm_passkey");
    let by_code = who.factors.any() && password.is_empty() && !code.is_empty();
    let mut refused = None;
    let is_proved = if !answer.is_empty() {
        refused = login_passkey::confirmed(&app, &who, answer).await?;
        refused.is_none()
    } else if by_code {
        let device = device::known(&app, &request, &who.user.email).await?;
        let proof =
            login_code::prove(&app, &who.user, device.as_deref(), code.to_owned(), &who.seen, false).await?;
        if let Some(Proof::Recovery(left)) = proof {
            login::tell_later(app.clone(), people::recovery_code_email(&who.user, left, &who.seen));
        }
        proof.is_some()
    } else {
        is_theirs(&app, &who, password.to_owned().into()).await?
    };
    if !is_proved {
        let carried = form.carried().filter(|(name, _)| !name.starts_with(PREFIX));
        let fields = carried.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let errors = match by_code {
            _ if refused.is_some() => FieldErrors::of_form(refused.map_or("", Refusal::sentence)),
            true => FieldErrors::single("confirm_code", "This code is wrong or has already been used."),
            false => FieldErrors::single("confirm_password", NOT_THEIRS),
        };
        let page = Ask { address, fields, is_form }.page(&who, errors)?;
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let (user, session, actor) = (who.user.clone(), who.logged_in.name.clone(), who.actor());
    if !app.db.write(move |conn| people::note_confirmed(conn, &user, &session, &actor)).await? {
        return Err(PageError::SignedOut(who.address.clone()));
    }
    // Its row says that the person has shown now that it is them.
    who.renew(&app.db).await?;
    if is_form {
        return Ok(HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, address)).finish());
    }
    // A file leaves the browser where it is: on a page that says what to do next.
    let layout = who.layout("Confirmed", Section::Account)?;
    render(&ConfirmedPage { layout, to: address })
}
