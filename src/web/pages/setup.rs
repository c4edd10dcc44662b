//! `/setup`: the first run. Whoever has the code that the server printed makes the first company.

use super::login::{self, HOME};
use crate::audit::Circumstances;
use crate::people::{CompanySettings, Email, Name, PeopleError, setup};
use crate::secrets::Code;
use crate::state::AppState;
use crate::web::{FieldErrors, Form, Layout, PageResult, Section, Seen, Visitor, render, render_with};
use crate::web::{device, session};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query};
use askama::Template;
use secrecy::SecretString;
use serde::Deserialize;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/setup", web::get().to(page));
    cfg.route("/setup", web::post().to(finish));
}

#[derive(Template)]
#[template(path = "setup/form.html")]
struct SetupPage {
    layout: Layout,
    errors: FieldErrors,
    form: SetupForm,
}

#[derive(Template)]
#[template(path = "setup/done.html")]
struct DonePage {
    layout: Layout,
}

#[derive(Deserialize)]
struct GivenCode {
    #[serde(default)]
    code: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SetupForm {
    setup_code: String,
    company_name: String,
    support_contact: String,
    your_name: String,
    email: String,
    password: SecretString,
}

async fn page(app: Data<AppState>, visitor: Visitor, given: Query<GivenCode>) -> PageResult {
    if !app.db.read(setup::is_open).await? {
        return done(&visitor);
    }
    let form = SetupForm { setup_code: given.into_inner().code, ..SetupForm::default() };
    render(&SetupPage { layout: visitor.layout("Set up Alva")?, errors: FieldErrors::default(), form })
}

fn done(visitor: &Visitor) -> PageResult {
    render(&DonePage { layout: visitor.layout("Alva is set up")? })
}

/// Makes the company and its admin, who is signed in. 422 gives the form back.
async fn finish(
    app: Data<AppState>,
    visitor: Visitor,
    Seen(seen): Seen,
    form: Form<SetupForm>,
) -> PageResult {
    let Form(form) = form;
    if !app.db.read(setup::is_open).await? {
        return done(&visitor);
    }
    let mut errors = FieldErrors::default();
    let code = Code::given(&form.setup_code);
    let checked = code.clone();
    let code_is_valid = app.db.read(move |conn| setup::is_valid(conn, &checked)).await?;
    if !code_is_valid {
        errors.add("setup_code", WRONG_CODE);
    }
    let company = errors.keep("company_name", Name::parse(&form.company_name));
    let contact = CompanySettings::parse_support_contact(&form.support_contact);
    let contact = errors.keep("support_contact", contact);
    let name = errors.keep("your_name", Name::parse(&form.your_name));
    let email = errors.keep("email", Email::parse(&form.email));
    let mut password = None;
    // Hashing is work: only for whoever has the code.
    if code_is_valid {
        let about = vec![form.company_name.clone(), form.your_name.clone(), form.email.clone()];
        let typed = super::new_password(&app, None, form.password.clone(), about).await?;
        password = errors.keep("password", typed);
    }
    if let (true, Some(company), Some(support_contact), Some(name), Some(email), Some(password)) =
        (errors.is_empty(), company, contact, name, email, password)
    {
        let settings = CompanySettings { support_contact, ..CompanySettings::new(company) };
        let begins = Circumstances { session: session::fresh_name(), ..seen };
        let from = begins.clone();
        let made = app
            .db
            .try_write(move |conn| setup::finish(conn, &code, &settings, &name, &email, &password, from))
            .await;
        match made {
            Ok(admin) => {
                return login::finish(app, &visitor, admin, Some(device::fresh()), begins, HOME);
            }
            Err(PeopleError::SetUpAlready) => return done(&visitor),
            Err(PeopleError::CodeNotValid) => errors.add("setup_code", WRONG_CODE),
            Err(other) => return Err(other.into()),
        }
    }
    let layout = visitor.layout("Set up Alva")?;
    render_with(StatusCode::UNPROCESSABLE_ENTITY, &SetupPage { layout, errors, form })
}

const WRONG_CODE: &str = "This code is not valid. The server prints a new one every time it starts.";
