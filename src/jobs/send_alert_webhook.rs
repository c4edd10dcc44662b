//! Posting alerts to the address that a company has named.

use super::JobContext;
use super::job::{Job, JobError, JobResult, Needs, Next, Retry};
use crate::alert_webhooks::{self, Answered};
use crate::db::{Conn, DbResult};
use crate::ids::AlertDeliveryId;
use crate::job_queue::{JobErrorCode, JobKind, JobRow};
use crate::reasons::Reason;
use crate::time::Timestamp;
use serde::Deserialize;

/// An alert is posted at once and then after these waits, in seconds, as Standard Webhooks proposes;
/// then it is given up.
const WAITS: [u64; 8] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000];

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct SendAlertWebhook {
    delivery: AlertDeliveryId,
}

impl Job for SendAlertWebhook {
    const KIND: JobKind = JobKind::SendAlertWebhook;
    const NEEDS: Needs = Needs::Nothing;
    const ONE_PER: &'static str = "alert that is posted";
    const TRIGGER: &'static str = "an alert begins or is over, and the company has an address for alerts";
    const RETRY: Retry = Retry::After(&WAITS);

    async fn run(&self, ctx: &JobContext, _: &JobRow) -> JobResult {
        let id = self.delivery;
        let found = ctx.db.read(move |conn| {
            let Some(delivery) = alert_webhooks::delivery(conn, &id)? else { return Ok(None) };
            let webhook = alert_webhooks::of_delivery(conn, &delivery)?;
            Ok(Some((delivery, webhook)))
        });
        let Some((delivery, webhook)) = found.await? else { return Ok(Next::Done) };
        let answered = match webhook {
            None => Answered { status: None, words: Reason::AddressRemoved, duration_ms: 0 },
            Some(webhook) => match alert_webhooks::secrets(&webhook, &ctx.sealer)
                .and_then(|secrets| Ok((alert_webhooks::address(&webhook, &ctx.sealer)?, secrets)))
            {
                Ok((url, secrets)) => ctx.alerts.send(&url, &secrets, &delivery).await,
                Err(failure) => Answered {
                    status: None,
                    words: Reason::Technical { detail: failure.to_string() },
                    duration_ms: 0,
                },
            },
        };
        let kept = answered.clone();
        ctx.db
            .write(move |conn| {
                alert_webhooks::tried(conn, &delivery, &kept, false)?;
                if kept.is_gone() {
                    alert_webhooks::turn_off(conn, &delivery.company_id, &Reason::ReceiverGone)
                } else {
                    Ok(())
                }
            })
            .await?;
        if answered.is_taken() || answered.is_gone() {
            return Ok(Next::Done);
        }
        Err(JobError::retry(JobErrorCode::Receiver, Reason::AlertNotTaken { detail: answered.sentence() }))
    }

    fn gave_up(&self, conn: &mut Conn, _: &JobRow, _: &Reason) -> DbResult<Option<Timestamp>> {
        alert_webhooks::give_up(conn, &self.delivery)?;
        Ok(None)
    }
}
