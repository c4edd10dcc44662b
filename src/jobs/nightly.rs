//! What is done for an account every night: its postings are read, the whole test is made, the days are
//! counted that have ended, and candidates whom Lever does not know any more are found.

use super::JobContext;
use crate::completeness;
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::IntegrationId;
use crate::integrations::alerts::{self, AlertKind};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::schedule::nightly;
use crate::integrations::schedule::nightly::{Chore, ChoreKind};
use crate::integrations::{Integration, State, lever_webhooks, store as integration_store};
use crate::jobs::event::fetch::Unavailable;
use crate::jobs::event::{ATTEMPTS, wait_before};
use crate::monitoring::check;
use crate::monitoring::check::Report;
use crate::people;
use crate::postings;
use crate::time::Timestamp;
use lever_client::{Error, Page, Posting, PostingId};
use std::time::Duration;

/// A test that failed is made once more before anybody is told: Lever may have been away for a minute.
const SURE_AFTER: i32 = 2;

/// When it is made once more.
const ONCE_MORE: Duration = Duration::from_secs(10 * 60);

/// As long as it fails, it is made this often, so that its end is told in good time.
const WHILE_FAILING: Duration = Duration::from_secs(3600);

/// Postings that were not listed and are asked for one by one.
const ASKED: i64 = 100;

/// What people read when Lever does not list postings.
const NO_POSTINGS: &str = "Lever does not let the portal read postings.";

pub(in crate::jobs) async fn step(ctx: &JobContext, chore: Chore) -> Result<(), DbError> {
    match chore.kind {
        ChoreKind::Postings => sweep(ctx, chore).await,
        ChoreKind::Heartbeat => heartbeat(ctx, chore).await,
        ChoreKind::Unseen => crate::jobs::find_unknown_candidates::step(ctx, chore).await,
        ChoreKind::Completeness => {
            ctx.db
                .write(move |conn| {
                    let (integration, next) = of(conn, &chore.integration_id)?;
                    completeness::ask_ended(conn, &integration)?;
                    nightly::done(conn, &chore, next, "")
                })
                .await
        }
    }
}

/// The account, and when its chores are due next.
pub(in crate::jobs) fn of(conn: &mut Conn, id: &IntegrationId) -> DbResult<(Integration, Timestamp)> {
    let integration = integration_store::get(conn, id)?;
    let zone = people::company(conn, &integration.company_id)?.zone();
    let next = nightly::tonight(&zone, Timestamp::now(), id);
    Ok((integration, next))
}

/// Reads the next page of the account's postings.
async fn sweep(ctx: &JobContext, chore: Chore) -> Result<(), DbError> {
    let asked = ctx.connections.call(&chore.integration_id, |api| {
        let page = chore.page.clone();
        async move {
            let mut pages = api.postings(None);
            if let Some(page) = page {
                pages = pages.resume_at(page);
            }
            let empty = Page::default();
            Ok(pages.next().await?.unwrap_or(empty))
        }
    });
    let page = match asked.await {
        Ok(page) => page,
        Err(CallError::Lever(Error::Forbidden { .. })) => return give_up(ctx, chore, NO_POSTINGS).await,
        Err(cause) => return broken(ctx, chore, cause).await,
    };
    let began = chore.began_at.unwrap_or_else(Timestamp::now);
    let id = chore.integration_id;
    let items: Vec<Posting> = page.items;
    ctx.db
        .write(move |conn| {
            for posting in &items {
                postings::save(conn, &id, posting)?;
            }
            Ok(())
        })
        .await?;
    match page.next {
        Some(next) => ctx.db.write(move |conn| nightly::advance(conn, &chore, began, &next)).await,
        None => ended(ctx, chore, began).await,
    }
}

/// Nothing more is listed. A posting with a tag of Alva's that is not listed any more may have become
/// confidential, which is worth telling; so each is asked for.
async fn ended(ctx: &JobContext, chore: Chore, began: Timestamp) -> Result<(), DbError> {
    let id = chore.integration_id;
    let unseen = ctx.db.read(move |conn| postings::unseen_with_tags(conn, &id, began, ASKED)).await?;
    for posting in unseen {
        let asked = ctx.connections.call(&chore.integration_id, |api| {
            let id = PostingId::from(posting.clone());
            async move { api.posting(&id).await }
        });
        let answer = asked.await;
        let id = chore.integration_id;
        match answer {
            Ok(there) => ctx.db.write(move |conn| postings::save(conn, &id, &there)).await?,
            Err(CallError::Lever(Error::Forbidden { .. })) => {
                ctx.db.write(move |conn| postings::keep_hidden(conn, &id, &posting, &[])).await?;
            }
            Err(CallError::Lever(Error::NotFound { .. })) => {}
            Err(cause) => return broken(ctx, chore, cause).await,
        }
    }
    ctx.db
        .write(move |conn| {
            postings::remove_unseen(conn, &chore.integration_id, began)?;
            let (_, next) = of(conn, &chore.integration_id)?;
            nightly::done(conn, &chore, next, "")
        })
        .await
}

/// Puts the chore back, or gives it up until the next night.
pub(in crate::jobs) async fn broken(ctx: &JobContext, chore: Chore, cause: CallError) -> Result<(), DbError> {
    let words = cause.to_string();
    match Unavailable::from(cause) {
        Unavailable::Later { after, .. } if chore.attempts + 1 < ATTEMPTS => {
            let wait = after.unwrap_or_default().max(wait_before(chore.attempts + 1));
            let until = Timestamp::now().plus(wait);
            ctx.db.write(move |conn| nightly::later(conn, &chore, until)).await
        }
        _ => give_up(ctx, chore, &words).await,
    }
}

pub(in crate::jobs) async fn give_up(ctx: &JobContext, chore: Chore, why: &str) -> Result<(), DbError> {
    tracing::warn!(integration = %chore.integration_id, chore = %chore.kind, why, "a nightly chore was given up");
    let why = why.to_owned();
    ctx.db
        .write(move |conn| {
            let (_, next) = of(conn, &chore.integration_id)?;
            nightly::done(conn, &chore, next, &why)
        })
        .await
}

/// **Test it**, by schedule.
async fn heartbeat(ctx: &JobContext, chore: Chore) -> Result<(), DbError> {
    let id = chore.integration_id;
    let integration = ctx.db.read(move |conn| integration_store::get(conn, &id)).await?;
    let mut url = ctx.base_url.clone();
    url.set_path(&integration.webhook_path());
    if let Err(cause) = lever_webhooks::complete(&ctx.connections, &chore.integration_id, url.as_str()).await
    {
        tracing::info!(integration = %chore.integration_id, %cause, "the webhook for archived candidates was not made");
    }
    let report = check::check(&ctx.connections, &chore.integration_id, url.as_str()).await?;
    ctx.db.write(move |conn| note(conn, &chore, &report)).await
}

/// Keeps what the test found, and tells of it once it is sure, and once it is over.
fn note(conn: &mut Conn, chore: &Chore, report: &Report) -> DbResult<()> {
    let (integration, next) = of(conn, &chore.integration_id)?;
    dialect::lock_company(conn, &integration.company_id)?;
    let integration = integration_store::get(conn, &integration.id)?;
    check::save_report(conn, &integration.id, report)?;
    let now = Timestamp::now();
    match report.broken() {
        // Lost access is told by an alert of its own.
        _ if integration.state != State::Active => nightly::done(conn, chore, next, ""),
        None => {
            alerts::recover(conn, &integration, AlertKind::CheckFailing)?;
            nightly::done(conn, chore, next, "")
        }
        Some(_) if chore.attempts + 1 < SURE_AFTER => nightly::later(conn, chore, now.plus(ONCE_MORE)),
        Some(point) => {
            alerts::begin(conn, &integration, AlertKind::CheckFailing, now)?;
            let words = format!("{}: {}", point.what, point.words);
            nightly::done(conn, chore, now.plus(WHILE_FAILING), &words)
        }
    }
}
