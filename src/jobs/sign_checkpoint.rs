//! Signs once a day where a company's audit log ends, and sends that on.

use super::JobContext;
use super::job::{Job, JobError, JobResult, Needs, Next};
use crate::checkpoints::{self, CheckpointError};
use crate::db::{Conn, DbResult};
use crate::job_queue::{JobErrorCode, JobKind, JobRow};
use crate::people;
use crate::reasons::Reason;
use crate::time::Timestamp;
use serde::Deserialize;
use std::time::Duration;

/// From one to the next.
const A_DAY: Duration = Duration::from_secs(86_400);

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct SignCheckpoint {}

impl From<CheckpointError> for JobError {
    fn from(failure: CheckpointError) -> Self {
        match failure {
            CheckpointError::Db(failure) => failure.into(),
            // Tomorrow it is looked at again; what is wrong stands on the page until then.
            broken => Self::fail(JobErrorCode::AuditLog, Reason::Technical { detail: broken.to_string() }),
        }
    }
}

impl Job for SignCheckpoint {
    const KIND: JobKind = JobKind::SignCheckpoint;
    const NEEDS: Needs = Needs::Nothing;
    const ONE_PER: &'static str = "company";
    const TRIGGER: &'static str = "once a day";

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let id = row.company_id;
        let company = ctx.db.read(move |conn| people::company(conn, &id)).await?;
        let (kept, is_new) = checkpoints::make(&ctx.db, &ctx.sealer, id, &company.name).await?;
        if is_new {
            tracing::info!(company = %id, rows = kept.seq, hash = kept.hash, "a checkpoint of the audit log was signed");
            ctx.db.write(move |conn| checkpoints::send(conn, &kept)).await?;
        }
        Ok(Next::after(A_DAY))
    }

    fn gave_up(&self, _: &mut Conn, _: &JobRow, _: &Reason) -> DbResult<Option<Timestamp>> {
        Ok(Some(Timestamp::now().plus(A_DAY)))
    }
}
