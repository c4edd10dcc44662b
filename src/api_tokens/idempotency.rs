//! Calls that a program makes again because it does not know whether the first one arrived
//! (draft-ietf-httpapi-idempotency-key-header-07): the second is answered as the first, and nothing is done twice. What was
//! answered is kept for a day, and goes with the candidate whom it names.

use crate::db::schema::idempotency_keys::{self, dsl};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{ApiTokenId, CandidateId, CompanyId, IdempotencyKeyId};
use crate::secrets::hash_of;
use crate::time::Timestamp;
use diesel::prelude::*;
use std::time::Duration;

/// An answer is kept for so long; then the key means another call.
pub const KEPT: Duration = Duration::from_secs(86_400);

/// A call that has no answer after so long ended with its process, before anything was done.
const LOST: Duration = Duration::from_secs(120);

/// Rows that are removed in one transaction.
const AT_ONCE: i64 = 500;

/// How often another call may be quicker, until this one is told to wait.
const TRIES: u8 = 3;

/// A call that came with a key.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency_keys)]
struct Call {
    id: IdempotencyKeyId,
    company_id: CompanyId,
    token_id: ApiTokenId,
    key_hash: String,
    request_hash: String,
    candidate_id: Option<CandidateId>,
    created_at: Timestamp,
    /// None while it runs.
    status: Option<i32>,
    body: Option<String>,
}

/// What a key means now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// A call that is new; what it answers is kept under this id.
    New(IdempotencyKeyId),
    /// The same call is not answered yet.
    Running,
    /// The key came with another call.
    OfAnotherCall,
    /// The same call was answered so.
    Answered {
        /// Its HTTP status.
        status: u16,
        /// Its body, JSON.
        body: String,
    },
}

/// Takes a key of a token for a call. `request`: all by which this call is told from another.
pub fn claim(
    conn: &mut Conn,
    company: &CompanyId,
    token: &ApiTokenId,
    key: &str,
    request: &str,
) -> DbResult<Claimed> {
    let now = Timestamp::now();
    let new = [Call {
        id: IdempotencyKeyId::new(),
        company_id: *company,
        token_id: *token,
        key_hash: hash_of(key),
        request_hash: hash_of(request),
        candidate_id: None,
        created_at: now,
        status: None,
        body: None,
    }];
    let [call] = &new;
    for _ in 0..TRIES {
        // PostgreSQL waits here for a call with the same key whose claim is not on disk yet.
        if !dialect::insert_new!(conn, idempotency_keys, &new).is_empty() {
            return Ok(Claimed::New(call.id));
        }
        let known: Option<Call> = dsl::idempotency_keys
            .filter(dsl::token_id.eq(token).and(dsl::key_hash.eq(&call.key_hash)))
            .select(Call::as_select())
            .first(conn)
            .optional()?;
        let Some(known) = known else { continue };
        let is_lost = known.status.is_none() && known.created_at <= now.minus(LOST);
        if is_lost || known.created_at <= now.minus(KEPT) {
            let this = dsl::idempotency_keys.find(known.id);
            let is_over = dsl::status.is_null().or(dsl::created_at.le(now.minus(KEPT)));
            diesel::delete(this.filter(is_over)).execute(conn)?;
            continue;
        }
        if known.request_hash != call.request_hash {
            return Ok(Claimed::OfAnotherCall);
        }
        return Ok(match (known.status.and_then(|status| u16::try_from(status).ok()), known.body) {
            (Some(status), Some(body)) => Claimed::Answered { status, body },
            _ => Claimed::Running,
        });
    }
    Ok(Claimed::Running)
}

/// Holds a call until the transaction ends, so that nobody else takes its key meanwhile. `false`: somebody did, and
/// nothing may be done.
pub fn hold(conn: &mut Conn, id: &IdempotencyKeyId) -> DbResult<bool> {
    let running = dsl::idempotency_keys.find(id).filter(dsl::status.is_null());
    Ok(diesel::update(running).set(dsl::created_at.eq(dsl::created_at)).execute(conn)? == 1)
}

/// Keeps what a call is answered, in the transaction of what it did. `about`: whom the answer names.
pub fn keep(
    conn: &mut Conn,
    id: &IdempotencyKeyId,
    about: Option<&CandidateId>,
    status: u16,
    body: &str,
) -> DbResult<()> {
    diesel::update(dsl::idempotency_keys.find(id))
        .set((dsl::candidate_id.eq(about), dsl::status.eq(Some(i32::from(status))), dsl::body.eq(Some(body))))
        .execute(conn)?;
    Ok(())
}

/// Gives the key of a call free that failed: it did nothing, and may come again.
pub fn release(conn: &mut Conn, id: &IdempotencyKeyId) -> DbResult<()> {
    diesel::delete(dsl::idempotency_keys.find(id).filter(dsl::status.is_null())).execute(conn)?;
    Ok(())
}

/// Removes answers that are older than a day; some at a time. Answers how many.
pub fn age_out(conn: &mut Conn, now: Timestamp) -> DbResult<usize> {
    let old: Vec<IdempotencyKeyId> = dsl::idempotency_keys
        .filter(dsl::created_at.le(now.minus(KEPT)))
        .limit(AT_ONCE)
        .select(dsl::id)
        .load(conn)?;
    // An empty deletion would be a write all the same.
    if old.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(dsl::idempotency_keys.filter(dsl::id.eq_any(old))).execute(conn)?)
}
