//! How an answer to a task comes about: which of its rules were seen, and among how many options the
//! rest was guessed.
//!
//! The options of a task are made by breaking rules ([`super::options`]). An option therefore tells
//! *which* rules it keeps, and so does the choice of it. How much a wrong choice means depends on
//! what people do with a rule that they saw while another one escapes them:
//!
//! * they drop the options that break it and guess among the rest (*partial knowledge*), or
//! * they guess among all options, as if they had seen nothing.
//!
//! Nobody knows in advance which of the two somebody does, so three styles are weighed beside
//! ability: none, half and full use of partial knowledge ([`USE`]), alike likely at first. The
//! answers move the weights.
//!
//! The difficulty of a task that no one has calibrated is known only within a spread: tasks made
//! by the same rules differ. The likelihood is the mean over that spread, so that the standard error
//! carries it.

use serde::{Deserialize, Serialize};

use crate::irt::{NODES, Params, node};

/// How many styles of answering are weighed.
pub const STYLES: usize = 3;
/// How often each style makes use of the rules that were seen.
pub const USE: [f64; STYLES] = [0.0, 0.5, 1.0];

/// Five points and weights for the mean over a normal distribution (Gauss and Hermite).
const SPREAD: [(f64, f64); 5] = [
    (-2.856_970_013_872_806, 0.011_257_411_327_720_69),
    (-1.355_626_179_974_266, 0.222_075_922_005_612_7),
    (0.0, 0.533_333_333_333_333_3),
    (1.355_626_179_974_266, 0.222_075_922_005_612_7),
    (2.856_970_013_872_806, 0.011_257_411_327_720_69),
];
/// How much of a rule's own load makes its part harder than the task's other parts; the rest of
/// the load burdens all parts alike, as what must be kept in mind does.
const OWN: f64 = 0.5;

/// A rule of a task as a step of its solution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The ability at which half of the people see the rule.
    pub b: f64,
    /// How many values the options offer where the rule decides: who does not see it guesses one of them.
    pub values: u8,
}

/// What is assumed of the answers to one task. Kept with the answer, so that a later calibration does
/// not change a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseModel {
    /// The whole task: solved or not.
    pub params: Params,
    /// How far the true difficulty may lie from the assumed one (standard deviation).
    pub spread: f64,
    /// The discrimination of each part: such that the whole is as steep at its difficulty as `params` says.
    pub slope: f64,
    /// Its rules; empty or one where an answer is right or wrong and nothing between.
    pub parts: Vec<Part>,
}

/// How likely each kind of answer is, by style and by the grid's points of ability.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves(Vec<[[f64; NODES]; STYLES]>);

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl ResponseModel {
    /// A task answered right or wrong, of which no more is known: the three-parameter model.
    #[must_use]
    pub fn whole(params: Params, spread: f64) -> Self {
        Self { params, spread, slope: params.a, parts: Vec::new() }
    }

    /// A task with the loads of its rules and the values that the options offer for each.
    ///
    /// The parts' difficulties and their common slope are such that, guessing aside, half of the people at
    /// ability `params.b` see all rules, and that the share of those who do grows there as steeply
    /// as `params.a` says.
    #[must_use]
    pub fn in_parts(params: Params, spread: f64, rules: &[(f64, u8)]) -> Self {
        if rules.len() < 2 {
            return Self::whole(params, spread);
        }
        let mean = rules.iter().map(|(load, _)| load).sum::<f64>() / rules.len() as f64;
        let own: Vec<f64> = rules.iter().map(|(load, _)| OWN * (load - mean)).collect();
        let mut slope = params.a;
        let mut shift = 0.0;
        // The slope follows from where the parts lie, and that from the slope: a few rounds settle it.
        for _ in 0..20 {
            shift = half_way(&own, slope);
            let escape: f64 = own.iter().map(|own| 1.0 - logistic(slope * (-shift - own))).sum();
            slope = params.a / (2.0 * escape);
        }
        // No more digits than are kept and read again without loss.
        let short = |value: f64| (value * 1e6).round() / 1e6;
        let part = |(own, (_, values)): (&f64, &(f64, u8))| Part {
            b: short(params.b + shift + own),
            values: *values,
        };
        Self { params, spread, slope: short(slope), parts: own.iter().zip(rules).map(part).collect() }
    }

    /// How many kinds of answer there are: every set of rules that an option can keep.
    #[must_use]
    pub fn kinds(&self) -> usize {
        1 << self.parts.len().max(1)
    }

    /// The probability of an answer that keeps the rules `kept` (a bit for each part), for somebody of
    /// this ability who makes so much use (0 to 1) of the rules that they saw, when the task is by `off`
    /// harder than assumed.
    #[must_use]
    pub fn probability(&self, kept: usize, theta: f64, usage: f64, off: f64) -> f64 {
        let theta = theta - off;
        let solved = self.params.probability(theta);
        if self.parts.len() < 2 {
            return if kept == 1 { solved } else { 1.0 - solved };
        }
        let all: f64 = self.parts.iter().map(|part| f64::from(part.values)).product();
        let (mut alike, mut by_parts) = (1.0, 1.0);
        for (place, part) in self.parts.iter().enumerate() {
            let values = f64::from(part.values);
            let seen = logistic(self.slope * (theta - part.b));
            let keeps = seen + (1.0 - seen) / values;
            let is_kept = kept & (1 << place) != 0;
            by_parts *= if is_kept { keeps } else { 1.0 - keeps };
            alike *= if is_kept { 1.0 } else { values - 1.0 };
        }
        let is_right = kept + 1 == self.kinds();
        let by_whole = if is_right { solved } else { (1.0 - solved) * alike / (all - 1.0) };
        usage * by_parts + (1.0 - usage) * by_whole
    }

    /// The same as the mean over the spread of the difficulty.
    fn expected(&self, kept: usize, theta: f64, usage: f64) -> f64 {
        if self.spread == 0.0 {
            return self.probability(kept, theta, usage, 0.0);
        }
        SPREAD
            .iter()
            .map(|(at, weight)| weight * self.probability(kept, theta, usage, at * self.spread))
            .sum()
    }

    /// How likely one kind of answer is.
    #[must_use]
    pub fn curve(&self, kept: usize) -> [[f64; NODES]; STYLES] {
        USE.map(|usage| std::array::from_fn(|index| self.expected(kept, node(index), usage)))
    }

    /// How likely every kind of answer is.
    #[must_use]
    pub fn curves(&self) -> Curves {
        Curves((0..self.kinds()).map(|kept| self.curve(kept)).collect())
    }
}

/// By how much the parts must lie beside the task's difficulty for half of the people there to see
/// all of them.
fn half_way(own: &[f64], slope: f64) -> f64 {
    let (mut low, mut high) = (-10.0, 10.0);
    for _ in 0..60 {
        let middle: f64 = (low + high) / 2.0;
        let all: f64 = own.iter().map(|own| logistic(slope * (-middle - own))).product();
        if all > 0.5 { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

impl Curves {
    /// How many kinds of answer they tell apart.
    #[must_use]
    pub fn kinds(&self) -> usize {
        self.0.len()
    }

    /// How likely an answer of this kind is.
    #[must_use]
    pub fn of_answer(&self, kept: usize) -> &[[f64; NODES]; STYLES] {
        &self.0[kept]
    }

    /// Fisher's information about ability, by style and by the grid's points.
    #[must_use]
    pub fn information(&self) -> [[f64; NODES]; STYLES] {
        std::array::from_fn(|style| {
            std::array::from_fn(|index| {
                let (before, after) = (index.saturating_sub(1), (index + 1).min(NODES - 1));
                let width = node(after) - node(before);
                let curves = self.0.iter().map(|kind| &kind[style]);
                curves.map(|curve| ((curve[after] - curve[before]) / width).powi(2) / curve[index]).sum()
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::logic::response::*;
    use proptest::prelude::*;

    const PARAMS: Params = Params { a: 1.3, b: 0.4, c: 1.0 / 12.0 };

    fn model(spread: f64) -> ResponseModel {
        ResponseModel::in_parts(PARAMS, spread, &[(2.4, 3), (1.1, 2), (1.6, 2)])
    }

    /// The share of people who see all rules.
    fn see_all(model: &ResponseModel, theta: f64) -> f64 {
        model.parts.iter().map(|part| logistic(model.slope * (theta - part.b))).product()
    }

    #[test]
    fn the_parts_together_are_as_hard_and_as_steep_as_the_whole() {
        for rules in [vec![(1.3, 4), (0.9, 3)], vec![(2.4, 3), (1.1, 2), (1.6, 2)]] {
            let model = ResponseModel::in_parts(PARAMS, 0.0, &rules);
            assert!((see_all(&model, PARAMS.b) - 0.5).abs() < 1e-5);
            let slope = (see_all(&model, PARAMS.b + 1e-5) - see_all(&model, PARAMS.b - 1e-5)) / 2e-5;
            assert!((slope - PARAMS.a / 4.0).abs() < 1e-4, "{slope}");
        }
    }

    #[test]
    fn who_sees_nothing_guesses_one_of_all_options_in_every_style() {
        for usage in USE {
            let right = model(0.0).probability(0b111, -40.0, usage, 0.0);
            assert!((right - 1.0 / 12.0).abs() < 1e-9, "{right}");
        }
    }

    #[test]
    fn who_uses_what_was_seen_is_right_more_often() {
        let p = |usage| model(0.0).probability(0b111, PARAMS.b, usage, 0.0);
        assert!(p(1.0) > p(0.5) && p(0.5) > p(0.0));
        assert!((p(0.0) - (1.0 + 1.0 / 12.0) / 2.0).abs() < 1e-9);
    }

    #[test]
    fn an_unsure_difficulty_makes_the_curve_flatter_and_tells_less() {
        let (sure, unsure) = (model(0.0).curves(), model(0.6).curves());
        let peak = |curves: &Curves| curves.information().into_iter().flatten().fold(0.0, f64::max);
        assert!(peak(&unsure) < 0.9 * peak(&sure), "{} {}", peak(&unsure), peak(&sure));
    }

    proptest! {
        #[test]
        fn the_kinds_of_answer_share_the_whole(theta in -4.0..4.0_f64, usage in 0.0..1.0_f64, off in -2.0..2.0_f64) {
            for model in [model(0.6), ResponseModel::whole(PARAMS, 0.6)] {
                let sum: f64 = (0..model.kinds()).map(|kept| model.probability(kept, theta, usage, off)).sum();
                prop_assert!((sum - 1.0).abs() < 1e-9);
            }
        }
    }
}
