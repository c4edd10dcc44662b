//! Who is logged in, and that a form came from our own page.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use futures_util::future::LocalBoxFuture;
use subtle::ConstantTimeEq;

use super::html::{Flash, Frame, Place, error_page, html_response, page, see_other};
use crate::sandbox::{Sandbox, Session, Shared, home};
use crate::state::{AccessRole, User};

/// The session's cookie.
pub const COOKIE: &str = "lever_sandbox_session";
/// The cookie of a message for the next page.
const FLASH_COOKIE: &str = "lever_sandbox_flash";

/// Below this path only a Super Admin has business.
const ADMIN_ONLY: &str = "/settings/";

/// The user who is logged in, if any.
pub fn current_user(request: &HttpRequest, sandbox: &Sandbox) -> Option<User> {
    let session = session(request, sandbox)?;
    sandbox.read().user(&session.user).filter(|user| user.deactivated_at.is_none()).cloned()
}

/// The token that a form of this session carries in its field `csrf`.
pub fn csrf_token(request: &HttpRequest, sandbox: &Sandbox) -> Option<String> {
    session(request, sandbox).map(|session| session.csrf)
}

/// Whether a form's `csrf` field is that of this session.
pub fn csrf_matches(request: &HttpRequest, sandbox: &Sandbox, given: &str) -> bool {
    csrf_token(request, sandbox).is_some_and(|token| bool::from(token.as_bytes().ct_eq(given.as_bytes())))
}

fn session(request: &HttpRequest, sandbox: &Sandbox) -> Option<Session> {
    sandbox.sessions.get(request.cookie(COOKIE)?.value())
}

pub(super) fn set_cookie(answer: &mut HttpResponse, name: &'static str, value: String) {
    let cookie = Cookie::build(name, value).path("/").http_only(true).same_site(SameSite::Lax).finish();
    // Only a value with control characters is refused; ours are hex or base64.
    let _ = answer.add_cookie(&cookie);
}

pub(super) fn remove_cookie(answer: &mut HttpResponse, name: &'static str) {
    let mut cookie = Cookie::build(name, "").path("/").finish();
    cookie.make_removal();
    let _ = answer.add_cookie(&cookie);
}

/// A page was asked for without being logged in, or a form came from elsewhere.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("not logged in")]
    LogIn { next: String },
    #[error("not a Super Admin")]
    NotAdmin,
    #[error("the form's token is not this session's, or another site sent it")]
    Forged,
    #[error("the form could not be read")]
    Unreadable,
}

impl ResponseError for Refused {
    fn error_response(&self) -> HttpResponse {
        match self {
            Self::LogIn { next } => {
                let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
                see_other(&format!("/login?next={next}"))
            }
            Self::NotAdmin => html_response(
                StatusCode::FORBIDDEN,
                error_page(
                    "Only for Super Admins",
                    "Managing integrations and API credentials takes the role Super Admin. Log in as one, or ask one.",
                ),
            ),
            Self::Forged => html_response(
                StatusCode::FORBIDDEN,
                error_page(
                    "This form is out of date",
                    "You may have logged in again since. Go back, reload the page and submit the form again.",
                ),
            ),
            Self::Unreadable => html_response(
                StatusCode::BAD_REQUEST,
                error_page(
                    "This form could not be read",
                    "Go back, reload the page and send the form once more.",
                ),
            ),
        }
    }
}

/// A GET by someone who is logged in.
pub(super) struct SignedIn {
    pub sandbox: Shared,
    request: HttpRequest,
    user: User,
    csrf: String,
}

impl SignedIn {
    fn of(request: &HttpRequest) -> Result<Self, Refused> {
        let sandbox = Shared(Sandbox::of(request));
        let next = if request.method() == "GET" { request.uri().to_string() } else { "/".to_owned() };
        let log_in = || Refused::LogIn { next: next.clone() };
        let user = current_user(request, &sandbox).ok_or_else(log_in)?;
        let csrf = csrf_token(request, &sandbox).ok_or_else(log_in)?;
        if request.path().starts_with(ADMIN_ONLY) && user.access_role != AccessRole::SuperAdmin {
            return Err(Refused::NotAdmin);
        }
        Ok(Self { sandbox, request: request.clone(), user, csrf })
    }

    /// The frame around a page, with the message left for it.
    pub fn frame(&self, place: Place) -> Frame {
        Frame { place, user_name: self.user.name.clone(), csrf: self.csrf.clone(), flash: self.flash() }
    }

    fn flash(&self) -> Option<Flash> {
        let cookie = self.request.cookie(FLASH_COOKIE)?;
        let mut parts = cookie.value().splitn(3, ':');
        let (tone, about, text) = (parts.next()?, parts.next()?, parts.next()?);
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        Some(Flash { good: tone == "good", text, about: about.to_owned() })
    }

    /// Renders a page; its message is shown this once.
    pub fn page(&self, template: &impl Template) -> HttpResponse {
        self.page_with(StatusCode::OK, template)
    }

    /// Like [`Self::page`], with another status.
    pub fn page_with(&self, status: StatusCode, template: &impl Template) -> HttpResponse {
        let mut answer = page(status, template);
        if self.request.cookie(FLASH_COOKIE).is_some() {
            remove_cookie(&mut answer, FLASH_COOKIE);
        }
        answer
    }
}

impl FromRequest for SignedIn {
    type Error = Refused;
    type Future = std::future::Ready<Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(request))
    }
}

/// A form that someone logged in sent from one of our pages.
pub(super) struct Posted {
    pub sandbox: Shared,
    pub user: User,
    me: SignedIn,
    fields: Vec<(String, String)>,
}

impl Posted {
    /// A field's text without white space around it; empty when it is missing.
    pub fn get<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    /// Every value of a field, as checkboxes send them.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// Ends the session that the form was sent in.
    pub fn end_session(&self) {
        if let Some(cookie) = self.me.request.cookie(COOKIE) {
            self.sandbox.sessions.close(cookie.value());
        }
    }

    /// The page to show again when the form is wrong.
    pub fn signed_in(&self) -> &SignedIn {
        &self.me
    }

    /// Goes on to a page that shows `text` once.
    pub fn done(&self, to: &str, text: &str) -> HttpResponse {
        said(to, "good", "", text)
    }

    /// Goes on to a page that shows once why nothing was done.
    pub fn failed(&self, to: &str, text: &str) -> HttpResponse {
        said(to, "bad", "", text)
    }

    /// Like [`Self::failed`]; the page shows it beside the thing with the id `about`.
    pub fn failed_about(&self, to: &str, about: &str, text: &str) -> HttpResponse {
        said(to, "bad", about, text)
    }
}

fn said(to: &str, tone: &str, about: &str, text: &str) -> HttpResponse {
    let mut answer = see_other(to);
    set_cookie(&mut answer, FLASH_COOKIE, format!("{tone}:{about}:{}", BASE64_URL_SAFE_NO_PAD.encode(text)));
    answer
}

impl FromRequest for Posted {
    type Error = Refused;
    type Future = LocalBoxFuture<'static, Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let me = SignedIn::of(request);
        let form = web::Form::<Vec<(String, String)>>::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            home::check(request.headers(), &Sandbox::of(&request).options).map_err(|_| Refused::Forged)?;
            let me = me?;
            let fields = form.await.map_err(|_| Refused::Unreadable)?.into_inner();
            let given = fields.iter().find(|(key, _)| key == "csrf").map_or("", |(_, value)| value);
            if !csrf_matches(&request, &me.sandbox, given) {
                return Err(Refused::Forged);
            }
            Ok(Self { sandbox: me.sandbox.clone(), user: me.user.clone(), me, fields })
        })
    }
}
