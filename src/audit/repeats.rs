//! Repeats of what is written down at once and then counted, such as looking at a page again: they are gathered for a
//! minute, so that who looks ten times writes twice.

use crate::ids::UserId;
use crate::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// For so long repeats are gathered. A process that dies loses the count of as much; the first of an hour is written.
pub const GATHERED_FOR: Duration = Duration::from_secs(60);

/// Things that are told apart; what is repeated beyond is written at once.
const MOST: usize = 10_000;

/// An hour, in ms.
const HOUR: i64 = 3_600_000;

/// Who did what, and from which network.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Repeated {
    pub who: UserId,
    pub subject: String,
    pub network: String,
}

/// What is to be done about something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// It is written now.
    Now,
    /// It is gathered, and [`Repeats::gathered`] is written after [`GATHERED_FOR`].
    Later,
    /// It is gathered with what somebody writes later.
    Gathered,
}

/// The hour, and how often it happened in it beside what is written.
type Gathering = (i64, i64);

/// Repeats that wait to be written down.
#[derive(Debug, Default, Clone)]
pub struct Repeats(Arc<Mutex<HashMap<Repeated, Gathering>>>);

impl Repeats {
    /// It happened now.
    pub fn add(&self, what: &Repeated, now: Timestamp) -> Due {
        let hour = now.0.div_euclid(HOUR);
        let mut all = self.locked();
        if let Some((of, waiting)) = all.get_mut(what)
            && *of == hour
        {
            *waiting += 1;
            return if *waiting == 1 { Due::Later } else { Due::Gathered };
        }
        // Of an hour that is over only what still waits is kept.
        all.retain(|_, (of, waiting)| *of == hour || *waiting > 0);
        if all.len() < MOST && all.get(what).is_none_or(|(_, waiting)| *waiting == 0) {
            all.insert(what.clone(), (hour, 0));
        }
        Due::Now
    }

    /// How often it happened since it was written last.
    pub fn gathered(&self, what: &Repeated) -> i64 {
        self.locked().get_mut(what).map_or(0, |(_, waiting)| std::mem::take(waiting))
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Repeated, Gathering>> {
        // The map is whole at any time.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(subject: &str) -> Repeated {
        Repeated { who: UserId::new(), subject: subject.to_owned(), network: "192.0.2.0/24".to_owned() }
    }

    #[test]
    fn the_first_of_an_hour_is_written_and_repeats_together() {
        let (repeats, page, now) = (Repeats::default(), page("GET /candidates"), Timestamp(10 * HOUR));
        assert_eq!(repeats.add(&page, now), Due::Now);
        let again: Vec<Due> = (0..3).map(|_| repeats.add(&page, now)).collect();
        assert_eq!(again, [Due::Later, Due::Gathered, Due::Gathered]);
        assert_eq!((repeats.gathered(&page), repeats.gathered(&page)), (3, 0));
        assert_eq!(repeats.add(&page, now), Due::Later, "somebody has to write it");
        // In the next hour it is the first again; what waits is not lost by that.
        assert_eq!(repeats.add(&page, Timestamp(11 * HOUR)), Due::Now);
        assert_eq!(repeats.gathered(&page), 1);
        assert_eq!(repeats.add(&page, Timestamp(11 * HOUR)), Due::Now);
        assert_eq!(repeats.add(&page, Timestamp(11 * HOUR)), Due::Later);
    }

    #[test]
    fn many_pages_take_little_room() {
        let repeats = Repeats::default();
        for n in 0..MOST + 100 {
            assert_eq!(repeats.add(&page(&n.to_string()), Timestamp(0)), Due::Now);
        }
        assert_eq!(repeats.locked().len(), MOST);
        repeats.add(&page("later"), Timestamp(HOUR));
        assert_eq!(repeats.locked().len(), 1, "an hour is over");
    }
}
