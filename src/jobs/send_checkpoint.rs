//! Sends a checkpoint to the auditors by mail, or to the company's address.

use super::job::{Job, JobError, JobResult, Needs, Next, Retry};
use super::{JobContext, notices};
use crate::alert_webhooks::Answered;
use crate::checkpoints::{self, Kept, Reader, Settings};
use crate::ids::CheckpointId;
use crate::job_queue::{JobErrorCode, JobKind, JobRow};
use crate::people::{self, Notice, User};
use crate::reasons::Reason;
use serde::Deserialize;

/// Which way.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Way {
    Mail,
    Post,
}

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct SendCheckpoint {
    checkpoint: CheckpointId,
    way: Way,
}

impl Job for SendCheckpoint {
    const KIND: JobKind = JobKind::SendCheckpoint;
    const NEEDS: Needs = Needs::Nothing;
    const ONE_PER: &'static str = "checkpoint, by mail or to the address";
    const TRIGGER: &'static str = "a checkpoint was signed, and the company mails or posts them";
    const RETRY: Retry = Retry::GROWING;

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let (company, id) = (row.company_id, self.checkpoint);
        let found = ctx.db.read(move |conn| {
            let kept = checkpoints::find(conn, &company, &id)?;
            kept.map(|kept| Ok((kept, checkpoints::settings(conn, &company)?))).transpose()
        });
        let Some((kept, settings)) = found.await? else { return Ok(Next::Done) };
        match self.way {
            Way::Mail => mail(ctx, kept, settings).await,
            Way::Post => post(ctx, kept, settings).await,
        }
    }
}

/// Each auditor once, also where a mail fails half-way.
async fn mail(ctx: &JobContext, kept: Kept, settings: Settings) -> JobResult {
    if !settings.does_mail() {
        return Ok(Next::Done);
    }
    let id = kept.company_id;
    let company = ctx.db.read(move |conn| people::company(conn, &id)).await?;
    let page = ctx.link("/audit/checkpoints");
    let message = |user: &User| {
        let to = Reader { email: &user.email, name: &user.name, called: user.called() };
        checkpoints::message(&to, &company.name, &company.zone(), &kept, &page)
    };
    notices::send(ctx, company.id, Notice::Checkpoint(kept.id), message).await?;
    Ok(Next::Done)
}

async fn post(ctx: &JobContext, kept: Kept, settings: Settings) -> JobResult {
    let url = checkpoints::address(&settings, &ctx.sealer).map_err(|failure| {
        JobError::fail(JobErrorCode::Receiver, Reason::Technical { detail: failure.to_string() })
    })?;
    let Some(url) = url else { return Ok(Next::Done) };
    let answered: Answered = ctx.alerts.post_text(&url, kept.note).await;
    if answered.is_taken() {
        return Ok(Next::Done);
    }
    Err(JobError::retry(JobErrorCode::Receiver, Reason::AlertNotTaken { detail: answered.sentence() }))
}
