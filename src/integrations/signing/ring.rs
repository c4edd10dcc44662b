//! Deliveries that nobody vouches for: the ring that they are kept in beyond the few that the event log shows, and
//! their end. A stranger who knows an account's address fills no more than this, and pushes out only their own.

use super::kept::{AT_ONCE, cost, count, insert, remove_oldest, size};
use super::parts::{self, Part};
use super::room;
use crate::db::schema::{events, integrations, unverified_deliveries, unverified_networks, unverified_rings};
use crate::db::{Conn, DbResult, dialect};
use crate::events::State;
use crate::ids::{EventId, IntegrationId};
use crate::time::Timestamp;
use diesel::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

pub use super::kept::{NetworkShare, Totals, Unverified, dropped, note_dropped, shares, totals};
pub(super) use super::kept::{of_network, remove};

/// So long an unverified delivery is kept: Lever itself can send again what is two weeks old.
const KEPT: Duration = Duration::from_secs(14 * 86_400);

/// The states of events that nobody vouches for.
const UNVERIFIED: [State; 4] = [State::Waiting, State::Quarantined, State::Malformed, State::Check];

/// Puts deliveries of one account into its ring.
pub fn keep(conn: &mut Conn, integration: &IntegrationId, rows: &[Unverified]) -> DbResult<()> {
    dialect::lock_ring(conn, integration)?;
    let has = totals(conn, integration)?.parts;
    let networks = rows.iter().map(|row| row.network.as_str()).collect();
    let found = parts::find(conn, integration, networks, has)?;
    let in_part = |row: &Unverified| Unverified {
        network: found.get(row.network.as_str()).map_or_else(String::new, |part| part.name.clone()),
        ..row.clone()
    };
    let rows: Vec<Unverified> = rows.iter().map(in_part).collect();
    insert(conn, &rows)?;
    let mut shares: BTreeMap<&str, NetworkShare> = BTreeMap::new();
    for row in &rows {
        let share = shares.entry(&row.network).or_insert_with(|| NetworkShare {
            integration_id: *integration,
            network: row.network.clone(),
            kept: 0,
            kept_bytes: 0,
            last_at: row.received_at,
            family: String::new(),
            first_at: row.received_at,
        });
        share.kept += 1;
        share.kept_bytes += cost(row);
        share.last_at = share.last_at.max(row.received_at);
    }
    let mut new = 0;
    for Part { name, begins } in found.into_values() {
        let Some(begins) = begins else { continue };
        let Some(mut share) = shares.remove(name.as_str()) else { continue };
        share.family = begins.family;
        if begins.is_proven {
            share.first_at = NetworkShare::PROVEN;
        }
        diesel::insert_into(unverified_networks::table).values(&share).execute(conn)?;
        new += 1;
    }
    for share in shares.into_values() {
        diesel::update(unverified_networks::table.find((integration, &share.network)))
            .set((
                unverified_networks::kept.eq(unverified_networks::kept + share.kept),
                unverified_networks::kept_bytes.eq(unverified_networks::kept_bytes + share.kept_bytes),
                unverified_networks::last_at.eq(share.last_at),
            ))
            .execute(conn)?;
    }
    let bytes = rows.iter().map(cost).sum();
    count(conn, integration, (new, size(rows.len()), bytes))?;
    room::make_room(conn, integration)
}

/// Hands all of an account's ring to `look`; some are read at a time.
pub(super) fn walk(
    conn: &mut Conn,
    integration: &IntegrationId,
    mut look: impl FnMut(&Unverified),
) -> DbResult<()> {
    for share in shares(conn, integration)? {
        let mut after = None;
        loop {
            let rows = of_network(conn, integration, &share.network, after, AT_ONCE)?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            rows.iter().for_each(&mut look);
        }
    }
    Ok(())
}

/// The network that follows this one in the ring.
pub(super) fn next_network(
    conn: &mut Conn,
    integration: &IntegrationId,
    network: &str,
) -> DbResult<Option<String>> {
    let next = unverified_networks::table
        .filter(unverified_networks::integration_id.eq(integration))
        .filter(unverified_networks::network.gt(network))
        .order(unverified_networks::network.asc())
        .select(unverified_networks::network);
    Ok(next.first(conn).optional()?)
}

/// Removes events that nobody vouches for, some at a time, oldest first: those of these states, up to `limit` of
/// each, and only those before `before` where it is given. Answers how many.
pub fn remove_events(
    conn: &mut Conn,
    integration: &IntegrationId,
    states: &[State],
    before: Option<EventId>,
    limit: i64,
) -> DbResult<usize> {
    let mut removed = 0;
    for state in states {
        let mut query = events::table
            .filter(events::integration_id.eq(integration).and(events::state.eq(*state)))
            .filter(events::signing_token_id.is_null())
            .order(events::id.asc())
            .limit(limit)
            .select(events::id)
            .into_boxed();
        if let Some(before) = before {
            query = query.filter(events::id.lt(before));
        }
        let ids: Vec<EventId> = query.load(conn)?;
        for ids in ids.chunks(500) {
            removed += diesel::delete(events::table.filter(events::id.eq_any(ids))).execute(conn)?;
        }
    }
    Ok(removed)
}

/// Removes all deliveries to an account that nobody vouches for; answers how many there were.
pub fn empty(conn: &mut Conn, integration: &IntegrationId) -> DbResult<usize> {
    dialect::lock_ring(conn, integration)?;
    let of_account = unverified_deliveries::integration_id.eq(integration);
    let in_ring = diesel::delete(unverified_deliveries::table.filter(of_account)).execute(conn)?;
    let of_account = unverified_networks::integration_id.eq(integration);
    diesel::delete(unverified_networks::table.filter(of_account)).execute(conn)?;
    diesel::delete(unverified_rings::table.find(integration)).execute(conn)?;
    Ok(in_ring + remove_events(conn, integration, &UNVERIFIED, None, i64::from(i32::MAX))?)
}

/// Removes what is older than two weeks, of all accounts, some of each. Answers how many: asked again until there are
/// none.
pub fn age_out(conn: &mut Conn, now: Timestamp) -> DbResult<usize> {
    let before = now.minus(KEPT);
    let limit = before.first_id();
    let limit = EventId::parse(&limit).unwrap_or_else(EventId::new);
    let accounts: Vec<IntegrationId> =
        integrations::table.order(integrations::id.asc()).select(integrations::id).load(conn)?;
    let mut removed = 0;
    for account in accounts {
        removed += remove_events(conn, &account, &UNVERIFIED, Some(limit), AT_ONCE)?;
        dialect::lock_ring(conn, &account)?;
        let old_enough: Vec<NetworkShare> = unverified_networks::table
            .filter(unverified_networks::integration_id.eq(&account))
            .filter(unverified_networks::first_at.lt(before))
            .select(NetworkShare::as_select())
            .load(conn)?;
        for share in old_enough {
            let mut old = of_network(conn, &account, &share.network, None, AT_ONCE)?;
            old.retain(|row| row.id < limit);
            remove_oldest(conn, &old)?;
            removed += old.len();
        }
        recount(conn, &account)?;
    }
    Ok(removed)
}

/// Puts down what a ring holds by what its parts say: an instance of an earlier version counts it nowhere.
fn recount(conn: &mut Conn, integration: &IntegrationId) -> DbResult<()> {
    let parts = shares(conn, integration)?;
    let kept: i64 = parts.iter().map(|part| part.kept).sum();
    let bytes: i64 = parts.iter().map(|part| part.kept_bytes).sum();
    let was = totals(conn, integration)?;
    count(conn, integration, (size(parts.len()) - was.parts, kept - was.kept, bytes - was.kept_bytes))
}
