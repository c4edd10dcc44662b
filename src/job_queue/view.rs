//! What the page about background work asks.

use super::store::JobRow;
use super::{JobState, waiting_text};
use crate::db::keyset::{self, Cursor, Page};
use crate::db::schema::{integrations, jobs};
use crate::db::{Conn, DbResult};
use crate::ids::{CompanyId, IntegrationId, JobId};
use crate::integration_state::State;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// Rows of a page.
const PAGE: usize = 50;

/// Beyond this nobody needs to know how many there are.
const MOST: i64 = 1_000;

text_enum! {
    /// Which jobs a page lists.
    Which {
        /// Those that were given up.
        Failed => "failed",
        /// Those whose last attempt failed, and that are tried again.
        Retrying => "retrying",
        /// All that wait for their time.
        Waiting => "waiting",
    }
}

/// A job, with what its integration is called and how that stands.
pub type Listed = (JobRow, Option<(String, State)>);

/// The condition of a list, as the index for it has it.
fn condition(which: Which) -> diesel::expression::SqlLiteral<Bool> {
    match which {
        Which::Failed => sql::<Bool>("jobs.state = 'failed'"),
        Which::Retrying => sql::<Bool>("jobs.state <> 'failed' AND jobs.error_code <> ''"),
        Which::Waiting => waiting_text(),
    }
}

/// How many jobs of an integration were given up, counted up to a thousand, and when the first of them was.
pub fn failed_of(
    conn: &mut Conn,
    company: &CompanyId,
    integration: &IntegrationId,
) -> DbResult<(i64, Option<Timestamp>)> {
    let ended: Vec<Option<Timestamp>> = jobs::table
        .filter(jobs::company_id.eq(company).and(jobs::integration_id.eq(integration)))
        .filter(condition(Which::Failed))
        .limit(MOST)
        .select(jobs::finished_at)
        .load(conn)?;
    Ok((i64::try_from(ended.len()).unwrap_or(MOST), ended.into_iter().flatten().min()))
}

/// A company's jobs, newest first.
pub fn list(
    conn: &mut Conn,
    company: &CompanyId,
    which: Which,
    cursor: Option<&Cursor<JobId>>,
) -> DbResult<Page<Listed>> {
    keyset::page(cursor, PAGE, &mut |cursor, limit| {
        let query = jobs::table
            .left_join(integrations::table)
            .filter(jobs::company_id.eq(company))
            .filter(condition(which))
            .select((JobRow::as_select(), (integrations::account_name, integrations::state).nullable()))
            .limit(limit)
            .into_boxed();
        Ok(match cursor {
            None => query.order(jobs::id.desc()).load(conn)?,
            Some(Cursor::Before(id)) => query.filter(jobs::id.lt(*id)).order(jobs::id.desc()).load(conn)?,
            Some(Cursor::After(id)) => query.filter(jobs::id.gt(*id)).order(jobs::id.asc()).load(conn)?,
        })
    })
}

/// How many of a company's jobs are in a list, up to 1,000.
pub fn count(conn: &mut Conn, company: &CompanyId, which: Which) -> DbResult<i64> {
    let some = jobs::table
        .filter(jobs::company_id.eq(*company))
        .filter(condition(which))
        .select(jobs::id)
        .limit(MOST);
    keyset::count(conn, some)
}

/// A company's job.
pub fn by_id(conn: &mut Conn, company: &CompanyId, id: &JobId) -> DbResult<Option<JobRow>> {
    Ok(jobs::table
        .filter(jobs::id.eq(id).and(jobs::company_id.eq(company)))
        .select(JobRow::as_select())
        .first(conn)
        .optional()?)
}

/// Runs a company's job as soon as there is room, as if it had not failed. `false`: it is over, or runs now.
pub fn run_now(conn: &mut Conn, company: &CompanyId, id: &JobId) -> DbResult<bool> {
    let changed = diesel::update(
        jobs::table
            .filter(jobs::id.eq(id).and(jobs::company_id.eq(company)))
            .filter(jobs::state.ne(JobState::Running)),
    )
    .set((
        jobs::state.eq(JobState::Waiting),
        jobs::attempts.eq(0),
        jobs::next_attempt_at.eq(Timestamp::now()),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}
