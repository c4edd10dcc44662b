//! Notes that the signatures of an integration's deliveries began to fail, or match again.

use super::JobContext;
use super::job::{Job, JobResult, Needs, Next, integration_of};
use crate::db::{Conn, DbResult};
use crate::integrations::alerts;
use crate::integrations::lever_webhooks::beside;
use crate::job_queue::{JobKind, JobRow};
use crate::reasons::Reason;
use crate::time::Timestamp;
use serde::Deserialize;
use std::time::Duration;

/// When it is tried anew after it was given up.
const ANEW: Duration = Duration::from_secs(3600);

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct NoteSignatures {}

impl Job for NoteSignatures {
    const KIND: JobKind = JobKind::NoteSignatures;
    const NEEDS: Needs = Needs::Active;
    const ONE_PER: &'static str = "integration";
    const TRIGGER: &'static str = "signatures began to fail or match again, and no alert says so";

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let id = integration_of(row)?;
        // What it is about is asked once, when it begins; the check of access asks on.
        if let Err(cause) = beside::ask(&ctx.connections, &id).await {
            tracing::info!(integration = %id, %cause, "Lever does not say which webhooks there are");
        }
        ctx.db.write(move |conn| alerts::note_signatures(conn, &id)).await?;
        Ok(Next::Done)
    }

    fn gave_up(&self, _: &mut Conn, _: &JobRow, _: &Reason) -> DbResult<Option<Timestamp>> {
        Ok(Some(Timestamp::now().plus(ANEW)))
    }
}
