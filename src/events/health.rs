//! How the queue of an account is doing.

use super::State;
use crate::db::schema::events;
use crate::db::{Conn, DbResult};
use crate::ids::{EventId, IntegrationId};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;
use std::time::Duration;

/// A failure counts as lately for so long.
const LATELY: Duration = Duration::from_secs(3600);

/// An event is tried for at most about half a day, so no older one can have failed lately.
const TRIED: Duration = Duration::from_secs(48 * 3600);

/// Since when events of an account fail: the first of those given up within the last hour. None when
/// none was, or all were replayed.
pub fn failed_lately(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<Timestamp>> {
    let now = Timestamp::now();
    let at: Option<Option<Timestamp>> = events::table
        .filter(events::integration_id.eq(id).and(events::state.eq(State::Failed)))
        .filter(events::id.ge(first_id(now.minus(TRIED))))
        .filter(events::finished_at.gt(now.minus(LATELY)))
        .order(events::id.asc())
        .select(events::finished_at)
        .first(conn)
        .optional()?;
    Ok(at.flatten())
}

fn first_id(at: Timestamp) -> EventId {
    EventId::parse(&at.first_id()).unwrap_or_else(EventId::new)
}

/// What waits in an account's queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queue {
    /// So many events; counted up to [`Queue::MOST`].
    pub depth: usize,
    /// When the oldest of them arrived.
    pub oldest: Option<Timestamp>,
}

impl Queue {
    /// No page counts further.
    pub const MOST: usize = 1000;
}

/// What waits in an account's queue.
pub fn queue(conn: &mut Conn, id: &IntegrationId) -> DbResult<Queue> {
    let waiting: Vec<Timestamp> = events::table
        .filter(events::integration_id.eq(id).and(events::state.eq(State::Queued)))
        .order(events::id.asc())
        .limit(Queue::MOST as i64)
        .select(events::received_at)
        .load(conn)?;
    Ok(Queue { depth: waiting.len(), oldest: waiting.first().copied() })
}

/// How many of the queue are asked whether they wait for the mail server: when it is away, the oldest do.
const ASKED: i64 = 50;

/// After so many attempts a mail server is away, and not busy for a moment.
const ATTEMPTS: i32 = 2;

/// Since when the queue of an account waits for the mail server, and what that said last. `None`: it does not.
pub fn mail_waits(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<(Timestamp, String)>> {
    let oldest: Vec<(Timestamp, i32, Reason)> = events::table
        .filter(events::integration_id.eq(id).and(events::state.eq(State::Queued)))
        .order(events::id.asc())
        .limit(ASKED)
        .select((events::received_at, events::attempts, events::reason))
        .load(conn)?;
    let waits = |(since, attempts, reason)| match reason {
        Reason::MailLater { detail } if attempts >= ATTEMPTS => Some((since, detail)),
        _ => None,
    };
    Ok(oldest.into_iter().find_map(waits))
}

/// Events that were given up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failed {
    /// So many; counted up to [`Queue::MOST`].
    pub count: usize,
    /// When the first of them was given up.
    pub since: Option<Timestamp>,
}

/// The events of an account that arrived since then, were given up, and were not replayed.
pub fn failed_since(conn: &mut Conn, id: &IntegrationId, since: Timestamp) -> DbResult<Failed> {
    let ended: Vec<Option<Timestamp>> = events::table
        .filter(events::integration_id.eq(id).and(events::state.eq(State::Failed)))
        .filter(events::id.ge(first_id(since)))
        .order(events::id.asc())
        .limit(Queue::MOST as i64)
        .select(events::finished_at)
        .load(conn)?;
    Ok(Failed { count: ended.len(), since: ended.into_iter().flatten().min() })
}

/// When deliveries arrived that were not verified, not readable, or given up: the newest thousand of
/// each kind since then.
pub fn failures_since(conn: &mut Conn, id: &IntegrationId, since: Timestamp) -> DbResult<Vec<Timestamp>> {
    let mut all = Vec::new();
    for state in [State::Failed, State::Quarantined, State::Malformed] {
        let some: Vec<Timestamp> = events::table
            .filter(events::integration_id.eq(id).and(events::state.eq(state)))
            .filter(events::id.ge(first_id(since)))
            .order(events::id.desc())
            .limit(Queue::MOST as i64)
            .select(events::received_at)
            .load(conn)?;
        all.extend(some);
    }
    Ok(all)
}
