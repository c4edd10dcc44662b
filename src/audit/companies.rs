//! How many companies there are, kept apart from them under a code: a company that is gone together with its log has
//! nothing left that could be found broken.
//!
//! The number is learned once: at the first start of a version that counts, or with the first company. Who removes it
//! later must not have it learned anew, from what they left. So the log of each company says that companies are counted,
//! in the row of its creation or in one of its own, and where a log says so the number is never learned again.

use super::row::Row;
use super::{Action, Actor, record};
use crate::db::schema::{audit_counts, audit_log, companies};
use crate::db::{Conn, DbResult, carried, dialect};
use crate::ids::CompanyId;
use crate::secrets::MacKeys;
use diesel::prelude::*;
use serde_json::{Value, json};

/// The row that counts companies.
const COMPANIES: &str = "companies";

/// Under which key the detail of a company's first row says that companies are counted.
const COUNTED: &str = "companies_counted";

/// Whether companies are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Companies {
    /// There are at least as many as were counted.
    AllThere,
    /// There are fewer.
    Missing {
        /// How many were counted.
        counted: i64,
        /// How many there are.
        there: i64,
    },
    /// The number is gone, or somebody without the secret key wrote it.
    Unknown,
    /// The portal has not started yet since the version that counts.
    NotCounted,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = audit_counts)]
struct Count {
    id: String,
    counted: i64,
    mac: String,
    mac_key: String,
}

impl Count {
    fn new(counted: i64, keys: &MacKeys) -> Self {
        let mac = keys.code(&text(&counted.to_be_bytes()));
        Self { id: COMPANIES.to_owned(), counted, mac, mac_key: keys.id().to_owned() }
    }

    fn is_authentic(&self, keys: &MacKeys) -> bool {
        keys.is_code(&self.mac, &self.mac_key, &text(&self.counted.to_be_bytes()))
    }
}

fn text(counted: &[u8; 8]) -> [&[u8]; 2] {
    [b"alva-portal audit companies\n", counted]
}

/// Counts a company that was inserted in this transaction, before its first row is written. Answers what the detail of
/// that row says.
pub fn founded(conn: &mut Conn, company: &CompanyId) -> DbResult<Value> {
    let is_counted = keep_up(conn, Some(company))?;
    Ok(if is_counted { json!({ COUNTED: true }) } else { json!({}) })
}

/// Learns how many companies there are, where no version counted them before.
pub fn count_companies(conn: &mut Conn) -> DbResult<Companies> {
    keep_up(conn, None)?;
    compare_companies(conn)
}

/// Whether there are as many companies as were counted.
pub fn compare_companies(conn: &mut Conn) -> DbResult<Companies> {
    let Some(keys) = carried::<MacKeys>() else { return Ok(Companies::Unknown) };
    // Read first: another company may come meanwhile.
    let kept = kept(conn)?;
    let there = all(conn)?;
    Ok(match kept {
        Some(kept) if !kept.is_authentic(&keys) => Companies::Unknown,
        Some(Count { counted, .. }) if counted > size(&there) => {
            Companies::Missing { counted, there: size(&there) }
        }
        Some(_) => Companies::AllThere,
        None if there.is_empty() => Companies::AllThere,
        None if is_said_by_any(conn, &there, &keys)? => Companies::Unknown,
        None => Companies::NotCounted,
    })
}

/// Says in the server's log that companies may be gone.
pub fn tell_missing(companies: Companies) {
    tracing::error!(
        ?companies,
        "companies may be gone together with their audit logs; `alva-portal audit verify` says more"
    );
}

/// Raises the number by the company that is new, and to what is there; `false`: nobody here can make the code, or the
/// number is gone.
fn keep_up(conn: &mut Conn, new: Option<&CompanyId>) -> DbResult<bool> {
    let Some(keys) = carried::<MacKeys>() else { return Ok(false) };
    dialect::lock_setup(conn)?;
    let there = all(conn)?;
    let others: Vec<CompanyId> = there.iter().filter(|id| Some(*id) != new).copied().collect();
    let before = match kept(conn)? {
        Some(kept) if kept.is_authentic(&keys) => Some(kept.counted),
        None if !is_said_by_any(conn, &others, &keys)? => None,
        _ => {
            tracing::error!(
                "the count of companies was removed or rewritten: whether one is gone with its audit log cannot be said"
            );
            return Ok(false);
        }
    };
    let counted = size(&there).max(before.unwrap_or(0) + i64::from(new.is_some()));
    if counted == before.unwrap_or(0) {
        return Ok(true);
    }
    let count = Count::new(counted, &keys);
    match before {
        Some(_) => diesel::update(audit_counts::table.find(COMPANIES)).set(&count).execute(conn)?,
        None => diesel::insert_into(audit_counts::table).values(&count).execute(conn)?,
    };
    // Those that an earlier version founded, or a command without the key.
    let expected = before.unwrap_or(0) + i64::from(new.is_some());
    if counted > expected {
        for company in others {
            if !is_said(conn, &company, &keys)? {
                record(conn, &company, &Actor::Portal, Action::AuditCompaniesCounted, "", &json!({}))?;
            }
        }
    }
    Ok(true)
}

fn kept(conn: &mut Conn) -> DbResult<Option<Count>> {
    Ok(audit_counts::table.find(COMPANIES).select(Count::as_select()).first(conn).optional()?)
}

fn all(conn: &mut Conn) -> DbResult<Vec<CompanyId>> {
    Ok(companies::table.order(companies::id.asc()).select(companies::id).load(conn)?)
}

fn size(there: &[CompanyId]) -> i64 {
    i64::try_from(there.len()).unwrap_or(i64::MAX)
}

fn is_said_by_any(conn: &mut Conn, companies: &[CompanyId], keys: &MacKeys) -> DbResult<bool> {
    for company in companies {
        if is_said(conn, company, keys)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a company's log says that companies are counted. Only a row that got its code when it was written says it:
/// the codes of others were made of whatever stood there.
fn is_said(conn: &mut Conn, company: &CompanyId, keys: &MacKeys) -> DbResult<bool> {
    let says = audit_log::seq.eq(1).or(audit_log::action.eq(Action::AuditCompaniesCounted.as_str()));
    let rows: Vec<Row> = audit_log::table
        .filter(audit_log::company_id.eq(company).and(says))
        .order(audit_log::seq.asc())
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.iter().any(|row| {
        let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
        let is_one = row.action == Action::AuditCompaniesCounted.as_str() || detail[COUNTED] == true;
        is_one && row.mac_at.is_none() && row.hash == row.computed_hash() && row.is_authentic(keys)
    }))
}
