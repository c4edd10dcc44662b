//! Points in time: milliseconds since 1970-01-01 UTC, as Lever counts them.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Milliseconds since 1970-01-01 UTC.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, AsExpression, FromSqlRow,
)]
#[diesel(sql_type = BigInt)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The present.
    pub fn now() -> Self {
        Self(crate::clock::now_ms())
    }

    /// This long after.
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This long before.
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// So many calendar months before, in UTC.
    pub fn months_back(self, months: i32) -> Self {
        use jiff::ToSpan as _;
        let zoned = self.jiff().to_zoned(jiff::tz::TimeZone::UTC);
        zoned
            .checked_sub(months.months())
            .map_or(Self(i64::MIN), |then| Self(then.timestamp().as_millisecond()))
    }

    /// Milliseconds from `earlier` to this; negative when this is the earlier one.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The lowest id that can have been made in this millisecond. Ids sort by time, so
    /// `id >= t.first_id()` means "made at `t` or later", and an index on the id serves it.
    pub fn first_id(self) -> String {
        let millis = u64::try_from(self.0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid().to_string()
    }

    /// RFC 3339 in UTC with milliseconds, for `<time datetime>` and exports.
    pub fn rfc3339(self) -> String {
        format!("{:.3}", self.jiff())
    }

    /// Exact and readable in a time zone: `2026-11-23 14:05:12.031 CET`.
    pub fn exact_in(self, zone: &jiff::tz::TimeZone) -> String {
        self.zoned(zone).strftime("%Y-%m-%d %H:%M:%S%.3f %Z").to_string()
    }

    /// The clock time in a time zone: `14:05:12`.
    pub fn clock_in(self, zone: &jiff::tz::TimeZone) -> String {
        self.zoned(zone).strftime("%H:%M:%S").to_string()
    }

    /// The date in a time zone: `2026-11-23`.
    pub fn date_in(self, zone: &jiff::tz::TimeZone) -> String {
        self.zoned(zone).date().to_string()
    }

    /// The minute in a time zone, seen from `now`: `14:05`, on another day `22 November, 14:05`.
    pub fn minute_in(self, zone: &jiff::tz::TimeZone, now: Self) -> String {
        let is_today = self.day_in(zone) == now.day_in(zone);
        let form = if is_today { "%H:%M" } else { "%-d %B, %H:%M" };
        self.zoned(zone).strftime(form).to_string()
    }

    /// To the minute in a time zone: `23 November 2026, 14:05 CET`.
    pub fn to_minute_in(self, zone: &jiff::tz::TimeZone) -> String {
        self.zoned(zone).strftime("%-d %B %Y, %H:%M %Z").to_string()
    }

    /// The day in a time zone: `23 November 2026`.
    pub fn day_in(self, zone: &jiff::tz::TimeZone) -> String {
        self.zoned(zone).strftime("%-d %B %Y").to_string()
    }

    /// Year, month and day in a time zone.
    pub fn date_parts_in(self, zone: &jiff::tz::TimeZone) -> (i16, i8, i8) {
        let date = self.zoned(zone).date();
        (date.year(), date.month(), date.day())
    }

    /// The same time of day so many calendar days later in a time zone.
    pub fn days_later(self, days: i64, zone: &jiff::tz::TimeZone) -> Self {
        use jiff::ToSpan as _;
        let zoned = self.zoned(zone);
        zoned.checked_add(days.days()).map_or(Self(i64::MAX), |then| Self(then.timestamp().as_millisecond()))
    }

    /// In words, seen from `now`: `2 min ago`, `in 5 days`, `just now`.
    pub fn relative_to(self, now: Self) -> String {
        let millis = now.since(self);
        let seconds = millis.unsigned_abs() / 1000;
        let amount = match seconds {
            0..10 => return "just now".to_owned(),
            10..60 => format!("{seconds} s"),
            60..3600 => format!("{} min", seconds / 60),
            3600..86_400 => format!("{} h", seconds / 3600),
            86_400..172_800 => "1 day".to_owned(),
            _ => format!("{} days", seconds / 86_400),
        };
        if millis >= 0 { format!("{amount} ago") } else { format!("in {amount}") }
    }

    /// In a time zone, for calendars.
    pub fn zoned(self, zone: &jiff::tz::TimeZone) -> jiff::Zoned {
        self.jiff().to_zoned(zone.clone())
    }

    /// As Lever's client takes it. What is out of its range is the first or last time that it has.
    pub fn jiff(self) -> jiff::Timestamp {
        let bounded =
            self.0.clamp(jiff::Timestamp::MIN.as_millisecond(), jiff::Timestamp::MAX.as_millisecond());
        jiff::Timestamp::from_millisecond(bounded).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Timestamp
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(bytes).map(Self)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Timestamp
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_times_in_words() {
        let now = Timestamp(1_795_403_634_284);
        assert_eq!(now.relative_to(now), "just now");
        assert_eq!(now.minus(Duration::from_secs(125)).relative_to(now), "2 min ago");
        assert_eq!(now.plus(Duration::from_secs(5 * 86_400)).relative_to(now), "in 5 days");
        assert_eq!(now.rfc3339(), "2026-11-23T03:13:54.284Z");
    }

    #[test]
    fn the_first_id_of_a_time_sorts_before_ids_made_then() {
        let before = Timestamp::now();
        let id = crate::ids::EventId::new();
        assert!(before.first_id().as_str() <= id.as_str());
        assert!(before.plus(Duration::from_secs(1)).first_id().as_str() > id.as_str());
    }
}
