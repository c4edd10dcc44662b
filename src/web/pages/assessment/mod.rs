//! `/assessment/{code}`: the candidate's pages. The link is the key: no account, no log-in.
//!
//! All of a candidate's way stands under one address that shows what is next. Forms lead back to
//! it, so that reloading, the back button and a second tab all end at the same step.

mod agreement;
mod begin;
mod explain;
mod frame;
mod opened;
mod result;
mod rights;
mod statements;
mod task;
mod verify;
mod withdraw;

use crate::audit::{Action, Actor, Circumstances, counted};
use crate::ids::{CandidateId, CompanyId};
use crate::invitations::lifecycle;
use crate::people;
use crate::secrets::Code;
use crate::state::AppState;
use crate::test_sessions;
use crate::test_sessions::{CurrentStep, TestSessionError, more_time};
use crate::web::{PageError, PageResult, Visitor, render};
use actix_web::HttpRequest;
use actix_web::web::{self, Data, Path, Query};
use frame::{Frame, begin_in, sorry};
use serde::Deserialize;
use task::Clock;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    verify::routes(cfg);
    cfg.route("/assessment/{code}", web::get().to(page));
    cfg.route("/assessment/{code}/opened", web::post().to(opened::opened));
    cfg.route("/assessment/{code}/language", web::post().to(opened::language));
    cfg.route("/assessment/{code}/begin", web::post().to(begin::agree));
    cfg.route("/assessment/{code}/without-more-time", web::get().to(begin::without_more_time));
    cfg.route("/assessment/{code}/form", web::post().to(begin::form));
    cfg.route("/assessment/{code}/clock", web::post().to(begin::clock));
    cfg.route("/assessment/{code}/practice", web::post().to(explain::go_on));
    cfg.route("/assessment/{code}/answer", web::post().to(task::answer));
    cfg.route("/assessment/{code}/statements", web::post().to(statements::answer));
    cfg.route("/assessment/{code}/comment", web::post().to(result::comment));
    cfg.route("/assessment/{code}/more-time", web::post().to(rights::more_time));
    cfg.route("/assessment/{code}/review", web::post().to(rights::review));
    cfg.route("/assessment/{code}/groups", web::post().to(rights::groups));
    cfg.route("/assessment/{code}/result.pdf", web::get().to(result::pdf));
    cfg.route("/assessment/{code}/data.json", web::get().to(rights::data));
    cfg.route("/assessment/{code}/withdraw", web::get().to(withdraw::confirm));
    cfg.route("/assessment/{code}/withdraw", web::post().to(withdraw::withdraw));
}

#[derive(Deserialize)]
struct Asked {
    page: Option<usize>,
}

/// Shows what is next. Changes nothing: what scans mails asks for pages too.
async fn page(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    asked: Query<Asked>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let (held, engine, page) = (code.clone(), app.engine.clone(), asked.page);
    let hash = code.hash();
    let mailed_in = app.db.read(move |conn| lifecycle::language_of_link(conn, &hash)).await?;
    if let Some(language) = mailed_in.filter(|language| !language.is_empty()) {
        begin_in(&visitor, &req, &language)?;
    }
    app.engine.prepare().await;
    let shown = app.db.try_read(move |conn| {
        let access = test_sessions::peek(conn, &held)?;
        let now = test_sessions::look(conn, &engine, &access.invitation, page)?;
        let reuse_months = people::invitation_policy(conn, &access.company.id)?.reuse_months;
        let time_asked = more_time::open_request(conn, &access.invitation.id)?;
        Ok::<_, TestSessionError>((access, now, (reuse_months, time_asked)))
    });
    let (access, now, known) = match shown.await {
        Ok(shown) => shown,
        Err(failure) => return sorry(&visitor, &req, &code, failure),
    };
    let frame = Frame::new(&visitor, &req, &code, Some(&access.company))?;
    match now {
        CurrentStep::NotBegun => render(&begin::page(frame, &app, &access, known)),
        CurrentStep::Ready { limit_ms, of, pilots } => render(&begin::ready(frame, limit_ms, of, pilots)),
        CurrentStep::Paused { is_timed } => render(&begin::paused(frame, is_timed)),
        CurrentStep::Practice(task) => render(&task::page(frame, &task, Clock::Practice, None, false)),
        CurrentStep::Explained(explained) => render(&explain::page(frame, &explained)),
        CurrentStep::Task { task, left_ms, away } => {
            render(&task::page(frame, &task, Clock::with_left(left_ms), away, false))
        }
        CurrentStep::Statements { view, answered } => {
            render(&statements::page(frame, view, answered, false, access.invitation.tests))
        }
        CurrentStep::Done(finished) => render(&result::page(frame, &finished, &access.company)),
    }
}

fn path_of(code: &Code) -> String {
    let code: String = url::form_urlencoded::byte_serialize(code.expose().as_bytes()).collect();
    format!("/assessment/{code}")
}

/// Writes down that somebody who has a candidate's link took results along. The link itself is written nowhere. A row that
/// cannot be written is an error in the server's log, and keeps nobody from what is theirs.
async fn taken(app: &AppState, seen: Circumstances, company: CompanyId, candidate: CandidateId) {
    let (actor, subject) = (Actor::Visitor { seen }, format!("/candidates/{candidate}"));
    let count = app
        .db
        .write(move |conn| counted::count(conn, &company, &actor, Action::ResultsTakenByCandidate, &subject));
    if let Err(failure) = count.await {
        tracing::error!(%failure, "a download by a candidate could not be written down");
    }
}

/// A form, or back to the page that it came from with a word about why it was not taken.
type MaybeForm<T> = Result<crate::web::Form<T>, PageError>;
