//! **Test it**, by schedule.

use super::JobContext;
use super::job::{Job, JobError, JobResult, Needs, Next, integration_of};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::IntegrationId;
use crate::integrations::alerts::{self, AlertKind};
use crate::integrations::schedule::nightly::{self, ChoreKind};
use crate::integrations::{State, lever_webhooks, store as integration_store};
use crate::job_queue::{JobErrorCode, JobKind, JobRow};
use crate::monitoring::check;
use crate::monitoring::check::Report;
use crate::reasons::Reason;
use crate::time::Timestamp;
use serde::Deserialize;
use std::time::Duration;

/// A test that failed is made once more before anybody is told: Lever may have been away for a minute.
const SURE_AFTER: i32 = 2;

/// When it is made once more.
const ONCE_MORE: Duration = Duration::from_secs(10 * 60);

/// As long as it fails, it is made this often, so that its end is told in good time.
const WHILE_FAILING: Duration = Duration::from_secs(3600);

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct TestIntegration {}

impl Job for TestIntegration {
    const KIND: JobKind = JobKind::TestIntegration;
    const NEEDS: Needs = Needs::Active;
    const ONE_PER: &'static str = "integration";
    const TRIGGER: &'static str = "every night, and every hour while it finds something";

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let id = integration_of(row)?;
        let integration = ctx.db.read(move |conn| integration_store::get(conn, &id)).await?;
        let url = ctx.link(&integration.webhook_path());
        lever_webhooks::follow_address(&ctx.connections, &id, url.as_str()).await?;
        if let Err(cause) = lever_webhooks::complete(&ctx.connections, &id, url.as_str()).await {
            tracing::info!(integration = %id, %cause, "the webhook for archived candidates was not made");
        }
        let report = check::check(&ctx.connections, &id, url.as_str()).await?;
        let is_sure = row.attempts + 1 >= SURE_AFTER;
        match ctx.db.write(move |conn| note(conn, &id, &report, is_sure)).await? {
            Noted::Next(at) => Ok(Next::At(at)),
            Noted::NotSure(why) => Err(JobError::retry_after(JobErrorCode::Lever, why, ONCE_MORE)),
        }
    }

    fn gave_up(&self, conn: &mut Conn, row: &JobRow, why: &Reason) -> DbResult<Option<Timestamp>> {
        nightly::gave_up(conn, row.integration_id.as_ref(), ChoreKind::Heartbeat, why)
    }
}

/// What follows from a report.
enum Noted {
    /// It is made again then.
    Next(Timestamp),
    /// It found something, for the first time.
    NotSure(Reason),
}

/// Keeps what the test found, and tells of it once it is sure, and once it is over.
fn note(conn: &mut Conn, id: &IntegrationId, report: &Report, is_sure: bool) -> DbResult<Noted> {
    let company = integration_store::get(conn, id)?.company_id;
    dialect::lock_company(conn, &company)?;
    let integration = integration_store::get(conn, id)?;
    check::save_report(conn, id, report)?;
    let (now, next) = (Timestamp::now(), nightly::next_night(conn, id)?);
    // Lost access is told by an alert of its own.
    let broken = report.broken().filter(|_| integration.state == State::Active);
    let Some(point) = broken else {
        if integration.state == State::Active {
            alerts::recover(conn, &integration, AlertKind::CheckFailing)?;
        }
        nightly::done(conn, id, ChoreKind::Heartbeat, &Reason::None)?;
        return Ok(Noted::Next(next));
    };
    let found = point.reason();
    if !is_sure {
        return Ok(Noted::NotSure(found));
    }
    alerts::begin(conn, &integration, AlertKind::CheckFailing, now)?;
    nightly::done(conn, id, ChoreKind::Heartbeat, &found)?;
    Ok(Noted::Next(now.plus(WHILE_FAILING)))
}
