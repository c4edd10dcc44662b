//! Events by the hour of their arrival and their state. Triggers of the database keep the counts in the transaction of
//! each change, so that no page counts events and no change can be forgotten; see the migration `count_events`.

use super::State;
use crate::db::schema::event_counts::dsl;
use crate::db::{Conn, DbResult, dialect};
use crate::ids::IntegrationId;
use crate::time::Timestamp;
use diesel::prelude::*;
use std::time::Duration;

/// Milliseconds of an hour.
pub const HOUR: i64 = 3_600_000;

/// Hours that ended this long ago are summed up: hardly anything in them changes.
const SETTLED: Duration = Duration::from_secs(2 * 3_600);

/// How many deliveries of an hour are in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourCount {
    /// When the hour began.
    pub hour: Timestamp,
    pub state: State,
    pub count: i64,
}

/// The deliveries to these integrations that arrived at `from` or later, to the hour. What the portal made itself is not
/// among them.
pub fn since(conn: &mut Conn, integrations: &[IntegrationId], from: Timestamp) -> DbResult<Vec<HourCount>> {
    let rows: Vec<(i64, State, i64)> = dsl::event_counts
        .filter(dsl::integration_id.eq_any(integrations))
        .filter(dsl::hour.ge(from.0.div_euclid(HOUR)).and(dsl::own.eq(0)))
        .select((dsl::hour, dsl::state, dsl::counted))
        .load(conn)?;
    let count =
        |(hour, state, count): (i64, State, i64)| HourCount { hour: Timestamp(hour * HOUR), state, count };
    Ok(rows.into_iter().map(count).collect())
}

/// Sums up what several connections counted in hours that have ended: one state of one hour, in a transaction of its
/// own, so that it waits for one connection at most and none waits for it in a circle. `false`: there is no more.
pub fn sum_up(conn: &mut Conn, now: Timestamp) -> DbResult<bool> {
    dialect::sum_up_event_counts(conn, now.minus(SETTLED).0.div_euclid(HOUR))
}
