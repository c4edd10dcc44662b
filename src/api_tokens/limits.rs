//! How many calls a token may make: a bucket for each, so that one program slows no other.

use crate::ids::ApiTokenId;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// Calls at once, and calls a minute after that.
pub const PER_MINUTE: NonZeroU32 = NonZeroU32::new(120).expect("above zero");

/// When so many tokens are remembered, those that are fresh again are forgotten.
const MANY: usize = 10_000;

/// What is left of a token's bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Calls that can be made now.
    pub calls: u32,
    /// Seconds until the bucket is full again.
    pub full_in: u64,
}

impl Left {
    /// What is left of an empty bucket.
    pub fn nothing() -> Self {
        Self::of_calls(0)
    }

    fn of_calls(calls: u32) -> Self {
        let missing = u64::from(PER_MINUTE.get().saturating_sub(calls));
        Self { calls, full_in: (missing * 60).div_ceil(u64::from(PER_MINUTE.get())) }
    }
}

/// The buckets of all tokens; of this process.
pub struct Limits(DefaultKeyedRateLimiter<ApiTokenId, StateInformationMiddleware>);

impl Default for Limits {
    fn default() -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(PER_MINUTE)).with_middleware())
    }
}

impl Limits {
    /// Counts a call; answers what is left.
    ///
    /// # Errors
    /// After how many seconds the next call is let through.
    pub fn count(&self, token: &ApiTokenId) -> Result<Left, u64> {
        if self.0.len() > MANY {
            self.0.retain_recent();
        }
        match self.0.check_key(token) {
            Ok(state) => Ok(Left::of_calls(state.remaining_burst_capacity())),
            Err(until) => Err(until.wait_time_from(DefaultClock::default().now()).as_secs() + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_has_a_bucket_of_its_own() {
        let (limits, one, other) = (Limits::default(), ApiTokenId::new(), ApiTokenId::new());
        assert_eq!(limits.count(&one), Ok(Left { calls: 119, full_in: 1 }));
        assert_eq!(limits.count(&one), Ok(Left { calls: 118, full_in: 1 }));
        assert_eq!(limits.count(&one), Ok(Left { calls: 117, full_in: 2 }));
        for _ in 0..PER_MINUTE.get() {
            let _ = limits.count(&one);
        }
        assert_eq!(limits.count(&one), Err(1));
        assert_eq!(limits.count(&other), Ok(Left { calls: 119, full_in: 1 }));
    }
}
