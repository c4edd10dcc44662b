//! The frame around every page, and how a page becomes an answer.

use super::{PageError, assets, labels};
use crate::monitoring::verdict::{Fix, For, Judged, VerdictState};
use crate::people::{Company, User};
use crate::time::Timestamp;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// The place in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// None: log-in, set-up, the candidate's pages.
    None,
    /// The first page.
    Overview,
    /// Integrations.
    Integrations,
    /// The event log.
    Events,
    /// Candidates and invitations.
    Candidates,
    /// The audit log.
    Audit,
    /// The company's settings.
    Company,
    /// What candidates are mailed.
    Mail,
    /// People and roles.
    Team,
    /// What postings ask of candidates.
    Profiles,
    /// What the portal does in the background.
    BackgroundWork,
    /// The person's own account.
    Account,
    /// The help.
    Help,
}

/// How a message looks: always with a word and a shape beside the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FlashKind {
    /// It worked.
    Good,
    /// It worked, but something wants a look.
    Attention,
    /// It did not work.
    Failed,
}

/// A message for the next page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flash {
    /// How it looks.
    pub kind: FlashKind,
    /// What it says.
    pub text: String,
}

impl Flash {
    /// The stylesheet's word for its kind.
    pub fn class(&self) -> &'static str {
        match self.kind {
            FlashKind::Good => "good",
            FlashKind::Attention => "attention",
            FlashKind::Failed => "failed",
        }
    }
}

/// What `base.html` needs.
pub struct Layout {
    /// The page's one title.
    pub title: String,
    /// Where one is.
    pub section: Section,
    /// For the hidden field of every form of this page.
    pub csrf: String,
    /// A message from the page before.
    pub flash: Option<Flash>,
    /// Who is signed in, and their company.
    pub who: Option<(User, Company)>,
    /// The time at which the page was made.
    pub now: Timestamp,
    /// How the company's integrations are doing, the worst of them: the state and its label.
    standing: Option<(VerdictState, String)>,
    /// From where the frame refreshes what it says of that; none on a page of which nothing else changes either.
    pub live_standing: Option<String>,
    zone: TimeZone,
}

impl Layout {
    pub(super) fn new(
        title: &str,
        section: Section,
        csrf: String,
        flash: Option<Flash>,
        who: Option<(User, Company)>,
    ) -> Result<Self, PageError> {
        let zone = who.as_ref().map_or(TimeZone::UTC, |(_, company)| company.zone());
        Ok(Self {
            title: title.to_owned(),
            section,
            csrf,
            flash,
            who,
            now: Timestamp::now(),
            standing: None,
            live_standing: None,
            zone,
        })
    }

    /// The same, with how the company's integrations are doing.
    pub(super) fn with_verdicts(self, judged: &[Judged]) -> Self {
        let worst = judged.iter().map(|one| &one.verdict).max_by_key(|verdict| verdict.state.weight());
        Self { standing: worst.map(|verdict| (verdict.state, verdict.label.clone())), ..self }
    }

    /// What the navigation says beside **Integrations**: the stylesheet's word and the label, when somebody is needed.
    pub fn trouble(&self) -> Option<(&'static str, &str)> {
        let (state, label) = self.standing.as_ref()?;
        state.is_trouble().then_some((labels::verdict(state), label.as_str()))
    }

    /// The title of the window: with what needs somebody in front.
    pub fn window_title(&self) -> String {
        match self.trouble() {
            Some((_, label)) => format!("{label} · {}", self.title),
            None => self.title.clone(),
        }
    }

    /// The icon of the window: its shape and colour say how the integrations are doing.
    pub fn icon(&self) -> &'static str {
        assets::icon(self.standing.as_ref().map_or("neutral", |(state, _)| labels::verdict(state)))
    }

    /// Whether the person can use what puts something right.
    pub fn may_use(&self, fix: &Fix) -> bool {
        match fix.who {
            For::Everybody => true,
            For::Admins => self.may_configure(),
            For::Auditing => self.may_audit(),
        }
    }

    /// Which version of the portal this is.
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    pub fn css(&self) -> &'static str {
        assets::css_path()
    }

    pub fn desk_js(&self) -> &'static str {
        assets::desk_path()
    }

    pub fn passkeys_js(&self) -> &'static str {
        assets::passkeys_path()
    }

    pub fn js(&self) -> &'static str {
        assets::js_path()
    }

    /// Whether this place in the navigation is the current one.
    pub fn at(&self, section: Section) -> bool {
        self.section == section
    }

    /// `2 min ago`.
    pub fn ago(&self, time: &Timestamp) -> String {
        time.relative_to(self.now)
    }

    /// Exact, with the zone.
    pub fn exact(&self, time: &Timestamp) -> String {
        time.exact_in(&self.zone)
    }

    /// Hours, minutes, seconds.
    pub fn clock(&self, time: &Timestamp) -> String {
        time.clock_in(&self.zone)
    }

    /// The date, as `2026-11-23`.
    pub fn day(&self, time: &Timestamp) -> String {
        time.date_in(&self.zone)
    }

    /// Hours and minutes; on another day with the day.
    pub fn minute(&self, time: &Timestamp) -> String {
        time.minute_in(&self.zone, self.now)
    }

    /// Day and minute, with the zone: for people who plan by it.
    pub fn to_minute(&self, time: &Timestamp) -> String {
        time.to_minute_in(&self.zone)
    }

    /// The zone in which times are shown.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether the person may change settings: decides which buttons a page shows.
    pub fn may_configure(&self) -> bool {
        self.who.as_ref().is_some_and(|(user, _)| user.role.may_configure())
    }

    /// Whether the person may work with candidates.
    pub fn may_act(&self) -> bool {
        self.who.as_ref().is_some_and(|(user, _)| user.role.may_act())
    }

    /// Whether the person may see the logs.
    pub fn may_audit(&self) -> bool {
        self.who.as_ref().is_some_and(|(user, _)| user.role.may_audit())
    }
}

/// A page, with 200.
pub fn render(page: &impl Template) -> Result<HttpResponse, PageError> {
    render_with(StatusCode::OK, page)
}

/// A page, with another status: 422 for a form that is given back.
pub fn render_with(status: StatusCode, page: &impl Template) -> Result<HttpResponse, PageError> {
    let html = page.render().map_err(PageError::internal)?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
}

/// To another page, after a form was taken: 303, so that reloading sends nothing twice.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}
