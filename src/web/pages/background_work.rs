//! `/settings/background-work`: what waits, since when, what failed and why.

use crate::audit;
use crate::db::keyset::Page;
use crate::i18n::portal;
use crate::ids::JobId;
use crate::integrations::State;
use crate::job_queue::view::{self, Listed, Which};
use crate::job_queue::{JobRow, JobState};
use crate::jobs::registry;
use crate::state::AppState;
use crate::web::{
    Admin, Auditing, FlashKind, Form, Layout, NoFields, PageError, PageResult, Params, Section, render,
    see_other,
};
use actix_web::web::{self, Data, Path};
use askama::Template;
use serde_json::json;

const PATH: &str = "/settings/background-work";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope(PATH)
            .route("", web::get().to(list))
            .route("/{id}/run", web::post().to(run_now))
            .default_service(web::to(super::nothing_here)),
    );
}

/// What a kind of work is called.
fn label(kind: &str) -> String {
    portal().name("job", kind)
}

/// Why an attempt failed, for people; beside it stands what was said.
fn reason(code: &str) -> String {
    let id = format!("job-error-{code}");
    portal().message(if portal().has(&id) { &id } else { "job-error" }, &[])
}

/// A line of the list.
struct Line {
    row: JobRow,
    integration: Option<(String, State)>,
}

impl Line {
    fn label(&self) -> String {
        label(&self.row.kind)
    }

    /// When it runs, in one line.
    fn trigger(&self) -> &'static str {
        let entry = registry::REGISTRY.iter().find(|entry| entry.kind.as_str() == self.row.kind);
        entry.map_or("", |entry| entry.trigger)
    }

    fn reason(&self) -> Option<String> {
        (!self.row.error_code.is_empty()).then(|| reason(&self.row.error_code))
    }

    fn is_failed(&self) -> bool {
        self.row.state == JobState::Failed
    }

    /// The stylesheet's word, and words.
    fn verdict(&self) -> (&'static str, &'static str) {
        let is_disconnected = matches!(self.integration, Some((_, State::Disconnected)));
        match self.row.state {
            JobState::Failed => ("failed", "failed"),
            JobState::Running => ("waiting", "running"),
            JobState::Waiting if is_disconnected => ("neutral", "integration disconnected"),
            JobState::Waiting if self.reason().is_some() => ("attention", "will be retried"),
            JobState::Waiting => ("waiting", "waiting"),
        }
    }
}

#[derive(Template)]
#[template(path = "background_work.html")]
struct ListPage {
    layout: Layout,
    which: Which,
    /// How many each list has.
    counts: [(Which, i64); 3],
    lines: Vec<Line>,
    newer: Option<String>,
    older: Option<String>,
}

impl ListPage {
    fn tab(&self, which: &Which) -> &'static str {
        match which {
            Which::Failed => "Failed",
            Which::Retrying => "Trying again",
            Which::Waiting => "All waiting",
        }
    }

    /// Work that was asked for at once has no time of its own.
    fn due<'l>(&self, line: &'l Line) -> Option<&'l crate::time::Timestamp> {
        Some(&line.row.next_attempt_at).filter(|at| at.0 > 0 && !line.is_failed())
    }
}

async fn list(app: Data<AppState>, who: Auditing, params: Params) -> PageResult {
    let params = params.only(&["show"]);
    let company = *who.company_id();
    let asked = params.get("show").and_then(Which::parse);
    let cursor = params.cursor(JobId::parse);
    let (which, counts, page): (Which, [(Which, i64); 3], Page<Listed>) = app
        .db
        .read(move |conn| {
            let mut counts = [(Which::Failed, 0), (Which::Retrying, 0), (Which::Waiting, 0)];
            for (which, count) in &mut counts {
                *count = view::count(conn, &company, *which)?;
            }
            // What needs a person comes first.
            let first =
                counts.iter().find(|(_, count)| *count > 0).map_or(Which::Waiting, |(which, _)| *which);
            let which = asked.unwrap_or(first);
            Ok((which, counts, view::list(conn, &company, which, cursor.as_ref())?))
        })
        .await?;
    let link = |name: &str, row: &Listed| format!("{PATH}?show={which}&{name}={}", row.0.id);
    let newer = page.rows.first().filter(|_| page.newer).map(|row| link("after", row));
    let older = page.rows.last().filter(|_| page.older).map(|row| link("before", row));
    let lines = page.rows.into_iter().map(|(row, integration)| Line { row, integration }).collect();
    let layout = who.layout("Background work", Section::BackgroundWork)?;
    render(&ListPage { layout, which, counts, lines, newer, older })
}

/// Runs a job as soon as there is room.
async fn run_now(app: Data<AppState>, who: Admin, path: Path<String>, _form: Form<NoFields>) -> PageResult {
    let id = JobId::parse(&path).ok_or(PageError::NotFound)?;
    let (company, actor) = (*who.company_id(), who.actor());
    let asked = app
        .db
        .write(move |conn| {
            let Some(row) = view::by_id(conn, &company, &id)? else { return Ok(None) };
            if !view::run_now(conn, &company, &id)? {
                return Ok(Some((row, false)));
            }
            let detail = json!({"kind": row.kind, "key": row.key});
            audit::record(
                conn,
                &company,
                &actor,
                audit::Action::BackgroundWorkRun,
                audit::Subject::BackgroundWork.as_str(),
                &detail,
            )?;
            Ok(Some((row, true)))
        })
        .await?;
    match asked {
        Some((row, true)) => {
            app.work.notify_one();
            who.flash(FlashKind::Good, format!("Running now: {}.", label(&row.kind)));
        }
        Some((row, false)) => {
            who.flash(FlashKind::Attention, format!("Already running: {}.", label(&row.kind)));
        }
        None => who.flash(FlashKind::Good, "This work is already done."),
    }
    Ok(see_other(PATH))
}
