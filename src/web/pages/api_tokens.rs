//! `/settings/company/api-tokens`: the tokens with which a company's programs use the API. A new one is shown once.

use crate::api_tokens::{self, ApiToken, CreateError, Lifetime, NewToken, Scope, Scopes};
use crate::ids::{ApiTokenId, UserId};
use crate::people::{self, Name};
use crate::state::AppState;
use crate::web::labels::Label;
use crate::web::{
    Admin, FieldErrors, FlashKind, Form, FormText, FormToConfirm, Layout, NoFields, PageError, PageResult,
    Section, render_with, see_other,
};
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Path};
use askama::Template;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::HashMap;

const PATH: &str = "/settings/company/api-tokens";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope(PATH)
            .route("", web::get().to(page))
            .route("", web::post().to(create))
            .route("/reference", web::get().to(super::api_reference::page))
            .route("/{id}/revoke", web::post().to(revoke))
            .default_service(web::to(to_the_page)),
    );
}

#[derive(Template)]
#[template(path = "api_tokens.html")]
struct TokensPage {
    layout: Layout,
    errors: FieldErrors,
    form: FormText,
    tokens: Vec<ApiToken>,
    names: HashMap<UserId, String>,
    /// A new token, shown this once.
    token: Option<SecretString>,
}

impl TokensPage {
    fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.expose_secret())
    }

    fn is_good(&self, token: &ApiToken) -> bool {
        token.is_good(self.layout.now)
    }

    fn label(&self, token: &ApiToken) -> Label {
        let (badge, words) = match token {
            token if token.is_revoked() => ("neutral", "revoked"),
            token if token.is_expired(self.layout.now) => ("neutral", "expired"),
            _ => ("good", "active"),
        };
        (badge, words.to_owned())
    }

    fn creator(&self, token: &ApiToken) -> Option<&str> {
        self.names.get(token.created_by.as_ref()?).map(String::as_str)
    }

    /// The choice of the form; a quarter where nothing was chosen yet.
    fn chose(&self, lifetime: &Lifetime) -> bool {
        self.form.get("expires").unwrap_or(Lifetime::Days90.as_str()) == lifetime.as_str()
    }
}

/// A way to show the page.
#[derive(Default)]
struct Show {
    errors: FieldErrors,
    form: FormText,
    token: Option<SecretString>,
}

impl Show {
    async fn answer(self, app: &AppState, who: &Admin) -> PageResult {
        let company = *who.company_id();
        let (tokens, everybody) = app
            .db
            .read(move |conn| Ok((api_tokens::list(conn, &company)?, people::everybody(conn, &company)?)))
            .await?;
        let layout = who.layout("API tokens", Section::Company)?;
        let names = everybody.into_iter().map(|user| (user.id, user.called().to_owned())).collect();
        let status = if self.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let page =
            TokensPage { layout, errors: self.errors, form: self.form, tokens, names, token: self.token };
        let mut answer = render_with(status, &page)?;
        if page.token.is_some() {
            // The token is for this one look: no copy of the page is kept.
            let no_store = header::HeaderValue::from_static("no-store");
            answer.headers_mut().insert(header::CACHE_CONTROL, no_store);
        }
        Ok(answer)
    }
}

async fn page(app: Data<AppState>, who: Admin) -> PageResult {
    Show::default().answer(&app, &who).await
}

/// An address of a form that somebody reloads.
async fn to_the_page() -> PageResult {
    Ok(see_other(PATH))
}

/// The token that a form asks for.
fn wanted(form: &FormText) -> Result<NewToken, FieldErrors> {
    let mut errors = FieldErrors::default();
    let name = errors.keep("token_name", Name::parse(form.text("token_name")));
    let scopes = Scopes::of_words(form.all("scopes"));
    if scopes.is_none() {
        errors.add("scopes", "Choose what the token may do.");
    }
    let lifetime = Lifetime::parse(form.text("expires"));
    if lifetime.is_none() {
        errors.add("expires", "Choose how long the token is valid.");
    }
    match (name, scopes, lifetime) {
        (Some(name), Some(scopes), Some(lifetime)) => Ok(NewToken { name, scopes, lifetime }),
        _ => Err(errors),
    }
}

/// Creates a token, and shows it once.
async fn create(app: Data<AppState>, who: Admin, form: FormToConfirm<FormText>) -> PageResult {
    let form = form.confirmed(&who)?;
    let asked = match wanted(&form) {
        Ok(asked) => asked,
        Err(errors) => return Show { errors, form, token: None }.answer(&app, &who).await,
    };
    let (company, by, actor) = (*who.company_id(), who.user.id, who.actor());
    let made = app.db.try_write(move |conn| api_tokens::create(conn, &company, &asked, &by, &actor)).await;
    match made {
        Ok(token) => Show { token: Some(token), ..Show::default() }.answer(&app, &who).await,
        Err(CreateError::Db(failure)) => Err(failure.into()),
        Err(why @ CreateError::TooMany) => {
            Show { errors: FieldErrors::of_form(why.to_string()), form, token: None }.answer(&app, &who).await
        }
    }
}

/// Ends a token at once. The password is not asked for: somebody who found a token in the wrong place is in a hurry.
async fn revoke(app: Data<AppState>, who: Admin, id: Path<String>, _form: Form<NoFields>) -> PageResult {
    let id = ApiTokenId::parse(&id).ok_or(PageError::NotFound)?;
    let (company, actor) = (*who.company_id(), who.actor());
    let is_ended = app.db.write(move |conn| api_tokens::revoke(conn, &company, &id, &actor)).await?;
    if !is_ended {
        return Err(PageError::NotFound);
    }
    who.flash(FlashKind::Good, "The token is revoked. Calls with it are refused from now on.");
    Ok(see_other(PATH))
}
