//! One page of the counting of a day: ask Lever, match with the log, keep numbers and place together.

use super::JobContext;
use super::job::{Job, JobResult, Needs, Next, integration_of};
use crate::completeness::{self, Day, DayState, DayStep, count};
use crate::db::{Conn, DbResult};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::store as integration_store;
use crate::job_queue::{JobKind, JobRow};
use crate::reasons::Reason;
use crate::time::Timestamp;
use lever_client::{ArchiveReasonId, Error, Expand, Opportunity, OpportunityFilter, Page, TimeRange};
use serde::Deserialize;
use std::collections::HashSet;

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct CountDay {
    day: String,
}

impl Job for CountDay {
    const KIND: JobKind = JobKind::CountDay;
    const NEEDS: Needs = Needs::Active;
    const ONE_PER: &'static str = "integration and day";
    const TRIGGER: &'static str = "a day is to be counted: every night, or because somebody asked";

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let (id, day) = (integration_of(row)?, self.day.clone());
        let Some(day) = ctx.db.read(move |conn| completeness::day(conn, &id, &day)).await? else {
            return Ok(Next::Done);
        };
        match day.state {
            DayState::Asked => count_next_page(ctx, day).await,
            DayState::Counted => Ok(Next::Done),
            // Somebody runs anew what was given up.
            DayState::Failed => {
                ctx.db.write(move |conn| ask_again(conn, &day)).await?;
                Ok(Next::Done)
            }
        }
    }

    fn gave_up(&self, conn: &mut Conn, row: &JobRow, why: &Reason) -> DbResult<Option<Timestamp>> {
        if let Some(id) = &row.integration_id {
            completeness::fail(conn, id, &self.day, why)?;
        }
        Ok(None)
    }
}

/// Reads the next page of a day and counts it.
async fn count_next_page(ctx: &JobContext, day: Day) -> JobResult {
    let page = match page(ctx, &day).await {
        Err(CallError::Lever(Error::Forbidden { .. } | Error::NotFound { .. }))
            if day.step == DayStep::Deleted =>
        {
            let why = Reason::DeletionsNotCounted;
            ctx.db.write(move |conn| completeness::advance(conn, &day, None, &[], &[], &why)).await?;
            return Ok(Next::Done);
        }
        page => page?,
    };
    if page.restarted {
        // Lever has forgotten the place: what was counted would be counted twice.
        ctx.db.write(move |conn| ask_again(conn, &day)).await?;
        return Ok(Next::Done);
    }
    let hired = hired(ctx, &day, &page.items).await?;
    let is_last = page.next.is_none() && day.step == DayStep::Deleted;
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
        .await?;
    Ok(if is_last { Next::Done } else { Next::more() })
}

/// Asks for the day anew, from its beginning: that takes the place of what is done now.
fn ask_again(conn: &mut Conn, day: &Day) -> DbResult<()> {
    let integration = integration_store::get(conn, &day.integration_id)?;
    if let Ok(date) = day.day.parse() {
        completeness::request_day(conn, &integration, date)?;
    }
    Ok(())
}

async fn page(ctx: &JobContext, day: &Day) -> Result<Page<Opportunity>, CallError> {
    let (from, until) = (day.from_at.jiff(), day.until_at.jiff());
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
