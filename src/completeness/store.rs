//! The tables of counted days.

use crate::db::schema::completeness_counts::{self as counts};
use crate::db::schema::completeness_days::{self, dsl};
use crate::db::schema::completeness_gaps::{self as gaps};
use crate::db::{Conn, DbResult, keyset};
use crate::ids::{EventId, GapId, IntegrationId};
use crate::integrations::Integration;
use crate::job_queue::{self, JobKind, NewJob};
use crate::people;
use crate::reasons::Reason;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use std::collections::HashMap;

/// Days that have ended are counted as far back as this: Lever tells of deletions for 30 days.
const BACK: i64 = 29;

/// Differences of a day that are named.
pub const NAMED: i64 = 1000;

text_enum! {
    /// Where the counting of a day is.
    DayState {
        /// Asked for, or under way.
        Asked => "asked",
        /// Counted.
        Counted => "counted",
        /// It could not be counted; says why.
        Failed => "failed",
    }
}

text_enum! {
    /// Which list is read.
    DayStep {
        /// What changed since the day began.
        Changed => "changed",
        /// What was deleted in it.
        Deleted => "deleted",
    }
}

text_enum! {
    /// What the difference is.
    GapKind {
        /// No webhook told of it.
        NotReceived => "not_received",
        /// It was not worked to its end.
        NotActed => "not_acted",
    }
}

/// A day of an account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = completeness_days)]
pub struct Day {
    pub integration_id: IntegrationId,
    /// `2026-11-23`, by the company's clock.
    pub day: String,
    /// Where its counting is.
    pub state: DayState,
    /// When it began, or the account was connected.
    pub from_at: Timestamp,
    /// When it ends.
    pub until_at: Timestamp,
    /// Which list is read.
    pub step: DayStep,
    /// Lever's token of the page to read next.
    pub page: Option<String>,
    /// When it was counted.
    pub counted_at: Option<Timestamp>,
    /// What could not be read, in plain words; empty when all could.
    pub failure: Reason,
}

/// A number of a day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = counts)]
pub struct Count {
    pub integration_id: IntegrationId,
    pub day: String,
    /// Lever's name of the event.
    pub kind: String,
    /// Lever's word for the candidates' origin; empty where it does not matter.
    pub origin: String,
    /// Lever lists so many.
    pub listed: i32,
    /// Webhooks told of so many of them.
    pub received: i32,
    /// So many of them were worked to their end.
    pub acted: i32,
}

/// Something that Lever lists and that was not received, or not acted on.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = gaps)]
pub struct Gap {
    pub id: GapId,
    pub integration_id: IntegrationId,
    pub day: String,
    /// Lever's id of the opportunity.
    pub opportunity_id: String,
    /// The candidate's name, as Lever has it.
    pub name: String,
    /// Lever's name of the event.
    pub kind: String,
    /// Lever's word for the candidate's origin.
    pub origin: String,
    /// When Lever says that it happened.
    pub at: Timestamp,
    /// What the difference is.
    pub what: GapKind,
    /// In words.
    pub detail: Reason,
    /// The event that told of it after all.
    pub event_id: Option<EventId>,
}

/// Beginning and end of a day by a clock.
pub(super) fn span(date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let start = |date: Date| {
        let midnight = date.to_zoned(zone.clone()).ok()?;
        Some(Timestamp(midnight.timestamp().as_millisecond()))
    };
    Some((start(date)?, start(date.tomorrow().ok()?)?))
}

/// The date of a time by a clock.
pub(super) fn date_of(at: Timestamp, zone: &TimeZone) -> Date {
    at.zoned(zone).date()
}

/// Asks for a day to be counted, or counted again. `false`: it is before the account was connected, or
/// still to come.
pub fn request_day(conn: &mut Conn, integration: &Integration, date: Date) -> DbResult<bool> {
    let zone = people::company(conn, &integration.company_id)?.zone();
    let Some((from, until)) = span(date, &zone) else { return Ok(false) };
    if until <= integration.created_at || from > Timestamp::now() {
        return Ok(false);
    }
    let day = Day {
        integration_id: integration.id,
        day: date.to_string(),
        state: DayState::Asked,
        from_at: from.max(integration.created_at),
        until_at: until,
        step: DayStep::Changed,
        page: None,
        counted_at: None,
        failure: Reason::None,
    };
    // Its numbers and names go with it.
    diesel::delete(dsl::completeness_days.find((&day.integration_id, &day.day))).execute(conn)?;
    diesel::insert_into(completeness_days::table).values(&day).execute(conn)?;
    let job = NewJob {
        company: integration.company_id,
        integration: Some(integration.id),
        kind: JobKind::CountDay,
        key: format!("{}/{}", integration.id, day.day),
        payload: json!({"day": day.day}),
        due: Timestamp::now(),
    };
    job_queue::add(conn, job)?;
    Ok(true)
}

/// Asks for the days that have ended and were not counted since.
pub fn ask_ended(conn: &mut Conn, integration: &Integration) -> DbResult<()> {
    let now = Timestamp::now();
    let zone = people::company(conn, &integration.company_id)?.zone();
    let today = date_of(now, &zone);
    let first = today.checked_sub(jiff::Span::new().days(BACK)).unwrap_or(today);
    let known: Vec<Day> = dsl::completeness_days
        .filter(dsl::integration_id.eq(&integration.id).and(dsl::day.ge(first.to_string())))
        .select(Day::as_select())
        .load(conn)?;
    let is_done = |date: &Date| {
        let day = known.iter().find(|day| day.day == date.to_string());
        day.is_some_and(|day| match day.state {
            DayState::Asked => true,
            DayState::Counted => day.counted_at.is_some_and(|at| at >= day.until_at),
            DayState::Failed => false,
        })
    };
    let ended = first.series(jiff::Span::new().days(1)).take_while(|date| *date < today);
    // The newest first: that is what people look at.
    let missing: Vec<Date> = ended.filter(|date| !is_done(date)).collect();
    for date in missing.into_iter().rev() {
        request_day(conn, integration, date)?;
    }
    Ok(())
}

/// A day of an account.
pub fn day(conn: &mut Conn, id: &IntegrationId, day: &str) -> DbResult<Option<Day>> {
    Ok(dsl::completeness_days.find((id, day)).select(Day::as_select()).first(conn).optional()?)
}

/// Adds what a page brought, and keeps the place: `page` is the next one of the same list; none: that
/// list is read.
pub fn advance(
    conn: &mut Conn,
    day: &Day,
    page: Option<String>,
    found: &[Count],
    missing: &[Gap],
    failure: &Reason,
) -> DbResult<()> {
    add(conn, found)?;
    let named = gaps::table
        .filter(gaps::integration_id.eq(&day.integration_id).and(gaps::day.eq(&day.day)))
        .select(gaps::id)
        .limit(NAMED);
    let room = usize::try_from(NAMED - keyset::count(conn, named)?).unwrap_or(0);
    for gap in missing.iter().take(room) {
        diesel::insert_into(gaps::table).values(gap).execute(conn)?;
    }
    let is_last = page.is_none() && day.step == DayStep::Deleted;
    let step = if page.is_none() { DayStep::Deleted } else { day.step };
    diesel::update(dsl::completeness_days.find((&day.integration_id, &day.day)))
        .set((
            dsl::step.eq(step),
            dsl::page.eq(page),
            dsl::state.eq(if is_last { DayState::Counted } else { DayState::Asked }),
            dsl::counted_at.eq(is_last.then(Timestamp::now)),
            dsl::failure.eq(failure),
        ))
        .execute(conn)?;
    Ok(())
}

fn add(conn: &mut Conn, found: &[Count]) -> DbResult<()> {
    let mut sums = HashMap::<(&str, &str), Count>::new();
    for count in found {
        let sum = sums.entry((&count.kind, &count.origin)).or_insert_with(|| Count {
            listed: 0,
            received: 0,
            acted: 0,
            ..count.clone()
        });
        sum.listed += count.listed;
        sum.received += count.received;
        sum.acted += count.acted;
    }
    for count in sums.into_values() {
        let row = counts::table.find((&count.integration_id, &count.day, &count.kind, &count.origin));
        let changed = diesel::update(row)
            .set((
                counts::listed.eq(counts::listed + count.listed),
                counts::received.eq(counts::received + count.received),
                counts::acted.eq(counts::acted + count.acted),
            ))
            .execute(conn)?;
        if changed == 0 {
            diesel::insert_into(counts::table).values(&count).execute(conn)?;
        }
    }
    Ok(())
}

/// Ends a day that cannot be counted now.
pub fn fail(conn: &mut Conn, id: &IntegrationId, day: &str, why: &Reason) -> DbResult<()> {
    diesel::update(dsl::completeness_days.find((id, day)))
        .set((dsl::state.eq(DayState::Failed), dsl::failure.eq(why)))
        .execute(conn)?;
    Ok(())
}
