//! Deliveries that nobody vouches for: the ring that they are kept in beyond the few that the event log shows, and
//! their end. A stranger who knows an account's address fills no more than this, and pushes out only their own.

use super::parts::{self, Part};
use super::room;
use crate::db::schema::{
    events, integrations, signature_watches, unverified_deliveries, unverified_networks, unverified_rings,
};
use crate::db::{Conn, DbResult, dialect};
use crate::events::State;
use crate::ids::{EventId, IntegrationId};
use crate::time::Timestamp;
use diesel::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

/// Bytes that a delivery counts for at least: so much its keys and indexes take.
pub(super) const LEAST: i64 = 350;

/// Deliveries that are read, or removed, together.
pub(super) const AT_ONCE: i64 = 1_000;

/// So long an unverified delivery is kept: Lever itself can send again what is two weeks old.
const KEPT: Duration = Duration::from_secs(14 * 86_400);

/// The states of events that nobody vouches for.
const UNVERIFIED: [State; 4] = [State::Waiting, State::Quarantined, State::Malformed, State::Check];

/// A delivery for the ring.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = unverified_deliveries)]
pub struct Unverified {
    pub integration_id: IntegrationId,
    /// The sender's network; in the ring, the part that it has of it.
    pub network: String,
    /// Of the event that it becomes.
    pub id: EventId,
    pub received_at: Timestamp,
    /// That the sender was answered with.
    pub answered_status: i32,
    /// [`super::compact::CompactDelivery`] as bytes.
    pub delivery: Vec<u8>,
}

/// A network's part of the ring.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = unverified_networks)]
pub struct NetworkShare {
    pub integration_id: IntegrationId,
    /// `192.0.2.0/24`, `2001:db8:1::/48`, or the larger network that several share it by; empty where it is not known.
    pub network: String,
    /// Deliveries in the ring.
    pub kept: i64,
    /// What they count for.
    pub kept_bytes: i64,
    /// When the last of it arrived.
    pub last_at: Timestamp,
    /// The /16 or /32 whose networks are counted together; empty: it is counted with none.
    pub family: String,
    /// When the first of it arrived, or [`NetworkShare::PROVEN`].
    pub first_at: Timestamp,
}

impl NetworkShare {
    /// `first_at` of a network from which something was verified once.
    pub const PROVEN: Timestamp = Timestamp(0);
}

/// What the ring of an account holds.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = unverified_rings)]
pub struct Totals {
    pub integration_id: IntegrationId,
    /// Parts that networks have of it.
    pub parts: i64,
    /// Deliveries.
    pub kept: i64,
    /// What they count for.
    pub kept_bytes: i64,
}

/// What the ring of an account holds.
pub fn totals(conn: &mut Conn, integration: &IntegrationId) -> DbResult<Totals> {
    let row = unverified_rings::table.find(integration).select(Totals::as_select());
    Ok(row.first(conn).optional()?.unwrap_or(Totals {
        integration_id: *integration,
        parts: 0,
        kept: 0,
        kept_bytes: 0,
    }))
}

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
        let (Some(begins), Some(mut share)) = (begins, shares.remove(name.as_str())) else { continue };
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

fn insert(conn: &mut Conn, rows: &[Unverified]) -> DbResult<()> {
    match conn {
        // PostgreSQL takes 65,535 values in a statement.
        Conn::Postgres(pg) => {
            for rows in rows.chunks(1_000) {
                diesel::insert_into(unverified_deliveries::table).values(rows).execute(pg)?;
            }
        }
        // Several at once would begin a transaction of their own.
        Conn::Sqlite(sqlite) => {
            for row in rows {
                diesel::insert_into(unverified_deliveries::table).values(row).execute(sqlite)?;
            }
        }
    }
    Ok(())
}

/// What a delivery counts for, in bytes.
pub(super) fn cost(row: &Unverified) -> i64 {
    size(row.delivery.len()).max(LEAST)
}

fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Adds parts, deliveries and bytes to what a ring holds; they may be below zero.
fn count(
    conn: &mut Conn,
    integration: &IntegrationId,
    (parts, kept, kept_bytes): (i64, i64, i64),
) -> DbResult<()> {
    let counted = diesel::update(unverified_rings::table.find(integration))
        .set((
            unverified_rings::parts.eq(unverified_rings::parts + parts),
            unverified_rings::kept.eq(unverified_rings::kept + kept),
            unverified_rings::kept_bytes.eq(unverified_rings::kept_bytes + kept_bytes),
        ))
        .execute(conn)?;
    if counted == 0 {
        let new = Totals { integration_id: *integration, parts, kept, kept_bytes };
        diesel::insert_into(unverified_rings::table).values(&new).execute(conn)?;
    }
    Ok(())
}

/// How the ring of an account is shared, the largest part first.
pub fn shares(conn: &mut Conn, integration: &IntegrationId) -> DbResult<Vec<NetworkShare>> {
    Ok(unverified_networks::table
        .filter(unverified_networks::integration_id.eq(integration))
        .order((unverified_networks::kept_bytes.desc(), unverified_networks::network.asc()))
        .select(NetworkShare::as_select())
        .load(conn)?)
}

/// Deliveries of a network, oldest first, after this one.
pub(super) fn of_network(
    conn: &mut Conn,
    integration: &IntegrationId,
    network: &str,
    after: Option<EventId>,
    limit: i64,
) -> DbResult<Vec<Unverified>> {
    let mut query = unverified_deliveries::table
        .filter(unverified_deliveries::integration_id.eq(integration))
        .filter(unverified_deliveries::network.eq(network))
        .order(unverified_deliveries::id.asc())
        .limit(limit)
        .select(Unverified::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(unverified_deliveries::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Takes the oldest of a network out of the ring: all up to the last of these, which are in order. By a range, since
/// PostgreSQL looks at all of the network's rows for a list of ids while it has no statistics of a fresh flood.
pub(super) fn remove_oldest(conn: &mut Conn, rows: &[Unverified]) -> DbResult<()> {
    let Some(Unverified { integration_id, network, id: last, .. }) = rows.last() else { return Ok(()) };
    diesel::delete(unverified_deliveries::table)
        .filter(unverified_deliveries::integration_id.eq(integration_id))
        .filter(unverified_deliveries::network.eq(network))
        .filter(unverified_deliveries::id.le(last))
        .execute(conn)?;
    shrink(conn, rows)
}

/// Takes these out of the ring; all are of one account and network.
fn remove(conn: &mut Conn, rows: &[Unverified]) -> DbResult<()> {
    let Some(Unverified { integration_id, network, .. }) = rows.first() else { return Ok(()) };
    dialect::lock_ring(conn, integration_id)?;
    let ids: Vec<EventId> = rows.iter().map(|row| row.id).collect();
    for ids in ids.chunks(500) {
        diesel::delete(unverified_deliveries::table)
            .filter(unverified_deliveries::integration_id.eq(integration_id))
            .filter(unverified_deliveries::network.eq(network))
            .filter(unverified_deliveries::id.eq_any(ids))
            .execute(conn)?;
    }
    shrink(conn, rows)
}

/// The network's share without these.
fn shrink(conn: &mut Conn, rows: &[Unverified]) -> DbResult<()> {
    let Some(Unverified { integration_id, network, .. }) = rows.first() else { return Ok(()) };
    let (kept, bytes) = (size(rows.len()), rows.iter().map(cost).sum::<i64>());
    let share = unverified_networks::table.find((integration_id, network));
    diesel::update(share)
        .set((
            unverified_networks::kept.eq(unverified_networks::kept - kept),
            unverified_networks::kept_bytes.eq(unverified_networks::kept_bytes - bytes),
        ))
        .execute(conn)?;
    let gone = diesel::delete(share.filter(unverified_networks::kept.le(0))).execute(conn)?;
    count(conn, integration_id, (-size(gone), -kept, -bytes))
}

/// Forgets a part of the ring of which nothing is there, and what was still counted of it.
pub(super) fn forget(conn: &mut Conn, share: &NetworkShare, kept: i64, bytes: i64) -> DbResult<()> {
    let row = unverified_networks::table.find((&share.integration_id, &share.network));
    let gone = diesel::delete(row).execute(conn)?;
    count(conn, &share.integration_id, (-size(gone), -kept, -bytes))
}

/// Counts deliveries that were not kept, or not for long.
pub fn note_dropped(conn: &mut Conn, integration: &IntegrationId, count: i64) -> DbResult<()> {
    let counted = diesel::update(signature_watches::table.find(integration))
        .set(signature_watches::dropped.eq(signature_watches::dropped + count))
        .execute(conn)?;
    if counted == 0 {
        diesel::insert_into(signature_watches::table)
            .values((
                signature_watches::integration_id.eq(integration),
                signature_watches::verified_at.eq(Timestamp(0)),
                signature_watches::verified_network.eq(""),
                signature_watches::failed.eq(0),
                signature_watches::failed_since.eq(Timestamp(0)),
                signature_watches::dropped.eq(count),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// How many deliveries to an account were not kept, or not for long.
pub fn dropped(conn: &mut Conn, integration: &IntegrationId) -> DbResult<i64> {
    let watch = signature_watches::table.find(integration).select(signature_watches::dropped);
    Ok(watch.first(conn).optional()?.unwrap_or(0))
}

/// Hands all of an account's ring to `look`, some at a time; those that it answers are taken out.
pub(super) fn walk(
    conn: &mut Conn,
    integration: &IntegrationId,
    mut look: impl FnMut(&mut Conn, &[Unverified]) -> DbResult<Vec<EventId>>,
) -> DbResult<()> {
    for share in shares(conn, integration)? {
        let mut after = None;
        loop {
            let rows = of_network(conn, integration, &share.network, after, AT_ONCE)?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            let taken = look(conn, &rows)?;
            let taken: Vec<Unverified> = rows.into_iter().filter(|row| taken.contains(&row.id)).collect();
            remove(conn, &taken)?;
        }
    }
    Ok(())
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
