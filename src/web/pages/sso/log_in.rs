//! `/login/sso/…`: to the company's provider, and back.

use super::explain::explain;
use super::tried;
use crate::audit::{Action, Actor, Circumstances, counted};
use crate::ids::CompanyId;
use crate::sso::{self, Answer, Flow, Identity, Purpose, SsoError, SsoProvider};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::ops::is_head;
use crate::web::pages::login;
use crate::web::session::{self, Outside};
use crate::web::{
    FieldErrors, Form, Layout, PageError, PageResult, Section, Seen, SignedIn, Visitor, device, form_id,
    render, render_with, see_other,
};
use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use url::Url;

/// Under which key of the session the log-ins stand that were begun in it.
const FLOWS: &str = "sso_flows";

/// Log-ins that are begun at a time in one browser: the session is a cookie.
const TABS: usize = 3;

/// Where to go on afterwards is kept up to this length.
const NEXT: usize = 300;

#[derive(Template)]
#[template(path = "sso/choose.html")]
struct ChoosePage {
    layout: Layout,
    errors: FieldErrors,
    email: String,
    next: String,
}

#[derive(Template)]
#[template(path = "sso/going.html")]
struct GoingPage {
    layout: Layout,
    provider: String,
    address: String,
}

#[derive(Template)]
#[template(path = "sso/refused.html")]
struct RefusedPage {
    layout: Layout,
    text: String,
    /// Where to begin again.
    again: String,
}

#[derive(Deserialize)]
pub(super) struct Destination {
    #[serde(default)]
    next: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AddressForm {
    email: String,
    next: String,
}

const TITLE: &str = "Log in with single sign-on";

/// Asks for the address.
pub(super) async fn page(visitor: Visitor, to: Query<Destination>) -> PageResult {
    if visitor.is_signed_in() {
        return Ok(see_other(login::local_path(&to.next).unwrap_or(login::HOME)));
    }
    let (layout, next) = (visitor.layout(TITLE)?, to.into_inner().next);
    render(&ChoosePage { layout, errors: FieldErrors::default(), email: String::new(), next })
}

/// To the provider of the company that the address belongs to. 422 says that there is none.
pub(super) async fn choose(app: Data<AppState>, visitor: Visitor, form: Form<AddressForm>) -> PageResult {
    let Form(AddressForm { email, next }) = form;
    let address = email.clone();
    let found = app.db.read(move |conn| sso::for_address(conn, &address)).await?;
    let Some(provider) = found else {
        let why = "No company here has single sign-on for this address. Log in with your password, or open the \
                   address for log-in that your company gave you.";
        let layout = visitor.layout(TITLE)?;
        let page = ChoosePage { layout, errors: FieldErrors::single("email", why), email, next };
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let purpose = Purpose::LogIn { next: kept(&next) };
    let begun = sso::begin(&app.sso, &provider, purpose, Some(email.trim())).await;
    match begun {
        Ok(begun) => {
            keep(&visitor.session, begun.flow)?;
            going(visitor.layout("To your provider")?, &provider, &begun.address)
        }
        Err(cause) => refuse(&visitor, &provider, cause),
    }
}

/// To a company's provider: the address of a company, as a bookmark or as the provider's tile has it.
pub(super) async fn of_company(
    app: Data<AppState>,
    visitor: Visitor,
    request: HttpRequest,
    company: Path<String>,
    to: Query<Destination>,
) -> PageResult {
    let company = form_id(&company, CompanyId::parse)?;
    if is_head(&request) {
        return Err(PageError::OtherMethod("GET"));
    }
    if visitor.is_signed_in() {
        return Ok(see_other(login::local_path(&to.next).unwrap_or(login::HOME)));
    }
    let provider = app.db.read(move |conn| sso::provider_in_use(conn, &company)).await?;
    let provider = provider.ok_or(PageError::NotFound)?;
    match sso::begin(&app.sso, &provider, Purpose::LogIn { next: kept(&to.next) }, None).await {
        Ok(begun) => {
            keep(&visitor.session, begun.flow)?;
            Ok(see_other(begun.address.as_str()))
        }
        Err(cause) => refuse(&visitor, &provider, cause),
    }
}

fn kept(next: &str) -> String {
    if next.len() <= NEXT { next.to_owned() } else { String::new() }
}

/// Keeps what the answer must fit; of many the oldest are forgotten.
pub(super) fn keep(session: &Session, flow: Flow) -> Result<(), PageError> {
    let mut all: Vec<Flow> = session.get(FLOWS).ok().flatten().unwrap_or_default();
    all.push(flow);
    let surplus = all.len().saturating_sub(TABS);
    all.drain(..surplus);
    session.insert(FLOWS, &all).map_err(PageError::internal)
}

/// Takes the log-in that an answer belongs to out of the session: it is answered once.
fn take_flow(session: &Session, state: &str) -> Result<Option<Flow>, PageError> {
    let mut all: Vec<Flow> = session.get(FLOWS).ok().flatten().unwrap_or_default();
    let Some(at) = all.iter().position(|flow| flow.is_answered_by(state)) else { return Ok(None) };
    let flow = all.remove(at);
    session.insert(FLOWS, &all).map_err(PageError::internal)?;
    Ok(Some(flow))
}

/// A page that goes on to the provider. A form may not lead there itself: browsers hold redirects of forms against the
/// policy, which names no provider.
pub(super) fn going(layout: Layout, provider: &SsoProvider, address: &Url) -> PageResult {
    let mut answer = render(&GoingPage { layout, provider: provider.name(), address: address.to_string() })?;
    let refresh = HeaderValue::try_from(format!("0; url={address}")).map_err(PageError::internal)?;
    answer.headers_mut().insert(HeaderName::from_static("refresh"), refresh);
    Ok(answer)
}

fn refuse(visitor: &Visitor, provider: &SsoProvider, cause: SsoError) -> PageResult {
    if matches!(cause, SsoError::Provider(_) | SsoError::CodeRefused(_) | SsoError::BadToken(_)) {
        tracing::warn!(company = %provider.company_id, %cause, "single sign-on did not succeed");
    }
    let explained = explain(cause, &provider.name())?;
    let again = format!("/login/sso/{}", provider.company_id);
    let page = RefusedPage { layout: visitor.layout(explained.title)?, text: explained.text, again };
    render_with(explained.status, &page)
}

/// Where providers send people back to.
pub(super) async fn callback(
    app: Data<AppState>,
    visitor: Visitor,
    who: Result<SignedIn, PageError>,
    Seen(seen): Seen,
    request: HttpRequest,
    answer: Query<Answer>,
) -> PageResult {
    if is_head(&request) {
        // The code is good once: it is for the browser that the provider sent back.
        return Err(PageError::OtherMethod("GET"));
    }
    let answer = answer.into_inner();
    let Some(flow) = take_flow(&visitor.session, &answer.state)? else {
        let explained = explain(SsoError::Unknown, "")?;
        let layout = visitor.layout(explained.title)?;
        return render_with(
            explained.status,
            &RefusedPage { layout, text: explained.text, again: "/login".into() },
        );
    };
    let company = flow.company;
    let provider = app.db.read(move |conn| sso::provider(conn, &company)).await?;
    let Some(provider) = provider.filter(|provider| provider.version == flow.version) else {
        let explained = explain(SsoError::NotInUse, "")?;
        let layout = visitor.layout(explained.title)?;
        return render_with(
            explained.status,
            &RefusedPage { layout, text: explained.text, again: "/login".into() },
        );
    };
    match flow.purpose.clone() {
        Purpose::LogIn { next } => {
            match enter(&app, &visitor, &request, &provider, &flow, answer, &seen, &next).await {
                Ok(answer) => answer,
                Err(cause) => {
                    note_refused(&app, &provider, &cause, seen).await?;
                    refuse(&visitor, &provider, cause)
                }
            }
        }
        Purpose::Test => {
            let outcome = prove(&app, &provider, &flow, answer).await;
            tried::show(&app, &who?, &provider, outcome).await
        }
    }
}

async fn prove(
    app: &AppState,
    provider: &SsoProvider,
    flow: &Flow,
    answer: Answer,
) -> Result<Identity, SsoError> {
    let secret = sso::secret(provider, &app.sealer)?;
    sso::finish(&app.sso, provider, secret, flow, answer).await
}

/// Begins the session of somebody whom the provider vouches for.
#[allow(clippy::too_many_arguments, reason = "what an answer of the provider comes with")]
async fn enter(
    app: &Data<AppState>,
    visitor: &Visitor,
    request: &HttpRequest,
    provider: &SsoProvider,
    flow: &Flow,
    answer: Answer,
    seen: &Circumstances,
    next: &str,
) -> Result<PageResult, SsoError> {
    if !provider.is_in_use() {
        return Err(SsoError::NotInUse);
    }
    let identity = prove(app, provider, flow, answer).await?;
    let begins = Circumstances { session: session::fresh_name(), ..seen.clone() };
    let (there, who, noted) = (provider.clone(), identity.clone(), begins.clone());
    let user = app.db.try_write(move |conn| sso::arrive(conn, &there, &who, &noted)).await?;
    let device = device::name(app, request, &user.email);
    let outside = Outside::new(provider.name(), identity.id_token);
    let proved_at = identity.authenticated_at.unwrap_or_else(Timestamp::now);
    let answer = login::finish(app.clone(), visitor, user, device, begins, next);
    Ok(answer.and_then(|answer| marked(visitor, answer, &outside, proved_at)))
}

/// Says in the session that it began at a provider, and since when the person has shown who they are: at the provider,
/// where it says so.
fn marked(visitor: &Visitor, answer: HttpResponse, outside: &Outside, proved_at: Timestamp) -> PageResult {
    visitor.session.insert(session::OUTSIDE, outside).map_err(PageError::internal)?;
    let proved_at = proved_at.min(Timestamp::now()).0;
    visitor.session.insert(session::PROVED, proved_at).map_err(PageError::internal)?;
    Ok(answer)
}

/// Writes down that somebody was not let in, and why: once in an hour for each reason and network, with a count.
async fn note_refused(
    app: &AppState,
    provider: &SsoProvider,
    cause: &SsoError,
    seen: Circumstances,
) -> Result<(), PageError> {
    let Some(code) = cause.code() else { return Ok(()) };
    let company = provider.company_id;
    let actor = Actor::Visitor { seen };
    let noted =
        app.db.write(move |conn| counted::count(conn, &company, &actor, Action::PersonSsoRefused, code));
    noted.await?;
    Ok(())
}
