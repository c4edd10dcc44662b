//! How an account is doing: its webhooks, its access, its queue, its reconciliation, its rate limit.

use crate::db::{Conn, DbResult};
use crate::events::health::{self as events, Queue};
use crate::integrations::checklist::Line;
use crate::integrations::oauth::connections::Connections;
use crate::integrations::{State, alerts};
use crate::invitations::lifecycle;
use crate::monitoring::verdict::{Judged, Level, PartCode};
use crate::reasons::Reason;
use crate::reconciliation;
use crate::reconciliation::Run;
use crate::time::Timestamp;
use std::time::Duration;

/// Bars of the chart: one an hour.
const HOURS: usize = 24;

const HEIGHT: usize = 32;

/// From one bar to the next.
const STEP: usize = 10;

/// How an account is doing.
#[derive(Debug, Clone)]
pub struct Health {
    /// The four webhooks, each with its last delivery.
    pub webhooks: Vec<Line>,
    /// Failures in the last day.
    pub failures: Failures,
    /// The alerts about what is wrong now. One that is about to end, because its part is good again, is not among them.
    pub alerts: Vec<alerts::Alert>,
    /// Until when the access token is good; it is renewed by itself.
    pub access_until: Option<Timestamp>,
    /// When access was checked last.
    pub checked_at: Option<Timestamp>,
    /// Whether the last call says that access does not work.
    pub is_access_failing: bool,
    /// What was wrong then; empty when nothing was.
    pub check_failure: Reason,
    /// What waits for its turn.
    pub queue: Queue,
    /// Invitations whose mail failed; counted up to [`Health::MOST_FAILED`].
    pub mail_failed: i64,
    /// The newest reconciliation.
    pub last_run: Option<Run>,
    /// Its next page could not be read, and is tried again.
    pub is_run_retried: bool,
    /// When the next one is planned.
    pub next_run: Option<Timestamp>,
    /// Calls to Lever that available, and the most that ever can; of this process.
    pub headroom: Option<(u32, u32)>,
}

impl Health {
    /// No more mails that failed are counted.
    pub const MOST_FAILED: i64 = 100;
}

/// Failures in the last day, hour by hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failures {
    /// Oldest hour first.
    pub hours: Vec<usize>,
}

/// A bar of the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Its left edge.
    pub x: usize,
    /// Its upper edge.
    pub y: usize,
    pub height: usize,
    /// What it says.
    pub title: String,
}

impl Failures {
    fn count(times: &[Timestamp], now: Timestamp) -> Self {
        let mut hours = vec![0; HOURS];
        for at in times {
            let ago = usize::try_from(now.since(*at) / 3_600_000).unwrap_or(0);
            if let Some(hour) = HOURS.checked_sub(ago + 1) {
                hours[hour] += 1;
            }
        }
        Self { hours }
    }

    /// So many in the whole day.
    pub fn total(&self) -> usize {
        self.hours.iter().sum()
    }

    /// The chart, in a box of [`Failures::width`] by [`Failures::height`].
    pub fn bars(&self) -> Vec<Bar> {
        let highest = self.hours.iter().copied().max().unwrap_or(0).max(1);
        let bar = |(n, count): (usize, &usize)| {
            // One failure must be seen beside a thousand.
            let height = if *count == 0 { 0 } else { (count * HEIGHT / highest).max(2) };
            let ago = HOURS - n;
            let title = format!("{count} between {ago} h and {} h ago", ago - 1);
            Bar { x: n * STEP, y: HEIGHT - height, height, title }
        };
        self.hours.iter().enumerate().map(bar).collect()
    }

    pub fn width(&self) -> usize {
        HOURS * STEP
    }

    pub fn height(&self) -> usize {
        HEIGHT
    }
}

/// Looks how an account is doing. Every question is answered from an index.
pub fn assess(conn: &mut Conn, connections: &Connections, judged: &Judged) -> DbResult<Health> {
    let integration = &judged.integration;
    let is_wrong = |alert: &alerts::Alert| judged.verdict.level(PartCode::of_alert(alert.kind)) > Level::Good;
    let now = Timestamp::now();
    let failed = events::failures_since(conn, &integration.id, now.minus(Duration::from_secs(86_400)))?;
    let is_connected = integration.state != State::Disconnected;
    let hosts = integration.lever_hosts().ok().filter(|_| is_connected);
    let headroom = hosts.map(|hosts| {
        let client = connections.client(&integration.id, &hosts.api_url);
        (client.limit().headroom(), client.limit().burst())
    });
    Ok(Health {
        webhooks: judged.checklist.lines.clone(),
        failures: Failures::count(&failed, now),
        alerts: alerts::current(conn, &integration.id)?.into_iter().filter(is_wrong).collect(),
        access_until: integration.access_expires_at,
        checked_at: judged.checked_at,
        is_access_failing: judged.verdict.level(PartCode::Access) == Level::Failed,
        // Of the reading that the verdict is of: a check may have ended since.
        check_failure: judged.check_failure.clone(),
        queue: events::queue(conn, &integration.id)?,
        mail_failed: lifecycle::failed(conn, &integration.company_id, &integration.id, Health::MOST_FAILED)?,
        last_run: reconciliation::last(conn, &integration.id)?,
        is_run_retried: reconciliation::is_retried(conn, &integration.id)?,
        next_run: match integration.state {
            State::Active => reconciliation::next_planned(conn, &integration.id)?,
            _ => None,
        },
        headroom,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_counted_by_the_hour_of_the_last_day() {
        let now = Timestamp(100 * 3_600_000);
        let ago = |minutes: u64| now.minus(Duration::from_secs(60 * minutes));
        let failures = Failures::count(&[ago(1), ago(59), ago(61), ago(23 * 60 + 59), ago(24 * 60 + 1)], now);
        assert_eq!(failures.total(), 4);
        assert_eq!((failures.hours[23], failures.hours[22], failures.hours[0]), (2, 1, 1));
        let bars = failures.bars();
        assert_eq!((bars.len(), bars[23].height, bars[22].height, bars[1].height), (24, 32, 16, 0));
    }
}
