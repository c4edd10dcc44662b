//! The statements that SQLite and PostgreSQL spell differently. Each stands here once.

use super::{Conn, DbResult};
use crate::ids::{CompanyId, IntegrationId, InvitationId};
use diesel::prelude::*;
use diesel::sql_types::Text;

/// Makes writers of one company take turns until the transaction ends. SQLite has one writer anyway.
pub fn lock_company(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    lock(conn, company.as_str())
}

/// Makes the tabs of one candidate take turns until the transaction ends.
pub fn lock_test_session(conn: &mut Conn, invitation: &InvitationId) -> DbResult<()> {
    lock(conn, invitation.as_str())
}

/// Makes those who count what an account's ring holds take turns until the transaction ends.
pub fn lock_ring(conn: &mut Conn, integration: &IntegrationId) -> DbResult<()> {
    lock(conn, &format!("ring/{integration}"))
}

/// Makes decisions about one person take turns until the transaction ends; `contact` is Lever's id.
pub fn lock_person(conn: &mut Conn, integration: &IntegrationId, contact: &str) -> DbResult<()> {
    lock(conn, &format!("{integration}/{contact}"))
}

fn lock(conn: &mut Conn, key: &str) -> DbResult<()> {
    if let Conn::Postgres(pg) = conn {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<Text, _>(key)
            .execute(pg)?;
    }
    Ok(())
}

/// Makes the instances on one database take turns at setting the portal up, until the transaction ends.
pub fn lock_setup(conn: &mut Conn) -> DbResult<()> {
    if let Conn::Postgres(pg) = conn {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('setup', 0))").execute(pg)?;
    }
    Ok(())
}

/// Puts one row in the place of those that several connections wrote for one state of one hour before `hour`. `false`:
/// there are none. SQLite has one writer, and its rows are one from the beginning.
pub fn sum_up_event_counts(conn: &mut Conn, hour: i64) -> DbResult<bool> {
    let Conn::Postgres(pg) = conn else { return Ok(false) };
    let added = diesel::sql_query(
        "WITH split AS (
            SELECT integration_id, hour, state, own FROM event_counts WHERE writer <> 0 AND hour < $1 LIMIT 1
        ), removed AS (
            DELETE FROM event_counts one USING split
            WHERE (one.integration_id, one.hour, one.state, one.own)
                = (split.integration_id, split.hour, split.state, split.own) AND one.writer <> 0
            RETURNING one.integration_id, one.hour, one.state, one.own, one.counted
        )
        INSERT INTO event_counts (integration_id, hour, state, own, writer, counted)
        SELECT integration_id, hour, state, own, 0, SUM(counted)::bigint FROM removed GROUP BY 1, 2, 3, 4
        ON CONFLICT (integration_id, hour, state, own, writer)
        DO UPDATE SET counted = event_counts.counted + EXCLUDED.counted",
    )
    .bind::<diesel::sql_types::BigInt, _>(hour)
    .execute(pg)?;
    Ok(added > 0)
}

/// Adds the rows whose unique keys are not taken yet, and gives the ids of those that were added.
/// A macro, because each database's statement has a type of its own.
macro_rules! insert_new {
    ($conn:expr, $table:ident, $rows:expr) => {{
        /// PostgreSQL takes 65,535 values in a statement; no row of ours has more than 32.
        const ROWS: usize = 1_000;
        let mut added = Vec::with_capacity($rows.len());
        match $conn {
            $crate::db::Conn::Postgres(pg) => {
                for rows in $rows.chunks(ROWS) {
                    let insert = diesel::insert_into($table::table).values(rows).on_conflict_do_nothing();
                    added.append(&mut insert.returning($table::id).get_results(pg)?);
                }
            }
            $crate::db::Conn::Sqlite(sqlite) => {
                for row in $rows {
                    if diesel::insert_or_ignore_into($table::table).values(row).execute(sqlite)? == 1 {
                        added.push(row.id.to_owned());
                    }
                }
            }
        }
        added
    }};
}
pub(crate) use insert_new;

/// Puts a row in the place of the one with the same key, or adds it. A macro for the same reason.
macro_rules! upsert {
    ($conn:expr, $table:ident, $key:expr, $row:expr) => {{
        let insert = diesel::insert_into($table::table).values($row);
        match $conn {
            $crate::db::Conn::Postgres(pg) => insert.on_conflict($key).do_update().set($row).execute(pg)?,
            $crate::db::Conn::Sqlite(sqlite) => {
                insert.on_conflict($key).do_update().set($row).execute(sqlite)?
            }
        }
    }};
}
pub(crate) use upsert;
