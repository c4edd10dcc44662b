//! **Sync now**, and what reconciliations found.

use super::page_of;
use crate::audit;
use crate::db::{Conn, DbResult};
use crate::ids::{CompanyId, IntegrationId, ReconciliationId};
use crate::integrations::{Integration, State, lifecycle, store};
use crate::reconciliation;
use crate::reconciliation::report;
use crate::reconciliation::report::Finding;
use crate::reconciliation::{Run, RunCause};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::labels::{self, Label};
use crate::web::{
    Admin, FlashKind, Form, Found, InCompany, Layout, NoFields, PageResult, Params, Section, SignedIn,
    path_id, render, see_other,
};
use actix_web::dev::{Path, Url};
use actix_web::web::Data;
use askama::Template;
use serde_json::json;

/// Asks for a run, which the worker begins at once.
pub(super) async fn sync(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    _form: Form<NoFields>,
) -> PageResult {
    let (company, id, actor, user) = (*who.company_id(), integration.id, who.actor(), who.user.id);
    let run = app
        .db
        .write(move |conn| {
            let integration = store::get(conn, &id)?;
            if integration.state != State::Active {
                return Ok(None);
            }
            let run = reconciliation::request_run(conn, &integration, RunCause::Sync, Some(&user))?;
            let subject = lifecycle::subject(&integration);
            audit::record(
                conn,
                &company,
                &actor,
                audit::Action::IntegrationSyncAsked,
                &subject,
                &json!({"run": run.id}),
            )?;
            Ok(Some(run.id))
        })
        .await?;
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
    Found(who, integration): Found<SignedIn, Integration>,
    params: Params,
) -> PageResult {
    let (company, id) = (*who.company_id(), integration.id);
    let before = params.get("before").and_then(ReconciliationId::parse);
    let (mut runs, next, is_retried) = app
        .db
        .read(move |conn| {
            let runs = report::runs(conn, &company, &id, before.as_ref())?;
            Ok((runs, reconciliation::next_planned(conn, &id)?, reconciliation::is_retried(conn, &id)?))
        })
        .await?;
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

/// A run, and the address of the person who asked for it.
type AskedRun = (Run, Option<String>);

impl InCompany for (Integration, AskedRun) {
    type Key = (IntegrationId, ReconciliationId);

    fn key(path: &Path<Url>) -> Option<Self::Key> {
        Some((Integration::key(path)?, path_id(path, "run", ReconciliationId::parse)?))
    }

    fn load(conn: &mut Conn, company: &CompanyId, (id, run): &Self::Key) -> DbResult<Option<Self>> {
        let Some(integration) = store::by_id(conn, company, id)? else { return Ok(None) };
        Ok(report::run(conn, company, id, run)?.map(|run| (integration, run)))
    }
}

pub(super) async fn run_detail(
    app: Data<AppState>,
    Found(who, (integration, (run, asked_by))): Found<SignedIn, (Integration, AskedRun)>,
) -> PageResult {
    let (id, looked_up) = (integration.id, run.clone());
    let (findings, is_retried) = app
        .db
        .read(move |conn| Ok((report::findings(conn, &looked_up)?, reconciliation::is_retried(conn, &id)?)))
        .await?;
    let layout = who.layout("Reconciliation", Section::Integrations)?;
    render(&OnePage { layout, integration, run, is_retried, asked_by, findings })
}
