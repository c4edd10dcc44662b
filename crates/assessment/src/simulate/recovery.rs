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
    Recovery {
        correlation: correlation(&pairs),
        rmse: rmse(&pairs),
        bias: mean(pairs.iter().map(|(truth, estimate)| estimate - truth)),
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
