//! Deliveries over time, stacked by what became of them: drawn by the server, with axes, legend and a table of the same.

use crate::events::State;
use crate::events::hourly::{HOUR, HourCount};
use crate::i18n::portal;
use crate::time::Timestamp;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;

/// The drawing: so many units high, and a bar so wide in a place so wide. It is stretched to the width that there is.
const HEIGHT: i64 = 160;
const STEP: usize = 20;
const WIDTH: usize = 14;

/// Hours, or days, beside each other.
const HOURS: i64 = 24;
const DAYS: i32 = 7;

/// Over which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// The last 24 hours, hour by hour.
    Day,
    /// The last seven days in the company's zone, day by day.
    Week,
}

impl Span {
    /// From the `span` of an address.
    pub(super) fn parse(text: Option<&str>) -> Self {
        if text == Some("week") { Self::Week } else { Self::Day }
    }

    /// When each bar begins, and when the last one ends.
    fn edges(self, now: Timestamp, zone: &TimeZone) -> Vec<Timestamp> {
        match self {
            Self::Day => {
                let end = now.0.div_euclid(HOUR) + 1;
                (end - HOURS..=end).map(|hour| Timestamp(hour * HOUR)).collect()
            }
            Self::Week => {
                let today = now.zoned(zone).date();
                let start = |ago: i32| {
                    let day = today.checked_sub(ago.days()).unwrap_or(today);
                    day.to_zoned(zone.clone())
                        .map_or(Timestamp(0), |at| Timestamp(at.timestamp().as_millisecond()))
                };
                (-1..DAYS).rev().map(start).collect()
            }
        }
    }

    /// When the first bar begins.
    pub(super) fn begin(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        self.edges(now, zone).first().copied().unwrap_or(now)
    }
}

/// What became of deliveries, from the bottom of a bar to its top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    Processed,
    Waiting,
    Failed,
    Refused,
}

impl Became {
    const ALL: [Self; 4] = [Self::Processed, Self::Waiting, Self::Failed, Self::Refused];

    fn of_state(state: State) -> Self {
        match state {
            State::Done | State::Ignored | State::Check => Self::Processed,
            State::Queued | State::Waiting => Self::Waiting,
            State::Failed => Self::Failed,
            State::Quarantined | State::Malformed => Self::Refused,
        }
    }

    /// Its class in the stylesheet and its message.
    fn code(self) -> &'static str {
        match self {
            Self::Processed => "processed",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }

    fn label(self) -> String {
        portal().name("deliveries", self.code())
    }
}

/// A line of the legend, with the sum.
pub(super) struct Sum {
    pub(super) code: &'static str,
    pub(super) label: String,
    pub(super) count: i64,
}

/// A part of a bar.
pub(super) struct Piece {
    pub(super) code: &'static str,
    pub(super) x: usize,
    pub(super) y: i64,
    pub(super) height: i64,
}

/// A bar, and the row of the table that says the same.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) title: String,
    pub(super) counts: [i64; 4],
    pub(super) pieces: Vec<Piece>,
}

/// The whole drawing.
pub(super) struct Chart {
    pub(super) sums: Vec<Sum>,
    pub(super) total: i64,
    pub(super) bars: Vec<Bar>,
    /// The words at the left, from the top.
    pub(super) levels: Vec<i64>,
    /// The words below, from the left.
    pub(super) times: Vec<String>,
    pub(super) width: usize,
    pub(super) height: i64,
    pub(super) bar_width: usize,
}

/// The next number above that reads well on an axis: 2, 4, 10, 20, 40, 100 …
fn round_up(highest: i64) -> i64 {
    let mut step = 1;
    loop {
        for factor in [2, 4, 10] {
            if factor * step >= highest {
                return factor * step;
            }
        }
        step *= 10;
    }
}

/// Draws what was counted.
pub(super) fn draw(span: Span, counts: &[HourCount], now: Timestamp, zone: &TimeZone) -> Chart {
    let edges = span.edges(now, zone);
    let local = |at: Timestamp, format: &str| at.zoned(zone).strftime(format).to_string();
    let mut stacks = vec![[0_i64; 4]; edges.len().saturating_sub(1)];
    for count in counts {
        // The last edge at or before the hour.
        let place = edges.partition_point(|edge| *edge <= count.hour);
        let became = Became::ALL.iter().position(|one| *one == Became::of_state(count.state));
        if let (Some(stack), Some(became)) = (place.checked_sub(1).and_then(|n| stacks.get_mut(n)), became) {
            stack[became] += count.count;
        }
    }
    let top = round_up(stacks.iter().map(|stack| stack.iter().sum()).max().unwrap_or(0));
    let sum = |became: &Became| {
        let place = Became::ALL.iter().position(|one| one == became).unwrap_or(0);
        Sum {
            code: became.code(),
            label: became.label(),
            count: stacks.iter().map(|stack| stack[place]).sum(),
        }
    };
    let sums: Vec<Sum> = Became::ALL.iter().map(sum).collect();
    let bars: Vec<Bar> = stacks
        .iter()
        .zip(&edges)
        .enumerate()
        .map(|(n, (stack, from))| {
            let label = match span {
                Span::Day => local(*from, "%H:%M"),
                Span::Week => local(*from, "%a %d"),
            };
            let said: Vec<String> = Became::ALL
                .iter()
                .zip(stack)
                .filter(|(_, count)| **count > 0)
                .map(|(became, count)| format!("{count} {}", became.label().to_lowercase()))
                .collect();
            let title =
                format!("{label}: {}", if said.is_empty() { "0".to_owned() } else { said.join(", ") });
            Bar { label, title, counts: *stack, pieces: pieces(n, stack, top) }
        })
        .collect();
    let every = if span == Span::Day { 6 } else { 1 };
    let times = bars.iter().step_by(every).map(|bar| bar.label.clone()).collect();
    Chart {
        total: sums.iter().map(|sum| sum.count).sum(),
        sums,
        width: bars.len() * STEP,
        bars,
        levels: vec![top, top / 2, 0],
        times,
        height: HEIGHT,
        bar_width: WIDTH,
    }
}

/// The parts of a bar from the bottom, each at least so high that it is seen.
fn pieces(n: usize, stack: &[i64; 4], top: i64) -> Vec<Piece> {
    let mut below = 0;
    let mut pieces = Vec::new();
    for (became, count) in Became::ALL.iter().zip(stack).filter(|(_, count)| **count > 0) {
        let height = (count * HEIGHT / top).max(2);
        below += height;
        pieces.push(Piece {
            code: became.code(),
            x: n * STEP + (STEP - WIDTH) / 2,
            y: HEIGHT - below,
            height,
        });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().expect("RFC 3339").as_millisecond())
    }

    #[test]
    fn each_delivery_stands_in_its_hour_and_day() {
        let stockholm = TimeZone::get("Europe/Stockholm").expect("a zone of the database");
        let now = at("2026-11-27T10:30:00Z");
        let counts = [
            HourCount { hour: at("2026-11-27T10:00:00Z"), state: State::Done, count: 3 },
            HourCount { hour: at("2026-11-27T10:00:00Z"), state: State::Quarantined, count: 1 },
            // 00:00 of the 27th in Stockholm, and the hour before it.
            HourCount { hour: at("2026-11-26T23:00:00Z"), state: State::Failed, count: 2 },
            HourCount { hour: at("2026-11-26T22:00:00Z"), state: State::Queued, count: 5 },
            HourCount { hour: at("2026-11-20T12:00:00Z"), state: State::Done, count: 100 },
        ];
        let day = draw(Span::Day, &counts, now, &stockholm);
        assert_eq!(day.bars.len(), 24);
        assert_eq!((day.bars[23].label.as_str(), day.bars[23].counts), ("11:00", [3, 0, 0, 1]));
        assert_eq!((day.bars[0].label.as_str(), day.total), ("12:00", 11));
        assert_eq!(day.levels, [10, 5, 0]);
        let week = draw(Span::Week, &counts, now, &stockholm);
        assert_eq!(week.bars.len(), 7);
        assert_eq!((week.bars[6].label.as_str(), week.bars[6].counts), ("Fri 27", [3, 0, 2, 1]));
        assert_eq!(week.bars[5].counts, [0, 5, 0, 0]);
        assert_eq!(week.total, 11, "the 20th is another week");
        assert_eq!(week.bars[6].title, "Fri 27: 3 processed, 2 failed, 1 refused");
        let heights: i64 = week.bars[6].pieces.iter().map(|piece| piece.height).sum();
        assert_eq!(week.bars[6].pieces.last().map(|piece| piece.y), Some(HEIGHT - heights));
    }

    #[test]
    fn days_are_those_of_the_zone_when_clocks_change() {
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone of the database");
        let edges = Span::Week.edges(at("2026-10-26T12:00:00Z"), &berlin);
        // The day on which clocks are put back has 25 hours.
        assert_eq!((edges[7].0 - edges[6].0, edges[6].0 - edges[5].0), (24 * HOUR, 25 * HOUR));
    }

    #[test]
    fn the_axis_ends_at_a_round_number() {
        assert_eq!([0, 1, 3, 5, 11, 41, 101, 9_999].map(round_up), [2, 2, 4, 10, 20, 100, 200, 10_000]);
    }
}
