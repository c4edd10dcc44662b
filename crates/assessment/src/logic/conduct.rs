//! Looks for signs in how the tasks were answered: shown as cautions, never as verdicts.
//!
//! The times are those of the published answers to the MaRs-IB matrices (Zorowitz and others 2023, 24,867 answers):
//! below 4 seconds people are right as often as by chance, from 6 seconds on well above it; half of all
//! answers take more than 14.6 seconds.

use std::collections::HashMap;

use crate::caution::{Caution, Sign};

/// Below this nobody can have looked at an easy task (milliseconds).
const LOOK_MS: f64 = 4_000.0;
/// What each unit of load beyond the middle adds.
const LOOK_PER_LOAD_MS: f64 = 500.0;
/// Never more than this: from here on published answers are right well above chance.
const LOOK_AT_MOST_MS: f64 = 6_000.0;
/// The load of a task of middle difficulty.
pub(crate) const MIDDLE_LOAD: f64 = 3.4;
/// So many rapid answers, and more than this share of all, are a sign.
const RAPID: (usize, f64) = (3, 0.15);
/// Tasks harder than this …
const HARD: f64 = 1.0;
/// … are hardly solved in less than this (milliseconds).
const PLAUSIBLE_MS: i64 = 5_000;
/// So many times is more than luck.
const FAST_AND_RIGHT: usize = 2;
/// Tasks during which the page was left; fewer happen to everybody.
const LEFT: usize = 3;
/// So many options chosen in one place, and this share of all that were chosen, are more than chance: one of twelve is right.
const SAME_PLACE: (usize, f64) = (8, 0.6);
/// So many tasks may run out of time without a caution.
const TIME_OUTS: usize = 3;

/// How one task was answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answered {
    /// How much the task asks ([`crate::logic::spec::Spec::load`]).
    pub load: f64,
    /// Its difficulty.
    pub b: f64,
    /// Whether it was solved.
    pub right: bool,
    /// Where the chosen option stands; none where the task was passed over or ran out of time.
    pub choice: Option<usize>,
    /// Whether the time was up.
    pub timed_out: bool,
    /// From showing to answering (milliseconds).
    pub time_ms: i64,
    /// How often the page was left meanwhile.
    pub left: u16,
}

/// The time below which a task of this load cannot have been looked at (milliseconds).
#[must_use]
pub fn look_ms(load: f64) -> i64 {
    (LOOK_MS + LOOK_PER_LOAD_MS * (load - MIDDLE_LOAD).max(0.0)).min(LOOK_AT_MOST_MS) as i64
}

impl Answered {
    /// Whether an option was chosen faster than the task can be looked at.
    #[must_use]
    pub fn is_rapid(&self) -> bool {
        self.choice.is_some() && self.time_ms < look_ms(self.load)
    }
}

/// The signs that the answers give cause for, with how often each was seen.
#[must_use]
pub fn check(answers: &[Answered]) -> Vec<Sign> {
    let count = |is: &dyn Fn(&Answered) -> bool| answers.iter().filter(|answered| is(answered)).count();
    let rapid = count(&Answered::is_rapid);
    let fast = count(&|a| a.right && a.b > HARD && a.time_ms < PLAUSIBLE_MS.max(look_ms(a.load)));
    let left = count(&|a| a.left > 0);
    let timed_out = count(&|a| a.timed_out);
    let (few, share) = RAPID;
    let (chosen, same) = most_in_one_place(answers);
    let signs = [
        (Caution::TimedOut, timed_out, timed_out > TIME_OUTS),
        (Caution::RapidGuessing, rapid, rapid >= few && rapid as f64 > share * answers.len() as f64),
        (Caution::FastAndRight, fast, fast >= FAST_AND_RIGHT),
        (Caution::LeftPage, left, left >= LEFT),
        (Caution::SamePlace, same, chosen >= SAME_PLACE.0 && same as f64 >= SAME_PLACE.1 * chosen as f64),
    ];
    let sign = |(caution, count, _): (Caution, usize, bool)| Sign {
        caution,
        count: count as u32,
        of: answers.len() as u32,
    };
    signs.into_iter().filter(|(.., shown)| *shown).map(sign).collect()
}

/// How many options were chosen, and how many of them in the place that was chosen most often.
fn most_in_one_place(answers: &[Answered]) -> (usize, usize) {
    let mut places = HashMap::new();
    for place in answers.iter().filter_map(|answered| answered.choice) {
        *places.entry(place).or_insert(0) += 1;
    }
    (places.values().sum(), places.into_values().max().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use crate::logic::conduct::*;

    const CAREFUL: Answered = Answered {
        load: 3.4,
        b: 0.0,
        right: true,
        choice: Some(0),
        timed_out: false,
        time_ms: 15_000,
        left: 0,
    };

    /// Careful but for so many tasks; options are chosen all over the place.
    fn found(special: Answered, times: usize) -> Vec<(Caution, u32)> {
        let at =
            |n: usize, answered: Answered| Answered { choice: answered.choice.map(|_| n % 12), ..answered };
        let answers: Vec<_> = (0..20).map(|n| at(n, if n < times { special } else { CAREFUL })).collect();
        check(&answers).into_iter().map(|sign| (sign.caution, sign.count)).collect()
    }

    #[test]
    fn each_sign_needs_more_than_chance() {
        let table = [
            (Answered { time_ms: 3_900, ..CAREFUL }, 3, Caution::RapidGuessing, 4),
            (Answered { b: 1.2, time_ms: 4_900, ..CAREFUL }, 1, Caution::FastAndRight, 2),
            (Answered { left: 2, ..CAREFUL }, 2, Caution::LeftPage, 3),
            (Answered { timed_out: true, ..CAREFUL }, 3, Caution::TimedOut, 4),
        ];
        for (special, few, caution, enough) in table {
            assert_eq!(found(special, few), [], "{caution:?}");
            assert_eq!(found(special, enough), [(caution, enough as u32)]);
        }
    }

    /// At least eight options, and six of ten in one place. Tasks that were passed over have none.
    #[test]
    fn one_place_for_nearly_all_is_noticed() {
        let same = |same: usize, others: usize, none: usize| -> Vec<(u32, u32)> {
            let choices = std::iter::repeat_n(Some(4), same)
                .chain((0..others).map(|n| Some(5 + n % 7)))
                .chain(std::iter::repeat_n(None, none));
            let answers: Vec<_> = choices.map(|choice| Answered { choice, ..CAREFUL }).collect();
            let sign = |sign: Sign| {
                assert_eq!(sign.caution, Caution::SamePlace);
                (sign.count, sign.of)
            };
            check(&answers).into_iter().map(sign).collect()
        };
        assert_eq!(same(12, 8, 0), [(12, 20)]);
        assert_eq!(same(11, 9, 0), []);
        assert_eq!(same(8, 0, 12), [(8, 20)]);
        assert_eq!(same(7, 0, 13), []);
        assert_eq!(same(0, 0, 20), []);
    }

    #[test]
    fn the_time_to_look_grows_with_the_load() {
        for (load, ms) in [(0.4, 4_000), (3.4, 4_000), (5.4, 5_000), (9.0, 6_000)] {
            assert_eq!(look_ms(load), ms);
        }
    }

    #[test]
    fn a_task_passed_over_at_once_is_no_guess() {
        assert_eq!(found(Answered { choice: None, right: false, time_ms: 1_000, ..CAREFUL }, 8), []);
    }
}
