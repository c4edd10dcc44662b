//! The bars above the list: how many events arrived, hour by hour (or day by day, for a longer
//! span), drawn by the server.

use crate::events::select::Selection;
use crate::events::view::Bar;
use crate::time::Timestamp;
use jiff::tz::TimeZone;
use jiff::{Span, Unit, Zoned, ZonedRound};

/// Bars beside each other, at most.
const BARS: usize = 62;

/// Height of the drawing.
const HEIGHT: i64 = 48;

/// From one bar to the next, and how wide a bar is.
const STEP: usize = 10;
const WIDTH: usize = 8;

/// What a bar stands for.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    name: &'static str,
    span: Span,
}

fn grids() -> [Grid; 4] {
    [
        Grid { name: "hour", span: Span::new().hours(1) },
        Grid { name: "day", span: Span::new().days(1) },
        Grid { name: "week", span: Span::new().weeks(1) },
        Grid { name: "month", span: Span::new().months(1) },
    ]
}

/// The times between which to count: those of the selection, today without one. A span that would
/// need too many bars begins later.
pub(super) fn edges(selection: &Selection, now: Timestamp, zone: &TimeZone) -> (Grid, Vec<Timestamp>) {
    let now = now.zoned(zone);
    let end = match selection.until {
        Some(until) => until.zoned(zone).min(next_hour(&now)),
        None if selection.from.is_some() => next_hour(&now),
        None => now.tomorrow().and_then(|day| day.start_of_day()).unwrap_or_else(|_| now.clone()),
    };
    let begin = match selection.from {
        Some(from) => from.zoned(zone),
        None => end.yesterday().unwrap_or_else(|_| end.clone()),
    };
    for grid in grids() {
        let edges = steps(&begin, &end, grid);
        if edges.len() <= BARS + 1 {
            return (grid, edges);
        }
    }
    let longest = grids()[3];
    let all = i64::try_from(BARS).ok().and_then(|bars| longest.span.checked_mul(bars).ok());
    let begin = all.and_then(|all| end.checked_sub(all).ok()).unwrap_or(begin);
    (longest, steps(&begin, &end, longest))
}

/// `begin`, then a step further each, until `end` is reached; one more than asked at most.
fn steps(begin: &Zoned, end: &Zoned, grid: Grid) -> Vec<Timestamp> {
    let mut edges = vec![begin.clone()];
    while edges.len() <= BARS + 1 {
        let last = edges.last().expect("it begins with one");
        match last.checked_add(grid.span) {
            Ok(next) if last < end => edges.push(next),
            _ => break,
        }
    }
    edges.iter().map(|edge| Timestamp(edge.timestamp().as_millisecond())).collect()
}

fn next_hour(time: &Zoned) -> Zoned {
    time.round(ZonedRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Ceil))
        .unwrap_or_else(|_| time.clone())
}

/// One bar of the drawing.
pub(super) struct Drawn {
    pub(super) x: usize,
    pub(super) y: i64,
    pub(super) height: i64,
    pub(super) title: String,
}

pub(super) struct Chart {
    pub(super) width: usize,
    pub(super) height: i64,
    pub(super) bar_width: usize,
    pub(super) bars: Vec<Drawn>,
    /// What it shows, in words: for the caption, and for those who do not see it.
    pub(super) caption: String,
}

/// Draws the bars. None when there is nothing to show.
pub(super) fn draw(grid: Grid, bars: &[Bar], today: bool, zone: &TimeZone) -> Option<Chart> {
    let highest = bars.iter().max_by_key(|bar| bar.count).filter(|bar| bar.count > 0)?;
    let local = |time: Timestamp, format: &str| time.zoned(zone).strftime(format).to_string();
    let when = |bar: &Bar| match (grid.name, today) {
        ("hour", true) => local(bar.from, "%H:%M"),
        ("hour", false) => local(bar.from, "%d %b %H:%M"),
        _ => local(bar.from, "%d %b %Y"),
    };
    let many = |bar: &Bar| if bar.full { format!("{} or more", bar.count) } else { bar.count.to_string() };
    let total: i64 = bars.iter().map(|bar| bar.count).sum();
    let least = if bars.iter().any(|bar| bar.full) { "at least " } else { "" };
    let span = match (bars.first(), bars.last()) {
        _ if today => "today".to_owned(),
        (Some(first), Some(last)) => {
            let end = Timestamp(last.until.0 - 1);
            format!("{} to {}", local(first.from, "%d %b %Y"), local(end, "%d %b %Y"))
        }
        _ => String::new(),
    };
    let caption = format!(
        "Events per {}, {span}: {least}{total}, most in the {} of {} ({})",
        grid.name,
        grid.name,
        when(highest),
        many(highest)
    );
    let drawn = bars.iter().enumerate().map(|(n, bar)| {
        // A single event must be seen beside a thousand.
        let height = if bar.count == 0 { 0 } else { (bar.count * HEIGHT / highest.count).max(2) };
        let title = format!("{}: {}", when(bar), many(bar));
        Drawn { x: n * STEP, y: HEIGHT - height, height, title }
    });
    Some(Chart { width: bars.len() * STEP, height: HEIGHT, bar_width: WIDTH, bars: drawn.collect(), caption })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().expect("RFC 3339").as_millisecond())
    }

    fn count(from: Option<&str>, until: Option<&str>) -> (&'static str, usize) {
        let selection = Selection { from: from.map(at), until: until.map(at), ..Selection::default() };
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone of the database");
        let (grid, edges) = edges(&selection, at("2026-11-23T13:05:00Z"), &berlin);
        assert!(edges.is_sorted());
        (grid.name, edges.len() - 1)
    }

    #[test]
    fn the_bars_fit_the_span() {
        assert_eq!(count(None, None), ("hour", 24));
        assert_eq!(count(Some("2026-11-23T12:00:00Z"), None), ("hour", 2));
        assert_eq!(count(Some("2026-10-24T22:00:00Z"), Some("2026-10-25T23:00:00Z")), ("hour", 25));
        assert_eq!(count(Some("2026-10-31T23:00:00Z"), Some("2026-11-20T23:00:00Z")), ("day", 20));
        assert_eq!(count(Some("2026-01-01T00:00:00Z"), None).0, "week");
        assert_eq!(count(Some("1970-01-01T00:00:00Z"), None), ("month", 62));
        assert_eq!(count(Some("2030-01-01T00:00:00Z"), None).1, 0);
    }
}
