//! Attempts that are refused faster than they are worth writing down: a stranger who sends thousands a second must not
//! have each one wait before Lever's deliveries for the one writer of the database.

use super::watchful::{Refused, Times};
use crate::audit::{Circumstances, counted};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What comes within this time at one address is written down together.
pub const TOGETHER: Duration = Duration::from_secs(1);

/// Addresses for which somebody writes at a time. What is tried at more of them is counted in the server's log alone.
const MOST: usize = 200;

/// Networks that are told apart for one address; the audit log has rows for as many.
const NETWORKS: usize = 20;

/// An address by its hash, and what was refused.
type Key = (String, Refused);

/// Attempts that wait to be written down.
#[derive(Default, Clone)]
pub struct RefusedAttempts(Arc<Mutex<HashMap<Key, Times>>>);

/// Somebody is to write for an address.
pub struct Attempts {
    refused_attempts: RefusedAttempts,
    key: Key,
    is_over: bool,
}

impl RefusedAttempts {
    /// Counts an attempt at an address. Who gets [`Attempts`] writes them down, until there are no more; for
    /// everybody else there is nothing to do.
    pub fn count(&self, email: &str, why: Refused, seen: Circumstances) -> Option<Attempts> {
        let key = (crate::secrets::hash_of(&super::values::known_as(email)), why);
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = waiting.get_mut(&key) {
            add(times, seen);
            return None;
        }
        if waiting.len() >= MOST {
            return None;
        }
        waiting.insert(key.clone(), vec![(seen, 1)]);
        Some(Attempts { refused_attempts: self.clone(), key, is_over: false })
    }
}

fn add(times: &mut Times, seen: Circumstances) {
    if let Some((_, count)) = times.iter_mut().find(|(known, _)| known.network == seen.network) {
        *count += 1;
    } else if times.len() < NETWORKS {
        times.push((seen, 1));
    } else {
        let others = Circumstances { network: counted::OTHERS.to_owned(), ..Circumstances::default() };
        match times.iter_mut().find(|(known, _)| known.network == counted::OTHERS) {
            Some((_, count)) => *count += 1,
            None => times.push((others, 1)),
        }
    }
}

impl Attempts {
    /// What came since it was asked last. None: nothing did, and the next attempt begins another attempts.
    pub fn more(&mut self) -> Option<Times> {
        if self.is_over {
            return None;
        }
        let mut waiting = self.refused_attempts.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = waiting.get_mut(&self.key).map(std::mem::take).filter(|times| !times.is_empty());
        if times.is_none() {
            self.is_over = true;
            waiting.remove(&self.key);
        }
        times
    }
}

impl Drop for Attempts {
    /// Also when who writes was stopped.
    fn drop(&mut self) {
        if !self.is_over {
            self.refused_attempts.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(network: &str) -> Circumstances {
        Circumstances { network: network.to_owned(), ..Circumstances::default() }
    }

    fn counts(times: Option<Times>) -> Vec<(String, i64)> {
        times.into_iter().flatten().map(|(seen, count)| (seen.network, count)).collect()
    }

    #[test]
    fn what_comes_together_is_told_together() {
        let refused_attempts = RefusedAttempts::default();
        let count =
            |network: &str| refused_attempts.count("ada@acme.example", Refused::Throttled, from(network));
        let mut attempts = count("a").expect("the first");
        assert_eq!(counts(attempts.more()), [("a".to_owned(), 1)]);
        for network in ["a", "b", "a"] {
            assert!(count(network).is_none(), "somebody writes already");
        }
        assert_eq!(counts(attempts.more()), [("a".to_owned(), 2), ("b".to_owned(), 1)]);
        assert!(attempts.more().is_none());
        assert!(count("a").is_some(), "another attempts");
    }

    #[test]
    fn a_stranger_with_many_networks_and_addresses_takes_little_room() {
        let refused_attempts = RefusedAttempts::default();
        let mut attempts =
            refused_attempts.count("ada@acme.example", Refused::Throttled, from("first")).expect("the first");
        for n in 0..1_000 {
            let _ = refused_attempts.count("ada@acme.example", Refused::Throttled, from(&n.to_string()));
        }
        let times = counts(attempts.more());
        assert_eq!(times.len(), NETWORKS + 1);
        assert_eq!(times.last(), Some(&("others".to_owned(), 1_001 - NETWORKS as i64)));
        let held: Vec<_> = (0..1_000)
            .filter_map(|n| refused_attempts.count(&n.to_string(), Refused::Throttled, from("a")))
            .collect();
        assert_eq!(held.len(), MOST - 1);
        drop((held, attempts));
        assert!(refused_attempts.0.lock().expect("no panic").is_empty());
    }
}
