//! Whether the signatures of an account's deliveries begin to fail: its token was probably regenerated.
//!
//! Anybody who knows an account's address can send what no token verifies, so one such delivery says nothing. Several
//! do when nothing was verified for a while, when tokens were changed of late, or when they come from where genuine
//! ones come from.

use super::parts;
use crate::db::schema::{integrations, signature_watches, signing_tokens};
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::time::Timestamp;
use diesel::prelude::*;
use std::time::Duration;

/// So many deliveries with a signature that no token verifies may be a stranger's.
const FEW: i64 = 2;

/// An account that verified nothing for so long may have lost its tokens.
const A_WHILE: Duration = Duration::from_secs(15 * 60);

/// From elsewhere than genuine ones come from, it takes so many of them, or so long: two are sent at any time of a night.
const MANY: i64 = 20;

/// See [`MANY`].
const LONG: Duration = Duration::from_secs(3_600);

/// So long after a token was added or removed, failures are likely to be because of that.
const BESIDE_A_CHANGE: Duration = Duration::from_secs(86_400);

/// What came of the deliveries of one account, in their order.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The last that was verified: when, and from which network.
    pub verified: Option<(Timestamp, String)>,
    /// Deliveries after that one with a signature such as Lever's which no token verifies: when each came, and from
    /// which network.
    pub failed: Vec<(Timestamp, String)>,
}

impl Outcome {
    /// A delivery was verified.
    pub fn verified(&mut self, at: Timestamp, network: &str) {
        *self = Self { verified: Some((at, network.to_owned())), failed: Vec::new() };
    }

    /// A delivery had a signature that no token verifies.
    pub fn failed(&mut self, at: Timestamp, network: &str) {
        self.failed.push((at, network.to_owned()));
    }
}

/// How deliveries to an account were verified of late.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = signature_watches)]
struct Watch {
    integration_id: IntegrationId,
    verified_at: Timestamp,
    verified_network: String,
    failed: i64,
    failed_since: Timestamp,
    dropped: i64,
}

/// Takes note of what came of deliveries to a working account.
pub fn note(conn: &mut Conn, id: &IntegrationId, outcome: &Outcome) -> DbResult<()> {
    let known: Option<Watch> =
        signature_watches::table.find(id).select(Watch::as_select()).first(conn).optional()?;
    let is_known = known.is_some();
    let mut watch = known.unwrap_or(Watch {
        integration_id: *id,
        verified_at: Timestamp(0),
        verified_network: String::new(),
        failed: 0,
        failed_since: Timestamp(0),
        dropped: 0,
    });
    if let Some((at, network)) = &outcome.verified {
        if watch.verified_network != *network {
            parts::prove(conn, network, *at)?;
        }
        watch.verified_at = *at;
        watch.verified_network.clone_from(network);
        watch.failed = 0;
        let failing =
            integrations::table.find(id).filter(integrations::signature_failing_since.is_not_null());
        diesel::update(failing)
            .set(integrations::signature_failing_since.eq(None::<Timestamp>))
            .execute(conn)?;
    }
    if let Some((first, _)) = outcome.failed.first() {
        if watch.failed == 0 {
            watch.failed_since = *first;
        }
        watch.failed += i64::try_from(outcome.failed.len()).unwrap_or(FEW);
        if watch.failed >= FEW && is_likely(conn, &watch, outcome)? {
            let calm = integrations::table.find(id).filter(integrations::signature_failing_since.is_null());
            diesel::update(calm)
                .set(integrations::signature_failing_since.eq(Some(watch.failed_since)))
                .execute(conn)?;
        }
    }
    match is_known {
        true => diesel::update(signature_watches::table.find(id)).set(&watch).execute(conn)?,
        false => diesel::insert_into(signature_watches::table).values(&watch).execute(conn)?,
    };
    Ok(())
}

/// Forgets the failures so far: a token that verifies them was saved.
pub fn forget_failures(conn: &mut Conn, id: &IntegrationId) -> DbResult<()> {
    diesel::update(signature_watches::table.find(id)).set(signature_watches::failed.eq(0)).execute(conn)?;
    Ok(())
}

/// Whether it is more likely that a token was changed than that a stranger sends.
fn is_likely(conn: &mut Conn, watch: &Watch, outcome: &Outcome) -> DbResult<bool> {
    let now = Timestamp::now();
    let is_lever = |(_, network): &(Timestamp, String)| *network == watch.verified_network;
    let is_much = watch.failed >= MANY || watch.failed_since < now.minus(LONG);
    if (watch.verified_at < now.minus(A_WHILE) && is_much) || outcome.failed.iter().any(is_lever) {
        return Ok(true);
    }
    let since = now.minus(BESIDE_A_CHANGE);
    let changed = signing_tokens::table
        .filter(signing_tokens::integration_id.eq(watch.integration_id))
        .filter(signing_tokens::added_at.ge(since).or(signing_tokens::retired_at.ge(since)));
    Ok(diesel::select(diesel::dsl::exists(changed)).get_result(conn)?)
}
