//! The table of the audit log.

use super::ends;
use super::row::{Row, START};
use crate::db::schema::audit_log::dsl;
use crate::db::schema::{audit_ends, companies};
use crate::db::{Conn, DbResult, carried, dialect};
use crate::ids::{AuditId, CompanyId};
use crate::secrets::MacKeys;
use diesel::prelude::*;

pub(super) fn append(conn: &mut Conn, row: Row) -> DbResult<()> {
    let company = row.company_id;
    dialect::lock_company(conn, &company)?;
    let keys = carried::<MacKeys>();
    let before = match &keys {
        Some(keys) => ends::before_next(conn, &company, keys)?,
        None => last(conn, &company)?.unwrap_or((0, START.to_owned())),
    };
    ends::insert(conn, row, before, keys.as_deref()).map(drop)
}

/// The number and the hash of a company's last row.
fn last(conn: &mut Conn, company: &CompanyId) -> DbResult<Option<(i64, String)>> {
    Ok(dsl::audit_log
        .filter(dsl::company_id.eq(company))
        .order(dsl::seq.desc())
        .select((dsl::seq, dsl::hash))
        .first(conn)
        .optional()?)
}

/// A page of a company's log, newest first: rows with an id below `before`.
pub fn page(conn: &mut Conn, company: &CompanyId, before: Option<AuditId>, limit: i64) -> DbResult<Vec<Row>> {
    let mut query =
        dsl::audit_log.filter(dsl::company_id.eq(company)).order(dsl::id.desc()).limit(limit).into_boxed();
    if let Some(before) = before {
        query = query.filter(dsl::id.lt(before));
    }
    Ok(query.select(Row::as_select()).load(conn)?)
}

/// The last row of each company's log: its number and hash. Whoever writes the database can compute a chain anew, but
/// not what was told of it elsewhere before.
pub fn heads(conn: &mut Conn) -> DbResult<Vec<(CompanyId, i64, String)>> {
    let companies: Vec<CompanyId> = companies::table.select(companies::id).load(conn)?;
    let mut heads = Vec::with_capacity(companies.len());
    for company in companies {
        heads.extend(last(conn, &company)?.map(|(seq, hash)| (company, seq, hash)));
    }
    Ok(heads)
}

/// The same as they are kept apart from the log, in one query: for what asks often.
pub fn kept_ends(conn: &mut Conn) -> DbResult<Vec<(CompanyId, i64, String)>> {
    Ok(audit_ends::table
        .order(audit_ends::company_id.asc())
        .select((audit_ends::company_id, audit_ends::seq, audit_ends::hash))
        .load(conn)?)
}
