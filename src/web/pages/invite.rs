//! `/invite/{code}`: takes up an invitation into a team.

use super::login::HOME;
use crate::audit::Circumstances;
use crate::people::{CodeKind, Company, Name, User, join, who_holds};
use crate::secrets::Code;
use crate::state::AppState;
use crate::web::{
    FieldErrors, Form, Layout, PageResult, Section, Seen, Visitor, render, render_with, see_other,
};
use crate::web::{device, session};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use askama::Template;
use secrecy::SecretString;
use serde::Deserialize;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/invite/{code}", web::get().to(page));
    cfg.route("/invite/{code}", web::post().to(take_up));
}

#[derive(Template)]
#[template(path = "invite.html")]
struct InvitePage {
    layout: Layout,
    errors: FieldErrors,
    user: User,
    company: Company,
    your_name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InviteForm {
    your_name: String,
    password: SecretString,
}

async fn page(app: Data<AppState>, visitor: Visitor, code: Path<String>) -> PageResult {
    let code = Code::given(&code);
    let (user, company) = app.db.try_read(move |conn| who_holds(conn, CodeKind::Invite, &code)).await?;
    let layout = visitor.layout(&format!("Join {}", company.name))?;
    let your_name = user.name.clone();
    render(&InvitePage { layout, errors: FieldErrors::default(), user, company, your_name })
}

/// Sets name and password and signs the person in. 422 gives the form back.
async fn take_up(
    app: Data<AppState>,
    visitor: Visitor,
    Seen(seen): Seen,
    code: Path<String>,
    form: Form<InviteForm>,
) -> PageResult {
    let Form(InviteForm { your_name, password }) = form;
    let code = Code::given(&code);
    let held = code.clone();
    let (user, company) = app.db.try_read(move |conn| who_holds(conn, CodeKind::Invite, &held)).await?;
    let mut errors = FieldErrors::default();
    let name = errors.keep("your_name", Name::parse(&your_name));
    let about = vec![your_name.clone(), user.email.clone(), company.name.clone()];
    let password = errors.keep("password", super::new_password(&app, Some(&user), password, about).await?);
    let (Some(name), Some(password)) = (name, password) else {
        let layout = visitor.layout(&format!("Join {}", company.name))?;
        let page = InvitePage { layout, errors, user, company, your_name };
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let begins = session::fresh_name();
    let seen = Circumstances { session: begins.clone(), ..seen };
    let told = seen.clone();
    let user = app.db.try_write(move |conn| join(conn, &code, &name, &password, seen)).await?;
    visitor.sign_in(&user, &begins)?;
    let device = device::fresh();
    let answer = super::login::on_known_device(&app, see_other(HOME), &user, &device)?;
    super::login::note_device(app, user, device, told);
    Ok(answer)
}
