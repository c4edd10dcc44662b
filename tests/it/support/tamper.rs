//! What somebody who can write the database does to an audit log.

use alva_portal::audit::{self, Hashed, Row};
use alva_portal::db::schema::{audit_counts, audit_ends, audit_log, companies, jobs};
use alva_portal::db::{Conn, DbResult};
use alva_portal::ids::{CompanyId, UserId};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

/// Removes what keeps a mistake from changing the log; the owner of the database can.
pub fn unguard(conn: &mut Conn) -> DbResult<()> {
    let (sqlite, postgres) = (
        "DROP TRIGGER IF EXISTS audit_log_keeps_rows; DROP TRIGGER IF EXISTS audit_log_keeps_values;
         DROP TRIGGER IF EXISTS audit_log_replaces_nothing; DROP TRIGGER IF EXISTS audit_ends_keep_rows; DROP TRIGGER IF EXISTS audit_ends_move_on; DROP TRIGGER IF EXISTS audit_ends_replace_nothing;
         DROP TRIGGER IF EXISTS audit_counts_stay; DROP TRIGGER IF EXISTS audit_counts_grow; DROP TRIGGER IF EXISTS audit_counts_replace_nothing;",
        "ALTER TABLE audit_log DISABLE TRIGGER USER; ALTER TABLE audit_ends DISABLE TRIGGER USER;
         ALTER TABLE audit_counts DISABLE TRIGGER USER;",
    );
    conn.batch_execute(if matches!(conn, Conn::Sqlite(_)) { sqlite } else { postgres })?;
    Ok(())
}

/// The log of a company, first row first.
pub fn rows(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<Row>> {
    let all = audit_log::table.filter(audit_log::company_id.eq(company)).order(audit_log::seq.asc());
    Ok(all.select(Row::as_select()).load(conn)?)
}

/// Puts these rows in the place of a company's log, numbered and with hashes that fit.
pub fn rewrite(conn: &mut Conn, company: &CompanyId, mut rows: Vec<Row>) -> DbResult<()> {
    let (mut seq, mut before) = (0, audit::START.to_owned());
    for row in &mut rows {
        seq += 1;
        (row.seq, row.prev_hash) = (seq, before);
        row.hash = audit::hash(&Hashed {
            id: row.id.as_str(),
            company: row.company_id.as_str(),
            seq: row.seq,
            at: row.at.0,
            actor: &row.actor,
            actor_id: row.actor_id.as_ref().map_or("", UserId::as_str),
            action: &row.action,
            subject: &row.subject,
            detail: &row.detail,
            prev_hash: &row.prev_hash,
        });
        before = row.hash.clone();
    }
    remove(conn, company, 1)?;
    for row in &rows {
        diesel::insert_into(audit_log::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Removes the rows from this number on.
pub fn remove(conn: &mut Conn, company: &CompanyId, from: i64) -> DbResult<()> {
    let rows = audit_log::table.filter(audit_log::company_id.eq(company).and(audit_log::seq.ge(from)));
    diesel::delete(rows).execute(conn)?;
    Ok(())
}

/// Removes what is kept of the end.
pub fn forget_end(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    diesel::delete(audit_ends::table.find(company)).execute(conn)?;
    Ok(())
}

/// Moves what is kept of the end to a row, with the code that was there.
pub fn move_end(conn: &mut Conn, company: &CompanyId, row: &Row) -> DbResult<()> {
    diesel::update(audit_ends::table.find(company))
        .set((audit_ends::seq.eq(row.seq), audit_ends::hash.eq(&row.hash), audit_ends::mac.eq(&row.mac)))
        .execute(conn)?;
    Ok(())
}

/// Removes a company that has nothing but its log, and the log with it.
pub fn remove_company(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    remove(conn, company, 1)?;
    forget_end(conn, company)?;
    diesel::delete(jobs::table).execute(conn)?;
    diesel::delete(companies::table.find(company)).execute(conn)?;
    Ok(())
}

/// Removes the count of companies.
pub fn forget_count(conn: &mut Conn) -> DbResult<()> {
    diesel::delete(audit_counts::table).execute(conn)?;
    Ok(())
}

/// Writes another count of companies, with the code that was there.
pub fn recount(conn: &mut Conn, counted: i64) -> DbResult<()> {
    diesel::update(audit_counts::table).set(audit_counts::counted.eq(counted)).execute(conn)?;
    Ok(())
}
