//! The queue: verified events that wait for their turn. Events of one opportunity are worked in
//! the order in which they came; a later one waits while an earlier one is tried again.

use super::{Event, State};
use crate::db::schema::events;
use crate::db::{Conn, DbResult};
use crate::ids::{EventId, IntegrationId};
use crate::metrics::metrics;
use crate::time::Timestamp;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use ahead::earlier;

/// The table a second time, for comparing an event with those before it.
mod ahead {
    #![allow(missing_docs, reason = "the macro's items cannot be documented")]
    use crate::db::schema::events;
    diesel::alias!(events as earlier: Earlier);
}

/// The events of an account whose turn it is, oldest first, at most one an opportunity.
///
/// # Errors
/// When the database cannot be asked.
pub fn due(conn: &mut Conn, integration: &IntegrationId, now: Timestamp, limit: i64) -> DbResult<Vec<Event>> {
    let before = earlier.filter(
        earlier
            .field(events::integration_id)
            .eq(events::integration_id)
            .and(earlier.field(events::opportunity_id).eq(events::opportunity_id))
            .and(earlier.field(events::state).eq(State::Queued))
            .and(earlier.field(events::id).lt(events::id)),
    );
    Ok(events::table
        .filter(events::integration_id.eq(integration))
        .filter(events::state.eq(State::Queued).and(events::next_attempt_at.le(now)))
        .filter(not(exists(before)))
        .order(events::id.asc())
        .limit(limit)
        .select(Event::as_select())
        .load(conn)?)
}

/// Beyond this nobody needs to know how many events wait.
const MOST: i64 = 1_000_000;

/// How many events wait for their turn or for another attempt. Walks an index of just these.
///
/// # Errors
/// When the database cannot be asked.
pub fn length(conn: &mut Conn) -> DbResult<i64> {
    // The state stands in the text: with a bound value SQLite could not know that the index suffices.
    let queued = diesel::dsl::sql::<diesel::sql_types::Bool>("state = 'queued'");
    let waiting = events::table.filter(queued).select(events::id).limit(MOST);
    crate::db::keyset::count(conn, waiting)
}

/// Puts an event back for a later attempt.
///
/// # Errors
/// When the database refuses.
pub fn postpone(
    conn: &mut Conn,
    event: &EventId,
    attempts: i32,
    until: Timestamp,
    why: &str,
) -> DbResult<()> {
    diesel::update(events::table.find(event).filter(events::state.eq(State::Queued)))
        .set((events::attempts.eq(attempts), events::next_attempt_at.eq(until), events::reason.eq(why)))
        .execute(conn)?;
    Ok(())
}

/// Ends an event: `outcome` is one word, `reason` says it in plain words.
///
/// # Errors
/// When the database refuses.
pub fn finish(conn: &mut Conn, event: &EventId, state: State, outcome: &str, reason: &str) -> DbResult<()> {
    let ended = diesel::update(events::table.find(event).filter(events::state.eq(State::Queued)))
        .set((
            events::state.eq(state),
            events::outcome.eq(outcome),
            events::reason.eq(reason),
            events::finished_at.eq(Some(Timestamp::now())),
        ))
        .execute(conn)?;
    if ended > 0 {
        metrics().worked(if outcome.is_empty() { state.as_str() } else { outcome });
    }
    Ok(())
}
