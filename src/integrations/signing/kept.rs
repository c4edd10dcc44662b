//! The rows of an account's ring, and what is counted of them.

use crate::db::schema::{signature_watches, unverified_deliveries, unverified_networks, unverified_rings};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{EventId, IntegrationId};
use crate::time::Timestamp;
use diesel::prelude::*;

/// Bytes that a delivery counts for at least: so much its keys and indexes take.
pub(super) const LEAST: i64 = 350;

/// Deliveries that are read, or removed, together.
pub(super) const AT_ONCE: i64 = 1_000;

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

pub(super) fn insert(conn: &mut Conn, rows: &[Unverified]) -> DbResult<()> {
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

pub(super) fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Adds parts, deliveries and bytes to what a ring holds; they may be below zero.
pub(super) fn count(
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
pub(super) fn remove(conn: &mut Conn, rows: &[Unverified]) -> DbResult<()> {
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
