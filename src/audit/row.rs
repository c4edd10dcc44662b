//! A row of the log: what its hash covers, and what its code covers.

use crate::ids::{AuditId, CompanyId, UserId};
use crate::secrets::MacKeys;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The hash before the first row: 64 zeros.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

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
    /// The code over the hash that only the holder of the secret key can make; empty until it is made.
    pub mac: String,
    /// The name of the key that made it.
    pub mac_key: String,
    /// When it was made, if not together with the row.
    pub mac_at: Option<Timestamp>,
}

impl Row {
    /// A row that has no place in the chain yet, and says nothing of what was done.
    pub(super) fn new(company: &CompanyId, actor: &str, actor_id: Option<&UserId>, detail: &Value) -> Self {
        Self {
            id: AuditId::new(),
            company_id: *company,
            seq: 0,
            at: Timestamp::now(),
            actor: actor.to_owned(),
            actor_id: actor_id.copied(),
            action: String::new(),
            subject: String::new(),
            detail: detail.to_string(),
            prev_hash: String::new(),
            hash: String::new(),
            mac: String::new(),
            mac_key: String::new(),
            mac_at: None,
        }
    }

    /// SHA-256 over each field with its length before it, so that no two rows have the same text.
    pub(super) fn computed_hash(&self) -> String {
        hash(&Hashed {
            id: self.id.as_str(),
            company: self.company_id.as_str(),
            seq: self.seq,
            at: self.at.0,
            actor: &self.actor,
            actor_id: self.actor_id.as_ref().map_or("", UserId::as_str),
            action: &self.action,
            subject: &self.subject,
            detail: &self.detail,
            prev_hash: &self.prev_hash,
        })
    }

    /// Adds the code; `later`: when, for a row that stands already.
    pub(super) fn authenticate(&mut self, keys: &MacKeys, later: Option<Timestamp>) {
        (self.mac_key, self.mac_at) = (keys.id().to_owned(), later);
        self.mac = keys.code(&[ROW, &moment(later), self.hash.as_bytes()]);
    }

    /// Whether the code is that of this row.
    pub(super) fn is_authentic(&self, keys: &MacKeys) -> bool {
        let parts: [&[u8]; 3] = [ROW, &moment(self.mac_at), self.hash.as_bytes()];
        keys.is_code(&self.mac, &self.mac_key, &parts)
    }
}

/// What codes of rows begin with, so that none is the code of something else.
const ROW: &[u8] = b"alva-portal audit row\n";

/// So that the code also says that it was made later.
fn moment(later: Option<Timestamp>) -> [u8; 8] {
    later.map_or(0, |at| at.0).to_be_bytes()
}

/// The fields that a row's hash covers, in their order.
pub struct Hashed<'r> {
    pub id: &'r str,
    pub company: &'r str,
    pub seq: i64,
    /// Milliseconds since 1970 UTC.
    pub at: i64,
    pub actor: &'r str,
    /// Empty when it was no person.
    pub actor_id: &'r str,
    pub action: &'r str,
    pub subject: &'r str,
    pub detail: &'r str,
    pub prev_hash: &'r str,
}

/// The hash of a row: SHA-256 over each field, numbers as decimal digits, with its length in bytes before it (eight
/// bytes, the highest first); as hexadecimal digits.
pub fn hash(row: &Hashed<'_>) -> String {
    let (seq, at) = (row.seq.to_string(), row.at.to_string());
    let mut hasher = Sha256::new();
    for field in [
        row.id,
        row.company,
        &seq,
        &at,
        row.actor,
        row.actor_id,
        row.action,
        row.subject,
        row.detail,
        row.prev_hash,
    ] {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    hex::encode(hasher.finalize())
}
