//! What asks for the password again when it was entered more than ten minutes ago: disconnecting, roles, exports,
//! secrets. A session that somebody left open, or stole, does none of it.

use super::error::Answer;
use super::guard::{Guard, SignedIn};
use super::layout::{Layout, Section};
use super::{PageError, csrf};
use crate::forms::{CSRF, FieldErrors};
use crate::people;
use crate::time::Timestamp;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest};
use askama::Template;
use serde::de::DeserializeOwned;
use std::future::{Future, Ready, ready};
use std::ops::Deref;
use std::pin::Pin;

/// How the names of its own fields begin. No form that it carries gets them.
pub const PREFIX: &str = "confirm_";

/// Someone whom the guard `G` lets in, and who has shown within ten minutes that it is them.
pub struct Confirmed<G>(G);

impl<G> Deref for Confirmed<G> {
    type Target = G;

    fn deref(&self) -> &G {
        &self.0
    }
}

impl<G: Guard> Guard for Confirmed<G> {
    fn admit(person: SignedIn) -> Result<Self, PageError> {
        let (is_proved, address) = (person.logged_in.is_proved(Timestamp::now()), person.address.clone());
        let person = G::admit(person)?;
        if is_proved { Ok(Self(person)) } else { Err(PageError::Unconfirmed(address)) }
    }
}

impl<G: Guard> FromRequest for Confirmed<G> {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageError>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let person = SignedIn::from_request(req, payload);
        Box::pin(async move { Self::admit(person.await?) })
    }
}

/// A form that does something only for who has shown within ten minutes that it is them. What was sent is asked
/// about first: the page that asks carries the form along.
pub struct FormToConfirm<T> {
    form: T,
    fields: Vec<(String, String)>,
}

impl<T> FormToConfirm<T> {
    /// The form, once it is confirmed.
    ///
    /// # Errors
    /// The page that asks.
    pub fn confirmed(self, who: &SignedIn) -> Result<T, PageError> {
        self.confirmed_if(who, |_| true)
    }

    /// The same, where only some of these forms have to be confirmed.
    ///
    /// # Errors
    /// The page that asks.
    pub fn confirmed_if(self, who: &SignedIn, is_asked: impl FnOnce(&T) -> bool) -> Result<T, PageError> {
        if who.logged_in.is_proved(Timestamp::now()) || !is_asked(&self.form) {
            return Ok(self.form);
        }
        let ask = Ask { address: who.address.clone(), fields: self.fields, is_form: true };
        let html = ask.page(who, FieldErrors::default())?.render().map_err(PageError::internal)?;
        Err(PageError::Answered(Box::new(Answer::new(StatusCode::OK, html))))
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for FormToConfirm<T> {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let form = csrf::take_ours(req).and_then(|body| {
            let form = csrf::parse(&body)?;
            let pairs = url::form_urlencoded::parse(&body).into_owned();
            let fields = pairs.filter(|(name, _)| name != CSRF && !name.starts_with(PREFIX)).collect();
            Ok(Self { form, fields })
        });
        ready(form)
    }
}

/// What is asked about.
pub struct Ask {
    /// Where to go on.
    pub address: String,
    /// The form that was sent there.
    pub fields: Vec<(String, String)>,
    /// Whether it was a form; otherwise it was a link.
    pub is_form: bool,
}

#[derive(Template)]
#[template(path = "account/confirm.html")]
pub struct ConfirmPage {
    layout: Layout,
    errors: FieldErrors,
    ask: Ask,
    email: String,
    /// A code or a passkey does in place of the password.
    factors: people::Factors,
}

impl Ask {
    /// The page that asks.
    ///
    /// # Errors
    /// When the session cannot be written.
    pub fn page(self, who: &SignedIn, errors: FieldErrors) -> Result<ConfirmPage, PageError> {
        let layout = who.layout("Confirm that it is you", Section::Account)?;
        Ok(ConfirmPage { layout, errors, ask: self, email: who.user.email.clone(), factors: who.factors })
    }
}
