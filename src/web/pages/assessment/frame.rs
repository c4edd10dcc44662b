//! What surrounds every page of the candidate: language, company, and the pages for links that
//! lead nowhere.

use super::path_of;
use crate::i18n::Messages;
use crate::people::Company;
use crate::secrets::Code;
use crate::test_sessions::{AccessRefused, TestSessionError};
use crate::web::{Layout, PageError, PageResult, Visitor, render_with};
use actix_web::http::StatusCode;
use actix_web::http::header::{AcceptLanguage, Header as _, Preference};
use actix_web::{HttpMessage as _, HttpRequest};
use askama::Template;

/// In the session: the language that the candidate chose.
const LANGUAGE: &str = "language";

/// In the session: the language of the mail whose link was opened.
const MAILED_IN: &str = "mailed-in";

/// In the session: figures are to be drawn larger.
const LARGER: &str = "larger";

/// What surrounds a page.
pub(super) struct Frame {
    pub layout: Layout,
    pub words: &'static Messages,
    /// Who invites; empty when nobody does.
    pub company: String,
    /// Whom to ask there; may be empty.
    pub contact: String,
    /// Where it says what it does with data; may be empty.
    pub privacy_url: String,
    /// The candidate's own address.
    pub path: String,
    /// Figures are drawn larger where the screen has room.
    pub has_large_figures: bool,
}

impl Frame {
    pub fn new(
        visitor: &Visitor,
        req: &HttpRequest,
        code: &Code,
        company: Option<&Company>,
    ) -> Result<Self, PageError> {
        let of = |part: fn(&Company) -> &String| company.map(part).cloned().unwrap_or_default();
        let words = language(visitor, req);
        let has_large_figures = visitor.session.get(LARGER).ok().flatten().unwrap_or(false);
        Ok(Self {
            layout: visitor.layout("")?,
            words,
            company: of(|company| &company.name),
            contact: of(|company| &company.support_contact),
            privacy_url: of(|company| &company.privacy_url),
            path: path_of(code),
            has_large_figures,
        })
    }

    pub fn titled(mut self, title: String) -> Self {
        self.layout.title = title;
        self
    }

    pub fn languages(&self) -> &'static [Messages] {
        Messages::all()
    }
}

/// The language of the mail whose link is asked for.
#[derive(Clone)]
struct MailedIn(String);

/// What the candidate chose, else the language of the mail, else what the browser asks for.
pub(super) fn language(visitor: &Visitor, req: &HttpRequest) -> &'static Messages {
    let of_session = |key| visitor.session.get::<String>(key).ok().flatten();
    let of_link = || req.extensions().get::<MailedIn>().map(|language| language.0.clone());
    let known = [of_session(LANGUAGE), of_link(), of_session(MAILED_IN)];
    if let Some(words) = known.iter().flatten().find_map(|language| Messages::find(language)) {
        return words;
    }
    let wanted = AcceptLanguage::parse(req).map(|header| header.ranked()).unwrap_or_default();
    let known = wanted.iter().find_map(|language| match language {
        Preference::Specific(tag) => Messages::find(tag.as_str()),
        Preference::Any => Some(Messages::fallback()),
    });
    known.unwrap_or_else(Messages::fallback)
}

/// Remembers a language that the candidate chose; `None` when it is not here.
pub(super) fn choose_language(visitor: &Visitor, code: &str) -> Result<Option<&'static str>, PageError> {
    let Some(words) = Messages::find(code) else { return Ok(None) };
    visitor.session.insert(LANGUAGE, words.code()).map_err(PageError::internal)?;
    Ok(Some(words.code()))
}

/// Remembers whether figures are to be drawn larger.
pub(super) fn show_larger(visitor: &Visitor, is_larger: bool) -> Result<(), PageError> {
    let was = visitor.session.get::<bool>(LARGER).ok().flatten().unwrap_or(false);
    if was == is_larger {
        return Ok(());
    }
    visitor.session.insert(LARGER, is_larger).map_err(PageError::internal)
}

/// Begins in the language of the mail whose link is asked for. The candidate's cookie keeps it for the pages
/// after it; the session of a colleague who looks at the page is not touched.
pub(super) fn begin_in(visitor: &Visitor, req: &HttpRequest, language: &str) -> Result<(), PageError> {
    req.extensions_mut().insert(MailedIn(language.to_owned()));
    if visitor.is_signed_in() {
        return Ok(());
    }
    visitor.session.insert(MAILED_IN, language).map_err(PageError::internal)
}

#[derive(Template)]
#[template(path = "assessment/notice.html")]
struct Notice {
    frame: Frame,
    text: String,
    leads_back: bool,
}

/// The page for a step that cannot be taken: in the candidate's words, with the right status.
pub(super) fn sorry(
    visitor: &Visitor,
    req: &HttpRequest,
    code: &Code,
    failure: TestSessionError,
) -> PageResult {
    let shut = match failure {
        TestSessionError::AccessRefused(shut) => *shut,
        // Sent to tests that are not under way, or by nobody's page: back to what is next.
        TestSessionError::NotBegun | TestSessionError::Impossible(_) => return stale(visitor, req, code),
        TestSessionError::Answers(failure) => return Err(PageError::internal(failure)),
        TestSessionError::Db(failure) => return Err(failure.into()),
    };
    let (status, id, company) = match shut {
        AccessRefused::Unknown => (StatusCode::NOT_FOUND, "shut-unknown", None),
        AccessRefused::Expired(company) => (StatusCode::GONE, "shut-expired", Some(company)),
        AccessRefused::Replaced(company) => (StatusCode::GONE, "shut-replaced", Some(company)),
        AccessRefused::Cancelled(company) => (StatusCode::GONE, "shut-cancelled", Some(company)),
        AccessRefused::Withdrawn(company) => (StatusCode::GONE, "shut-withdrawn", Some(company)),
    };
    let frame = Frame::new(visitor, req, code, company.as_ref())?;
    let text = frame.words.say1(&format!("{id}-text"), "company", &frame.company);
    let title = frame.words.say(id);
    let notice = Notice { frame: frame.titled(title), text, leads_back: false };
    render_with(status, &notice)
}

/// A form that is no longer good, or never was: nothing changed, and the way back.
pub(super) fn stale(visitor: &Visitor, req: &HttpRequest, code: &Code) -> PageResult {
    let frame = Frame::new(visitor, req, code, None)?;
    let (title, text) = (frame.words.say("stale"), frame.words.say("stale-text"));
    let notice = Notice { frame: frame.titled(title), text, leads_back: true };
    render_with(StatusCode::CONFLICT, &notice)
}
