//! One page of a reconciliation: ask Lever, find what was missed, keep it and the place together.

use super::JobContext;
use super::job::{Job, JobError, JobResult, Needs, Next, integration_of};
use crate::audit::{self, Actor};
use crate::db::{Conn, DbResult, dialect};
use crate::events::queue;
use crate::ids::ReconciliationId;
use crate::integrations::oauth::connections::CallError;
use crate::integrations::oauth::permissions;
use crate::integrations::schedule::unreadable::Unreadable;
use crate::integrations::settings::rules as posting_rules;
use crate::integrations::{Integration, lever_webhooks, lifecycle, store as integration_store};
use crate::invitations::{SeenPosting, Settings, identity};
use crate::job_queue::{JobErrorCode, JobKind, JobRow};
use crate::reasons::Reason;
use crate::reconciliation;
use crate::reconciliation::find;
use crate::reconciliation::find::{Known, Postings};
use crate::reconciliation::missed;
use crate::reconciliation::missed::Missed;
use crate::reconciliation::{PageRead, Run, RunCause, RunStep};
use crate::time::Timestamp;
use lever_client::{
    ArchiveReasonKind, Error, Event, Expand, Opportunity, OpportunityFilter, Page, PostingId, TimeRange,
};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashSet;

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct Reconcile {
    run: ReconciliationId,
}

impl Job for Reconcile {
    const KIND: JobKind = JobKind::Reconcile;
    const NEEDS: Needs = Needs::Active;
    const ONE_PER: &'static str = "integration";
    const TRIGGER: &'static str =
        "a reconciliation begins: by schedule, on Sync now, after reconnecting, after new rules";

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let (id, run) = (integration_of(row)?, self.run);
        let found = ctx.db.read(move |conn| {
            Ok((integration_store::get(conn, &id)?, reconciliation::by_id(conn, &id, &run)?))
        });
        let (integration, run) = match found.await? {
            (integration, Some(run)) if run.finished_at.is_none() => (integration, run),
            // Somebody runs anew what was given up: another run takes the place of what is done now.
            (integration, Some(_)) => {
                ctx.db
                    .write(move |conn| {
                        reconciliation::request_run(conn, &integration, RunCause::Schedule, None)
                    })
                    .await?;
                return Ok(Next::Done);
            }
            (_, None) => return Ok(Next::Done),
        };
        if let Some(scope) = permissions::lacks(&integration, &permissions::TO_DECIDE) {
            return Err(JobError::fail(JobErrorCode::Lever, permissions::waits_for(scope)));
        }
        let found = look(ctx, &integration, &run).await?;
        let is_last = found.read.next.is_none() && run.step.next().is_none();
        ctx.db.write(move |conn| keep(conn, &integration, &run, found)).await?;
        Ok(if is_last { Next::Done } else { Next::more() })
    }

    /// Ends the run, with a row in the audit log.
    fn gave_up(&self, conn: &mut Conn, row: &JobRow, why: &Reason) -> DbResult<Option<Timestamp>> {
        dialect::lock_company(conn, &row.company_id)?;
        let Some(id) = &row.integration_id else { return Ok(None) };
        let run = reconciliation::by_id(conn, id, &self.run)?.filter(|run| run.finished_at.is_none());
        let Some(run) = run else { return Ok(None) };
        let integration = integration_store::get(conn, id)?;
        reconciliation::finish(conn, &run, why)?;
        let detail = json!({"cause": run.cause.as_str(), "failure": why.as_json()});
        let subject = lifecycle::subject(&integration);
        let action = audit::Action::IntegrationReconciliationFailed;
        audit::record(conn, &run.company_id, &Actor::Portal, action, &subject, &detail)?;
        Ok(None)
    }
}

/// What a page brought, and what to do about it.
#[derive(Default)]
struct Found {
    missed: Vec<Missed>,
    read: PageRead,
}

async fn look(ctx: &JobContext, integration: &Integration, run: &Run) -> Result<Found, JobError> {
    let account_ = integration.clone();
    let settings = ctx.db.read(move |conn| posting_rules::settings(conn, &account_)).await?;
    match run.step {
        RunStep::Stage if settings.trigger_stages().is_empty() => return Ok(Found::default()),
        RunStep::Tagged if settings.candidate_tag.is_none() => return Ok(Found::default()),
        _ => {}
    }
    let page = match page(ctx, integration, run, &settings).await {
        Err(CallError::Lever(Error::Forbidden { .. } | Error::NotFound { .. }))
            if run.step == RunStep::Deleted =>
        {
            let read = PageRead { failure: Reason::DeletionsNotListed, ..PageRead::default() };
            return Ok(Found { read, ..Found::default() });
        }
        page => page?,
    };
    let read = PageRead {
        listed: page.items.len(),
        unreadable: page.skipped_count,
        left_out: Unreadable::of_page(page.skipped_count, page.skipped.into_iter().map(|row| row.id)),
        next: page.next,
        ..PageRead::default()
    };
    let (account_, items) = (integration.clone(), page.items);
    let (known, items) = ctx.db.read(move |conn| Ok((find::known(conn, &account_, &items)?, items))).await?;
    let stored = known.stored(&items);
    if run.step == RunStep::Changed && !stored.is_empty() {
        let id = integration.id;
        ctx.db.write(move |conn| identity::follow(conn, &id, &stored)).await?;
    }
    let (id, waiting) = (integration.id, known.waiting(&items));
    if !waiting.is_empty() {
        ctx.db.write(move |conn| queue::bring_forward(conn, &id, &waiting)).await?;
    }
    let postings = postings(ctx, integration, known.postings_needed(run, &items)).await?;
    let mut missed = known.missed(run, &items, &postings);
    if run.step == RunStep::Changed {
        missed.extend(left(ctx, integration, &known, &items).await?);
    }
    Ok(Found { missed, read })
}

async fn page(
    ctx: &JobContext,
    integration: &Integration,
    run: &Run,
    settings: &Settings,
) -> Result<Page<Opportunity>, CallError> {
    let since = run.since.jiff();
    let filter = match run.step {
        RunStep::Stage => OpportunityFilter {
            stages: settings.trigger_stages(),
            archived: Some(false),
            expand: vec![Expand::Applications],
            ..OpportunityFilter::default()
        },
        RunStep::Tagged => OpportunityFilter {
            tag: settings.candidate_tag.clone(),
            archived: Some(false),
            expand: vec![Expand::Applications],
            ..OpportunityFilter::default()
        },
        RunStep::Changed | RunStep::Deleted => OpportunityFilter {
            updated: TimeRange::since(since),
            expand: vec![Expand::Applications],
            ..OpportunityFilter::default()
        },
    };
    ctx.connections
        .call(&integration.id, |api| {
            let (filter, run) = (filter.clone(), run.clone());
            async move {
                let mut pages = match run.step {
                    RunStep::Deleted => api.deleted_opportunities(TimeRange::since(since)),
                    _ => api.opportunities(&filter),
                };
                if let Some(place) = run.page {
                    pages = pages.resume_at(place);
                }
                let mut page = pages.next().await?.unwrap_or_default();
                if run.step != RunStep::Deleted {
                    for opportunity in &mut page.items {
                        api.complete_application(opportunity).await?;
                    }
                }
                Ok(page)
            }
        })
        .await
}

async fn postings(
    ctx: &JobContext,
    integration: &Integration,
    ids: HashSet<PostingId>,
) -> Result<Postings, JobError> {
    let mut postings = Postings::with_capacity(ids.len());
    for id in ids {
        let asked = ctx.connections.call(&integration.id, |api| {
            let id = id.clone();
            async move { SeenPosting::fetch(&api, &id).await }
        });
        let posting = asked.await?;
        let (integration, known, hidden) = (integration.id, posting.clone(), id.clone());
        ctx.db
            .write(move |conn| match known.visible() {
                Some(posting) => crate::postings::save(conn, &integration, posting),
                None => crate::postings::keep_hidden(conn, &integration, hidden.as_str(), &[]),
            })
            .await?;
        postings.insert(id, posting);
    }
    Ok(postings)
}

/// Candidates with an open invitation who were hired or archived otherwise, of which no webhook told.
async fn left(
    ctx: &JobContext,
    integration: &Integration,
    known: &Known,
    items: &[Opportunity],
) -> Result<Vec<Missed>, CallError> {
    let left = known.left(items);
    if left.is_empty() {
        return Ok(Vec::new());
    }
    let reasons =
        match ctx.connections.call(&integration.id, |api| async move { api.archive_reasons().await }).await {
            Ok(reasons) => reasons,
            // Without the permission there is no telling a hire: archived it is in any case.
            Err(CallError::Lever(Error::Forbidden { .. } | Error::NotFound { .. })) => Vec::new(),
            Err(cause) => return Err(cause),
        };
    let hired: HashSet<_> =
        reasons.iter().filter(|r| r.kind == Some(ArchiveReasonKind::Hired)).map(|r| &r.id).collect();
    let missed = |opportunity: &&Opportunity| {
        let reason = opportunity.archived.as_ref().and_then(|archived| archived.reason.as_ref());
        let (stands_for, evidence) = match reason.is_some_and(|id| hired.contains(id)) {
            true => (Event::CandidateHired, Reason::FoundHired),
            false => (Event::CandidateArchiveChange, Reason::FoundArchived),
        };
        known.missed_one(opportunity.id.as_str(), stands_for, evidence, None)
    };
    Ok(left.iter().map(missed).collect())
}

fn keep(conn: &mut Conn, integration: &Integration, run: &Run, found: Found) -> DbResult<()> {
    // Before any row, as everybody else does who changes something of an account.
    dialect::lock_company(conn, &run.company_id)?;
    let new = missed::enqueue(conn, run, &found.missed)?;
    // None of the four webhooks of the guide reports an archived candidate: to find one is no sign of a lost webhook.
    let hears_archiving = lever_webhooks::hears_archiving(conn, &integration.id)?;
    let is_planned = |one: &&&Missed| one.stands_for == Event::CandidateArchiveChange && !hears_archiving;
    let planned = new.iter().filter(is_planned).count();
    let missing = new.len() - planned;
    let reported = new.iter().filter(|one| one.is_reported() && !is_planned(one)).count();
    let is_last = found.read.next.is_none() && run.step.next().is_none();
    reconciliation::advance(conn, run, &PageRead { missing, planned, reported, ..found.read })?;
    let total = usize::try_from(run.missing).unwrap_or(0) + missing;
    if is_last && total > 0 {
        let detail = json!({"cause": run.cause.as_str(), "missed": total});
        let subject = lifecycle::subject(integration);
        audit::record(
            conn,
            &run.company_id,
            &Actor::Portal,
            audit::Action::IntegrationReconciled,
            &subject,
            &detail,
        )?;
    }
    Ok(())
}
