//! All jobs, and which of them may run now.
//!
//! To add one: name it in [`crate::job_queue::JobKind`]; write its type in a file of `jobs/` that says what it needs,
//! what asks for it and what it does ([`super::job::Job`]); list it in [`REGISTRY`]; insert its row where the work is
//! wanted ([`crate::job_queue::add`]); give it words on the page (`web/pages/background_work.rs`).

use super::JobContext;
use super::job::{Job, JobError, JobResult, Needs, Retry};
use super::{
    check_access, count_day, end_access, expire_invitations, find_unknown_candidates, look_again,
    note_signatures, notify_admins, plan_day_counts, plan_reconciliation, poll_test_order, read_postings,
    reconcile, release_bulk_move, reuse_results, send_alert_webhook, send_checkpoint, sign_checkpoint,
    test_integration, verify_kept_deliveries,
};
use crate::db::schema::{alerts, integrations, invitations, jobs, reverifications};
use crate::db::{AnyBackend, Conn, DbResult};
use crate::ids::{CompanyId, IntegrationId};
use crate::integrations::State;
use crate::integrations::alerts::AlertKind;
use crate::invitations::lifecycle;
use crate::job_queue::{self, JobErrorCode, JobKind, JobRow, NewJob};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;

/// A job of the list.
pub struct Entry {
    /// Its name.
    pub kind: JobKind,
    /// There is one row for each of these.
    pub one_per: &'static str,
    /// What asks for it, or when it comes by itself.
    pub trigger: &'static str,
    needs: Needs,
    before_events: bool,
    pub(in crate::jobs) retry: Retry,
    pub(in crate::jobs) run: for<'a> fn(&'a JobContext, &'a JobRow) -> BoxFuture<'a, JobResult>,
    pub(in crate::jobs) gave_up: fn(&mut Conn, &JobRow, &Reason) -> DbResult<Option<Timestamp>>,
}

/// Every job that waits in the table. Beside them, [`super::erase_expired`] sweeps hourly, and events and
/// actions have queues of their own.
pub static REGISTRY: &[Entry] = &[
    entry::<release_bulk_move::ReleaseBulkMove>(),
    entry::<notify_admins::NotifyAdmins>(),
    entry::<expire_invitations::ExpireInvitations>(),
    entry::<note_signatures::NoteSignatures>(),
    entry::<verify_kept_deliveries::VerifyKeptDeliveries>(),
    entry::<send_alert_webhook::SendAlertWebhook>(),
    entry::<check_access::CheckAccess>(),
    entry::<plan_reconciliation::PlanReconciliation>(),
    entry::<reconcile::Reconcile>(),
    entry::<count_day::CountDay>(),
    entry::<read_postings::ReadPostings>(),
    entry::<test_integration::TestIntegration>(),
    entry::<plan_day_counts::PlanDayCounts>(),
    entry::<find_unknown_candidates::FindUnknownCandidates>(),
    entry::<poll_test_order::PollTestOrder>(),
    entry::<look_again::LookAgain>(),
    entry::<end_access::EndAccess>(),
    entry::<reuse_results::ReuseResults>(),
    entry::<sign_checkpoint::SignCheckpoint>(),
    entry::<send_checkpoint::SendCheckpoint>(),
];

const fn entry<J: Job>() -> Entry {
    Entry {
        kind: J::KIND,
        one_per: J::ONE_PER,
        trigger: J::TRIGGER,
        needs: J::NEEDS,
        before_events: J::BEFORE_EVENTS,
        retry: J::RETRY,
        run: run::<J>,
        gave_up: gave_up::<J>,
    }
}

fn run<'a, J: Job>(ctx: &'a JobContext, row: &'a JobRow) -> BoxFuture<'a, JobResult> {
    Box::pin(async move {
        let job: J = serde_json::from_str(&row.payload).map_err(|failure| {
            let why = Reason::JobUnreadable { detail: failure.to_string() };
            JobError::fail(JobErrorCode::UnreadablePayload, why)
        })?;
        job.run(ctx, row).await
    })
}

fn gave_up<J: Job>(conn: &mut Conn, row: &JobRow, why: &Reason) -> DbResult<Option<Timestamp>> {
    match serde_json::from_str::<J>(&row.payload) {
        Ok(job) => job.gave_up(conn, row, why),
        // What cannot be read has nothing to write down.
        Err(_) => Ok(None),
    }
}

/// The job of a name; none when this version has no such job.
pub(in crate::jobs) fn of_kind(kind: &str) -> Option<&'static Entry> {
    REGISTRY.iter().find(|entry| entry.kind.as_str() == kind)
}

fn kinds(which: impl Fn(&Entry) -> bool) -> Vec<&'static str> {
    REGISTRY.iter().filter(|entry| which(entry)).map(|entry| entry.kind.as_str()).collect()
}

type Runnable<'a> =
    diesel::dsl::IntoBoxed<'a, diesel::dsl::InnerJoin<jobs::table, integrations::table>, AnyBackend>;

/// The jobs of integrations that may run now: the one statement of that. A kind that nobody knows needs nothing, so
/// that it is taken, and fails with words.
fn runnable<'a>(now: Timestamp) -> Runnable<'a> {
    let all: Runnable<'a> = jobs::table.inner_join(integrations::table).into_boxed();
    all.filter(job_queue::waiting_text()).filter(jobs::next_attempt_at.le(now)).filter(
        integrations::state
            .eq(State::Active)
            .or(integrations::state
                .ne(State::Disconnected)
                .and(jobs::kind.ne_all(kinds(|entry| entry.needs == Needs::Active))))
            .or(jobs::kind.ne_all(kinds(|entry| entry.needs != Needs::Nothing))),
    )
}

/// Integrations with a job that may run now, which this process may take.
pub(in crate::jobs) fn integrations_with_due_jobs(
    conn: &mut Conn,
    owner: &str,
) -> DbResult<Vec<IntegrationId>> {
    let now = Timestamp::now();
    Ok(runnable(now)
        .filter(integrations::lease_until.lt(now).or(integrations::lease_owner.eq(owner.to_owned())))
        .select(integrations::id)
        .distinct()
        .load(conn)?)
}

/// The job of an integration that has been due longest. `before_events`: of those that go before its events.
pub(in crate::jobs) fn next(
    conn: &mut Conn,
    id: &IntegrationId,
    before_events: bool,
) -> DbResult<Option<JobRow>> {
    let mut query = runnable(Timestamp::now()).filter(jobs::integration_id.eq(*id));
    if before_events {
        query = query.filter(jobs::kind.eq_any(kinds(|entry| entry.before_events)));
    }
    Ok(query
        .order((jobs::next_attempt_at.asc(), jobs::id.asc()))
        .select(JobRow::as_select())
        .first(conn)
        .optional()?)
}

/// Jobs that nobody asks for: they follow from how things stand. Only those that have no row yet.
pub(in crate::jobs) fn unasked(conn: &mut Conn) -> DbResult<Vec<NewJob>> {
    let now = Timestamp::now();
    let expiring = jobs::table
        .filter(jobs::kind.eq(JobKind::ExpireInvitations.as_str()))
        .filter(jobs::key.eq(invitations::integration_id));
    let late: Vec<(CompanyId, IntegrationId)> = lifecycle::ending(now)
        .filter(not(exists(expiring)))
        .select((invitations::company_id, invitations::integration_id))
        .distinct()
        .load(conn)?;
    let failing = alerts::table
        .filter(alerts::integration_id.eq(integrations::id).and(alerts::recovered_at.is_null()))
        .filter(alerts::kind.eq(AlertKind::SignaturesFailing));
    let noting = jobs::table
        .filter(jobs::kind.eq(JobKind::NoteSignatures.as_str()))
        .filter(jobs::key.eq(integrations::id));
    let changed: Vec<(CompanyId, IntegrationId)> = integrations::table
        .filter(integrations::state.eq(State::Active))
        .filter(
            integrations::signature_failing_since
                .is_not_null()
                .and(not(exists(failing)))
                .or(integrations::signature_failing_since.is_null().and(exists(failing))),
        )
        .filter(not(exists(noting)))
        .select((integrations::company_id, integrations::id))
        .load(conn)?;
    let verifying = jobs::table
        .filter(jobs::kind.eq(JobKind::VerifyKeptDeliveries.as_str()))
        .filter(jobs::key.eq(reverifications::integration_id));
    let left: Vec<(CompanyId, IntegrationId)> = reverifications::table
        .inner_join(integrations::table)
        .filter(reverifications::until.lt(now))
        .filter(not(exists(verifying)))
        .select((integrations::company_id, integrations::id))
        .load(conn)?;
    let job = |kind: JobKind| {
        move |(company, id): (CompanyId, IntegrationId)| NewJob::of_integration(kind, company, id, now)
    };
    let late = late.into_iter().map(job(JobKind::ExpireInvitations));
    let changed = changed.into_iter().map(job(JobKind::NoteSignatures));
    Ok(late.chain(changed).chain(left.into_iter().map(job(JobKind::VerifyKeptDeliveries))).collect())
}

/// More rows than this are not counted.
const MOST: i64 = 10_000;

/// How the background work stands, for the metrics.
#[derive(Debug, Default)]
pub struct Figures {
    /// Jobs that may run now, by kind.
    pub waiting: BTreeMap<String, i64>,
    /// Jobs that were given up, by kind.
    pub failed: BTreeMap<String, i64>,
    /// Since when the job waits that has waited longest.
    pub oldest: Option<Timestamp>,
}

/// How the background work stands. Walks the indexes of just these rows.
///
/// # Errors
/// When the database cannot be asked.
pub fn figures(conn: &mut Conn) -> DbResult<Figures> {
    let now = Timestamp::now();
    let mut figures = Figures::default();
    let due: Vec<(String, Timestamp, Timestamp)> =
        runnable(now).select((jobs::kind, jobs::next_attempt_at, jobs::created_at)).limit(MOST).load(conn)?;
    let unbound = job_queue::unbound_due(conn, now, MOST, None)?;
    let unbound = unbound.into_iter().map(|row| (row.kind, row.next_attempt_at, row.created_at));
    for (kind, due, created) in due.into_iter().chain(unbound) {
        *figures.waiting.entry(kind).or_default() += 1;
        // One that was asked for at once may be due since ever.
        let since = due.max(created);
        figures.oldest = Some(figures.oldest.map_or(since, |oldest| oldest.min(since)));
    }
    let failed: Vec<String> = jobs::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("jobs.state = 'failed'"))
        .select(jobs::kind)
        .limit(MOST)
        .load(conn)?;
    for kind in failed {
        *figures.failed.entry(kind).or_default() += 1;
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_job_is_listed_once() {
        for kind in JobKind::ALL {
            let listed = REGISTRY.iter().filter(|entry| entry.kind == *kind).count();
            assert_eq!(listed, 1, "{kind}");
        }
        assert_eq!(REGISTRY.len(), JobKind::ALL.len());
    }
}
