//! Begins the reconciliation by schedule.

use super::JobContext;
use super::job::{Job, JobResult, Needs, Next, integration_of};
use crate::db::{Conn, DbResult};
use crate::integrations::oauth::permissions;
use crate::integrations::store as integration_store;
use crate::job_queue::{JobKind, JobRow};
use crate::reasons::Reason;
use crate::reconciliation::{self, RunCause};
use crate::time::Timestamp;
use serde::Deserialize;

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct PlanReconciliation {}

impl Job for PlanReconciliation {
    const KIND: JobKind = JobKind::PlanReconciliation;
    const NEEDS: Needs = Needs::Active;
    const ONE_PER: &'static str = "integration";
    const TRIGGER: &'static str = "every hour";

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let id = integration_of(row)?;
        ctx.db
            .write(move |conn| {
                let integration = integration_store::get(conn, &id)?;
                // One that is under way is what is wanted here. Without the permissions it would be in vain; once
                // they are granted, one is asked for.
                if reconciliation::current(conn, &id)?.is_none()
                    && permissions::lacks(&integration, &permissions::TO_DECIDE).is_none()
                {
                    reconciliation::request_run(conn, &integration, RunCause::Schedule, None)?;
                }
                Ok(())
            })
            .await?;
        Ok(Next::At(reconciliation::next_time()))
    }

    fn gave_up(&self, _: &mut Conn, _: &JobRow, _: &Reason) -> DbResult<Option<Timestamp>> {
        Ok(Some(reconciliation::next_time()))
    }
}
