//! Candidates whom Lever does not know any more: since when, and when it was asked last.

use crate::db::schema::candidates::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::ids::{CandidateId, IntegrationId};
use crate::time::Timestamp;
use diesel::prelude::*;
use std::time::Duration;

/// So long a candidate whom Lever does not know is kept: who is only confidential may be shown again.
pub const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// A candidate to ask Lever for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = candidates)]
pub struct Known {
    #[diesel(column_name = id)]
    pub candidate: CandidateId,
    #[diesel(column_name = integration_id)]
    pub integration: IntegrationId,
    /// Lever's id of the opportunity.
    #[diesel(column_name = opportunity_id)]
    pub opportunity: String,
    /// Since when Lever does not know it.
    pub unknown_since: Option<Timestamp>,
    /// When a colleague decided that it is there although Lever does not show it.
    pub kept_at: Option<Timestamp>,
}

/// A candidate of an opportunity.
pub fn of_opportunity(conn: &mut Conn, id: &IntegrationId, opportunity: &str) -> DbResult<Option<Known>> {
    Ok(dsl::candidates
        .filter(dsl::integration_id.eq(id).and(dsl::opportunity_id.eq(opportunity)))
        .select(Known::as_select())
        .first(conn)
        .optional()?)
}

/// A colleague decided that a candidate is there, though Lever does not show it: it is not erased for that.
pub fn keep(conn: &mut Conn, id: &IntegrationId, opportunity: &str) -> DbResult<()> {
    diesel::update(dsl::candidates)
        .filter(dsl::integration_id.eq(id).and(dsl::opportunity_id.eq(opportunity)))
        .set(dsl::kept_at.eq(Some(Timestamp::now())))
        .execute(conn)?;
    Ok(())
}

/// Who is to be asked for next, of those for whom Lever was not asked since `began`: the longest ago first.
pub fn next(conn: &mut Conn, id: &IntegrationId, began: Timestamp, limit: i64) -> DbResult<Vec<Known>> {
    Ok(dsl::candidates
        .filter(dsl::integration_id.eq(id).and(dsl::looked_at.lt(began)))
        .order((dsl::looked_at.asc(), dsl::id.asc()))
        .limit(limit)
        .select(Known::as_select())
        .load(conn)?)
}

/// Lever knows the candidate.
pub fn seen(conn: &mut Conn, id: &CandidateId) -> DbResult<()> {
    let none = None::<Timestamp>;
    diesel::update(dsl::candidates.find(id))
        .set((dsl::looked_at.eq(Timestamp::now()), dsl::unknown_since.eq(none), dsl::kept_at.eq(none)))
        .execute(conn)?;
    Ok(())
}

/// Lever does not know the candidate; answers since when.
pub fn unknown(conn: &mut Conn, known: &Known) -> DbResult<Timestamp> {
    let now = Timestamp::now();
    let since = known.unknown_since.unwrap_or(now);
    diesel::update(dsl::candidates.find(&known.candidate))
        .set((dsl::looked_at.eq(now), dsl::unknown_since.eq(Some(since))))
        .execute(conn)?;
    Ok(since)
}

/// Since when Lever does not know a candidate, none while it does; and when a colleague decided that it is there.
pub fn since(conn: &mut Conn, id: &CandidateId) -> DbResult<(Option<Timestamp>, Option<Timestamp>)> {
    Ok(dsl::candidates.find(id).select((dsl::unknown_since, dsl::kept_at)).first(conn)?)
}
