//! What the pages of completeness ask.

use super::store::{Count, Day, DayState, Gap, NAMED};
use crate::db::schema::{
    candidates, completeness_counts as counts, completeness_days as days, completeness_gaps as gaps,
};
use crate::db::{Conn, DbResult};
use crate::ids::{CandidateId, IntegrationId};
use diesel::prelude::*;
use std::collections::HashMap;

/// Days on a page.
pub const PAGE: usize = 31;

/// A day with its three numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub day: Day,
    /// Lever lists so many.
    pub listed: i32,
    /// Webhooks told of so many of them.
    pub received: i32,
    /// So many of them were worked to their end.
    pub acted: i32,
}

impl Summary {
    fn of_day(day: Day, rows: &[Count]) -> Self {
        let mut summary = Self { day, listed: 0, received: 0, acted: 0 };
        for row in rows.iter().filter(|row| row.day == summary.day.day) {
            summary.listed += row.listed;
            summary.received += row.received;
            summary.acted += row.acted;
        }
        summary
    }

    /// Whether the day had ended when it was counted.
    pub fn is_whole(&self) -> bool {
        self.day.counted_at.is_none_or(|at| at >= self.day.until_at)
    }
}

/// A page of an account's days, newest first, and whether more follow.
pub fn page(conn: &mut Conn, id: &IntegrationId, before: Option<&str>) -> DbResult<(Vec<Summary>, bool)> {
    page_of(conn, id, before, PAGE)
}

/// The same, with so many on it.
pub fn page_of(
    conn: &mut Conn,
    id: &IntegrationId,
    before: Option<&str>,
    size: usize,
) -> DbResult<(Vec<Summary>, bool)> {
    let mut query = days::table
        .filter(days::integration_id.eq(id))
        .order(days::day.desc())
        .limit(i64::try_from(size).unwrap_or(i64::MAX) + 1)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(days::day.lt(before));
    }
    let mut rows: Vec<Day> = query.select(Day::as_select()).load(conn)?;
    let is_more = rows.len() > size;
    rows.truncate(size);
    let wanted: Vec<&String> = rows.iter().map(|day| &day.day).collect();
    let numbers: Vec<Count> = counts::table
        .filter(counts::integration_id.eq(id).and(counts::day.eq_any(wanted)))
        .select(Count::as_select())
        .load(conn)?;
    Ok((rows.into_iter().map(|day| Summary::of_day(day, &numbers)).collect(), is_more))
}

/// The newest day of an account that was counted, or could not be.
pub fn newest(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<Summary>> {
    let found: Option<Day> = days::table
        .filter(days::integration_id.eq(id).and(days::state.ne(DayState::Asked)))
        .order(days::day.desc())
        .select(Day::as_select())
        .first(conn)
        .optional()?;
    let Some(found) = found else { return Ok(None) };
    let numbers: Vec<Count> = counts::table
        .filter(counts::integration_id.eq(id).and(counts::day.eq(&found.day)))
        .select(Count::as_select())
        .load(conn)?;
    Ok(Some(Summary::of_day(found, &numbers)))
}

/// The numbers of a kind of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfKind {
    /// As the published guide writes it.
    pub label: String,
    /// Lever lists so many.
    pub listed: i32,
    /// Webhooks told of so many of them.
    pub received: i32,
    /// So many of them were worked to their end.
    pub acted: i32,
}

/// A day in full.
#[derive(Debug, Clone)]
pub struct Full {
    /// Its three numbers.
    pub summary: Summary,
    /// The same, one kind of event after the other.
    pub kinds: Vec<OfKind>,
    /// The difference by name, with the candidate where the portal knows them.
    pub gaps: Vec<(Gap, Option<CandidateId>)>,
}

impl Full {
    /// Whether more differences are counted than are named.
    pub fn is_cut(&self) -> bool {
        i64::try_from(self.gaps.len()).is_ok_and(|named| named >= NAMED)
    }
}

/// One day of an account.
pub fn day(conn: &mut Conn, id: &IntegrationId, day: &str) -> DbResult<Option<Full>> {
    let found: Option<Day> = days::table.find((id, day)).select(Day::as_select()).first(conn).optional()?;
    let Some(found) = found else { return Ok(None) };
    let numbers: Vec<Count> = counts::table
        .filter(counts::integration_id.eq(id).and(counts::day.eq(day)))
        .select(Count::as_select())
        .load(conn)?;
    let kinds = crate::integrations::checklist::WEBHOOKS.iter().map(|event| {
        let rows = || numbers.iter().filter(|row| row.kind == event.as_str());
        OfKind {
            label: crate::i18n::portal().name("event", event.as_str()),
            listed: rows().map(|row| row.listed).sum(),
            received: rows().map(|row| row.received).sum(),
            acted: rows().map(|row| row.acted).sum(),
        }
    });
    let kinds = kinds.collect();
    let rows: Vec<Gap> = gaps::table
        .filter(gaps::integration_id.eq(id).and(gaps::day.eq(day)))
        .order(gaps::id.asc())
        .limit(NAMED)
        .select(Gap::as_select())
        .load(conn)?;
    let of: Vec<&String> = rows.iter().map(|gap| &gap.opportunity_id).collect();
    let known: Vec<(String, CandidateId)> = candidates::table
        .filter(candidates::integration_id.eq(id).and(candidates::opportunity_id.eq_any(of)))
        .select((candidates::opportunity_id, candidates::id))
        .load(conn)?;
    let known: HashMap<String, CandidateId> = known.into_iter().collect();
    let gaps = rows
        .into_iter()
        .map(|gap| {
            let candidate = known.get(&gap.opportunity_id).cloned();
            (gap, candidate)
        })
        .collect();
    Ok(Some(Full { summary: Summary::of_day(found, &numbers), kinds, gaps }))
}
