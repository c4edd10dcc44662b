//! `/candidates`: who was seen in Lever, who is invited, and how that goes.

mod asked;
mod compare;
pub(crate) mod email;
mod invite;
mod pdf;
mod retake;
mod review;
mod time;
mod verify;
pub(crate) mod why;

use crate::candidate_email::Languages;
use crate::candidates::view::{self, Acted, Beside, Full, Invited, Line, Selection};
use crate::candidates::waiting::Waiting;
use crate::db::{Conn, DbResult};
use crate::events;
use crate::events::view::{self as event_view, Line as EventLine};
use crate::export::is_visible;
use crate::ids::{CandidateId, CompanyId, InvitationId};
use crate::invitations::bulk_moves::view::{self as bulk_view, Summary};
use crate::invitations::candidates::Candidate;
use crate::invitations::{InvitationState, Tests, manual_email, reminders, withdrawal_marks};
use crate::report::{Report, fit_range, name, range};
use crate::state::AppState;
use crate::test_sessions::reuse;
use crate::test_sessions::reuse::Origin;
use crate::test_sessions::reviews::Review;
use crate::test_sessions::{builtin_provider, results, retake as retaking, reviews, verification};
use crate::time::Timestamp;
use crate::web::labels::{self, Label};
use crate::web::{
    Found, InCompany, Layout, PageResult, Params, Section, SignedIn, absent_is_none, path_id, render,
};
use actix_web::dev::{Path, Url};
use actix_web::web::{self, Data};
use askama::Template;
use asked::Asked;
use assessment::rolefit::Factor;

const LIST: &str = "/candidates";
/// The filters, by their names in the address.
pub(crate) const FIELDS: &[&str] = &["q", "state"];

/// In the address: those without any invitation.
pub(crate) const NOT_INVITED: &str = "none";

/// In the address: those about whom a colleague decides.
pub(crate) const WAITING: &str = "waiting";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/candidates", web::get().to(list));
    cfg.route("/candidates/compare", web::get().to(compare::compare));
    cfg.route("/candidates/resend", web::post().to(email::resend_ticked));
    cfg.route("/candidates/resend", web::get().to(super::nothing_here));
    cfg.route("/candidates/{id}", web::get().to(detail));
    cfg.route("/candidates/{id}/invite", web::post().to(invite::invite));
    cfg.route("/candidates/{id}/decline", web::post().to(invite::decline));
    cfg.route("/candidates/{id}/verify", web::post().to(verify::offer));
    cfg.route("/candidates/{id}/review", web::post().to(review::answered));
    cfg.route("/candidates/{id}/report.pdf", web::get().to(pdf::download));
    cfg.route("/candidates/{id}/retake", web::get().to(retake::confirm));
    cfg.route("/candidates/{id}/retake", web::post().to(retake::allow));
    cfg.route("/candidates/{id}/time", web::post().to(time::set));
    cfg.route("/candidates/{id}/resend", web::post().to(email::resend));
    cfg.route("/candidates/{id}/remind", web::post().to(email::remind));
    cfg.route("/candidates/{id}/cancel/{invitation}", web::get().to(email::ask_cancel));
    cfg.route("/candidates/{id}/cancel/{invitation}", web::post().to(email::cancel));
}

#[derive(Template)]
#[template(path = "candidates/list.html")]
struct ListPage {
    layout: Layout,
    /// Somebody is on the page whose invitation can be sent again.
    can_resend: bool,
    params: Params,
    rows: Vec<Shown>,
    /// Mass moves about which something can be done.
    bulk_moves: Vec<Summary>,
    /// Those about whom a colleague decides.
    waiting: Waiting,
    newer: Option<String>,
    older: Option<String>,
}

/// A value with the range of its true value.
type Ranged = Option<(u8, String)>;

/// A line of the list.
struct Shown {
    line: Line,
    stage: String,
    invitation: Option<(&'static str, String, Timestamp)>,
    /// For the box that picks it for resending: invitation and mailing.
    pick: Option<String>,
    /// Once all tests are done: role fit in percent, and logic.
    scores: Option<(Ranged, Ranged)>,
}

impl ListPage {
    fn states(&self) -> impl Iterator<Item = (&'static str, String)> {
        let named = |state: &InvitationState| (state.as_str(), labels::invitation(*state).1);
        let waiting = "waiting for a decision".to_owned();
        let others = [(NOT_INVITED, "not invited".to_owned()), (WAITING, waiting)];
        InvitationState::ALL.iter().map(named).chain(others)
    }
}

/// The list, newest first. A state that there is not is as good as none.
async fn list(app: Data<AppState>, who: SignedIn, params: Params) -> PageResult {
    let mut params = params.only(FIELDS);
    let invited = match params.get("state") {
        Some(NOT_INVITED) => Some(None),
        Some(word) => InvitationState::parse(word).map(Some),
        None => None,
    };
    let is_waiting = params.is("state", WAITING);
    if invited.is_none() && !is_waiting {
        params = params.only(&["q"]);
    }
    let selection = Selection { text: params.get("q").map(str::to_owned), invited, among: None };
    let (company, cursor) = (*who.company_id(), params.cursor(CandidateId::parse));
    let sealer = app.sealer.clone();
    let (page, beside, outcomes, bulk_moves, waiting) = app
        .db
        .read(move |conn| {
            let waiting = Waiting::load(conn, &company)?;
            let among = is_waiting.then(|| waiting.candidates());
            let selection = Selection { among, ..selection };
            let (page, beside) = view::page(conn, &company, &selection, cursor.as_ref())?;
            let ids: Vec<CandidateId> = page.rows.iter().map(|line| line.id).collect();
            let outcomes = results::of_candidates(conn, &sealer, &company, &ids)?;
            let bulk_moves = bulk_view::current(conn, &company, None, Timestamp::now())?;
            Ok((page, beside, outcomes, bulk_moves, waiting))
        })
        .await?;
    let rows: Vec<Shown> = page.rows.into_iter().map(|line| shown(line, &beside, &outcomes)).collect();
    let newer = rows.first().filter(|_| page.newer).map(|row| params.newer(LIST, &row.line.id));
    let older = rows.last().filter(|_| page.older).map(|row| params.older(LIST, &row.line.id));
    let layout = who.layout("Candidates", Section::Candidates)?;
    let can_resend = layout.may_act() && rows.iter().any(|row| row.pick.is_some());
    render(&ListPage { layout, can_resend, params, rows, bulk_moves, waiting, newer, older })
}

fn shown(line: Line, beside: &Beside, outcomes: &[results::Outcome]) -> Shown {
    let invitation = beside.invitations.get(&line.id).map(|(state, at)| {
        let (badge, words) = labels::invitation(*state);
        (badge, words, *at)
    });
    let key = line.stage_id.clone().map(|stage| (line.integration_id, stage));
    let stage = key.and_then(|key| beside.stages.get(&key).cloned().or(Some(key.1)));
    let scores = outcomes.iter().find(|outcome| outcome.candidate == line.id).map(|outcome| {
        let fit = outcome.fit.as_ref().map(|fit| (fit.percent, fit_range(fit)));
        let logic = outcome.result.logic.as_ref();
        (fit, logic.map(|logic| (logic.score.rounded(), range(logic.score))))
    });
    let state = beside.invitations.get(&line.id).map(|(state, _)| *state);
    let pick = state
        .filter(|state| manual_email::not_again(*state).is_none())
        .and_then(|_| beside.mailings.get(&line.id))
        .map(|(invitation, mailing)| format!("{invitation}.{mailing}"));
    Shown { stage: stage.unwrap_or_default(), invitation, pick, scores, line }
}

#[derive(Template)]
#[template(path = "candidates/one.html")]
struct OnePage {
    layout: Layout,
    full: Full,
    reports: Vec<Report>,
    /// Where results came from that were taken over.
    origins: Vec<Origin>,
    /// The person has results, in this job or another.
    has_results: bool,
    /// What a colleague is asked.
    asked: Asked,
    /// Of the tests that are under way here: how many are done, of how many.
    under_way: Vec<(InvitationId, (u8, u8))>,
    /// When the person withdrew after having seen a result, and whether the company is asked about it.
    withdrew: Option<(Timestamp, bool)>,
    /// Reviews of results that the candidate asked for.
    reviews: Vec<Review>,
    /// For those who may see the log.
    events: Option<Vec<EventLine>>,
}

impl OnePage {
    /// Whether the page shows its changes without being loaded again. One with results does not: each look at them is noted.
    fn changes(&self) -> bool {
        self.reports.is_empty()
    }

    /// The report of an invitation, once complete.
    fn report(&self, invitation: &Invited) -> Option<&Report> {
        self.reports.iter().find(|report| report.invitation == invitation.id)
    }

    /// Where the result of an invitation came from, when it was taken over.
    fn origin(&self, invitation: &Invited) -> Option<&Origin> {
        self.origins.iter().find(|origin| origin.invitation == invitation.id)
    }

    /// What the candidate asks about the result of a report.
    fn review(&self, report: &Report) -> Option<&Review> {
        self.reviews.iter().find(|review| review.invitation == report.invitation)
    }

    /// Whether a second logic test can be offered.
    fn can_verify(&self, report: &Report) -> bool {
        self.layout.may_act()
            && report.rows.first().is_some_and(|row| row.name == name(Factor::Logic))
            && report.second.is_none()
    }

    /// How far the tests of an invitation are: `1 of 2 tests`.
    fn done(&self, invitation: &Invited) -> Option<String> {
        let (_, (done, of)) = self.under_way.iter().find(|(id, _)| *id == invitation.id)?;
        Some(format!("{done} of {of} {}", if *of == 1 { "test" } else { "tests" }))
    }

    /// Whether the person may be allowed to take the tests again.
    fn can_retake(&self) -> bool {
        self.layout.may_act() && self.has_results && !self.full.invitations.is_empty()
    }

    /// Whether the tests of an invitation can still be given more time.
    fn can_have_time(&self, invitation: &Invited) -> bool {
        use InvitationState::{Opened, Pending, Sent};
        self.layout.may_act()
            && (invitation.tests.logic() || invitation.time_asked_at.is_some())
            && matches!(invitation.state, Pending | Sent | Opened)
    }

    /// What became of the candidate's question for more time; none where there is none, or it is answered.
    fn time_asked(&self, invitation: &Invited) -> Option<(Timestamp, &'static str)> {
        use InvitationState::{Completed, Opened, Pending, Sent, Started};
        let at = invitation.time_asked_at?;
        match invitation.state {
            Pending | Sent | Opened => Some((at, "waiting for an answer; saving a time emails it")),
            Started | Completed => Some((at, "started without waiting for an answer")),
            _ => None,
        }
    }

    fn may_invite(&self) -> bool {
        self.layout.may_act()
    }

    /// Whether there is an invitation for the posting that the candidate is in now.
    fn is_invited(&self) -> bool {
        let posting = self.full.candidate.posting_id.as_deref().unwrap_or_default();
        self.full.invitations.iter().any(|(invitation, _)| invitation.posting_id == posting)
    }

    fn can_resend(&self, invitation: &Invited) -> bool {
        self.layout.may_act() && manual_email::not_again(invitation.state).is_none()
    }

    fn can_remind(&self, invitation: &Invited) -> bool {
        self.layout.may_act() && reminders::REMINDED.contains(&invitation.state)
    }

    fn can_cancel(&self, invitation: &Invited) -> bool {
        self.layout.may_act() && InvitationState::OPEN.contains(&invitation.state)
    }

    /// A language's own name.
    fn language(&self, code: &str) -> &'static str {
        Languages::all().find(|(known, _)| *known == code).map_or("", |(_, name)| name)
    }

    fn times(&self) -> [(i32, &'static str); 5] {
        time::CHOICES
    }

    fn invitation(&self, state: InvitationState) -> Label {
        labels::invitation(state)
    }

    fn action(&self, action: &Acted) -> String {
        labels::action(action.kind)
    }

    /// Not so what waits for a permission: nobody knows when that is granted.
    fn is_planned_for_later(&self, action: &Acted) -> bool {
        action.next_attempt_at > self.layout.now && action.next_attempt_at != events::queue::PUT_BY
    }

    fn action_state(&self, action: &Acted) -> Label {
        labels::action_state(action.state)
    }

    fn event_label(&self, line: &EventLine) -> String {
        labels::event_title(line.state, &line.kind)
    }

    fn verdict(&self, line: &EventLine) -> Label {
        labels::event(line.state, line.outcome)
    }
}

impl InCompany for Candidate {
    type Key = CandidateId;

    fn key(path: &Path<Url>) -> Option<CandidateId> {
        path_id(path, "id", CandidateId::parse)
    }

    fn load(conn: &mut Conn, company: &CompanyId, id: &CandidateId) -> DbResult<Option<Self>> {
        absent_is_none(view::candidate(conn, company, id))
    }
}

impl InCompany for Full {
    type Key = CandidateId;

    fn key(path: &Path<Url>) -> Option<CandidateId> {
        Candidate::key(path)
    }

    fn load(conn: &mut Conn, company: &CompanyId, id: &CandidateId) -> DbResult<Option<Self>> {
        absent_is_none(view::full(conn, company, id))
    }
}

/// One candidate of the company.
async fn detail(app: Data<AppState>, Found(who, full): Found<SignedIn, Full>) -> PageResult {
    let (company, may_audit) = (*who.company_id(), who.user.role.may_audit());
    let sealer = app.sealer.clone();
    let (full, events, outcomes, origins, has_results, asked, under_way, (withdrew, reviews, verified)) = app
        .db
        .read(move |conn| {
            let candidate = &full.candidate;
            let id = candidate.id;
            let events = if may_audit {
                let (integration, opportunity) = (&candidate.integration_id, &candidate.opportunity_id);
                Some(event_view::of_opportunity(conn, &company, integration, opportunity)?)
            } else {
                None
            };
            let outcomes = results::of_candidates(conn, &sealer, &company, std::slice::from_ref(&id))?;
            let origins = reuse::origins(conn, &company, &id)?;
            let has_results = !retaking::with_results(conn, &full.candidate)?.is_empty();
            let asked = Asked::load(conn, &sealer, &full)?;
            let mut under_way = Vec::new();
            let begun = |invited: &&Invited| invited.state == InvitationState::Started;
            for invitation in full.invitations.iter().map(|(invited, _)| invited).filter(begun) {
                if let Some(done) = builtin_provider::under_way(conn, &sealer, &invitation.id)? {
                    under_way.push((invitation.id, done));
                }
            }
            let mark = withdrawal_marks::of_person(conn, &full.candidate)?;
            let withdrew = mark.map(|mark| (mark.withdrawn_at, mark.asks_about == Some(id)));
            let verified = verification::of_outcomes(conn, &sealer, outcomes.iter())?;
            let rights = (withdrew, reviews::of_candidate(conn, &sealer, &company, &id)?, verified);
            Ok((full, events, outcomes, origins, has_results, asked, under_way, rights))
        })
        .await?;
    let name = full.candidate.name.as_str();
    let title = if !is_visible(name) { "No name in Lever" } else { name };
    let layout = who.layout(title, Section::Candidates)?;
    let reports = outcomes.iter().map(|outcome| Report::of_outcome(outcome).beside(&verified)).collect();
    render(&OnePage {
        layout,
        full,
        reports,
        origins,
        has_results,
        asked,
        under_way,
        withdrew,
        reviews,
        events,
    })
}
