//! `/candidates`: who was seen in Lever, who is invited, and how that goes.

use crate::app::App;
use crate::candidates;
use crate::candidates::view::{self, Acted, Beside, Full, Line, Selection};
use crate::db::DbError;
use crate::events;
use crate::events::view::{self as event_view, Line as EventLine};
use crate::ids::CandidateId;
use crate::invitations::InvitationState;
use crate::time::Timestamp;
use crate::web::{Layout, PageError, PageResult, Params, Section, SignedIn, render};
use actix_web::web::{self, Data, Path};
use askama::Template;

const LIST: &str = "/candidates";
const FIELDS: &[&str] = &["q", "state"];

/// In the address: those without any invitation.
const NOT_INVITED: &str = "none";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/candidates", web::get().to(list));
    cfg.route("/candidates/{id}", web::get().to(one));
}

#[derive(Template)]
#[template(path = "candidates/list.html")]
struct ListPage {
    layout: Layout,
    params: Params,
    rows: Vec<Shown>,
    newer: Option<String>,
    older: Option<String>,
}

/// A line of the list.
struct Shown {
    line: Line,
    stage: String,
    invitation: Option<(&'static str, &'static str, Timestamp)>,
}

impl ListPage {
    fn states(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let named = |state: &InvitationState| (state.as_str(), candidates::invitation(*state).1);
        InvitationState::ALL.iter().map(named).chain([(NOT_INVITED, "not invited")])
    }
}

/// The list, newest first. A state that there is not is as good as none.
async fn list(app: Data<App>, who: SignedIn, params: Params) -> PageResult {
    let mut params = params.only(FIELDS);
    let invited = match params.get("state") {
        Some(NOT_INVITED) => Some(None),
        Some(word) => InvitationState::parse(word).map(Some),
        None => None,
    };
    if invited.is_none() {
        params = params.only(&["q"]);
    }
    let selection = Selection { text: params.get("q").map(str::to_owned), invited };
    let (company, cursor) = (who.company_id().clone(), params.cursor(CandidateId::parse));
    let (page, beside) =
        app.db.read(move |conn| view::page(conn, &company, &selection, cursor.as_ref())).await?;
    let rows: Vec<Shown> = page.rows.into_iter().map(|line| shown(line, &beside)).collect();
    let newer = rows.first().filter(|_| page.newer).map(|row| params.newer(LIST, &row.line.id));
    let older = rows.last().filter(|_| page.older).map(|row| params.older(LIST, &row.line.id));
    let layout = who.layout("Candidates", Section::Candidates)?;
    render(&ListPage { layout, params, rows, newer, older })
}

fn shown(line: Line, beside: &Beside) -> Shown {
    let invitation = beside.invitations.get(&line.id).map(|(state, at)| {
        let (badge, words) = candidates::invitation(*state);
        (badge, words, *at)
    });
    let key = line.stage_id.clone().map(|stage| (line.integration_id.clone(), stage));
    let stage = key.and_then(|key| beside.stages.get(&key).cloned().or(Some(key.1)));
    Shown { stage: stage.unwrap_or_default(), invitation, line }
}

#[derive(Template)]
#[template(path = "candidates/one.html")]
struct OnePage {
    layout: Layout,
    full: Full,
    /// For those who may see the log.
    events: Option<Vec<EventLine>>,
}

impl OnePage {
    /// The page in Lever; nothing but a web address becomes a link.
    fn lever_url(&self) -> Option<&str> {
        let url = self.full.candidate.lever_url.as_str();
        (url.starts_with("https://") || url.starts_with("http://")).then_some(url)
    }

    fn invitation(&self, state: InvitationState) -> (&'static str, &'static str) {
        candidates::invitation(state)
    }

    fn action(&self, action: &Acted) -> &'static str {
        candidates::action(action.kind)
    }

    fn action_state(&self, action: &Acted) -> (&'static str, &'static str) {
        candidates::action_state(action.state)
    }

    fn event_label<'l>(&self, line: &'l EventLine) -> &'l str {
        events::title(line.state, &line.kind)
    }

    fn verdict(&self, line: &EventLine) -> (&'static str, String) {
        events::verdict(line.state, &line.outcome)
    }
}

/// One candidate of the company.
async fn one(app: Data<App>, who: SignedIn, id: Path<String>) -> PageResult {
    let id = CandidateId::parse(&id).ok_or(PageError::NotFound)?;
    let (company, may_audit) = (who.company_id().clone(), who.user.role.may_audit());
    let (full, events) = app
        .db
        .read(move |conn| {
            let full = view::full(conn, &company, &id)?;
            let candidate = &full.candidate;
            let events = if may_audit {
                let (account, opportunity) = (&candidate.integration_id, &candidate.opportunity_id);
                Some(event_view::of_opportunity(conn, &company, account, opportunity)?)
            } else {
                None
            };
            Ok::<_, DbError>((full, events))
        })
        .await?;
    let name = full.candidate.name.as_str();
    let title = if name.is_empty() { "No name in Lever" } else { name };
    let layout = who.layout(title, Section::Candidates)?;
    render(&OnePage { layout, full, events })
}
