//! The rate limit: a token bucket per key (Lever's wire notes §3).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// How many calls a key may make.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimit {
    /// Whether there is a limit at all.
    pub enabled: bool,
    /// Calls a second, steadily.
    pub per_second: f64,
    /// Calls at once after a pause.
    pub burst: f64,
    /// Applications to postings a second.
    pub apply_per_second: f64,
    /// Whether a 429 says when to try again, and every answer how many calls are left. Lever's
    /// recorded answers do neither.
    pub retry_after: bool,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { enabled: true, per_second: 10.0, burst: 20.0, apply_per_second: 2.0, retry_after: false }
    }
}

/// What a call may do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Go on; so many calls are left at once.
    Pass { left: u32, burst: u32 },
    /// Too many; one is free again after so many seconds.
    Wait { seconds: u64, say: bool, burst: u32 },
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: i64,
}

/// The buckets of all keys.
#[derive(Debug)]
pub struct RateLimiter {
    inner: Mutex<(RateLimit, HashMap<String, Bucket>)>,
}

impl RateLimiter {
    pub fn new(limit: RateLimit) -> Self {
        Self { inner: Mutex::new((limit, HashMap::new())) }
    }

    pub fn limit(&self) -> RateLimit {
        self.lock().0
    }

    /// Sets the limit; every bucket is full again.
    pub fn set(&self, limit: RateLimit) {
        *self.lock() = (limit, HashMap::new());
    }

    /// Takes a token for a call of `key`.
    pub fn take(&self, key: &str, now: i64) -> Verdict {
        let limit = self.limit();
        self.take_from(key, limit.per_second, limit.burst, now)
    }

    /// Takes a token for an application by `key`.
    pub fn take_apply(&self, key: &str, now: i64) -> Verdict {
        let per_second = self.limit().apply_per_second;
        self.take_from(&format!("apply {key}"), per_second, per_second, now)
    }

    fn take_from(&self, key: &str, per_second: f64, burst: f64, now: i64) -> Verdict {
        let mut guard = self.lock();
        let (limit, buckets) = &mut *guard;
        let whole = burst as u32;
        if !limit.enabled {
            return Verdict::Pass { left: whole, burst: whole };
        }
        let bucket = buckets.entry(key.to_owned()).or_insert(Bucket { tokens: burst, at: now });
        let passed = (now - bucket.at).max(0) as f64 / 1_000.0;
        bucket.tokens = (bucket.tokens + passed * per_second).min(burst);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Verdict::Pass { left: bucket.tokens as u32, burst: whole };
        }
        Verdict::Wait {
            seconds: ((1.0 - bucket.tokens) / per_second).ceil().max(1.0) as u64,
            say: limit.retry_after,
            burst: whole,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (RateLimit, HashMap<String, Bucket>)> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_at_once_then_ten_a_second() {
        let limiter = RateLimiter::new(RateLimit::default());
        let passed =
            |now| (0..100).filter(|_| matches!(limiter.take("key", now), Verdict::Pass { .. })).count();
        assert_eq!(passed(0), 20);
        assert_eq!(passed(1_000), 10);
        assert_eq!(passed(60_000), 20);
    }

    #[test]
    fn keys_do_not_share_a_bucket() {
        let limiter = RateLimiter::new(RateLimit { burst: 1.0, ..RateLimit::default() });
        assert!(matches!(limiter.take("one", 0), Verdict::Pass { .. }));
        assert!(matches!(limiter.take("one", 0), Verdict::Wait { .. }));
        assert!(matches!(limiter.take("two", 0), Verdict::Pass { .. }));
    }
}
