//! Reads all postings of an integration, for their tags.

use super::JobContext;
use super::job::{Job, JobError, JobResult, Needs, Next, integration_of};
use crate::db::{Conn, DbResult};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::schedule::nightly::{self, Chore, ChoreKind};
use crate::integrations::schedule::unreadable::Unreadable;
use crate::job_queue::{JobErrorCode, JobKind, JobRow};
use crate::postings;
use crate::reasons::Reason;
use crate::time::Timestamp;
use lever_client::{Error, Posting, PostingId};
use serde::Deserialize;

/// Postings that were not listed and are asked for one by one.
const ASKED: i64 = 100;

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct ReadPostings {}

impl Job for ReadPostings {
    const KIND: JobKind = JobKind::ReadPostings;
    const NEEDS: Needs = Needs::Active;
    const ONE_PER: &'static str = "integration";
    const TRIGGER: &'static str =
        "every night, ten minutes after an integration was connected, and on Read now";

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let id = integration_of(row)?;
        let chore = ctx.db.read(move |conn| nightly::of_integration(conn, &id, ChoreKind::Postings)).await?;
        let Some(chore) = chore else { return Ok(Next::Done) };
        let asked = ctx.connections.call(&id, |api| {
            let page = chore.page.clone();
            async move {
                let mut pages = api.postings(None);
                if let Some(page) = page {
                    pages = pages.resume_at(page);
                }
                Ok(pages.next().await?.unwrap_or_default())
            }
        });
        let page = match asked.await {
            Err(CallError::Lever(Error::Forbidden { .. })) => {
                return Err(JobError::fail(JobErrorCode::Lever, Reason::PostingsNotListed));
            }
            page => page?,
        };
        let began = chore.began_at.unwrap_or_else(Timestamp::now);
        let left_out = Unreadable::of_page(page.skipped_count, page.skipped.into_iter().map(|row| row.id));
        let chore = chore.with_unreadable(page.skipped_count, &left_out);
        let (items, counted): (Vec<Posting>, _) = (page.items, chore.clone());
        let keep = move |conn: &mut Conn| {
            nightly::keep_unreadable(conn, &counted)?;
            items.iter().try_for_each(|posting| postings::save(conn, &id, posting))
        };
        ctx.db.write(keep).await?;
        match page.next {
            Some(next) => {
                ctx.db.write(move |conn| nightly::advance(conn, &chore, began, &next)).await?;
                Ok(Next::more())
            }
            None => ended(ctx, chore, began).await,
        }
    }

    fn gave_up(&self, conn: &mut Conn, row: &JobRow, why: &Reason) -> DbResult<Option<Timestamp>> {
        nightly::gave_up(conn, row.integration_id.as_ref(), ChoreKind::Postings, why)
    }
}

/// Nothing more is listed. A posting with a tag of Alva's that is not listed any more may have become
/// confidential, which is worth telling; so each is asked for.
async fn ended(ctx: &JobContext, chore: Chore, began: Timestamp) -> JobResult {
    let id = chore.integration_id;
    let unseen = ctx.db.read(move |conn| postings::unseen_with_tags(conn, &id, began, ASKED)).await?;
    for posting in unseen {
        let asked = ctx.connections.call(&id, |api| {
            let id = PostingId::from(posting.clone());
            async move { api.posting(&id).await }
        });
        match asked.await {
            Ok(there) => ctx.db.write(move |conn| postings::save(conn, &id, &there)).await?,
            Err(CallError::Lever(Error::Forbidden { .. })) => {
                ctx.db.write(move |conn| postings::keep_hidden(conn, &id, &posting, &[])).await?;
            }
            Err(CallError::Lever(Error::NotFound { .. })) => {}
            Err(cause) => return Err(cause.into()),
        }
    }
    let next = ctx.db.write(move |conn| {
        // A row that could not be read may be any of those that were not seen.
        if chore.unreadable == 0 {
            postings::remove_unseen(conn, &id, began)?;
        }
        nightly::done(conn, &id, ChoreKind::Postings, &Reason::None)?;
        nightly::next_night(conn, &id)
    });
    Ok(Next::At(next.await?))
}
