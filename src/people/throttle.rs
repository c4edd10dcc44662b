//! Slows down who tries passwords: so many attempts at once, then one every few seconds; for each
//! address that is tried, and for each place that tries.

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, RateLimiter};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

/// When so many keys are remembered, those that are fresh again are forgotten.
const MANY: usize = 10_000;

/// How much is let through.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    /// So many at once.
    pub burst: NonZeroU32,
    /// Then one in this time.
    pub pause: Duration,
}

/// Attempts at logging in, by address and by place.
pub struct Throttle {
    by_address: DefaultKeyedRateLimiter<String>,
    by_place: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Throttle {
    /// Ten attempts an address, then one in six seconds; sixty a place, then one a second: a whole
    /// office may come from one place.
    fn default() -> Self {
        let quota = |burst, seconds| Quota {
            burst: NonZeroU32::new(burst).expect("given above zero"),
            pause: Duration::from_secs(seconds),
        };
        Self::new(quota(10, 6), quota(60, 1))
    }
}

impl Throttle {
    /// With these quotas.
    pub fn new(by_address: Quota, by_place: Quota) -> Self {
        let limit = |quota: Quota| {
            let pause = quota.pause.max(Duration::from_nanos(1));
            governor::Quota::with_period(pause).expect("above zero").allow_burst(quota.burst)
        };
        Self {
            by_address: RateLimiter::keyed(limit(by_address)),
            by_place: RateLimiter::keyed(limit(by_place)),
        }
    }

    /// Counts an attempt.
    ///
    /// # Errors
    /// After how many seconds the next attempt is let through.
    pub fn attempt(&self, email: &str, place: Option<IpAddr>) -> Result<(), u64> {
        if self.by_address.len() + self.by_place.len() > MANY {
            self.by_address.retain_recent();
            self.by_place.retain_recent();
        }
        if let Some(place) = place {
            check(&self.by_place, &network(place))?;
        }
        // The hash bounds what is remembered of an address that is no address.
        check(&self.by_address, &crate::secrets::hash_of(&email.trim().to_lowercase()))
    }
}

/// An IPv6 customer has a whole /64.
fn network(place: IpAddr) -> IpAddr {
    match place {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_none() => {
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)))
        }
        other => other.to_canonical(),
    }
}

fn check<K: Clone + std::hash::Hash + Eq>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), u64> {
    limiter.check_key(key).map_err(|until| until.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle() -> Throttle {
        let quota = |burst| Quota {
            burst: NonZeroU32::new(burst).expect("not zero"),
            pause: Duration::from_secs(600),
        };
        Throttle::new(quota(2), quota(4))
    }

    #[test]
    fn an_address_is_tried_so_many_times_from_wherever() {
        let throttle = throttle();
        let place = |n: u8| Some(IpAddr::from([192, 0, 2, n]));
        assert!(throttle.attempt("ada@example.com", place(1)).is_ok());
        assert!(throttle.attempt(" Ada@Example.com", place(2)).is_ok());
        let wait = throttle.attempt("ada@example.com", place(3)).expect_err("the third");
        assert!((1..=600).contains(&wait), "{wait}");
        assert!(throttle.attempt("eve@example.com", place(3)).is_ok());
    }

    #[test]
    fn a_place_tries_so_many_addresses() {
        let throttle = throttle();
        let place = |n: u16| Some(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, n]));
        for n in 0..4 {
            assert!(throttle.attempt(&format!("{n}@example.com"), place(n)).is_ok());
        }
        assert!(throttle.attempt("5@example.com", place(5)).is_err(), "the same /64");
    }
}
