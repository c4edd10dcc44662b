//! Removes the portal's webhooks from Lever and gives its access up, where Lever did not answer when an integration was
//! disconnected.

use super::JobContext;
use super::job::{Job, JobResult, Needs, Next, Retry, integration_of};
use crate::integrations::oauth::disconnect::{self, Leftover};
use crate::job_queue::{JobKind, JobRow};
use serde::Deserialize;

/// Waits between attempts, in seconds: an access token is good for an hour.
const WAITS: [u64; 4] = [180, 600, 900, 1500];

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct EndAccess {
    #[serde(flatten)]
    left: Leftover,
}

impl Job for EndAccess {
    const KIND: JobKind = JobKind::EndAccess;
    const NEEDS: Needs = Needs::Nothing;
    const ONE_PER: &'static str = "integration";
    const TRIGGER: &'static str = "an integration was disconnected while Lever did not answer";
    const RETRY: Retry = Retry::After(&WAITS);

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let is_last = usize::try_from(row.attempts).is_ok_and(|failed| failed >= WAITS.len());
        disconnect::finish(&ctx.connections, &integration_of(row)?, &self.left, is_last).await?;
        Ok(Next::Done)
    }
}
