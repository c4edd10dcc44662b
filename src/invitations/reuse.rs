//! Which of a person's earlier results count for another posting. Pure: no clock, no I/O.

use super::Tests;
use crate::ids::InvitationId;
use crate::time::Timestamp;

/// The tests that an invitation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    pub logic: bool,
    pub personality: bool,
}

impl Needs {
    /// Both.
    pub const BOTH: Self = Self { logic: true, personality: true };

    /// What an invitation to these tests needs.
    pub fn of_tests(tests: Tests) -> Self {
        Self { logic: tests.logic(), personality: tests.personality() }
    }
}

/// A result of the same person. One that was withdrawn is erased, so it is never among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The invitation that has it.
    pub invitation: InvitationId,
    /// When the person completed the tests.
    pub completed_at: Timestamp,
    /// What was tested.
    pub has: Needs,
}

/// Whether a result counts. `months`: results that old and older do not; none count with 0.
pub fn may_reuse(earlier: &Earlier, needs: Needs, months: i32, now: Timestamp) -> bool {
    let has_all = (earlier.has.logic || !needs.logic) && (earlier.has.personality || !needs.personality);
    let is_something = needs.logic || needs.personality;
    months > 0 && is_something && has_all && earlier.completed_at > now.months_back(months)
}

/// The newest result that counts.
pub fn newest(earlier: &[Earlier], needs: Needs, months: i32, now: Timestamp) -> Option<&Earlier> {
    let counting = earlier.iter().filter(|one| may_reuse(one, needs, months, now));
    counting.max_by_key(|one| one.completed_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// 23 November 2026, 12:00 UTC.
    const NOW: Timestamp = Timestamp(1_795_435_200_000);
    const LOGIC: Needs = Needs { logic: true, personality: false };

    fn earlier(days: u64, has: Needs) -> Earlier {
        let completed_at = NOW.minus(Duration::from_secs(days * 86_400));
        Earlier { invitation: InvitationId::new(), completed_at, has }
    }

    #[test]
    fn results_count_until_they_are_24_months_old() {
        // 23 November 2024 is 730 days back.
        for (days, counts) in [(0, true), (729, true), (730, false), (900, false)] {
            assert_eq!(may_reuse(&earlier(days, Needs::BOTH), Needs::BOTH, 24, NOW), counts, "{days} days");
        }
    }

    #[test]
    fn nothing_counts_when_reuse_is_off() {
        assert!(!may_reuse(&earlier(0, Needs::BOTH), Needs::BOTH, 0, NOW));
    }

    #[test]
    fn all_tests_that_are_needed_must_be_there() {
        assert!(!may_reuse(&earlier(1, LOGIC), Needs::BOTH, 24, NOW));
        assert!(may_reuse(&earlier(1, LOGIC), LOGIC, 24, NOW));
        assert!(may_reuse(&earlier(1, Needs::BOTH), LOGIC, 24, NOW));
        let nothing = Needs { logic: false, personality: false };
        assert!(
            !may_reuse(&earlier(1, Needs::BOTH), nothing, 24, NOW),
            "without tests there is nothing to reuse"
        );
    }

    #[test]
    fn the_newest_that_counts_is_taken() {
        let all = [earlier(300, Needs::BOTH), earlier(10, LOGIC), earlier(200, Needs::BOTH)];
        assert_eq!(newest(&all, Needs::BOTH, 24, NOW), Some(&all[2]));
        assert_eq!(newest(&all, LOGIC, 24, NOW), Some(&all[1]));
        assert_eq!(newest(&all, Needs::BOTH, 6, NOW), None);
    }
}
