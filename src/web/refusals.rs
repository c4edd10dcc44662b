//! Requests of nobody that are refused: there is no company whose audit log they belong to, and a row for each would be
//! the stranger's to write. They are counted, and the server's log has a line a minute.

use crate::metrics::metrics;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The log says at most so often what was refused.
const SAID_EVERY: Duration = Duration::from_secs(60);

/// Networks that are told apart until the log says how many there were.
const NETWORKS: usize = 10_000;

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A log-in with an address that nobody has.
    LogIn,
    /// A passkey that nobody has.
    Passkey,
    /// A form without its token, or of another site.
    Form,
    /// One attempt too many.
    Throttled,
    /// A delivery to an address that no account has.
    Webhook,
    /// A name that is not this machine's.
    Host,
    /// A token of the API that does not exist.
    Token,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::LogIn, Self::Passkey, Self::Form, Self::Throttled, Self::Webhook, Self::Host, Self::Token];

    fn code(self) -> &'static str {
        match self {
            Self::LogIn => "log_in",
            Self::Passkey => "passkey",
            Self::Form => "form",
            Self::Throttled => "throttled",
            Self::Webhook => "webhook",
            Self::Host => "host",
            Self::Token => "token",
        }
    }

    fn phrase(self) -> &'static str {
        match self {
            Self::LogIn => "log-ins with addresses that nobody has",
            Self::Passkey => "passkeys that nobody has",
            Self::Form => "forms without their token",
            Self::Throttled => "attempts that were too many",
            Self::Webhook => "deliveries to addresses that no account has",
            Self::Host => "requests to foreign names",
            Self::Token => "API tokens that do not exist",
        }
    }
}

/// What was refused since the log said so.
struct Noted {
    counts: [u64; Kind::ALL.len()],
    networks: Option<HashSet<String>>,
    said_at: Option<Instant>,
    is_awaited: bool,
}

static NOTED: Mutex<Noted> =
    Mutex::new(Noted { counts: [0; Kind::ALL.len()], networks: None, said_at: None, is_awaited: false });

impl Noted {
    fn add(&mut self, kind: Kind, times: u64, network: &str) {
        self.counts[kind as usize] += times;
        let networks = self.networks.get_or_insert_default();
        if networks.len() < NETWORKS {
            networks.insert(network.to_owned());
        }
    }

    /// What the log is to say now: nothing when it said something just now, or there is nothing.
    fn told(&mut self, now: Instant) -> Option<(String, usize)> {
        let is_soon = self.said_at.is_some_and(|at| now.duration_since(at) < SAID_EVERY);
        if is_soon || self.counts.iter().all(|count| *count == 0) {
            return None;
        }
        let what =
            Kind::ALL.into_iter().zip(std::mem::take(&mut self.counts)).filter(|(_, count)| *count > 0);
        let what: Vec<String> = what.map(|(kind, count)| format!("{count} {}", kind.phrase())).collect();
        self.said_at = Some(now);
        Some((what.join(", "), self.networks.take().map_or(0, |networks| networks.len())))
    }
}

fn locked() -> std::sync::MutexGuard<'static, Noted> {
    NOTED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn log_refusals() {
    let told = locked().told(Instant::now());
    if let Some((what, networks)) = told {
        tracing::warn!(%what, networks, "strangers were refused");
    }
}

/// Counts a request of nobody that was refused. `network`: where it came from.
pub fn note(kind: Kind, network: &str) {
    note_times(kind, 1, network);
}

/// The same for so many.
pub fn note_times(kind: Kind, times: u64, network: &str) {
    metrics().refused(kind.code(), times);
    let waits = {
        let mut noted = locked();
        noted.add(kind, times, network);
        // What comes within the minute is told at its end, also when nothing comes after it.
        let waits = noted.said_at.is_some() && !noted.is_awaited;
        noted.is_awaited |= waits;
        waits
    };
    log_refusals();
    if waits {
        tokio::spawn(async {
            tokio::time::sleep(SAID_EVERY).await;
            locked().is_awaited = false;
            log_refusals();
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_says_at_once_and_then_once_a_minute_how_many() {
        let mut noted =
            Noted { counts: [0; Kind::ALL.len()], networks: None, said_at: None, is_awaited: false };
        let begin = Instant::now();
        assert_eq!(noted.told(begin), None, "nothing was refused");
        noted.add(Kind::Form, 1, "192.0.2.0/24");
        assert_eq!(noted.told(begin), Some(("1 forms without their token".to_owned(), 1)));
        for network in ["192.0.2.0/24", "198.51.100.0/24", "192.0.2.0/24"] {
            noted.add(Kind::LogIn, 1, network);
            assert_eq!(noted.told(begin + Duration::from_secs(59)), None, "just now");
        }
        noted.add(Kind::Host, 1, "192.0.2.0/24");
        let all = "3 log-ins with addresses that nobody has, 1 requests to foreign names".to_owned();
        assert_eq!(noted.told(begin + SAID_EVERY), Some((all, 2)));
        assert_eq!(noted.told(begin + SAID_EVERY * 3), None, "nothing since");
    }
}
