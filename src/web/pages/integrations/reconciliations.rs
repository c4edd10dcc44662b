//! **Sync now**, and what reconciliations found.

use super::{id_in, page_of};
use crate::audit;
use crate::ids::ReconciliationId;
use crate::integrations::{Integration, State, lifecycle, store};
use crate::reconciliation;
use crate::reconciliation::report;
use crate::reconciliation::report::Finding;
use crate::reconciliation::{Run, RunCause};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::labels::{self, Label};
use crate::web::{
    Admin, FlashKind, Form, Layout, PageError, PageResult, Params, Section, SignedIn, render, see_other,
};
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Asks for a run, which the worker begins at once.
pub(super) async fn sync(
    app: Data<AppState>,
    who: Admin,
    path: Path<String>,
    _form: Form<Nothing>,
) -> PageResult {
    let (company, id) = (*who.company_id(), id_in(&path)?);
    let (wanted, actor, user) = (id, who.actor(), who.user.id);
    let run = app
        .db
        .write(move |conn| {
            let Some(integration) = store::by_id(conn, &company, &wanted)? else { return Ok(None) };
            if integration.state != State::Active {
                return Ok(Some(None));
            }
            let run = reconciliation::request_run(conn, &integration, RunCause::Sync, Some(&user))?;
            let subject = lifecycle::subject(&integration);
            audit::record(
                conn,
                &company,
                &actor,
                "integration.sync_asked",
                &subject,
                &json!({"run": run.id}),
            )?;
            Ok(Some(Some(run.id)))
        })
        .await?
        .ok_or(PageError::NotFound)?;
    let Some(run) = run else {
        who.flash(FlashKind::Failed, "The integration is not active, so there is nothing to compare yet.");
        return Ok(see_other(&page_of(&id)));
    };
    app.work.notify_one();
    Ok(see_other(&format!("{}/reconciliations/{run}", page_of(&id))))
}

#[derive(Template)]
#[template(path = "integrations/reconciliations.html")]
struct ListPage {
    layout: Layout,
    integration: Integration,
    runs: Vec<Run>,
    /// When the next one is planned.
    next: Option<Timestamp>,
    /// The next page of the one that runs could not be read, and is tried again.
    is_retried: bool,
    older: Option<String>,
}

impl ListPage {
    fn may_sync(&self) -> bool {
        self.layout.may_configure() && self.integration.state == State::Active
    }
}

pub(super) async fn list(
    app: Data<AppState>,
    who: SignedIn,
    path: Path<String>,
    params: Params,
) -> PageResult {
    let (company, id) = (*who.company_id(), id_in(&path)?);
    let before = params.get("before").and_then(ReconciliationId::parse);
    let (integration, mut runs, next, is_retried) = app
        .db
        .read(move |conn| {
            let Some(integration) = store::by_id(conn, &company, &id)? else { return Ok(None) };
            let runs = report::runs(conn, &company, &id, before.as_ref())?;
            Ok(Some((
                integration,
                runs,
                reconciliation::next_planned(conn, &id)?,
                reconciliation::is_retried(conn, &id)?,
            )))
        })
        .await?
        .ok_or(PageError::NotFound)?;
    let is_more = runs.len() > report::PAGE as usize;
    runs.truncate(report::PAGE as usize);
    let older = runs.last().filter(|_| is_more);
    let older = older.map(|run| format!("{}/reconciliations?before={}", page_of(&integration.id), run.id));
    let layout = who.layout("Reconciliations", Section::Integrations)?;
    let next = next.filter(|_| integration.state == State::Active);
    render(&ListPage { layout, integration, runs, next, is_retried, older })
}

#[derive(Template)]
#[template(path = "integrations/reconciliation.html")]
struct OnePage {
    layout: Layout,
    integration: Integration,
    run: Run,
    /// Its next page could not be read, and is tried again.
    is_retried: bool,
    asked_by: Option<String>,
    findings: Vec<Finding>,
}

impl OnePage {
    fn verdict(&self, finding: &Finding) -> Label {
        labels::event(finding.state, finding.outcome)
    }
}

pub(super) async fn run_detail(
    app: Data<AppState>,
    who: SignedIn,
    path: Path<(String, String)>,
) -> PageResult {
    let (company, id) = (*who.company_id(), id_in(&path.0)?);
    let run = ReconciliationId::parse(&path.1).ok_or(PageError::NotFound)?;
    let (integration, (run, asked_by), findings, is_retried) = app
        .db
        .read(move |conn| {
            let Some(integration) = store::by_id(conn, &company, &id)? else { return Ok(None) };
            let Some(found) = report::run(conn, &company, &id, &run)? else { return Ok(None) };
            let findings = report::findings(conn, &found.0)?;
            let is_retried = reconciliation::is_retried(conn, &id)?;
            Ok(Some((integration, found, findings, is_retried)))
        })
        .await?
        .ok_or(PageError::NotFound)?;
    let layout = who.layout("Reconciliation", Section::Integrations)?;
    render(&OnePage { layout, integration, run, is_retried, asked_by, findings })
}
