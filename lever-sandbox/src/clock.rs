//! The sandbox's clock: the machine's time plus an offset that tests may set.
//!
//! Everything that has a date or waits (tokens, retries, rate limit) reads this
//! clock, so that an hour passes at once when a test says so.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::Duration;

use tokio::sync::watch;

/// A clock that can be advanced and set. Clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
    changed: Arc<watch::Sender<u64>>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { offset_ms: Arc::default(), changed: Arc::new(watch::Sender::new(0)) }
    }
}

impl Clock {
    /// Now, in milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond() + self.offset_ms.load(Ordering::SeqCst)
    }

    /// Lets `ms` milliseconds pass at once (negative: goes back).
    pub fn advance(&self, ms: i64) {
        self.offset_ms.fetch_add(ms, Ordering::SeqCst);
        self.changed.send_modify(|turn| *turn += 1);
    }

    /// Sets the clock; it runs on from there.
    pub fn set(&self, now_ms: i64) {
        let real = jiff::Timestamp::now().as_millisecond();
        self.offset_ms.store(now_ms - real, Ordering::SeqCst);
        self.changed.send_modify(|turn| *turn += 1);
    }

    /// How far this clock is ahead of the machine's, in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst)
    }

    /// Waits until this clock shows `at_ms` or later, also when it gets there by
    /// being advanced.
    pub async fn sleep_until(&self, at_ms: i64) {
        let mut changed = self.changed.subscribe();
        loop {
            let left = at_ms - self.now_ms();
            let Ok(left) = u64::try_from(left) else {
                return;
            };
            if left == 0 {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(left)) => {}
                // The sender lives as long as `self`, so this can't fail for good.
                _ = changed.changed() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_hour_passes_at_once() {
        let clock = Clock::default();
        let due = clock.now_ms() + 3_600_000;
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(due).await }
        });
        clock.advance(3_600_000);
        tokio::time::timeout(Duration::from_secs(5), sleeper)
            .await
            .expect("woken by the advance")
            .expect("no panic");
    }

    #[test]
    fn set_runs_on_from_there() {
        let clock = Clock::default();
        clock.set(1_000);
        assert!((1_000..60_000).contains(&clock.now_ms()));
    }
}
