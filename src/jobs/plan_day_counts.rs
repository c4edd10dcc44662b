//! Asks for the days of an integration to be counted that have ended.

use super::JobContext;
use super::job::{Job, JobResult, Needs, Next, integration_of};
use crate::completeness;
use crate::db::{Conn, DbResult};
use crate::integrations::schedule::nightly::{self, ChoreKind};
use crate::integrations::store as integration_store;
use crate::job_queue::{JobKind, JobRow};
use crate::reasons::Reason;
use crate::time::Timestamp;
use serde::Deserialize;

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct PlanDayCounts {}

impl Job for PlanDayCounts {
    const KIND: JobKind = JobKind::PlanDayCounts;
    const NEEDS: Needs = Needs::Active;
    const ONE_PER: &'static str = "integration";
    const TRIGGER: &'static str = "every night";

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let id = integration_of(row)?;
        let next = ctx.db.write(move |conn| {
            let integration = integration_store::get(conn, &id)?;
            completeness::ask_ended(conn, &integration)?;
            nightly::done(conn, &id, ChoreKind::Completeness, &Reason::None)?;
            nightly::next_night(conn, &id)
        });
        Ok(Next::At(next.await?))
    }

    fn gave_up(&self, conn: &mut Conn, row: &JobRow, why: &Reason) -> DbResult<Option<Timestamp>> {
        nightly::gave_up(conn, row.integration_id.as_ref(), ChoreKind::Completeness, why)
    }
}
