//! Where each company's log ends, kept apart from the log: so rows that are missing at its end are missed, and the log
//! goes on behind them and not in their place.

use super::row::{Row, START};
use super::{Action, Actor};
use crate::db::schema::{audit_ends, audit_log, companies};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::CompanyId;
use crate::secrets::MacKeys;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;

/// Rows that get their codes in one go.
const AT_ONCE: i64 = 1_000;

/// The last row of a company's log, as it is kept apart.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = audit_ends, primary_key(company_id))]
pub(super) struct End {
    company_id: CompanyId,
    pub seq: i64,
    pub hash: String,
    mac: String,
    mac_key: String,
}

impl End {
    fn new(company: &CompanyId, seq: i64, hash: &str, keys: &MacKeys) -> Self {
        let mac = keys.code(&text(company, &seq.to_be_bytes(), hash));
        let (hash, mac_key) = (hash.to_owned(), keys.id().to_owned());
        Self { company_id: *company, seq, hash, mac, mac_key }
    }

    pub fn is_authentic(&self, keys: &MacKeys) -> bool {
        keys.is_code(&self.mac, &self.mac_key, &text(&self.company_id, &self.seq.to_be_bytes(), &self.hash))
    }
}

fn text<'t>(company: &'t CompanyId, seq: &'t [u8; 8], hash: &'t str) -> [&'t [u8]; 4] {
    [b"alva-portal audit end\n", company.as_str().as_bytes(), seq, hash.as_bytes()]
}

/// What is kept of the end of a company's log.
pub(super) fn kept_end(conn: &mut Conn, company: &CompanyId) -> DbResult<Option<End>> {
    Ok(audit_ends::table.find(company).select(End::as_select()).first(conn).optional()?)
}

/// Keeps a row as the last one.
fn keep(conn: &mut Conn, company: &CompanyId, seq: i64, hash: &str, keys: &MacKeys) -> DbResult<()> {
    let end = End::new(company, seq, hash, keys);
    dialect::upsert!(conn, audit_ends, audit_ends::company_id, &end);
    Ok(())
}

/// Adds a row behind another. Without a key it has no code until somebody with the key is here.
pub(super) fn insert(
    conn: &mut Conn,
    mut row: Row,
    (seq, hash): (i64, String),
    keys: Option<&MacKeys>,
) -> DbResult<Row> {
    (row.seq, row.prev_hash) = (seq + 1, hash);
    row.hash = row.computed_hash();
    if let Some(keys) = keys {
        row.authenticate(keys, None);
        keep(conn, &row.company_id, row.seq, &row.hash, keys)?;
    }
    diesel::insert_into(audit_log::table).values(&row).execute(conn)?;
    Ok(row)
}

/// The number and the hash that the next row follows. Rows that have no code get one.
///
/// When what is kept of the end is missing or was not made here, nobody knows how many rows there were; a row says so.
pub(super) fn before_next(conn: &mut Conn, company: &CompanyId, keys: &MacKeys) -> DbResult<(i64, String)> {
    let last: Option<(i64, String)> = audit_log::table
        .filter(audit_log::company_id.eq(company))
        .order(audit_log::seq.desc())
        .select((audit_log::seq, audit_log::hash))
        .first(conn)
        .optional()?;
    let Some((seq, hash)) = last else {
        let end = kept_end(conn, company)?;
        return Ok(end.map_or((0, START.to_owned()), |end| (end.seq, end.hash)));
    };
    match kept_end(conn, company)? {
        Some(end) if end.is_authentic(keys) && seq <= end.seq => Ok((end.seq, end.hash)),
        Some(end) if end.is_authentic(keys) => {
            // An earlier version wrote beside this one.
            authenticate_after(conn, company, end.seq, keys)?;
            Ok((seq, hash))
        }
        None if !is_authenticated(conn, company)? => {
            authenticate_after(conn, company, 0, keys)?;
            Ok((seq, hash))
        }
        end => {
            tracing::error!(%company, rows = seq, "the kept end of this audit log is gone: rows may be missing");
            let lost = Row {
                action: Action::AuditEndLost.as_str().to_owned(),
                ..Row::new(company, Actor::Portal.label(), None, &json!({ "last_row": seq }))
            };
            // The end only ever moves on, also where somebody put it too far.
            let seq = end.map_or(seq, |end| end.seq.max(seq));
            let lost = insert(conn, lost, (seq, hash), Some(keys))?;
            Ok((lost.seq, lost.hash))
        }
    }
}

fn is_authenticated(conn: &mut Conn, company: &CompanyId) -> DbResult<bool> {
    let with_code = audit_log::table.filter(audit_log::company_id.eq(company).and(audit_log::mac.ne("")));
    let found: Option<i64> = with_code.select(audit_log::seq).first(conn).optional()?;
    Ok(found.is_some())
}

/// Gives each company's rows that an earlier version wrote their codes, marked as made now. Answers the companies and
/// how many rows there were.
pub fn authenticate_older(conn: &mut Conn) -> DbResult<Vec<(CompanyId, i64)>> {
    let Some(keys) = crate::db::carried::<MacKeys>() else { return Ok(Vec::new()) };
    let all: Vec<CompanyId> = companies::table.select(companies::id).load(conn)?;
    let mut done = Vec::new();
    for company in all {
        dialect::lock_company(conn, &company)?;
        if kept_end(conn, &company)?.is_some() || is_authenticated(conn, &company)? {
            continue;
        }
        let rows = authenticate_after(conn, &company, 0, &keys)?;
        if rows > 0 {
            done.push((company, rows));
        }
    }
    Ok(done)
}

/// Gives the rows behind this one their codes, and keeps the last. What the rows' own hashes do not bear out stays so.
fn authenticate_after(conn: &mut Conn, company: &CompanyId, after: i64, keys: &MacKeys) -> DbResult<i64> {
    let (now, mut last, mut count) = (Timestamp::now(), after, 0);
    loop {
        let rows: Vec<Row> = audit_log::table
            .filter(audit_log::company_id.eq(company).and(audit_log::seq.gt(last)))
            .order(audit_log::seq.asc())
            .limit(AT_ONCE)
            .select(Row::as_select())
            .load(conn)?;
        let Some(end) = rows.last() else { return Ok(count) };
        let (seq, hash) = (end.seq, end.hash.clone());
        for mut row in rows.into_iter().filter(|row| row.mac.is_empty()) {
            row.authenticate(keys, Some(now));
            diesel::update(audit_log::table.find(row.id))
                .set((
                    audit_log::mac.eq(&row.mac),
                    audit_log::mac_key.eq(&row.mac_key),
                    audit_log::mac_at.eq(row.mac_at),
                ))
                .execute(conn)?;
            count += 1;
        }
        keep(conn, company, seq, &hash, keys)?;
        last = seq;
    }
}
