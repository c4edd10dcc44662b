//! Whether a company's log is whole.

use super::row::{Row, START};
use super::{Action, ends};
use crate::db::schema::audit_log::dsl;
use crate::db::{Conn, DbResult, carried};
use crate::i18n::portal;
use crate::ids::CompanyId;
use crate::secrets::MacKeys;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Rows that are in memory at a time.
const AT_ONCE: i64 = 1_000;

text_enum! {
    /// What is wrong with a row.
    Fault {
        /// There are no rows, or the log does not begin with the company's creation.
        Emptied => "emptied",
        /// The row is not there.
        Missing => "missing",
        /// Its hash is not that of its content, or it does not follow from the row before.
        Changed => "changed",
        /// The hashes fit each other, but somebody without the secret key made them.
        NotAuthentic => "not_authentic",
        /// Rows from this one on are missing: the end that is kept apart lies behind them.
        EndMissing => "end_missing",
        /// The end that is kept apart is gone, or somebody without the secret key made it.
        EndUnknown => "end_unknown",
        /// A signed checkpoint says that another row stood here, or that there were more rows.
        Checkpoint => "checkpoint",
        /// The row says that the end was gone when the log went on: rows before it may be missing.
        EndLost => "end_lost",
    }
}

impl Fault {
    /// What it means, for people.
    pub fn sentence(self) -> String {
        portal().name("audit-fault", self.as_str())
    }
}

/// What a walk along the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every row follows from the one before, and was written by the portal.
    Intact(Intact),
    /// The first row that is not so.
    BrokenAt {
        /// Its number.
        row: i64,
        /// What is wrong.
        fault: Fault,
    },
}

/// A log that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intact {
    /// How many rows there are: row 1 to this one.
    pub rows: i64,
    /// The hash of the last.
    pub hash: String,
    /// Rows whose codes were made later than the rows: until then only the chain speaks for them.
    pub later: Option<Later>,
}

/// Rows whose codes were made later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Later {
    /// How many.
    pub rows: i64,
    /// The last of them.
    pub last: i64,
    /// When the last got its code.
    pub at: Timestamp,
}

/// Walks a company's chain from its first row to its end: hashes, codes, and the end that is kept apart.
pub fn verify(conn: &mut Conn, company: &CompanyId) -> DbResult<Verdict> {
    verify_from(conn, company, None)
}

/// The same, from behind a row whose number and hash are known.
pub fn verify_from(conn: &mut Conn, company: &CompanyId, from: Option<(i64, &str)>) -> DbResult<Verdict> {
    let keys = carried::<MacKeys>();
    // Read first: the log may grow meanwhile.
    let end = ends::kept_end(conn, company)?;
    let (mut seq, mut hash) = from.map_or((0, START.to_owned()), |(seq, hash)| (seq, hash.to_owned()));
    let mut signed = signed_rows(conn, company, seq)?;
    let mut hash_at_end = end.as_ref().filter(|end| end.seq == seq).map(|_| hash.clone());
    let mut later = None;
    loop {
        let rows: Vec<Row> = dsl::audit_log
            .filter(dsl::company_id.eq(company).and(dsl::seq.gt(seq)))
            .order(dsl::seq.asc())
            .limit(AT_ONCE)
            .select(Row::as_select())
            .load(conn)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if let Some(fault) = fault(&row, seq, &hash, keys.as_deref()) {
                return Ok(Verdict::BrokenAt { row: seq + 1, fault });
            }
            if signed.remove(&row.seq).is_some_and(|signed| signed != row.hash) {
                return Ok(Verdict::BrokenAt { row: row.seq, fault: Fault::Checkpoint });
            }
            if let Some(at) = row.mac_at {
                let rows = later.map_or(0, |later: Later| later.rows) + 1;
                later = Some(Later { rows, last: row.seq, at });
            }
            if end.as_ref().is_some_and(|end| end.seq == row.seq) {
                hash_at_end = Some(row.hash.clone());
            }
            (seq, hash) = (row.seq, row.hash);
        }
    }
    let broken = |row, fault| Ok(Verdict::BrokenAt { row, fault });
    if seq == 0 {
        // A company's first row is written with the company.
        return broken(1, Fault::Emptied);
    }
    if let Some((row, _)) = signed.pop_first() {
        return broken(row, Fault::Checkpoint);
    }
    match end.filter(|end| keys.is_some_and(|keys| end.is_authentic(&keys))) {
        None => broken(seq, Fault::EndUnknown),
        Some(end) if end.seq > seq => broken(seq + 1, Fault::EndMissing),
        Some(end) if hash_at_end.as_ref() != Some(&end.hash) => broken(end.seq, Fault::NotAuthentic),
        Some(_) => Ok(Verdict::Intact(Intact { rows: seq, hash, later })),
    }
}

/// One row of a company, and what is wrong with it, taken by itself and with the row before.
pub fn row(conn: &mut Conn, company: &CompanyId, seq: i64) -> DbResult<Option<(Row, Option<Fault>)>> {
    let around =
        dsl::audit_log.filter(dsl::company_id.eq(company).and(dsl::seq.between(seq.saturating_sub(1), seq)));
    let mut rows: Vec<Row> = around.order(dsl::seq.asc()).select(Row::as_select()).load(conn)?;
    let Some(row) = rows.pop().filter(|row| row.seq == seq) else { return Ok(None) };
    let keys = carried::<MacKeys>();
    let fault = match rows.pop() {
        Some(before) => fault(&row, before.seq, &before.hash, keys.as_deref()),
        None if seq == 1 => fault(&row, 0, START, keys.as_deref()),
        None => Some(Fault::Changed),
    };
    Ok(Some((row, fault)))
}

/// The rows behind this one that kept checkpoints name, with their hashes.
fn signed_rows(conn: &mut Conn, company: &CompanyId, after: i64) -> DbResult<BTreeMap<i64, String>> {
    use crate::db::schema::audit_checkpoints::dsl as checkpoints;
    let kept = checkpoints::audit_checkpoints
        .filter(checkpoints::company_id.eq(company).and(checkpoints::seq.gt(after)))
        .select((checkpoints::seq, checkpoints::hash));
    Ok(kept.load::<(i64, String)>(conn)?.into_iter().collect())
}

fn fault(row: &Row, before: i64, hash: &str, keys: Option<&MacKeys>) -> Option<Fault> {
    let is_first = before == 0 && row.seq == 1;
    match () {
        () if row.seq != before + 1 => Some(Fault::Missing),
        () if row.prev_hash != hash || row.hash != row.computed_hash() => Some(Fault::Changed),
        () if !keys.is_some_and(|keys| row.is_authentic(keys)) => Some(Fault::NotAuthentic),
        () if is_first && row.action != Action::CompanyCreated.as_str() => Some(Fault::Emptied),
        () if row.action == Action::AuditEndLost.as_str() => Some(Fault::EndLost),
        () => None,
    }
}
