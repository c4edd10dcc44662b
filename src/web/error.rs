//! What a person sees when a page cannot be shown; what the log says about it.

use super::assets;
use crate::db::{self, DbError};
use crate::people::LogInError;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::QueryConfig;
use actix_web::{Error, HttpResponse, ResponseError};
use askama::Template;
use std::collections::HashMap;
use std::time::Duration;

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Nobody is signed in; the path to come back to.
    #[error("not signed in")]
    SignedOut(String),
    /// The person may not do this; says who may.
    #[error("not allowed: {0}")]
    Forbidden(&'static str),
    /// The person has to show again that it is them; the address to go on at.
    #[error("not confirmed")]
    Unconfirmed(String),
    /// The person needs a second factor before anything else; where to go on then.
    #[error("without a second factor")]
    FactorNeeded(String),
    /// A page that stands in for the one that was asked for.
    #[error("answered with another page")]
    Answered(Box<Answer>),
    /// There is no such thing in this company.
    #[error("not found")]
    NotFound,
    /// The address is there, and takes only these methods.
    #[error("only {0} is answered here")]
    OtherMethod(&'static str),
    /// A form without the token of this session.
    #[error("a form without this session's token")]
    ForeignForm,
    /// What stands behind the `?` of the address is not what the page takes.
    #[error("unreadable address: {0}")]
    BadQuery(String),
    /// A form that is no form of ours.
    #[error("unreadable form: {0}")]
    BadForm(String),
    /// More bytes than any form of ours has.
    #[error("form too large")]
    FormTooLarge,
    /// A form whose body took too long to arrive.
    #[error("form too slow")]
    FormTooSlow,
    /// More work than the machine can take on; try again after so many seconds.
    #[error("too busy")]
    Busy(u64),
    /// What the page asked of the database took too long, and was ended. The log has the cause.
    #[error("the database took too long: {0}")]
    TooSlow(anyhow::Error),
    /// Too many attempts; try again after so many seconds.
    #[error("too many attempts")]
    TooMany(u64),
    /// An explanation for the person, with its status: what happened and what to do next.
    #[error("{title}")]
    Explained {
        /// The status to answer with.
        status: StatusCode,
        /// What happened, in a few words.
        title: String,
        /// What to do next.
        text: String,
    },
    /// The database is out of reach. The log has the cause.
    #[error("the database is out of reach: {0}")]
    Away(anyhow::Error),
    /// Our fault. The log has the cause.
    #[error("internal error: {0}")]
    Internal(anyhow::Error),
}

/// A page that is made already.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    html: String,
}

impl Answer {
    /// A page with this status.
    pub fn new(status: StatusCode, html: String) -> Self {
        Self { status, html }
    }
}

impl PageError {
    /// Our fault, with its cause.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        let cause = cause.into();
        match () {
            () if db::is_too_slow(&cause) => Self::TooSlow(cause),
            () if db::is_outage(&cause) => Self::Away(cause),
            () => Self::Internal(cause),
        }
    }

    /// What it says to people, when it says no more than that: a title, and what to do next.
    pub(super) fn for_people(&self) -> Option<(&str, String)> {
        let is_page = !matches!(self, Self::Answered(_)) && !self.status_code().is_redirection();
        is_page.then(|| self.title_and_text())
    }

    fn title_and_text(&self) -> (&str, String) {
        match self {
            Self::SignedOut(_) => ("Please log in", "You are not logged in.".into()),
            Self::FactorNeeded(_) => ("Set up a second factor", "Your company requires it.".into()),
            Self::Unconfirmed(_) | Self::Answered(_) => {
                ("Confirm that it is you", "Enter your password to continue.".into())
            }
            Self::Forbidden(who) => {
                ("You don't have permission", format!("{who} Ask an admin of your company."))
            }
            Self::NotFound => {
                ("Page not found", "The page does not exist, or you don't have access to it.".into())
            }
            Self::OtherMethod(_) => (
                "This link can't be opened directly",
                "Nothing was changed. Go to the start page and use the links and buttons there.".into(),
            ),
            Self::ForeignForm => (
                "This form has expired",
                "You logged in or out after opening it, or it did not come from this portal. Nothing was \
                 changed. Go back, reload the page and submit it again."
                    .into(),
            ),
            Self::BadQuery(_) => (
                "This address is not valid",
                "The part after the question mark is incomplete or contains something twice. Open the page \
                 from the portal, or remove that part."
                    .into(),
            ),
            Self::BadForm(_) => (
                "This form could not be read",
                "Nothing was changed. Go back, reload the page and try again.".into(),
            ),
            Self::FormTooLarge => {
                ("That's too much text", "Nothing was changed. Go back and shorten what you entered.".into())
            }
            Self::FormTooSlow => (
                "The form took too long to arrive",
                "Nothing was changed. Go back and submit it again.".into(),
            ),
            Self::Busy(seconds) => {
                ("The portal is busy", format!("Nothing was changed. Wait {seconds} seconds and try again."))
            }
            Self::TooSlow(_) => (
                "This page took too long",
                format!(
                    "The portal stopped after {} seconds, to keep others from waiting. Choose a shorter time \
                     span, more filters, or longer search words.",
                    READS.as_secs()
                ),
            ),
            Self::TooMany(seconds) => ("Too many attempts", format!("Wait {seconds} seconds and try again.")),
            Self::Explained { title, text, .. } => (title, text.clone()),
            Self::Away(cause) if db::is_full(cause) => (
                "The portal has no room to save this",
                "Nothing was changed. The database disk is full. Tell the people who run the portal.".into(),
            ),
            Self::Away(_) => (
                "The portal cannot reach its database",
                "Nothing was changed. You didn't cause this. Try again in a moment.".into(),
            ),
            Self::Internal(_) => (
                "Something went wrong on our side",
                "You didn't cause this. The cause is in the server's log. Try again in a moment.".into(),
            ),
        }
    }
}

impl From<LogInError> for PageError {
    fn from(cause: LogInError) -> Self {
        match cause {
            LogInError::Overloaded(_) => Self::Busy(5),
            LogInError::Database(cause) => cause.into(),
        }
    }
}

impl From<DbError> for PageError {
    fn from(cause: DbError) -> Self {
        match cause {
            DbError::Query(diesel::result::Error::NotFound) => Self::NotFound,
            other => Self::internal(other),
        }
    }
}

/// So long the database may take for a page that somebody waits for.
pub const READS: Duration = Duration::from_secs(5);

/// Ends what a page reads after [`READS`]. What is sent while it is being read (exports, evidence) is read in small parts,
/// with a limit for each: [`crate::export::PATIENCE`].
///
/// # Errors
/// Those of the service.
pub async fn limited_reads<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    db::limit::within(READS, next.call(request)).await
}

/// Queries that a page cannot read end on a page with words, at every address.
pub fn readable_queries() -> QueryConfig {
    QueryConfig::default().error_handler(|cause, _| PageError::BadQuery(cause.to_string()).into())
}

/// Addresses with U+0000 in them are nobody's, and no database of ours can be asked for one: nothing is there, or what
/// stands behind the `?` cannot be read.
///
/// # Errors
/// None of its own.
pub async fn readable_addresses(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let has_nul = |text: &str| text.contains("%00");
    let refusal = match () {
        () if has_nul(request.path()) => PageError::NotFound,
        () if has_nul(request.query_string()) => PageError::BadQuery("U+0000".to_owned()),
        () if !is_lenient(request.path()) && says_two_things(request.query_string()) => {
            PageError::BadQuery("a name with two values".to_owned())
        }
        () => return Ok(next.call(request).await?.map_into_left_body()),
    };
    Ok(request.error_response(refusal).map_into_right_body())
}

/// Whether a query is not the pages' to refuse: what mail programs hang on a candidate's link, what somebody put behind the
/// address of a webhook, and the API's, which says itself what is wrong.
fn is_lenient(path: &str) -> bool {
    ["/assessment/", "/webhooks/", "/api/"].iter().any(|begin| path.starts_with(begin))
}

/// Whether a name stands in a query with two values: which of them counts, no two programs agree on.
fn says_two_things(query: &str) -> bool {
    let mut said = HashMap::new();
    url::form_urlencoded::parse(query.as_bytes())
        .filter(|(_, value)| !value.trim().is_empty())
        .any(|(name, value)| said.insert(name, value.clone()).is_some_and(|before| before != value))
}

/// Sessions that cannot be read or written are no page's to explain: they fail before it, and only for want of the
/// database.
///
/// # Errors
/// The page that says so.
pub async fn sessions_away(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    next.call(request).await.map_err(|failure| {
        let is_session = failure.as_error::<PageError>().is_none()
            && failure.as_response_error().status_code() == StatusCode::INTERNAL_SERVER_ERROR;
        if is_session { PageError::Away(anyhow::anyhow!("{failure:?}")).into() } else { failure }
    })
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    title: &'a str,
    text: &'a str,
    css: &'a str,
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignedOut(_) | Self::Unconfirmed(_) | Self::FactorNeeded(_) => StatusCode::SEE_OTHER,
            Self::Answered(answer) => answer.status,
            Self::Forbidden(_) | Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::OtherMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadForm(_) | Self::BadQuery(_) => StatusCode::BAD_REQUEST,
            Self::FormTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::FormTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Busy(_) | Self::Away(_) | Self::TooSlow(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Explained { status, .. } => *status,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        let next = |path: &str| url::form_urlencoded::byte_serialize(path.as_bytes()).collect::<String>();
        match self {
            Self::SignedOut(path) => {
                let to = format!("/login?next={}", next(path));
                return answer.insert_header((header::LOCATION, to)).finish();
            }
            Self::Unconfirmed(path) => {
                let to = format!("/account/confirm?next={}", next(path));
                return answer.insert_header((header::LOCATION, to)).finish();
            }
            Self::FactorNeeded(path) => {
                let to = format!("/account/second-factor?next={}", next(path));
                return answer.insert_header((header::LOCATION, to)).finish();
            }
            Self::Answered(page) => {
                return answer.content_type("text/html; charset=utf-8").body(page.html.clone());
            }
            Self::TooMany(seconds) | Self::Busy(seconds) => {
                answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
            }
            Self::OtherMethod(allowed) => {
                answer.insert_header((header::ALLOW, *allowed));
            }
            Self::Away(cause) => {
                tracing::error!(cause = format!("{cause:#}"), "the database is out of reach");
                answer.insert_header((header::RETRY_AFTER, "5"));
            }
            Self::TooSlow(cause) => tracing::warn!(cause = format!("{cause:#}"), "a page took too long"),
            Self::Internal(cause) => tracing::error!(cause = format!("{cause:#}"), "a page failed"),
            _ => {}
        }
        let (title, text) = self.title_and_text();
        let page = ErrorPage { title, text: &text, css: assets::css_path() };
        answer
            .content_type("text/html; charset=utf-8")
            .body(page.render().unwrap_or_else(|_| title.to_owned()))
    }
}
