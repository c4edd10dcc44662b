//! Pilot tasks: new tasks that a test carries without counting them, so that they are known before they count.

use serde::{Deserialize, Serialize};

use crate::irt::StopRule;
use crate::random::Draw;

/// How many pilot tasks a test carries: none to three.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct PilotTasks(u8);

/// More pilot tasks than a test may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a test carries at most {most} pilot tasks, not {0}", most = PilotTasks::MOST)]
pub struct TooManyPilots(u8);

impl PilotTasks {
    /// More would make the test longer for candidates than they are owed.
    pub const MOST: u8 = 3;
}

impl TryFrom<u8> for PilotTasks {
    type Error = TooManyPilots;

    fn try_from(count: u8) -> Result<Self, TooManyPilots> {
        if count <= Self::MOST { Ok(Self(count)) } else { Err(TooManyPilots(count)) }
    }
}

impl From<PilotTasks> for u8 {
    fn from(pilots: PilotTasks) -> Self {
        pilots.0
    }
}

/// Separates the draw of the places from those of the tasks.
const STREAM: u64 = u64::MAX;

/// At which places of a run pilot tasks stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Places {
    /// Counted from 0 over all tasks that are shown, in ascending order.
    places: Vec<usize>,
    /// So many pilot tasks were replaced because the candidate was away.
    pub(super) away: u8,
}

impl Places {
    /// Places by chance: never the first, and none behind the earliest end of the test, so that everybody
    /// who finishes has answered all of them and nobody can tell them by their place.
    pub(super) fn draw(pilots: PilotTasks, stop: &StopRule, seed: u64) -> Self {
        let count = usize::from(pilots.0);
        let mut places: Vec<usize> = (1..stop.min_items.max(1) + count).collect();
        Draw::new(seed, STREAM).shuffle(&mut places);
        places.truncate(count);
        places.sort_unstable();
        Self { places, away: 0 }
    }

    pub(super) fn count(&self) -> usize {
        self.places.len()
    }

    /// Whether the task at this place is a pilot task.
    pub(super) fn has(&self, place: usize) -> bool {
        self.places.contains(&place)
    }

    /// Whether no pilot task stands at this place or behind it.
    pub(super) fn are_over(&self, place: usize) -> bool {
        self.places.iter().all(|pilot| *pilot < place)
    }

    /// No pilot tasks from this place on: there are none left that the person has not met.
    pub(super) fn end(&mut self, place: usize) {
        self.places.retain(|pilot| *pilot < place);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::session::pilots::*;

    #[test]
    fn a_test_carries_three_at_most() {
        assert_eq!(PilotTasks::try_from(4), Err(TooManyPilots(4)));
        assert_eq!(serde_json::from_str::<PilotTasks>("3").unwrap(), PilotTasks(3));
        assert!(serde_json::from_str::<PilotTasks>("4").is_err());
    }

    #[test]
    fn places_differ_from_test_to_test_and_leave_the_first_task_alone() {
        let mut seen = std::collections::HashSet::new();
        for (least, most) in [(0, 1), (1, 1), (12, 20), (20, 20)] {
            for seed in 0..200 {
                let stop = StopRule { min_items: least, max_items: most, precision: 0.4 };
                let places = Places::draw(PilotTasks(3), &stop, seed).places;
                assert_eq!(places.len(), 3);
                assert!(places[0] >= 1 && places[0] < places[1] && places[1] < places[2]);
                assert!(places[2] < least.max(1) + 3, "{places:?}");
                seen.extend(places);
            }
        }
        assert_eq!(seen.len(), 22, "every place but the first");
    }
}
