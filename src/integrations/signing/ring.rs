//! Deliveries that nobody vouches for: the ring that they are kept in beyond the few that the event log shows, and
//! their end. A stranger who knows an account's address fills no more than this, and pushes out only their own.

use crate::db::schema::{
    events, integrations, signature_watches, unverified_deliveries, unverified_networks,
};
use crate::db::{Conn, DbResult};
use crate::events::State;
use crate::ids::{EventId, IntegrationId};
use crate::time::Timestamp;
use diesel::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

/// Deliveries in the ring of an account.
const MOST: i64 = 120_000;

/// Bytes of deliveries in the ring of an account: with keys and indexes about 60 MB on disk.
const MOST_BYTES: i64 = 40 * 1024 * 1024;

/// Deliveries that are pushed out together.
const AT_ONCE: i64 = 1_000;

/// So long an unverified delivery is kept: Lever itself can send again what is two weeks old.
const KEPT: Duration = Duration::from_secs(14 * 86_400);

/// The states of events that nobody vouches for.
const UNVERIFIED: [State; 4] = [State::Waiting, State::Quarantined, State::Malformed, State::Check];

/// A delivery for the ring.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = unverified_deliveries)]
pub struct Unverified {
    pub integration_id: IntegrationId,
    /// The sender's network.
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
    pub network: String,
    /// Deliveries in the ring.
    pub kept: i64,
    pub kept_bytes: i64,
    /// When the last of it arrived.
    pub last_at: Timestamp,
}

/// Puts deliveries of one account into its ring.
pub fn keep(conn: &mut Conn, integration: &IntegrationId, rows: &[Unverified]) -> DbResult<()> {
    let mut shares: BTreeMap<&str, (i64, i64, Timestamp)> = BTreeMap::new();
    for row in rows {
        let share = shares.entry(&row.network).or_insert((0, 0, row.received_at));
        *share = (share.0 + 1, share.1 + size(row.delivery.len()), share.2.max(row.received_at));
    }
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
    for (network, (kept, bytes, last_at)) in shares {
        let share = unverified_networks::table.find((integration, network));
        let grown = diesel::update(share)
            .set((
                unverified_networks::kept.eq(unverified_networks::kept + kept),
                unverified_networks::kept_bytes.eq(unverified_networks::kept_bytes + bytes),
                unverified_networks::last_at.eq(last_at),
            ))
            .execute(conn)?;
        if grown == 0 {
            let network = network.to_owned();
            let new =
                NetworkShare { integration_id: *integration, network, kept, kept_bytes: bytes, last_at };
            diesel::insert_into(unverified_networks::table).values(&new).execute(conn)?;
        }
    }
    make_room(conn, integration)
}

fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(MOST_BYTES)
}

/// How the ring of an account is shared, the largest part first.
pub fn shares(conn: &mut Conn, integration: &IntegrationId) -> DbResult<Vec<NetworkShare>> {
    Ok(unverified_networks::table
        .filter(unverified_networks::integration_id.eq(integration))
        .order((unverified_networks::kept_bytes.desc(), unverified_networks::network.asc()))
        .select(NetworkShare::as_select())
        .load(conn)?)
}

/// Pushes out the oldest of the network that has most, until the ring is within its bounds.
fn make_room(conn: &mut Conn, integration: &IntegrationId) -> DbResult<()> {
    loop {
        let shares = shares(conn, integration)?;
        let (kept, bytes) =
            shares.iter().fold((0, 0), |sum, share| (sum.0 + share.kept, sum.1 + share.kept_bytes));
        if kept <= MOST && bytes <= MOST_BYTES {
            return Ok(());
        }
        let Some(largest) = shares.first() else { return Ok(()) };
        let oldest = of_network(conn, integration, &largest.network, None, AT_ONCE)?;
        if oldest.is_empty() {
            // The count was wrong: what is not there takes no room.
            diesel::delete(unverified_networks::table.find((integration, &largest.network))).execute(conn)?;
            continue;
        }
        remove_oldest(conn, &oldest)?;
        note_dropped(conn, integration, size(oldest.len()))?;
    }
}

/// Deliveries of a network, oldest first, after this one.
fn of_network(
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
fn remove_oldest(conn: &mut Conn, rows: &[Unverified]) -> DbResult<()> {
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
    let bytes: i64 = rows.iter().map(|row| size(row.delivery.len())).sum();
    let share = unverified_networks::table.find((integration_id, network));
    diesel::update(share)
        .set((
            unverified_networks::kept.eq(unverified_networks::kept - size(rows.len())),
            unverified_networks::kept_bytes.eq(unverified_networks::kept_bytes - bytes),
        ))
        .execute(conn)?;
    diesel::delete(share.filter(unverified_networks::kept.le(0))).execute(conn)?;
    Ok(())
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
    let of_account = unverified_deliveries::integration_id.eq(integration);
    let in_ring = diesel::delete(unverified_deliveries::table.filter(of_account)).execute(conn)?;
    let of_account = unverified_networks::integration_id.eq(integration);
    diesel::delete(unverified_networks::table.filter(of_account)).execute(conn)?;
    Ok(in_ring + remove_events(conn, integration, &UNVERIFIED, None, i64::from(i32::MAX))?)
}

/// Removes what is older than two weeks, of all accounts, some of each. Answers how many: asked again until there are
/// none.
pub fn age_out(conn: &mut Conn, now: Timestamp) -> DbResult<usize> {
    let limit = now.minus(KEPT).first_id();
    let limit = EventId::parse(&limit).unwrap_or_else(EventId::new);
    let accounts: Vec<IntegrationId> = integrations::table.select(integrations::id).load(conn)?;
    let mut removed = 0;
    for account in accounts {
        removed += remove_events(conn, &account, &UNVERIFIED, Some(limit), AT_ONCE)?;
        for share in shares(conn, &account)? {
            let mut old = of_network(conn, &account, &share.network, None, AT_ONCE)?;
            old.retain(|row| row.id < limit);
            remove_oldest(conn, &old)?;
            removed += old.len();
        }
    }
    Ok(removed)
}
