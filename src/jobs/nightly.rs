//! What is done for an account every night: its postings are read, the whole test is made, the days are
//! counted that have ended, and candidates whom Lever does not know any more are found.

use super::Tools;
use crate::completeness;
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::IntegrationId;
use crate::integrations::alerts::{self, AlertKind};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::schedule::nightly;
use crate::integrations::schedule::nightly::{Chore, ChoreKind};
use crate::integrations::{Integration, State, lever_webhooks, store as accounts};
use crate::jobs::event::fetch::Blind;
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

pub(in crate::jobs) async fn step(tools: &Tools, chore: Chore) -> Result<(), DbError> {
    match chore.kind {
        ChoreKind::Postings => sweep(tools, chore).await,
        ChoreKind::Heartbeat => heartbeat(tools, chore).await,
        ChoreKind::Unseen => crate::jobs::find_unknown_candidates::step(tools, chore).await,
        ChoreKind::Completeness => {
            tools
                .db
                .write(move |conn| {
                    let (account, next) = of(conn, &chore.integration_id)?;
                    completeness::ask_ended(conn, &account)?;
                    nightly::done(conn, &chore, next, "")
                })
                .await
        }
    }
}

/// The account, and when its chores are due next.
pub(in crate::jobs) fn of(conn: &mut Conn, id: &IntegrationId) -> DbResult<(Integration, Timestamp)> {
    let account = accounts::get(conn, id)?;
    let zone = people::company(conn, &account.company_id)?.zone();
    let next = nightly::tonight(&zone, Timestamp::now(), id);
    Ok((account, next))
}

/// Reads the next page of the account's postings.
async fn sweep(tools: &Tools, chore: Chore) -> Result<(), DbError> {
    let asked = tools.connections.call(&chore.integration_id, |api| {
        let page = chore.page.clone();
        async move {
            let mut pages = api.postings(None);
            if let Some(page) = page {
                pages = pages.resume_at(page);
            }
            let empty = Page { items: Vec::new(), next: None, restarted: false };
            Ok(pages.next().await?.unwrap_or(empty))
        }
    });
    let page = match asked.await {
        Ok(page) => page,
        Err(CallError::Lever(Error::Forbidden { .. })) => return give_up(tools, chore, NO_POSTINGS).await,
        Err(cause) => return broken(tools, chore, cause).await,
    };
    let began = chore.began_at.unwrap_or_else(Timestamp::now);
    let id = chore.integration_id.clone();
    let items: Vec<Posting> = page.items;
    tools
        .db
        .write(move |conn| {
            for posting in &items {
                postings::save(conn, &id, posting)?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
    match page.next {
        Some(next) => tools.db.write(move |conn| nightly::advance(conn, &chore, began, &next)).await,
        None => ended(tools, chore, began).await,
    }
}

/// Nothing more is listed. A posting with a tag of Alva's that is not listed any more may have become
/// confidential, which is worth telling; so each is asked for.
async fn ended(tools: &Tools, chore: Chore, began: Timestamp) -> Result<(), DbError> {
    let id = chore.integration_id.clone();
    let unseen = tools.db.read(move |conn| postings::unseen_with_tags(conn, &id, began, ASKED)).await?;
    for posting in unseen {
        let asked = tools.connections.call(&chore.integration_id, |api| {
            let id = PostingId::from(posting.clone());
            async move { api.posting(&id).await }
        });
        let answer = asked.await;
        let id = chore.integration_id.clone();
        match answer {
            Ok(there) => tools.db.write(move |conn| postings::save(conn, &id, &there)).await?,
            Err(CallError::Lever(Error::Forbidden { .. })) => {
                tools.db.write(move |conn| postings::keep_hidden(conn, &id, &posting, &[])).await?;
            }
            Err(CallError::Lever(Error::NotFound { .. })) => {}
            Err(cause) => return broken(tools, chore, cause).await,
        }
    }
    tools
        .db
        .write(move |conn| {
            postings::remove_unseen(conn, &chore.integration_id, began)?;
            let (_, next) = of(conn, &chore.integration_id)?;
            nightly::done(conn, &chore, next, "")
        })
        .await
}

/// Puts the chore back, or gives it up until the next night.
pub(in crate::jobs) async fn broken(tools: &Tools, chore: Chore, cause: CallError) -> Result<(), DbError> {
    let words = cause.to_string();
    match Blind::from(cause) {
        Blind::Later { after, .. } if chore.attempts + 1 < ATTEMPTS => {
            let wait = after.unwrap_or_default().max(wait_before(chore.attempts + 1));
            let until = Timestamp::now().plus(wait);
            tools.db.write(move |conn| nightly::later(conn, &chore, until)).await
        }
        _ => give_up(tools, chore, &words).await,
    }
}

pub(in crate::jobs) async fn give_up(tools: &Tools, chore: Chore, why: &str) -> Result<(), DbError> {
    tracing::warn!(integration = %chore.integration_id, chore = %chore.kind, why, "a nightly chore was given up");
    let why = why.to_owned();
    tools
        .db
        .write(move |conn| {
            let (_, next) = of(conn, &chore.integration_id)?;
            nightly::done(conn, &chore, next, &why)
        })
        .await
}

/// **Test it**, by schedule.
async fn heartbeat(tools: &Tools, chore: Chore) -> Result<(), DbError> {
    let id = chore.integration_id.clone();
    let account = tools.db.read(move |conn| accounts::get(conn, &id)).await?;
    let mut url = tools.base_url.clone();
    url.set_path(&account.webhook_path());
    if let Err(cause) =
        lever_webhooks::complete(&tools.connections, &chore.integration_id, url.as_str()).await
    {
        tracing::info!(integration = %chore.integration_id, %cause, "the webhook for archived candidates was not made");
    }
    let report = check::check(&tools.connections, &chore.integration_id, url.as_str()).await?;
    tools.db.write(move |conn| note(conn, &chore, &report)).await
}

/// Keeps what the test found, and tells of it once it is sure, and once it is over.
fn note(conn: &mut Conn, chore: &Chore, report: &Report) -> DbResult<()> {
    let (account, next) = of(conn, &chore.integration_id)?;
    dialect::lock_company(conn, &account.company_id)?;
    let account = accounts::get(conn, &account.id)?;
    check::save_report(conn, &account.id, report)?;
    let now = Timestamp::now();
    match report.broken() {
        // Lost access is told by an alert of its own.
        _ if account.state != State::Active => nightly::done(conn, chore, next, ""),
        None => {
            alerts::recover(conn, &account, AlertKind::CheckFailing)?;
            nightly::done(conn, chore, next, "")
        }
        Some(_) if chore.attempts + 1 < SURE_AFTER => nightly::later(conn, chore, now.plus(ONCE_MORE)),
        Some(point) => {
            alerts::begin(conn, &account, AlertKind::CheckFailing, now)?;
            let words = format!("{}: {}", point.what, point.words);
            nightly::done(conn, chore, now.plus(WHILE_FAILING), &words)
        }
    }
}
