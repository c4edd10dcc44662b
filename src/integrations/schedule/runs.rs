//! Runs of the reconciliation: which are asked for, how far each has come, and when the next one is.

use super::unreadable::Unreadable;
use crate::db::schema::reconciliations::{self, dsl};
use crate::db::{Conn, DbResult, dialect};
use crate::i18n::portal;
use crate::ids::{CompanyId, IntegrationId, ReconciliationId, UserId};
use crate::integrations::Integration;
use crate::job_queue::{self, JobKind, NewJob};
use crate::reasons::Reason;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;
use std::time::Duration;

/// Lever's list is compared this often.
pub const RECONCILE_EVERY: Duration = Duration::from_secs(3600);

/// Runs overlap by this much: clocks differ, and Lever's lists are not instant.
const OVERLAP: Duration = Duration::from_secs(10 * 60);

/// Lever tells of deletions for 30 days (Lever's wire notes §5).
const LONGEST: Duration = Duration::from_secs(30 * 86_400 - 3600);

text_enum! {
    /// Why a run was begun.
    RunCause {
        /// It was time.
        Schedule => "schedule",
        /// The account works again.
        Reconnect => "reconnect",
        /// Somebody pressed **Sync now**.
        Sync => "sync",
        /// Rules were saved that some candidates meet already.
        Settings => "settings",
    }
}

impl RunCause {
    /// For people.
    pub fn label(self) -> String {
        portal().name("run-cause", self.as_str())
    }
}

text_enum! {
    /// Which list a run reads.
    RunStep {
        /// Who is in a trigger stage.
        Stage => "stage",
        /// Who carries the candidate tag.
        Tagged => "tagged",
        /// What changed.
        Changed => "changed",
        /// What was deleted.
        Deleted => "deleted",
    }
}

impl RunStep {
    /// The list after this one.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Stage => Some(Self::Tagged),
            Self::Tagged => Some(Self::Changed),
            Self::Changed => Some(Self::Deleted),
            Self::Deleted => None,
        }
    }

    /// For people, while it is read.
    pub fn label(self) -> String {
        portal().name("run-step", self.as_str())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reconciliations)]
pub struct Run {
    pub id: ReconciliationId,
    pub company_id: CompanyId,
    pub integration_id: IntegrationId,
    /// Why it was begun.
    pub cause: RunCause,
    /// Who asked for it.
    pub asked_by: Option<UserId>,
    /// Changes and deletions are looked at from then on.
    pub since: Timestamp,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// The list that it reads, or read last.
    pub step: RunStep,
    /// Lever's token of the page to read next.
    pub page: Option<String>,
    /// So many opportunities were looked at; one that stands in several lists counts in each.
    pub listed: i32,
    /// So many had been missed.
    pub missing: i32,
    /// What could not be read, in plain words; empty when all could.
    pub failure: Reason,
    /// So many rows of Lever's lists could not be read, and were left out.
    pub unreadable: i32,
    /// What names and counts them: see [`Run::left_out`].
    unreadable_ids: String,
    /// So many were found that no webhook of the account reports.
    pub planned: i32,
    /// So many of those that had been missed had been reported by a webhook, and nothing had come of it.
    pub reported: i32,
}

/// What a page of a list brought.
#[derive(Debug, Default)]
pub struct PageRead {
    /// Opportunities that were looked at.
    pub listed: usize,
    /// What of them had been missed, and was new to this run.
    pub missing: usize,
    /// What was new to this run, and is reported by no webhook of the account.
    pub planned: usize,
    /// What of `missing` had been reported by a webhook.
    pub reported: usize,
    /// Rows that could not be read, and were left out.
    pub unreadable: usize,
    /// What names and counts them.
    pub left_out: Unreadable,
    /// The next page of the same list; none: that list is read.
    pub next: Option<String>,
    /// What could not be read at all.
    pub failure: Reason,
}

impl Run {
    /// A run of an integration, given with its company, that has read nothing yet. Times as in [`Run::since`] and
    /// [`Run::started_at`].
    pub(crate) fn begin(
        (company_id, integration_id): (CompanyId, IntegrationId),
        cause: RunCause,
        since: Timestamp,
        started_at: Timestamp,
    ) -> Self {
        Self {
            id: ReconciliationId::new(),
            company_id,
            integration_id,
            cause,
            asked_by: None,
            since,
            started_at,
            finished_at: None,
            step: RunStep::Stage,
            page: None,
            listed: 0,
            missing: 0,
            failure: Reason::None,
            unreadable: 0,
            unreadable_ids: "[]".to_owned(),
            planned: 0,
            reported: 0,
        }
    }

    /// The rows that could not be read, by their ids or in numbers.
    pub fn left_out(&self) -> Unreadable {
        Unreadable::read(&self.unreadable_ids)
    }
}

/// The run of an account that has not ended.
pub fn current(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<Run>> {
    Ok(dsl::reconciliations
        .filter(dsl::integration_id.eq(id).and(dsl::finished_at.is_null()))
        .select(Run::as_select())
        .first(conn)
        .optional()?)
}

/// The newest run of an account.
pub fn last(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<Run>> {
    Ok(dsl::reconciliations
        .filter(dsl::integration_id.eq(id))
        .order(dsl::id.desc())
        .select(Run::as_select())
        .first(conn)
        .optional()?)
}

/// The newest run of an account that has ended.
///
/// # Errors
/// When the database cannot be asked.
pub fn last_ended(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<Run>> {
    Ok(dsl::reconciliations
        .filter(dsl::integration_id.eq(id).and(dsl::finished_at.is_not_null()))
        .order(dsl::id.desc())
        .select(Run::as_select())
        .first(conn)
        .optional()?)
}

/// Asks for a run. One that has not ended goes on at once instead; answers which it is.
pub fn request_run(
    conn: &mut Conn,
    integration: &Integration,
    cause: RunCause,
    asked_by: Option<&UserId>,
) -> DbResult<Run> {
    let now = Timestamp::now();
    dialect::lock_company(conn, &integration.company_id)?;
    if let Some(run) = current(conn, &integration.id)? {
        if cause == RunCause::Settings {
            // What it has read, it has read by the old rules.
            diesel::update(dsl::reconciliations.find(&run.id))
                .set((dsl::step.eq(RunStep::Stage), dsl::page.eq(None::<String>)))
                .execute(conn)?;
        }
        read_next(conn, &run)?;
        return Ok(run);
    }
    let last: Option<Timestamp> = dsl::reconciliations
        .filter(dsl::integration_id.eq(&integration.id))
        .filter(dsl::finished_at.is_not_null().and(dsl::failure.eq(Reason::None)))
        .order(dsl::id.desc())
        .select(dsl::started_at)
        .first(conn)
        .optional()?;
    let since = last.map_or(integration.created_at, |last| last.minus(OVERLAP));
    let of = (integration.company_id, integration.id);
    let run =
        Run { asked_by: asked_by.cloned(), ..Run::begin(of, cause, since.max(now.minus(LONGEST)), now) };
    diesel::insert_into(dsl::reconciliations).values(&run).execute(conn)?;
    read_next(conn, &run)?;
    plan_next(conn, integration.company_id, integration.id, next_time())?;
    Ok(run)
}

/// Asks for the next page of a run to be read. An account has one run at a time.
fn read_next(conn: &mut Conn, run: &Run) -> DbResult<()> {
    let job =
        NewJob::of_integration(JobKind::Reconcile, run.company_id, run.integration_id, Timestamp::now());
    job_queue::add(conn, NewJob { payload: json!({"run": run.id}), ..job })
}

/// A run of an account.
///
/// # Errors
/// When the database cannot be asked.
pub fn by_id(conn: &mut Conn, integration: &IntegrationId, id: &ReconciliationId) -> DbResult<Option<Run>> {
    Ok(dsl::reconciliations
        .filter(dsl::id.eq(id).and(dsl::integration_id.eq(integration)))
        .select(Run::as_select())
        .first(conn)
        .optional()?)
}

/// Keeps what a page brought, and the run's place after it.
///
/// # Errors
/// When the database refuses.
pub fn advance(conn: &mut Conn, run: &Run, read: &PageRead) -> DbResult<()> {
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let next = if read.next.is_some() { Some(run.step) } else { run.step.next() };
    let failure = if read.failure.is_none() { &run.failure } else { &read.failure };
    diesel::update(dsl::reconciliations.find(&run.id))
        .set((
            dsl::step.eq(next.unwrap_or(run.step)),
            dsl::page.eq(&read.next),
            dsl::listed.eq(run.listed.saturating_add(count(read.listed))),
            dsl::missing.eq(run.missing.saturating_add(count(read.missing))),
            dsl::planned.eq(run.planned.saturating_add(count(read.planned))),
            dsl::reported.eq(run.reported.saturating_add(count(read.reported))),
            dsl::failure.eq(failure),
            dsl::finished_at.eq(next.is_none().then(Timestamp::now)),
            dsl::unreadable.eq(run.unreadable.saturating_add(count(read.unreadable))),
            dsl::unreadable_ids.eq(run.left_out().and(&read.left_out).kept()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends a run that cannot go on.
pub fn finish(conn: &mut Conn, run: &Run, failure: &Reason) -> DbResult<()> {
    diesel::update(dsl::reconciliations.find(&run.id))
        .set((dsl::finished_at.eq(Some(Timestamp::now())), dsl::failure.eq(failure)))
        .execute(conn)?;
    Ok(())
}

/// Whether the next page of an account's run could not be read, and is tried again.
///
/// # Errors
/// When the database cannot be asked.
pub fn is_retried(conn: &mut Conn, id: &IntegrationId) -> DbResult<bool> {
    Ok(job_queue::find(conn, JobKind::Reconcile, id.as_str())?.is_some_and(|job| job.attempts > 0))
}

/// When the reconciliation after one that begins now is begun.
pub fn next_time() -> Timestamp {
    let now = Timestamp::now();
    now.plus(spread(RECONCILE_EVERY, now))
}

/// Plans the next reconciliation by schedule.
pub(super) fn plan_next(
    conn: &mut Conn,
    company: CompanyId,
    id: IntegrationId,
    at: Timestamp,
) -> DbResult<()> {
    job_queue::add(conn, NewJob::of_integration(JobKind::PlanReconciliation, company, id, at))
}

/// When the next reconciliation by schedule is; none for an account that was never settled.
///
/// # Errors
/// When the database cannot be asked.
pub fn next_planned(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<Timestamp>> {
    let job = job_queue::find(conn, JobKind::PlanReconciliation, id.as_str())?;
    Ok(job.map(|job| job.next_attempt_at))
}

/// A little later than the interval, so that accounts that began together do not stay together.
pub(super) fn spread(interval: Duration, now: Timestamp) -> Duration {
    let tenth = (interval.as_millis() / 10).max(1);
    let part = u128::try_from(now.0).unwrap_or(0) % tenth;
    interval + Duration::from_millis(u64::try_from(part).unwrap_or(0))
}
