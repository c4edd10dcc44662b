//! The queue: verified events that wait for their turn. Events of one opportunity are worked in
//! the order in which they came; a later one waits while an earlier one is tried again, but not for one that is put
//! back for long.

use super::{Event, Outcome, State};
use crate::db::schema::events;
use crate::db::{Conn, DbResult};
use crate::ids::{EventId, IntegrationId};
use crate::metrics::metrics;
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use lever_client;
use std::time::Duration;

use ahead::earlier;

/// The table a second time, for comparing an event with those before it.
mod ahead {
    #![allow(missing_docs, reason = "the macro's items cannot be documented")]
    use crate::db::schema::events;
    diesel::alias!(events as earlier: Earlier);
}

/// An event that waits for longer than this holds up none that came later.
const HELD_UP: Duration = Duration::from_secs(60);

/// The events of an account whose turn it is, oldest first, at most one an opportunity.
pub fn next_due(
    conn: &mut Conn,
    integration: &IntegrationId,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<Event>> {
    let before = earlier.filter(
        earlier
            .field(events::integration_id)
            .eq(events::integration_id)
            .and(earlier.field(events::opportunity_id).eq(events::opportunity_id))
            .and(earlier.field(events::state).eq(State::Queued))
            .and(earlier.field(events::id).lt(events::id))
            // Each asks Lever how things stand, so the order is for the reader. A person is erased whatever waits for a
            // permission.
            .and(
                earlier.field(events::next_attempt_at).le(now.plus(HELD_UP)).or(earlier
                    .field(events::next_attempt_at)
                    .eq(PUT_BY)
                    .and(events::kind.ne(lever_client::Event::CandidateDeleted.as_str()))),
            ),
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
pub fn length(conn: &mut Conn) -> DbResult<i64> {
    // The state stands in the text: with a bound value SQLite could not know that the index suffices.
    let queued = diesel::dsl::sql::<diesel::sql_types::Bool>("state = 'queued'");
    let waiting = events::table.filter(queued).select(events::id).limit(MOST);
    crate::db::keyset::count(conn, waiting)
}

/// What waits for a permission is tried then: not before it is granted.
pub const PUT_BY: Timestamp = Timestamp(i64::MAX);

/// Puts an event by until [`take_up`], without counting the attempt. `false`: it was, for the same reason.
pub fn put_by(conn: &mut Conn, event: &Event, why: &Reason) -> DbResult<bool> {
    let is_new = event.reason != *why;
    postpone(conn, &event.id, event.attempts, PUT_BY, why)?;
    Ok(is_new)
}

/// Takes up the events of an account that were put by.
pub fn take_up(conn: &mut Conn, integration: &IntegrationId) -> DbResult<()> {
    diesel::update(events::table)
        .filter(events::integration_id.eq(integration).and(events::state.eq(State::Queued)))
        .filter(events::next_attempt_at.eq(PUT_BY))
        .set(events::next_attempt_at.eq(Timestamp(0)))
        .execute(conn)?;
    Ok(())
}

/// Brings forward what waits for another look at these opportunities: Lever's list has just shown them.
pub fn bring_forward(conn: &mut Conn, integration: &IntegrationId, opportunities: &[String]) -> DbResult<()> {
    let later = Timestamp::now().plus(HELD_UP);
    diesel::update(events::table)
        .filter(events::integration_id.eq(integration).and(events::state.eq(State::Queued)))
        .filter(events::opportunity_id.eq_any(opportunities))
        .filter(events::next_attempt_at.gt(later).and(events::next_attempt_at.ne(PUT_BY)))
        .set(events::next_attempt_at.eq(Timestamp(0)))
        .execute(conn)?;
    Ok(())
}

/// Takes up an event that ended and caused nothing: Lever shows the candidate otherwise now. `false`: it is not so.
pub fn look_anew(conn: &mut Conn, event: &EventId) -> DbResult<bool> {
    let ended = events::table
        .find(event)
        .filter(events::state.eq(State::Done).and(events::outcome.ne_all(Outcome::LASTING)));
    let taken_up = diesel::update(ended)
        .set((
            events::state.eq(State::Queued),
            events::outcome.eq(Outcome::None),
            events::reason.eq(Reason::ShownOtherwise),
            events::attempts.eq(0),
            events::next_attempt_at.eq(Timestamp(0)),
            events::finished_at.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    Ok(taken_up == 1)
}

/// Puts an event back for a later attempt.
pub fn postpone(
    conn: &mut Conn,
    event: &EventId,
    attempts: i32,
    until: Timestamp,
    why: &Reason,
) -> DbResult<()> {
    let waiting = || events::table.find(event).filter(events::state.eq(State::Queued));
    diesel::update(waiting())
        .set((events::attempts.eq(attempts), events::next_attempt_at.eq(until)))
        .execute(conn)?;
    // The reason of what an event caused before it was replayed stays with it.
    diesel::update(waiting().filter(events::outcome.ne_all(Outcome::LASTING)))
        .set(events::reason.eq(why))
        .execute(conn)?;
    Ok(())
}

/// Ends an event with what it caused and why. One that was replayed keeps what it caused the first time,
/// however the replay ended.
pub fn finish(
    conn: &mut Conn,
    event: &EventId,
    state: State,
    outcome: Outcome,
    reason: &Reason,
) -> DbResult<()> {
    let queued = || events::table.find(event).filter(events::state.eq(State::Queued));
    let caused_before = diesel::update(queued().filter(events::outcome.eq_any(Outcome::LASTING)))
        .set((events::state.eq(State::Done), events::finished_at.eq(Some(Timestamp::now()))))
        .execute(conn)?;
    if caused_before > 0 {
        return Ok(());
    }
    let ended = diesel::update(queued())
        .set((
            events::state.eq(state),
            events::outcome.eq(outcome),
            events::reason.eq(reason),
            events::finished_at.eq(Some(Timestamp::now())),
        ))
        .execute(conn)?;
    if ended > 0 {
        metrics().worked(if outcome == Outcome::None { state.as_str() } else { outcome.as_str() });
    }
    Ok(())
}
