//! Who may come in. A handler names the guard it needs; without it, it is not called.

use super::layout::{Flash, FlashKind, Layout, Section, see_other};
use super::ops::is_head;
use super::{PageError, PageResult, circumstances, csrf, session};
use crate::audit::{Actor, Circumstances};
use crate::db::{Conn, Db, DbResult};
use crate::ids::{CompanyId, IntegrationId, UserId};
use crate::monitoring::verdict::{self, Judged};
use crate::people::{self, AccessPolicy, Company, User};
use crate::state::AppState;
use crate::time::Timestamp;
use actix_session::{Session, SessionExt as _};
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpRequest, web};
use std::future::{Future, Ready, ready};
use std::ops::Deref;
use std::pin::Pin;
use url::{Position, Url};

pub(super) type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, PageError>>>>;

/// Anyone, signed in or not.
pub struct Visitor {
    pub session: Session,
    /// Came with HEAD.
    is_head: bool,
    seen: Circumstances,
}

impl Visitor {
    /// The frame of a page for someone who is not signed in.
    pub fn layout(&self, title: &str) -> Result<Layout, PageError> {
        let flash = take_flash(&self.session, self.is_head);
        Layout::new(title, Section::None, csrf::token(&self.session)?, flash, None)
    }

    /// Says something on the next page that this visitor sees.
    pub fn flash(&self, kind: FlashKind, text: impl Into<String>) {
        put_flash(&self.session, kind, text);
    }

    /// Whether the session is somebody's who logged in.
    pub fn is_signed_in(&self) -> bool {
        self.session.get::<UserId>(session::USER).ok().flatten().is_some()
    }

    /// Begins a session of this name ([`session::fresh_name`]) for this person. The key is a new one: a key that was
    /// planted before (session fixation) opens nothing.
    pub fn sign_in(&self, user: &User, name: &str) -> Result<(), PageError> {
        self.session.clear();
        self.session.renew();
        self.session.insert(session::NAME, name).map_err(PageError::internal)?;
        self.session.insert(session::USER, user.id).map_err(PageError::internal)?;
        self.session.insert(session::PASSWORD, people::password_mark(user)).map_err(PageError::internal)?;
        self.session.insert(session::BEGUN, Timestamp::now().0).map_err(PageError::internal)?;
        self.session.insert(session::NETWORK, &self.seen.network).map_err(PageError::internal)?;
        self.session.insert(session::BROWSER, &self.seen.browser).map_err(PageError::internal)?;
        // Now, so that no page that is only looked at writes it.
        csrf::token(&self.session).map(|_| ())
    }
}

impl FromRequest for Visitor {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self {
            session: req.get_session(),
            is_head: is_head(req),
            seen: circumstances::of_request(req),
        }))
    }
}

/// A person of a company. Every query of a page takes the company from here.
pub struct SignedIn {
    pub user: User,
    pub company: Company,
    pub session: Session,
    /// What their company says of sessions.
    pub access: AccessPolicy,
    /// This log-in, as it is kept.
    pub logged_in: people::Session,
    /// The second factors that they have.
    pub factors: people::Factors,
    /// Their session began at the company's own provider.
    pub is_outside: bool,
    /// The path and the query that they asked for.
    pub address: String,
    /// Came with HEAD.
    is_head: bool,
    /// From where they came, for what is written down.
    pub seen: Circumstances,
    /// How the company's integrations are doing: for the frame of every page and for the pages that say so, so that
    /// no two places of one answer differ.
    pub integrations: Vec<Judged>,
}

impl SignedIn {
    pub fn company_id(&self) -> &CompanyId {
        &self.company.id
    }

    /// Whether their company asks for a second factor, and they have none though the time for it is over. A company's own
    /// provider asks for as many as the company wants.
    pub fn owes_factor(&self) -> bool {
        let due = self.access.factor_due(self.user.role);
        !self.factors.any() && !self.is_outside && due.is_some_and(|from| from <= Timestamp::now())
    }

    /// For the audit log.
    pub fn actor(&self) -> Actor {
        Actor::User { id: self.user.id, email: self.user.email.clone(), seen: self.seen.clone() }
    }

    /// The frame of a page for this person.
    pub fn layout(&self, title: &str, section: Section) -> Result<Layout, PageError> {
        self.layout_with(title, section, &self.integrations)
    }

    /// The same, after something changed: with how the integrations are doing now.
    pub fn layout_with(
        &self,
        title: &str,
        section: Section,
        integrations: &[Judged],
    ) -> Result<Layout, PageError> {
        let who = Some((self.user.clone(), self.company.clone()));
        let flash = take_flash(&self.session, self.is_head);
        let layout = Layout::new(title, section, csrf::token(&self.session)?, flash, who)?;
        Ok(layout.with_verdicts(integrations))
    }

    /// How an integration of the company is doing.
    ///
    /// # Errors
    /// When the company has none with this id.
    pub fn judged(&self, id: &IntegrationId) -> Result<&Judged, PageError> {
        self.integrations.iter().find(|judged| judged.integration.id == *id).ok_or(PageError::NotFound)
    }

    /// The frame for a part of a page that is fetched by script: messages wait for the next page.
    pub fn part_layout(&self, section: Section) -> Result<Layout, PageError> {
        let who = Some((self.user.clone(), self.company.clone()));
        Ok(Layout::new("", section, csrf::token(&self.session)?, None, who)?
            .with_verdicts(&self.integrations))
    }

    /// Takes out of the session what is shown once; not for HEAD, which shows nothing.
    pub fn take_from_session<T: serde::de::DeserializeOwned>(&self, key: &str) -> Option<T> {
        if self.is_head { None } else { take_out(&self.session, key) }
    }

    /// Says something on the next page that this person sees.
    pub fn flash(&self, kind: FlashKind, text: impl Into<String>) {
        put_flash(&self.session, kind, text);
    }

    /// Leads to a page that says whether saving changed anything.
    pub fn saved(&self, changed: bool, page: &str) -> PageResult {
        self.flash(FlashKind::Good, if changed { "Saved." } else { "No changes to save." });
        Ok(see_other(page))
    }

    /// Gives this session another key: one that somebody copied opens nothing any more. Its row says that the person has
    /// shown now that it is them.
    ///
    /// # Errors
    /// When the session was ended while the request was under way: it stays ended.
    pub async fn renew(&self, db: &Db) -> Result<(), PageError> {
        let (user, name, held) = (self.user.id, self.logged_in.name.clone(), session::fresh_hold());
        let row = held.clone();
        if !db.write(move |conn| people::hold_session(conn, &user, &name, &row)).await? {
            return Err(PageError::SignedOut(self.address.clone()));
        }
        self.session.insert(session::HELD, held).map_err(PageError::internal)?;
        self.session.remove(session::PROVED);
        self.session.renew();
        Ok(())
    }

    async fn from_session(req: HttpRequest) -> Result<Self, PageError> {
        Ok(Self::with(req, |_, _| Ok(())).await?.0)
    }

    /// The person, and what else the same reading of the database brings.
    pub(super) async fn with<R: Send + 'static>(
        req: HttpRequest,
        load: impl FnOnce(&mut Conn, &CompanyId) -> DbResult<R> + Send + 'static,
    ) -> Result<(Self, R), PageError> {
        let session = req.get_session();
        let signed_out = || {
            if req.method() != Method::GET {
                let lost = "Your session ended, so nothing was saved. Log in and try again.";
                put_flash(&session, FlashKind::Attention, lost);
            }
            PageError::SignedOut(way_back(&req))
        };
        let id: UserId = session.get(session::USER).ok().flatten().ok_or_else(signed_out)?;
        let name: String = session.get(session::NAME).ok().flatten().ok_or_else(signed_out)?;
        let app = req.app_data::<web::Data<AppState>>().expect("every route has the app");
        let found = app
            .db
            .read(move |conn| {
                let Some((user, logged_in, factors)) = people::open_session(conn, &id, &name)? else {
                    return Ok(None);
                };
                let (company, access) = people::company_and_access(conn, &user.company_id)?;
                let more = load(conn, &company.id)?;
                let integrations = verdict::of_company(conn, &company.id)?;
                Ok(Some((user, logged_in, factors, company, access, integrations, more)))
            })
            .await?;
        let (user, logged_in, factors, company, access, integrations, more) = found.ok_or_else(signed_out)?;
        let (now, seen) = (Timestamp::now(), circumstances::of_request(&req));
        if logged_in.ends(&access) <= now {
            // The row goes with its key; what is said next is a visitor's.
            session.clear();
            session.renew();
            return Err(signed_out());
        }
        // A page that asks by itself keeps no session alive; from where it is asked is noted all the same.
        let is_in_use = !req.headers().contains_key(BY_SCRIPT) || *req.method() != Method::GET;
        let is_noted = is_in_use && now.since(logged_in.seen_at) >= access.noted_every();
        let is_elsewhere = logged_in.network != seen.network || logged_in.browser != seen.browser;
        if is_noted || is_elsewhere {
            let session = people::Session {
                seen_at: if is_noted { now } else { logged_in.seen_at },
                ..logged_in.clone()
            };
            let (access, seen) = (access.clone(), seen.clone());
            app.db.write(move |conn| people::note_use(conn, &id, &session, &access, &seen)).await?;
        }
        let address = here(&req);
        let is_head = is_head(&req);
        let is_outside = session.get::<session::Outside>(session::OUTSIDE).ok().flatten().is_some();
        let person = Self {
            user,
            company,
            access,
            logged_in,
            factors,
            is_outside,
            address,
            seen,
            session,
            is_head,
            integrations,
        };
        let is_open = OPEN_WITHOUT_FACTOR.iter().any(|path| req.path().starts_with(path));
        if person.owes_factor() && !is_open {
            return Err(PageError::FactorNeeded(way_back(&req)));
        }
        Ok((person, more))
    }
}

/// Who may come in, of those who are signed in.
pub trait Guard: Sized + 'static {
    /// Lets the person in.
    ///
    /// # Errors
    /// Says who may.
    fn admit(person: SignedIn) -> Result<Self, PageError>;
}

impl Guard for SignedIn {
    fn admit(person: SignedIn) -> Result<Self, PageError> {
        Ok(person)
    }
}

impl FromRequest for SignedIn {
    type Error = PageError;
    type Future = Extracting<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(Self::from_session(req.clone()))
    }
}

macro_rules! guards {
    ($($(#[$doc:meta])* $name:ident: $may:ident, $who:literal;)*) => {$(
        $(#[$doc])*
        pub struct $name(SignedIn);

        impl Deref for $name {
            type Target = SignedIn;

            fn deref(&self) -> &SignedIn {
                &self.0
            }
        }

        impl FromRequest for $name {
            type Error = PageError;
            type Future = Extracting<Self>;

            fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
                let req = req.clone();
                Box::pin(async move { Self::admit(SignedIn::from_session(req).await?) })
            }
        }

        impl Guard for $name {
            fn admit(person: SignedIn) -> Result<Self, PageError> {
                if person.user.role.$may() { Ok(Self(person)) } else { Err(PageError::Forbidden($who)) }
            }
        }
    )*};
}

guards! {
    /// Someone who may change integrations, company and team.
    Admin: may_configure, "Only admins can change this.";
    /// Someone who may work with candidates.
    Colleague: may_act, "Auditors have read-only access.";
    /// Someone who may see the logs.
    Auditing: may_audit, "Only admins and auditors can see the logs.";
}

/// What somebody reaches who has no second factor though their company asks for it.
const OPEN_WITHOUT_FACTOR: [&str; 4] =
    ["/account/second-factor", "/account/passkeys", "/account/confirm", "/logout"];

/// A page that is open asks in the background, and says so: nobody is there for that.
const BY_SCRIPT: &str = "x-by-script";

fn here(req: &HttpRequest) -> String {
    req.uri().path_and_query().map_or("/".into(), ToString::to_string)
}

/// Where to go on after a log-in: to the page, or to the page of the form that was sent.
fn way_back(req: &HttpRequest) -> String {
    if req.method() == Method::GET {
        return here(req);
    }
    // Browsers name the page of a form; what is no page of ours is not found there.
    let form = req.headers().get(header::REFERER).and_then(|page| Url::parse(page.to_str().ok()?).ok());
    form.map_or_else(|| here(req), |page| page[Position::BeforePath..Position::AfterQuery].to_owned())
}

const FLASH: &str = "flash";

pub(super) fn put_flash(session: &Session, kind: FlashKind, text: impl Into<String>) {
    let flash = Flash { kind, text: text.into() };
    if let Err(failure) = session.insert(FLASH, &flash) {
        tracing::warn!(%failure, "a message for the next page is lost");
    }
}

/// Takes something out of a session. Taking out what is not there would mark the session as changed, and
/// each page would write.
fn take_out<T: serde::de::DeserializeOwned>(session: &Session, key: &str) -> Option<T> {
    let there = session.get(key).ok()??;
    session.remove(key);
    Some(there)
}

/// The message for this page; one that is asked for with HEAD leaves it to the next.
fn take_flash(session: &Session, is_head: bool) -> Option<Flash> {
    if is_head { None } else { take_out(session, FLASH) }
}
