//! Lever's rate limit, kept on our side: a token bucket per account (Lever's wire notes §3).

use std::{
    fmt,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use governor::{
    Quota, RateLimiter,
    clock::DefaultClock,
    middleware::{StateInformationMiddleware, StateSnapshot},
    state::{InMemoryState, NotKeyed},
};

use crate::error::Error;

type Bucket = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

const PER_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
const BURST: NonZeroU32 = NonZeroU32::new(20).expect("twenty is not zero");

/// A call waits this long for its turn; then it is given back to be tried later.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// The calls that one Lever account may still make. Clones share it: make one per account.
#[derive(Clone)]
pub struct RateLimit(Arc<Shared>);

struct Shared {
    bucket: Bucket,
    burst: u32,
    /// How long one token takes to come back.
    interval: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The bucket's tokens after the last call, and when that was.
    left: Option<(u32, Instant)>,
    /// Lever asked to be left alone until then.
    paused_until: Option<Instant>,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self::new(PER_SECOND, BURST)
    }
}

impl RateLimit {
    /// A limit other than Lever's usual 10 a second in bursts of 20.
    pub fn new(per_second: NonZeroU32, burst: NonZeroU32) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(burst);
        Self(Arc::new(Shared {
            bucket: RateLimiter::direct(quota).with_middleware(),
            burst: burst.get(),
            interval: quota.replenish_interval(),
            state: Mutex::default(),
        }))
    }

    /// How many calls could be made at once now, without waiting.
    pub fn headroom(&self) -> u32 {
        if !self.pause_left().is_zero() {
            return 0;
        }
        match self.state().left {
            None => self.0.burst,
            Some((left, at)) => {
                let back = at.elapsed().as_nanos() / self.0.interval.as_nanos().max(1);
                left.saturating_add(u32::try_from(back).unwrap_or(u32::MAX)).min(self.0.burst)
            }
        }
    }

    /// The most calls that can be made at once.
    pub fn burst(&self) -> u32 {
        self.0.burst
    }

    /// How long the account is paused because Lever asked for it.
    pub fn pause_left(&self) -> Duration {
        self.state()
            .paused_until
            .map(|until| until.saturating_duration_since(Instant::now()))
            .unwrap_or_default()
    }

    /// Pauses all calls of the account, never shortening a pause.
    pub(super) fn pause(&self, wait: Duration) {
        let until = Instant::now().checked_add(wait);
        let mut state = self.state();
        state.paused_until = state.paused_until.max(until);
    }

    /// Waits for a turn, for at most 15 s.
    pub(super) async fn turn(&self) -> Result<(), Error> {
        loop {
            let pause = self.pause_left();
            if pause > LONGEST_WAIT {
                return Err(too_long(pause));
            }
            if pause.is_zero() {
                break;
            }
            tokio::time::sleep(pause).await;
        }
        let snapshot = tokio::time::timeout(LONGEST_WAIT, self.0.bucket.until_ready())
            .await
            .map_err(|_| too_long(LONGEST_WAIT))?;
        self.note(&snapshot);
        Ok(())
    }

    fn note(&self, snapshot: &StateSnapshot) {
        self.state().left = Some((snapshot.remaining_burst_capacity(), Instant::now()));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is two plain values, whole at any time.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn too_long(wait: Duration) -> Error {
    Error::TryAgain {
        why: "the account's rate limit is used up".to_owned(),
        retry_after: Some(wait),
        maybe_done: false,
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("headroom", &self.headroom())
            .field("burst", &self.0.burst)
            .finish_non_exhaustive()
    }
}
