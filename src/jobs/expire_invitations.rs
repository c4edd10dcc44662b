//! Ends the invitations of an integration that nobody began in time.

use super::JobContext;
use super::job::{Job, JobResult, Needs, Next, integration_of};
use crate::db::{Conn, DbResult};
use crate::invitations::lifecycle;
use crate::job_queue::{JobKind, JobRow};
use crate::reasons::Reason;
use crate::time::Timestamp;
use serde::Deserialize;
use std::time::Duration;

/// When it is tried anew after it was given up.
const ANEW: Duration = Duration::from_secs(3600);

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct ExpireInvitations {}

impl Job for ExpireInvitations {
    const KIND: JobKind = JobKind::ExpireInvitations;
    const NEEDS: Needs = Needs::Nothing;
    const ONE_PER: &'static str = "integration";
    const TRIGGER: &'static str = "an invitation's time to begin is over";

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let id = integration_of(row)?;
        ctx.db.write(move |conn| lifecycle::expire(conn, &id, Timestamp::now())).await?;
        // What is left over asks for it again.
        Ok(Next::Done)
    }

    fn gave_up(&self, _: &mut Conn, _: &JobRow, _: &Reason) -> DbResult<Option<Timestamp>> {
        Ok(Some(Timestamp::now().plus(ANEW)))
    }
}
