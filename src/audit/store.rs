//! The table of the audit log.

use crate::db::schema::audit_log::dsl;
use crate::db::schema::companies;
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{AuditId, CompanyId, UserId};
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// One row of the log.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::db::schema::audit_log)]
pub struct Row {
    /// Its id; ids sort by time.
    pub id: AuditId,
    pub company_id: CompanyId,
    /// 1, 2, 3, … within the company, without gaps.
    pub seq: i64,
    pub at: Timestamp,
    /// Who: an address, `portal`, or `command line`.
    pub actor: String,
    /// Who, when it was a person.
    pub actor_id: Option<UserId>,
    /// What was done, such as `integration.configured`.
    pub action: String,
    /// What it was done to, in words.
    pub subject: String,
    /// Old and new values, JSON.
    pub detail: String,
    /// The hash of the row before; 64 zeros in the first.
    pub prev_hash: String,
    /// SHA-256 over all of the above.
    pub hash: String,
}

/// What a walk along the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every row follows from the one before; so many there are.
    Intact(i64),
    /// The first row that does not.
    BrokenAt(i64),
}

const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Row {
    /// SHA-256 over each field with its length before it, so that no two rows have the same text.
    fn computed_hash(&self) -> String {
        let mut hasher = Sha256::new();
        let seq = self.seq.to_string();
        let at = self.at.0.to_string();
        let actor_id = self.actor_id.as_ref().map_or("", UserId::as_str);
        for field in [
            self.id.as_str(),
            self.company_id.as_str(),
            &seq,
            &at,
            &self.actor,
            actor_id,
            &self.action,
            &self.subject,
            &self.detail,
            &self.prev_hash,
        ] {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field);
        }
        hex::encode(hasher.finalize())
    }
}

pub(super) fn append(
    conn: &mut Conn,
    company: &CompanyId,
    actor: &str,
    actor_id: Option<&UserId>,
    action: &str,
    subject: &str,
    detail: &Value,
) -> DbResult<()> {
    dialect::lock_company(conn, company)?;
    let last: Option<(i64, String)> = dsl::audit_log
        .filter(dsl::company_id.eq(company))
        .order(dsl::seq.desc())
        .select((dsl::seq, dsl::hash))
        .first(conn)
        .optional()?;
    let (seq, prev_hash) = last.map_or((1, START.to_owned()), |(seq, hash)| (seq + 1, hash));
    let mut row = Row {
        id: AuditId::new(),
        company_id: *company,
        seq,
        at: Timestamp::now(),
        actor: actor.to_owned(),
        actor_id: actor_id.cloned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: detail.to_string(),
        prev_hash,
        hash: String::new(),
    };
    row.hash = row.computed_hash();
    diesel::insert_into(dsl::audit_log).values(&row).execute(conn)?;
    Ok(())
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
        let last: Option<(i64, String)> = dsl::audit_log
            .filter(dsl::company_id.eq(&company))
            .order(dsl::seq.desc())
            .select((dsl::seq, dsl::hash))
            .first(conn)
            .optional()?;
        heads.extend(last.map(|(seq, hash)| (company, seq, hash)));
    }
    Ok(heads)
}

/// Walks a company's chain from its first row, a thousand rows at a time.
pub fn verify(conn: &mut Conn, company: &CompanyId) -> DbResult<Verdict> {
    let (mut seq, mut hash) = (0, START.to_owned());
    loop {
        let rows: Vec<Row> = dsl::audit_log
            .filter(dsl::company_id.eq(company).and(dsl::seq.gt(seq)))
            .order(dsl::seq.asc())
            .limit(1000)
            .select(Row::as_select())
            .load(conn)?;
        if rows.is_empty() {
            // A company's first row is written with the company: a log without rows was emptied.
            return Ok(if seq == 0 { Verdict::BrokenAt(1) } else { Verdict::Intact(seq) });
        }
        for row in rows {
            if row.seq != seq + 1 || row.prev_hash != hash || row.hash != row.computed_hash() {
                return Ok(Verdict::BrokenAt(seq + 1));
            }
            (seq, hash) = (row.seq, row.hash);
        }
    }
}
