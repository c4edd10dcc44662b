//! The table of jobs.

use super::{JobErrorCode, JobKind, JobState};
use crate::db::schema::jobs::{self, dsl};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, IntegrationId, JobId};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::Value;

/// A job that waits, runs, or was given up.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = jobs, treat_none_as_null = true)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// The tenant.
    pub company_id: CompanyId,
    /// The integration under whose lease it runs; none for one that needs no Lever.
    pub integration_id: Option<IntegrationId>,
    /// What kind of work: a [`JobKind`], unless an other version of the portal wrote it.
    pub kind: String,
    /// What identifies it among those of its kind.
    pub key: String,
    /// What it is about, as JSON.
    pub payload: String,
    /// Where it is.
    pub state: JobState,
    /// Attempts that failed, one after the other.
    pub attempts: i32,
    /// Not run before.
    pub next_attempt_at: Timestamp,
    /// Why the last attempt failed, a [`JobErrorCode`]; empty when none did.
    pub error_code: String,
    /// The same in full.
    pub error: Reason,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was run last.
    pub started_at: Option<Timestamp>,
    /// When it was done last, or given up.
    pub finished_at: Option<Timestamp>,
}

/// Work to be done. Of one kind and key there is one row at most.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// The tenant.
    pub company: CompanyId,
    /// The integration under whose lease it runs; none for one that needs no Lever.
    pub integration: Option<IntegrationId>,
    /// What kind of work.
    pub kind: JobKind,
    /// What identifies it among those of its kind.
    pub key: String,
    /// What it is about: the fields of the job's type.
    pub payload: Value,
    /// Not run before.
    pub due: Timestamp,
}

impl NewJob {
    /// Work of which an integration has one at a time.
    pub fn of_integration(
        kind: JobKind,
        company: CompanyId,
        integration: IntegrationId,
        due: Timestamp,
    ) -> Self {
        let (key, payload) = (integration.to_string(), Value::Object(serde_json::Map::new()));
        Self { company, integration: Some(integration), kind, key, payload, due }
    }

    fn row(self) -> JobRow {
        JobRow {
            id: JobId::new(),
            company_id: self.company,
            integration_id: self.integration,
            kind: self.kind.as_str().to_owned(),
            key: self.key,
            payload: self.payload.to_string(),
            state: JobState::Waiting,
            attempts: 0,
            next_attempt_at: self.due,
            error_code: String::new(),
            error: Reason::None,
            created_at: Timestamp::now(),
            started_at: None,
            finished_at: None,
        }
    }
}

/// `jobs.state <> 'failed'`, as the index of what may be run has it. The state stands in the text: with a bound
/// value neither SQLite nor a generic plan of PostgreSQL could know that the index suffices.
pub fn waiting_text() -> SqlLiteral<Bool> {
    diesel::dsl::sql::<Bool>("jobs.state <> 'failed'")
}

/// Asks for work. Where it is asked for already, or was given up, it is asked for anew.
pub fn add(conn: &mut Conn, job: NewJob) -> DbResult<()> {
    let row = job.row();
    dialect::upsert!(conn, jobs, (jobs::kind, jobs::key), &row);
    Ok(())
}

/// Asks for work, unless a row of its kind and key is there, be it as failed.
pub fn add_missing(conn: &mut Conn, job: NewJob) -> DbResult<()> {
    let rows = [job.row()];
    let _: Vec<JobId> = dialect::insert_new!(conn, jobs, &rows);
    Ok(())
}

/// Makes a job due at a time, as if it had not failed. `false`: there is none.
pub fn hasten(conn: &mut Conn, kind: JobKind, key: &str, due: Timestamp) -> DbResult<bool> {
    let changed = diesel::update(dsl::jobs.filter(dsl::kind.eq(kind.as_str()).and(dsl::key.eq(key))))
        .set((dsl::state.eq(JobState::Waiting), dsl::attempts.eq(0), dsl::next_attempt_at.eq(due)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// The job of a kind and key.
pub fn find(conn: &mut Conn, kind: JobKind, key: &str) -> DbResult<Option<JobRow>> {
    Ok(dsl::jobs
        .filter(dsl::kind.eq(kind.as_str()).and(dsl::key.eq(key)))
        .select(JobRow::as_select())
        .first(conn)
        .optional()?)
}

/// Nobody wants the work any more.
pub fn remove(conn: &mut Conn, kind: JobKind, key: &str) -> DbResult<()> {
    diesel::delete(dsl::jobs.filter(dsl::kind.eq(kind.as_str()).and(dsl::key.eq(key)))).execute(conn)?;
    Ok(())
}

/// Nobody wants a company's work of this kind any more.
pub fn remove_kind(conn: &mut Conn, company: &CompanyId, kind: JobKind) -> DbResult<()> {
    diesel::delete(dsl::jobs.filter(dsl::company_id.eq(company).and(dsl::kind.eq(kind.as_str()))))
        .execute(conn)?;
    Ok(())
}

/// Jobs without an integration that may be run now, longest due first.
pub fn unbound_due(
    conn: &mut Conn,
    now: Timestamp,
    limit: i64,
    without: Option<JobKind>,
) -> DbResult<Vec<JobRow>> {
    let without = without.map_or("", JobKind::as_str);
    Ok(dsl::jobs
        .filter(waiting_text())
        .filter(dsl::integration_id.is_null().and(dsl::next_attempt_at.le(now)))
        .filter(dsl::kind.ne(without))
        .order(dsl::next_attempt_at.asc())
        .limit(limit)
        .select(JobRow::as_select())
        .load(conn)?)
}

/// A job that was taken. What comes of it is kept only while nobody has asked for it anew.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The job, as it was taken.
    pub row: JobRow,
    at: Timestamp,
}

/// Takes a job. `held_until`: for one without a lease over it; another process leaves it alone until then. None: it
/// has changed meanwhile.
pub fn claim(conn: &mut Conn, row: JobRow, held_until: Option<Timestamp>) -> DbResult<Option<Claim>> {
    let at = Timestamp::now();
    let as_seen = dsl::state.eq(row.state).and(dsl::next_attempt_at.eq(row.next_attempt_at));
    let taken = diesel::update(dsl::jobs.find(&row.id).filter(as_seen))
        .set((
            dsl::state.eq(JobState::Running),
            dsl::started_at.eq(Some(at)),
            dsl::next_attempt_at.eq(held_until.unwrap_or(row.next_attempt_at)),
        ))
        .execute(conn)?;
    Ok((taken == 1).then_some(Claim { row, at }))
}

/// The row, if it is still as it was claimed. A macro, because the type of a query cannot be written down in a line.
macro_rules! claimed {
    ($claim:expr) => {
        dsl::jobs
            .filter(dsl::id.eq($claim.row.id).and(dsl::state.eq(JobState::Running)))
            .filter(dsl::started_at.eq(Some($claim.at)))
    };
}

/// It is done, and does not come again.
pub fn done(conn: &mut Conn, claim: &Claim) -> DbResult<()> {
    diesel::delete(claimed!(claim)).execute(conn)?;
    Ok(())
}

/// It went well, and comes again then.
pub fn again(conn: &mut Conn, claim: &Claim, at: Timestamp) -> DbResult<()> {
    diesel::update(claimed!(claim))
        .set((
            dsl::state.eq(JobState::Waiting),
            dsl::attempts.eq(0),
            dsl::next_attempt_at.eq(at),
            dsl::error_code.eq(""),
            dsl::error.eq(Reason::None),
            dsl::finished_at.eq(Some(Timestamp::now())),
        ))
        .execute(conn)?;
    Ok(())
}

/// It failed so many times, and is tried again then.
pub fn retry_at(
    conn: &mut Conn,
    claim: &Claim,
    attempts: i32,
    at: Timestamp,
    code: JobErrorCode,
    why: &Reason,
) -> DbResult<()> {
    diesel::update(claimed!(claim))
        .set((
            dsl::state.eq(JobState::Waiting),
            dsl::attempts.eq(attempts),
            dsl::next_attempt_at.eq(at),
            dsl::error_code.eq(code.as_str()),
            dsl::error.eq(why),
        ))
        .execute(conn)?;
    Ok(())
}

/// It is given up.
pub fn fail(conn: &mut Conn, claim: &Claim, code: JobErrorCode, why: &Reason) -> DbResult<()> {
    diesel::update(claimed!(claim))
        .set((
            dsl::state.eq(JobState::Failed),
            dsl::attempts.eq(claim.row.attempts + 1),
            dsl::error_code.eq(code.as_str()),
            dsl::error.eq(why),
            dsl::finished_at.eq(Some(Timestamp::now())),
        ))
        .execute(conn)?;
    Ok(())
}
