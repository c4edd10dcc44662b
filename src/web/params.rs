//! What stands behind the `?` of a list's address: its filters and where the page begins. So a view
//! can be bookmarked and shared.

use crate::db::keyset::Cursor;
use crate::forms::FieldErrors;
use crate::time::Timestamp;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use std::convert::Infallible;
use std::future::{Ready, ready};

/// The names that are no filters.
const PAGING: [&str; 2] = ["before", "after"];

/// Characters of a value. What is longer than any name or address finds as much as its beginning, and SQLite takes no
/// pattern of more than 50,000 bytes.
const LONGEST: usize = 1_000;

/// Names and values, in the order of the address; without those that are empty.
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query.
    pub fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Self(
            pairs
                .map(|(name, value)| {
                    (name.into_owned(), value.trim().chars().take(LONGEST).collect::<String>())
                })
                .filter(|(_, value)| !value.is_empty())
                .collect(),
        )
    }

    /// Leaves only these filters, and the paging.
    #[must_use]
    pub fn only(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, _)| names.contains(&name.as_str()) || PAGING.contains(&name.as_str()));
        self
    }

    /// Only these, and not the place in the list either.
    #[must_use]
    pub fn strictly(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, _)| names.contains(&name.as_str()));
        self
    }

    /// Without what a filter says, though it stays to be seen that there was one.
    #[must_use]
    pub fn hide(mut self, name: &str) -> Self {
        for (_, value) in self.0.iter_mut().filter(|(known, _)| known == name) {
            "hidden".clone_into(value);
        }
        self
    }

    /// A value; the last one, should it stand there several times.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rfind(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// For the field of a form: the value, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Whether an option of a form is the chosen one.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == Some(value)
    }

    /// The type of a control for a time: a day, unless a time stands in it, or what is no time at all.
    pub fn time_type(&self, errors: &FieldErrors, name: &str) -> &'static str {
        if errors.on(name).is_some() {
            "text"
        } else if self.text(name).contains('T') {
            "datetime-local"
        } else {
            "date"
        }
    }

    /// Whether anything narrows the list.
    pub fn filtered(&self) -> bool {
        self.filters().next().is_some()
    }

    /// Where the page begins; `None` for the first page, and for an id that is none.
    pub fn cursor<Id>(&self, parse: fn(&str) -> Option<Id>) -> Option<Cursor<Id>> {
        let before = self.get("before").and_then(parse).map(Cursor::Before);
        before.or_else(|| self.get("after").and_then(parse).map(Cursor::After))
    }

    /// The address of a path with the same filters.
    pub fn link(&self, path: &str) -> String {
        self.address(path, None)
    }

    /// The address of a path with the other filters.
    pub fn without(&self, name: &str, path: &str) -> String {
        let mut rest = self.clone();
        rest.0.retain(|(known, _)| known != name);
        rest.link(path)
    }

    /// The address of the older rows.
    pub fn older(&self, path: &str, last: &dyn std::fmt::Display) -> String {
        self.address(path, Some(("before", last.to_string())))
    }

    /// The address of the newer rows.
    pub fn newer(&self, path: &str, first: &dyn std::fmt::Display) -> String {
        self.address(path, Some(("after", first.to_string())))
    }

    fn filters(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter().filter(|(name, _)| !PAGING.contains(&name.as_str()))
    }

    fn address(&self, path: &str, cursor: Option<(&str, String)>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.filters() {
            query.append_pair(name, value);
        }
        if let Some((name, id)) = cursor {
            query.append_pair(name, &id);
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

impl FromRequest for Params {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::parse(req.query_string())))
    }
}

/// The fields `from` and `to` of an address: a span of time in the company's time zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeFilter {
    /// The first moment.
    pub from: Option<Timestamp>,
    /// The first moment after it. A day is meant with all its hours.
    pub until: Option<Timestamp>,
}

impl TimeFilter {
    /// Reads both fields.
    ///
    /// # Errors
    /// Says which field is no time, or that the span ends before it begins.
    pub fn parse(params: &Params, zone: &TimeZone) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut read = |field: &'static str, end: bool| {
            let text = params.get(field)?;
            let time = moment(text, zone, end);
            if time.is_none() {
                let text = format!(
                    "\u{201c}{text}\u{201d} is not a date. Write 2026-11-23, or 2026-11-23T14:05 with a time."
                );
                errors.add(field, text);
            }
            time
        };
        let (from, until) = (read("from", false), read("to", true));
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            errors.add("to", "The time span ends before it begins.");
        }
        if errors.is_empty() { Ok(Self { from, until }) } else { Err(errors) }
    }
}

/// A day, a day with a time, or RFC 3339, as a point in time. The end of a day is the next one's
/// beginning.
fn moment(text: &str, zone: &TimeZone, end: bool) -> Option<Timestamp> {
    let civil = if text.len() == "2026-11-23".len() {
        let day: Date = text.parse().ok()?;
        let day = if end { day.tomorrow().ok()? } else { day };
        day.at(0, 0, 0, 0)
    } else if let Ok(exact) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp(exact.as_millisecond()));
    } else {
        text.parse::<DateTime>().ok()?
    };
    let zoned = civil.to_zoned(zone.clone()).ok()?;
    Some(Timestamp(zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").expect("a zone of the database")
    }

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().expect("RFC 3339").as_millisecond())
    }

    fn span(from: &str, until: &str) -> TimeFilter {
        TimeFilter { from: Some(at(from)), until: Some(at(until)) }
    }

    #[test]
    fn a_day_is_the_company_s_day_with_all_its_hours() {
        let day = Params::parse("from=2026-11-23&to=2026-11-23");
        assert_eq!(
            TimeFilter::parse(&day, &berlin()),
            Ok(span("2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z"))
        );
        // The day on which the clocks go forward has 23 hours.
        let short = Params::parse("from=2026-03-29&to=2026-03-29");
        assert_eq!(
            TimeFilter::parse(&short, &berlin()),
            Ok(span("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"))
        );
    }

    #[test]
    fn a_time_of_day_is_local_unless_it_names_its_zone() {
        let times = Params::parse("from=2026-11-23T14:05&to=2026-11-23T13:06:00Z");
        assert_eq!(
            TimeFilter::parse(&times, &berlin()),
            Ok(span("2026-11-23T13:05:00Z", "2026-11-23T13:06:00Z"))
        );
    }

    #[test]
    fn says_what_is_no_date() {
        for (query, field) in [
            ("from=yesterday", "from"),
            ("to=2026-13-01", "to"),
            ("from=2026-11-23&to=2026-11-22", "to"),
            ("from=-9999-01-01", "from"),
            ("to=9999-12-31", "to"),
        ] {
            let errors = TimeFilter::parse(&Params::parse(query), &berlin()).expect_err(query);
            assert_eq!(errors.iter().map(|error| error.field).collect::<Vec<_>>(), [field], "{query}");
        }
    }

    #[test]
    fn links_keep_the_filters_and_change_the_page() {
        let params = Params::parse("q=a%26b+c&state=&x=1&before=old").only(&["q", "state"]);
        assert_eq!(params.link("/events.csv"), "/events.csv?q=a%26b+c");
        assert_eq!(params.older("/events", &"id"), "/events?q=a%26b+c&before=id");
        assert_eq!(Params::parse("after=1").newer("/events", &2), "/events?after=2");
        assert!(!Params::parse("before=1").filtered());
    }
}
