//! Goes on verifying the deliveries that were kept, where the request that saved a token left off: its process ended,
//! or the database was away.

use super::JobContext;
use super::job::{Job, JobResult, Needs, Next, integration_of};
use crate::db::{Conn, DbResult};
use crate::integrations::signing::catch_up;
use crate::job_queue::{JobKind, JobRow};
use crate::reasons::Reason;
use crate::time::Timestamp;
use serde::Deserialize;
use std::time::Duration;

/// When it is tried anew after it was given up.
const ANEW: Duration = Duration::from_secs(3600);

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct VerifyKeptDeliveries {}

impl Job for VerifyKeptDeliveries {
    const KIND: JobKind = JobKind::VerifyKeptDeliveries;
    const NEEDS: Needs = Needs::Nothing;
    const ONE_PER: &'static str = "integration";
    const TRIGGER: &'static str =
        "a signing token was saved, and deliveries kept before are not verified by it";
    const BEFORE_EVENTS: bool = true;

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let (id, sealer) = (integration_of(row)?, ctx.sealer.clone());
        let is_more = ctx.db.write(move |conn| catch_up::batch(conn, &sealer, &id)).await?.is_some();
        Ok(if is_more { Next::more() } else { Next::Done })
    }

    fn gave_up(&self, _: &mut Conn, _: &JobRow, _: &Reason) -> DbResult<Option<Timestamp>> {
        Ok(Some(Timestamp::now().plus(ANEW)))
    }
}
