//! How often something is tried, and how long it waits in between.

use backon::BackoffBuilder as _;
use std::time::Duration;

/// After so many attempts an event is given up; with the waits below that is about half a day.
pub(in crate::jobs) const ATTEMPTS: i32 = 20;
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Doubles from attempt to attempt up to an hour, with jitter so that many do not come at once.
pub(in crate::jobs) fn wait_before(attempts: i32) -> Duration {
    let mut waits = backon::ExponentialBuilder::default()
        .with_min_delay(FIRST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .with_max_times(ATTEMPTS as usize)
        .with_jitter()
        .build();
    waits.nth(usize::try_from(attempts - 1).unwrap_or(0)).unwrap_or(LONGEST_WAIT)
}
