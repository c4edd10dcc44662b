//! Slows down guessers of passwords without locking out the person whom they guess at: attempts from
//! unknown devices count for the address in one network, for the address everywhere, and for the network;
//! a device on which somebody logged in before counts for itself alone.

use super::values;
use crate::ids::{CompanyId, UserId};
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

/// What is tried. Each has buckets of its own: who exhausts one leaves the other open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// A password.
    LogIn,
    /// Asking for a link to a new password.
    Reset,
}

/// Attempts at logging in and at resetting a password.
pub struct Throttle {
    log_in: Buckets,
    reset: Buckets,
    by_key: DefaultKeyedRateLimiter<String>,
    codes: DefaultKeyedRateLimiter<(UserId, Option<String>)>,
    passkeys: DefaultKeyedRateLimiter<Option<IpAddr>>,
    invited: DefaultKeyedRateLimiter<String>,
    inviting: DefaultKeyedRateLimiter<CompanyId>,
}

/// The same invitation is mailed once more five times an hour, at most.
const INVITED: Quota =
    Quota { burst: NonZeroU32::new(5).expect("above zero"), pause: Duration::from_secs(720) };

/// A company invites a hundred at once, and then as many a day.
const INVITING: Quota =
    Quota { burst: NonZeroU32::new(100).expect("above zero"), pause: Duration::from_secs(864) };

/// Codes of six digits are guessed sooner than passwords: ten at once, then one a minute. That is one chance in two
/// hundred in a day for somebody who knows the password, and the person is written to.
const CODES: Quota =
    Quota { burst: NonZeroU32::new(10).expect("above zero"), pause: Duration::from_secs(60) };

struct Buckets {
    by_pair: DefaultKeyedRateLimiter<(String, Option<IpAddr>)>,
    by_address: DefaultKeyedRateLimiter<String>,
    /// Those whose network is not known are in one.
    by_network: DefaultKeyedRateLimiter<Option<IpAddr>>,
    by_device: DefaultKeyedRateLimiter<String>,
}

impl Default for Throttle {
    /// Ten attempts at an address from one network, then one in six seconds; a hundred from everywhere,
    /// then one in six seconds; sixty from a network, then one a second: a whole office may be in one.
    fn default() -> Self {
        let quota = |burst, seconds| Quota {
            burst: NonZeroU32::new(burst).expect("given above zero"),
            pause: Duration::from_secs(seconds),
        };
        Self::new(quota(10, 6), quota(100, 6), quota(60, 1))
    }
}

fn keyed<K: Clone + std::hash::Hash + Eq>(quota: Quota) -> DefaultKeyedRateLimiter<K> {
    let pause = quota.pause.max(Duration::from_nanos(1));
    RateLimiter::keyed(governor::Quota::with_period(pause).expect("above zero").allow_burst(quota.burst))
}

impl Buckets {
    fn new(by_pair: Quota, by_address: Quota, by_network: Quota) -> Self {
        Self {
            by_pair: keyed(by_pair),
            by_address: keyed(by_address),
            by_network: keyed(by_network),
            by_device: keyed(by_pair),
        }
    }

    fn forget_fresh(&self) {
        let remembered =
            self.by_pair.len() + self.by_address.len() + self.by_network.len() + self.by_device.len();
        if remembered > MANY {
            self.by_pair.retain_recent();
            self.by_address.retain_recent();
            self.by_network.retain_recent();
            self.by_device.retain_recent();
        }
    }
}

impl Throttle {
    /// With these quotas: for an address in one network, for an address from everywhere, for a network.
    pub fn new(by_pair: Quota, by_address: Quota, by_network: Quota) -> Self {
        Self {
            log_in: Buckets::new(by_pair, by_address, by_network),
            reset: Buckets::new(by_pair, by_address, by_network),
            by_key: keyed(by_pair),
            codes: keyed(CODES),
            passkeys: keyed(by_network),
            invited: keyed(INVITED),
            inviting: keyed(INVITING),
        }
    }

    /// Counts an attempt at the second factor of a person; a device that is known for their address counts for itself.
    ///
    /// # Errors
    /// After how many seconds the next attempt is let through.
    pub fn code(&self, person: &UserId, device: Option<&str>) -> Result<(), u64> {
        if self.codes.len() > MANY {
            self.codes.retain_recent();
        }
        check(&self.codes, &(*person, device.map(str::to_owned)))
    }

    /// Counts a log-in with a passkey, of which nobody knows whose it is before it was looked at. No signature is guessed:
    /// this bounds the work.
    ///
    /// # Errors
    /// After how many seconds the next one is let through.
    pub fn passkey(&self, place: Option<IpAddr>) -> Result<(), u64> {
        if self.passkeys.len() > MANY {
            self.passkeys.retain_recent();
        }
        check(&self.passkeys, &place.map(network))
    }

    /// Counts an invitation to a company's team: it is mail to an address that somebody typed.
    ///
    /// # Errors
    /// After how many seconds the next one is let through.
    pub fn inviting(&self, company: &CompanyId) -> Result<(), u64> {
        check(&self.inviting, company)
    }

    /// Counts one that is mailed to this address once more.
    ///
    /// # Errors
    /// After how many seconds the next one is let through.
    pub fn invited_again(&self, email: &str) -> Result<(), u64> {
        if self.invited.len() > MANY {
            self.invited.retain_recent();
        }
        check(&self.invited, &crate::secrets::hash_of(&values::known_as(email)))
    }

    /// Counts an attempt. `device` is the name of a device that is known for this address.
    ///
    /// # Errors
    /// After how many seconds the next attempt is let through.
    pub fn attempt(
        &self,
        what: Attempt,
        email: &str,
        place: Option<IpAddr>,
        device: Option<&str>,
    ) -> Result<(), u64> {
        let buckets = match what {
            Attempt::LogIn => &self.log_in,
            Attempt::Reset => &self.reset,
        };
        buckets.forget_fresh();
        if let Some(device) = device {
            return check(&buckets.by_device, &device.to_owned());
        }
        let network = place.map(network);
        check(&buckets.by_network, &network)?;
        // The hash bounds what is remembered of an address that is no address.
        let address = crate::secrets::hash_of(&values::known_as(email));
        check(&buckets.by_pair, &(address.clone(), network))?;
        check(&buckets.by_address, &address)
    }

    /// Counts something else that one person may not do without end.
    ///
    /// # Errors
    /// After how many seconds it is let through.
    pub fn count(&self, key: &str) -> Result<(), u64> {
        if self.by_key.len() > MANY {
            self.by_key.retain_recent();
        }
        check(&self.by_key, &key.to_owned())
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

    fn throttle(by_pair: u32, by_address: u32, by_network: u32) -> Throttle {
        let quota = |burst| Quota {
            burst: NonZeroU32::new(burst).expect("not zero"),
            pause: Duration::from_secs(600),
        };
        Throttle::new(quota(by_pair), quota(by_address), quota(by_network))
    }

    #[test]
    fn a_stranger_elsewhere_does_not_slow_the_owner() {
        let throttle = throttle(2, 100, 100);
        let try_it = |email: &str, place: u8| {
            throttle.attempt(Attempt::LogIn, email, Some(IpAddr::from([192, 0, 2, place])), None)
        };
        assert!(try_it("ada@example.com", 1).is_ok());
        assert!(try_it(" Ada@Example.com", 1).is_ok());
        let wait = try_it("ada@example.com", 1).expect_err("the third from there");
        assert!((1..=600).contains(&wait), "{wait}");
        assert!(try_it("ada@example.com", 2).is_ok(), "from another network");
        assert!(try_it("eve@example.com", 1).is_ok(), "another address");
    }

    #[test]
    fn a_known_device_passes_when_everybody_tries_the_address() {
        let throttle = throttle(2, 3, 100);
        let place = |n: u8| Some(IpAddr::from([192, 0, 2, n]));
        for n in 1..=3 {
            assert!(throttle.attempt(Attempt::LogIn, "ada@example.com", place(n), None).is_ok());
        }
        assert!(throttle.attempt(Attempt::LogIn, "ada@example.com", place(4), None).is_err());
        assert!(
            throttle.attempt(Attempt::Reset, "ada@example.com", place(4), None).is_ok(),
            "its own buckets"
        );
        for _ in 0..2 {
            assert!(throttle.attempt(Attempt::LogIn, "ada@example.com", place(4), Some("laptop")).is_ok());
        }
        assert!(throttle.attempt(Attempt::LogIn, "ada@example.com", place(4), Some("laptop")).is_err());
    }

    #[test]
    fn a_network_tries_so_many_addresses() {
        let throttle = throttle(2, 100, 4);
        let place = |n: u16| Some(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, n]));
        let try_it = |email: &str, n| throttle.attempt(Attempt::LogIn, email, place(n), None);
        for n in 0..4 {
            assert!(try_it(&format!("{n}@example.com"), n).is_ok());
        }
        assert!(try_it("5@example.com", 5).is_err(), "the same /64");
        for n in 0..4 {
            assert!(throttle.attempt(Attempt::LogIn, &format!("{n}@example.com"), None, None).is_ok());
        }
        let unknown = throttle.attempt(Attempt::LogIn, "5@example.com", None, None);
        assert!(unknown.is_err(), "those whose network is not known are in one");
    }
}
