//! How well ability is recovered: of people who take a test, whatever test that is.

use std::fmt;

use crate::simulate::takers::{Taken, Truth, Usage, World};
use crate::stats::{correlation, mean, percent, rmse};

/// As assumed: what the published figures say, with their uncertainties.
pub(super) const AS_ASSUMED: Truth = Truth {
    name: "as assumed",
    discrimination: None,
    discrimination_spread: 0.12,
    difficulty_spread: None,
    usage: Usage::Mixed,
    rapid: 0.0,
    blind: false,
};

/// How well ability is recovered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recovery {
    /// The correlation of true and estimated ability.
    pub correlation: f64,
    /// The root-mean-square error (sd of ability).
    pub rmse: f64,
    /// The mean error (sd of ability).
    pub bias: f64,
    /// The mean number of items.
    pub mean_items: f64,
    /// The share of people whose true ability lies in the reported 95 % interval.
    pub covered: f64,
    /// How many people there were.
    pub people: usize,
    /// The standard error of [`Recovery::rmse`], by how much the squared errors differ.
    pub rmse_error: f64,
    /// The standard error of [`Recovery::bias`].
    pub bias_error: f64,
}

impl Recovery {
    /// The standard error of the correlation.
    #[must_use]
    pub fn correlation_error(&self) -> f64 {
        (1.0 - self.correlation.powi(2)) / (self.people.max(2) as f64 - 1.0).sqrt()
    }

    /// The standard error of the share that lies in the range.
    #[must_use]
    pub fn covered_error(&self) -> f64 {
        (self.covered * (1.0 - self.covered) / self.people.max(1) as f64).sqrt()
    }
}

/// So many people take the tests of this world.
pub(super) fn run(seed: u64, takers: usize, world: &World<'_>) -> Vec<Taken> {
    (0..takers).map(|n| world.take(seed, n, None)).collect()
}

/// How well the ability of these people was recovered.
pub(super) fn recovery_of(taken: &[Taken]) -> Recovery {
    recovery(&taken.iter().collect::<Vec<_>>())
}

/// The same of some of them.
pub(super) fn recovery(taken: &[&Taken]) -> Recovery {
    let pairs: Vec<(f64, f64)> = taken.iter().map(|t| (t.truth, t.estimate.theta)).collect();
    let inside = |t: &&Taken| (t.truth - t.estimate.theta).abs() <= crate::scale::Z95 * t.estimate.se;
    let errors = || pairs.iter().map(|(truth, estimate)| estimate - truth);
    let (rmse, bias, people) = (rmse(&pairs), mean(errors()), pairs.len());
    let of_mean = |variance: f64| (variance / people.max(1) as f64).sqrt();
    let of_square = of_mean(mean(errors().map(|error| (error.powi(2) - rmse.powi(2)).powi(2))));
    Recovery {
        correlation: correlation(&pairs),
        rmse,
        bias,
        people,
        rmse_error: if rmse > 0.0 { of_square / (2.0 * rmse) } else { 0.0 },
        bias_error: of_mean(rmse.powi(2) - bias.powi(2)),
        mean_items: mean(taken.iter().map(|t| t.items.len() as f64)),
        covered: mean(taken.iter().map(|t| f64::from(u8::from(inside(t))))),
    }
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>7.3} {:>8.3} {:>+8.3} {:>7.1} {:>9}",
            self.correlation,
            self.rmse,
            self.bias,
            self.mean_items,
            percent(self.covered),
        )
    }
}
