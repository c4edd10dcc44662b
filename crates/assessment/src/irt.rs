//! Item response theory: how likely a right answer is, what an answer tells about ability,
//! and when enough is known.
//!
//! Ability θ is counted in standard deviations of the norm group, whose mean is 0.

use serde::{Deserialize, Serialize};

use crate::scale::ScaleScore;

/// The parameters of an item in the three-parameter logistic model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Discrimination, on the logistic metric (no factor 1.7): how sharply the item parts
    /// those below its difficulty from those above.
    pub a: f64,
    /// Difficulty: the ability at which half of those who do not guess right solve it.
    pub b: f64,
    /// The share of right answers from those who cannot solve it at all. 0 makes it the
    /// two-parameter model.
    pub c: f64,
}

impl Params {
    /// The probability of a right answer: c + (1 − c) / (1 + exp(−a (θ − b))).
    #[must_use]
    pub fn probability(&self, theta: f64) -> f64 {
        self.c + (1.0 - self.c) / (1.0 + (-self.a * (theta - self.b)).exp())
    }

    /// Fisher's information about θ: a² · (1 − P) / P · ((P − c) / (1 − c))².
    #[must_use]
    pub fn information(&self, theta: f64) -> f64 {
        let p = self.probability(theta);
        let solved = (p - self.c) / (1.0 - self.c);
        self.a * self.a * (1.0 - p) / p * solved * solved
    }

    /// The ability about which the item tells most:
    /// b + ln((1 + √(1 + 8c)) / 2) / a (Birnbaum).
    #[must_use]
    pub fn most_informative_at(&self) -> f64 {
        self.b + ((1.0 + (1.0 + 8.0 * self.c).sqrt()) / 2.0).ln() / self.a
    }
}

/// An estimate of ability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ability {
    /// The estimate, in standard deviations from the norm group's mean.
    pub theta: f64,
    /// Its standard error, same unit.
    pub se: f64,
}

impl Ability {
    /// The estimate on the 1–10 scale with its 95 % interval.
    #[must_use]
    pub fn scale(&self) -> ScaleScore {
        ScaleScore::from_z(self.theta, self.se)
    }
}

/// How many points the grid has on which ability is weighed.
pub const NODES: usize = 81;
const FIRST: f64 = -4.0;
const STEP: f64 = 0.1;

/// The ability at a point of the grid: −4 to 4 in steps of 0.1.
#[must_use]
pub fn node(index: usize) -> f64 {
    FIRST + STEP * index as f64
}

/// The point of the grid nearest to an ability.
#[must_use]
pub fn nearest_node(theta: f64) -> usize {
    ((theta - FIRST) / STEP).round().clamp(0.0, (NODES - 1) as f64) as usize
}

/// When a test ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopRule {
    /// Never before so many items.
    pub min_items: usize,
    /// Always after so many items.
    pub max_items: usize,
    /// In between, once the standard error is at most this (standard deviations).
    pub precision: f64,
}

impl Default for StopRule {
    fn default() -> Self {
        Self { min_items: 20, max_items: 20, precision: 0.4 }
    }
}

impl StopRule {
    /// Whether the test is over after `items` answers.
    #[must_use]
    pub fn met(&self, items: usize, ability: Ability) -> bool {
        items >= self.max_items || (items >= self.min_items && ability.se <= self.precision)
    }
}

#[cfg(test)]
mod tests {
    use crate::irt::*;
    use proptest::prelude::*;

    fn close(left: f64, right: f64, by: f64) {
        assert!((left - right).abs() < by, "{left} is not {right}");
    }

    #[test]
    fn at_its_difficulty_an_item_is_solved_half_way_above_guessing() {
        for (a, b, c) in [(1.0, 0.0, 0.0), (2.0, -1.0, 0.125), (0.7, 2.0, 0.25)] {
            let params = Params { a, b, c };
            close(params.probability(b), c + (1.0 - c) / 2.0, 1e-12);
        }
    }

    #[test]
    fn the_slope_at_the_difficulty_is_a_quarter_of_a_times_one_less_c() {
        let params = Params { a: 1.8, b: 0.3, c: 0.2 };
        let slope = (params.probability(0.3 + 1e-6) - params.probability(0.3 - 1e-6)) / 2e-6;
        close(slope, 1.8 * 0.8 / 4.0, 1e-6);
    }

    #[test]
    fn without_guessing_the_peak_of_information_is_a_squared_over_four_at_b() {
        let params = Params { a: 1.6, b: -0.4, c: 0.0 };
        close(params.information(-0.4), 1.6 * 1.6 / 4.0, 1e-12);
        close(params.most_informative_at(), -0.4, 1e-12);
    }

    #[test]
    fn stops_by_precision_or_by_length() {
        let rule = StopRule { min_items: 5, max_items: 20, precision: 0.3 };
        let sure = Ability { theta: 0.0, se: 0.2 };
        let unsure = Ability { theta: 0.0, se: 0.5 };
        assert!(!rule.met(4, sure));
        assert!(rule.met(5, sure));
        assert!(!rule.met(19, unsure));
        assert!(rule.met(20, unsure));
    }

    proptest! {
        #[test]
        fn probability_grows_with_ability_and_stays_within_its_bounds(
            a in 0.3..3.0_f64, b in -3.0..3.0_f64, c in 0.0..0.4_f64, theta in -4.0..4.0_f64,
        ) {
            let params = Params { a, b, c };
            let p = params.probability(theta);
            prop_assert!(p > c && p < 1.0);
            prop_assert!(params.probability(theta + 0.1) > p);
        }

        #[test]
        fn information_is_the_squared_slope_over_the_variance(
            a in 0.3..3.0_f64, b in -2.0..2.0_f64, c in 0.0..0.4_f64, theta in -3.0..3.0_f64,
        ) {
            let params = Params { a, b, c };
            let p = params.probability(theta);
            let slope = (params.probability(theta + 1e-5) - params.probability(theta - 1e-5)) / 2e-5;
            let expected = slope * slope / (p * (1.0 - p));
            prop_assert!((params.information(theta) - expected).abs() < 1e-4 * (1.0 + expected));
        }

        #[test]
        fn no_ability_is_better_measured_than_the_peak(
            a in 0.3..3.0_f64, b in -2.0..2.0_f64, c in 0.0..0.4_f64, off in -3.0..3.0_f64,
        ) {
            let params = Params { a, b, c };
            let peak = params.most_informative_at();
            prop_assert!(params.information(peak) + 1e-12 >= params.information(peak + off));
        }

        #[test]
        fn the_nearest_node_is_within_half_a_step(theta in -4.0..4.0_f64) {
            prop_assert!((node(nearest_node(theta)) - theta).abs() <= 0.05 + 1e-9);
        }
    }
}
