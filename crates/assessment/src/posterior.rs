//! What is known of a person's ability after some answers.

use crate::irt::{Ability, NODES, Params, node};
use crate::logic::response::{Curves, ResponseModel, STYLES};

/// A weight for each point of the ability grid and each style of answering.
///
/// Starts as the standard normal distribution, all styles alike likely, and is multiplied by the likelihood of
/// each answer. The mean over all styles is the EAP estimate, the standard deviation the standard error.
#[derive(Debug, Clone)]
pub struct Posterior {
    weights: [[f64; NODES]; STYLES],
}

impl Default for Posterior {
    fn default() -> Self {
        let prior = std::array::from_fn(|index| (-0.5 * node(index).powi(2)).exp());
        let mut posterior = Self { weights: [prior; STYLES] };
        posterior.normalise();
        posterior
    }
}

impl Posterior {
    /// What is known after these answers, right or wrong.
    pub fn after<'a>(answers: impl IntoIterator<Item = (&'a Params, bool)>) -> Self {
        let mut posterior = Self::default();
        for (params, right) in answers {
            posterior.learn(params, right);
        }
        posterior
    }

    /// Takes one answer into account by the three-parameter model.
    pub fn learn(&mut self, params: &Params, right: bool) {
        let p: [f64; NODES] = std::array::from_fn(|index| params.probability(node(index)));
        let likelihood = p.map(|p| if right { p } else { 1.0 - p });
        self.weigh(&[likelihood; STYLES]);
    }

    /// Takes one answer into account that keeps the rules `kept` of its task.
    pub fn learn_kept(&mut self, model: &ResponseModel, kept: usize) {
        self.weigh(&model.curve(kept));
    }

    /// The same from likelihoods that were computed before.
    pub fn learn_from(&mut self, curves: &Curves, kept: usize) {
        self.weigh(curves.of_answer(kept));
    }

    /// The expected ability and its standard error.
    #[must_use]
    pub fn ability(&self) -> Ability {
        let moment = |f: &dyn Fn(f64) -> f64| -> f64 {
            self.weights.iter().flat_map(|w| w.iter().enumerate()).map(|(i, w)| w * f(node(i))).sum()
        };
        let theta = moment(&|x| x);
        let variance = moment(&|x| (x - theta).powi(2));
        Ability { theta, se: variance.sqrt() }
    }

    /// The mean of something that depends on style and ability.
    #[must_use]
    pub fn expected(&self, of: &[[f64; NODES]; STYLES]) -> f64 {
        self.weights.iter().flatten().zip(of.iter().flatten()).map(|(weight, value)| weight * value).sum()
    }

    /// As if ability were known exactly.
    #[cfg(test)]
    pub(crate) fn at(theta: f64) -> Self {
        let mut weights = [0.0; NODES];
        weights[crate::irt::nearest_node(theta)] = 1.0;
        let mut posterior = Self { weights: [weights; STYLES] };
        posterior.normalise();
        posterior
    }

    fn weigh(&mut self, likelihood: &[[f64; NODES]; STYLES]) {
        for (weight, p) in self.weights.iter_mut().flatten().zip(likelihood.iter().flatten()) {
            *weight *= p;
        }
        self.normalise();
    }

    fn normalise(&mut self) {
        let sum: f64 = self.weights.iter().flatten().sum();
        for weight in self.weights.iter_mut().flatten() {
            *weight /= sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::posterior::*;
    use proptest::prelude::*;

    const PARAMS: Params = Params { a: 1.3, b: 0.0, c: 1.0 / 12.0 };

    fn after(spread: f64, kept: &[usize]) -> Ability {
        let model = ResponseModel::in_parts(PARAMS, spread, &[(1.3, 4), (1.6, 3)]);
        let mut posterior = Posterior::default();
        for kept in kept {
            posterior.learn_kept(&model, *kept);
        }
        posterior.ability()
    }

    #[test]
    fn each_rule_that_an_answer_keeps_speaks_for_the_person() {
        let [none, one, both] = [0b00, 0b01, 0b11].map(|kept| after(0.6, &[kept; 5]).theta);
        assert!(none < one && one < both, "{none} {one} {both}");
    }

    #[test]
    fn an_unsure_difficulty_makes_the_standard_error_larger() {
        let answers = [0b11, 0b01, 0b11, 0b00, 0b11, 0b10];
        assert!(after(0.6, &answers).se > after(0.0, &answers).se + 0.01);
    }

    #[test]
    fn curves_computed_before_give_the_same() {
        let model = ResponseModel::in_parts(PARAMS, 0.6, &[(1.3, 4), (1.6, 3)]);
        let (mut one, mut other) = (Posterior::default(), Posterior::default());
        one.learn_kept(&model, 1);
        other.learn_from(&model.curves(), 1);
        assert_eq!(one.ability(), other.ability());
    }

    fn close(left: f64, right: f64, by: f64) {
        assert!((left - right).abs() < by, "{left} is not {right}");
    }

    #[test]
    fn what_is_known_of_nobody_is_the_prior() {
        let prior = Posterior::default().ability();
        close(prior.theta, 0.0, 1e-9);
        close(prior.se, 1.0, 2e-3); // the grid ends at four standard deviations
    }

    #[test]
    fn one_answer_without_guessing_moves_up_and_down_alike() {
        let params = Params { a: 1.5, b: 0.0, c: 0.0 };
        let after = |right| Posterior::after([(&params, right)]).ability();
        assert!(after(true).theta > 0.4);
        close(after(true).theta, -after(false).theta, 1e-9);
        assert!(after(true).se < 1.0);
    }

    #[test]
    fn the_order_of_answers_does_not_matter() {
        let easy = Params { a: 1.0, b: -1.0, c: 0.1 };
        let hard = Params { a: 2.0, b: 1.0, c: 0.1 };
        let one = Posterior::after([(&easy, true), (&hard, false)]).ability();
        let other = Posterior::after([(&hard, false), (&easy, true)]).ability();
        close(one.theta, other.theta, 1e-12);
    }

    proptest! {
        #[test]
        fn a_right_answer_never_lowers_the_estimate(
            a in 0.3..3.0_f64, b in -3.0..3.0_f64, c in 0.0..0.4_f64, before in 0_usize..6,
        ) {
            let params = Params { a, b, c };
            let earlier = Params { a: 1.0, b: 0.0, c: 0.1 };
            let mut posterior = Posterior::after((0..before).map(|i| (&earlier, i % 2 == 0)));
            let was = posterior.ability().theta;
            posterior.learn(&params, true);
            prop_assert!(posterior.ability().theta >= was - 1e-9);
        }
    }
}
