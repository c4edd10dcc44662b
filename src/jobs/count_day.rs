//! One page of the counting of a day: ask Lever, match with the log, keep numbers and place together.

use super::JobContext;
use crate::completeness::{self, Day, DayStep, count};
use crate::db::{DbError, DbResult};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::store as integration_store;
use crate::jobs::event::fetch::Unavailable;
use crate::jobs::event::{ATTEMPTS, wait_before};
use crate::time::Timestamp;
use lever_client::{ArchiveReasonId, Error, Expand, Opportunity, OpportunityFilter, Page, TimeRange};
use std::collections::HashSet;

/// What people read when Lever does not tell which candidates were deleted.
const NO_DELETIONS: &str =
    "Lever does not let the portal list what was deleted, so deletions are not counted.";

/// Reads the next page of a day and counts it.
pub(in crate::jobs) async fn step(ctx: &JobContext, day: Day) -> Result<(), DbError> {
    let page = match page(ctx, &day).await {
        Err(CallError::Lever(Error::Forbidden { .. } | Error::NotFound { .. }))
            if day.step == DayStep::Deleted =>
        {
            return ctx
                .db
                .write(move |conn| completeness::advance(conn, &day, None, &[], &[], NO_DELETIONS))
                .await;
        }
        Err(cause) => return broken(ctx, day, cause).await,
        Ok(page) => page,
    };
    if page.restarted {
        // Lever has forgotten the place: what was counted would be counted twice.
        return ctx.db.write(move |conn| retry_later(conn, &day)).await;
    }
    let hired = match hired(ctx, &day, &page.items).await {
        Ok(hired) => hired,
        Err(cause) => return broken(ctx, day, cause).await,
    };
    ctx.db
        .write(move |conn| {
            let happened: Vec<_> = match day.step {
                DayStep::Changed => {
                    page.items.iter().flat_map(|item| count::happenings(item, &day, &hired)).collect()
                }
                DayStep::Deleted => {
                    page.items.iter().filter_map(|item| count::deletion(item, &day)).collect()
                }
            };
            let mut received = count::received(conn, &day, &happened)?;
            let (counts, gaps) = received.judge_all(&day, &happened);
            completeness::advance(conn, &day, page.next, &counts, &gaps, &day.failure)
        })
        .await
}

fn retry_later(conn: &mut crate::db::Conn, day: &Day) -> DbResult<()> {
    let integration = integration_store::get(conn, &day.integration_id)?;
    if let Ok(date) = day.day.parse() {
        completeness::request_day(conn, &integration, date)?;
    }
    Ok(())
}

async fn page(ctx: &JobContext, day: &Day) -> Result<Page<Opportunity>, CallError> {
    let at = |at: Timestamp| jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let (from, until) = (at(day.from_at), at(day.until_at));
    // What happened in the day may have happened again since, so the list has no end.
    let filter = OpportunityFilter {
        updated: TimeRange::since(from),
        expand: vec![Expand::Applications],
        ..OpportunityFilter::default()
    };
    ctx.connections
        .call(&day.integration_id, |api| {
            let (filter, day) = (filter.clone(), day.clone());
            async move {
                let mut pages = match day.step {
                    DayStep::Changed => api.opportunities(&filter),
                    DayStep::Deleted => {
                        api.deleted_opportunities(TimeRange { start: Some(from), end: Some(until) })
                    }
                };
                if let Some(place) = day.page {
                    pages = pages.resume_at(place);
                }
                let empty = Page::default();
                Ok(pages.next().await?.unwrap_or(empty))
            }
        })
        .await
}

/// The archive reasons that mean hired; asked for only when somebody was archived.
async fn hired(
    ctx: &JobContext,
    day: &Day,
    items: &[Opportunity],
) -> Result<HashSet<ArchiveReasonId>, CallError> {
    if !items.iter().any(|item| count::was_archived(item, day)) {
        return Ok(HashSet::new());
    }
    let asked =
        ctx.connections.call(&day.integration_id, |api| async move { api.archive_reasons().await }).await;
    match asked {
        Ok(reasons) => Ok(reasons.into_iter().filter(|r| r.is_hired()).map(|reason| reason.id).collect()),
        // Without the permission there is no telling.
        Err(CallError::Lever(Error::Forbidden { .. } | Error::NotFound { .. })) => Ok(HashSet::new()),
        Err(cause) => Err(cause),
    }
}

async fn broken(ctx: &JobContext, day: Day, cause: CallError) -> Result<(), DbError> {
    let words = cause.to_string();
    match Unavailable::from(cause) {
        // The account is disconnected: the counting goes on when it is back.
        Unavailable::NoAccess(_) => Ok(()),
        Unavailable::Later { after, .. } if day.attempts + 1 < ATTEMPTS => {
            let until = Timestamp::now().plus(after.unwrap_or_default().max(wait_before(day.attempts + 1)));
            ctx.db.write(move |conn| completeness::postpone(conn, &day, until)).await
        }
        _ => {
            tracing::warn!(integration = %day.integration_id, day = day.day, why = words, "a day could not be counted");
            ctx.db.write(move |conn| completeness::fail(conn, &day, &words)).await
        }
    }
}
