//! Proof by simulation: test-takers whose ability and traits are known take the tests, and the
//! results are compared with the truth.
//!
//! It proves that the machinery works (selection, estimation, stopping, scoring, item
//! generation). It proves nothing about people: that the assumed difficulties are true of
//! them is a matter of calibration, which only real answers can settle. The robustness
//! figures show what happens when they are not.

mod audit;
mod logic;
mod personality;
mod stats;

use std::fmt;
use std::time::{Duration, Instant};

pub use audit::Audit;
pub use logic::{Adaptive, Band, Conditions, LogicFigures, Recovery};
pub use personality::{Carelessness, PersonalityFigures, TraitRecovery};

use crate::calibration::Calibration;
use crate::logic::{Bank, Form};

/// All figures of one simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The seed; the same seed and number of takers give the same figures.
    pub seed: u64,
    /// How many simulated takers.
    pub takers: usize,
    /// The logic test.
    pub logic: LogicFigures,
    /// The personality test.
    pub personality: PersonalityFigures,
    /// The generated items: ten for each taker.
    pub audit: Audit,
    /// How long it took; the only figures that change from run to run.
    pub pace: Pace,
}

/// How fast this machine was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// To choose and make the next item and draw it with its options.
    pub next_item: Duration,
    /// The whole simulation.
    pub all: Duration,
}

/// Simulates `takers` people taking both tests with the default parameters, and checks ten
/// times as many generated items. 10,000 takers take seconds in a release build.
#[must_use]
pub fn simulate(seed: u64, takers: usize) -> Report {
    let begun = Instant::now();
    let calibration = Calibration::default();
    let bank = Bank::generate(Form::Figures, seed, &calibration.logic);
    let logic = logic::figures(seed, takers, &bank, &calibration.logic);
    let personality = personality::figures(seed, takers, &calibration.personality);
    let audit = audit::figures(seed, 10 * takers);
    let next_item = audit::time_to_next_item(&bank);
    let pace = Pace { next_item, all: begun.elapsed() };
    Report { seed, takers, logic, personality, audit, pace }
}

impl Report {
    /// Whether the figures keep what the product promises: a correlation above 0.9 and a
    /// root-mean-square error below 0.35 sd with at most 15 items on average, and not one
    /// faulty item.
    #[must_use]
    pub fn keeps_promises(&self) -> bool {
        let adaptive = &self.logic.adaptive;
        adaptive.recovery.correlation > 0.9
            && adaptive.recovery.rmse < 0.35
            && adaptive.recovery.mean_items <= 15.0
            && adaptive.repeated == 0
            && self.audit.faulty == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Assessment simulation, seed {}, {} takers\n", self.seed, self.takers)?;
        self.logic.fmt(f)?;
        self.personality.fmt(f)?;
        self.audit.fmt(f)?;
        writeln!(
            f,
            "\n\nNext item chosen, made and drawn in {:.2} ms; all of this took {:.1} s.",
            self.pace.next_item.as_secs_f64() * 1000.0,
            self.pace.all.as_secs_f64(),
        )?;
        let verdict = if self.keeps_promises() { "kept" } else { "NOT KEPT" };
        writeln!(
            f,
            "Promises (r > 0.9, RMSE < 0.35 sd, at most 15 items on average, no faulty or repeated item): {verdict}"
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::simulate::*;

    /// The promises hold for many takers; among a few, chance has its say.
    #[test]
    fn a_thousand_takers_keep_the_promises() {
        let calibration = Calibration::default().logic;
        let bank = Bank::generate(Form::Figures, 1, &calibration);
        let figures = logic::figures(1, 1_000, &bank, &calibration);
        let recovery = figures.adaptive.recovery;
        assert!(recovery.correlation > 0.9, "{figures}");
        assert!(recovery.rmse < 0.35, "{figures}");
        assert!(recovery.mean_items <= 15.0, "{figures}");
        assert!((0.92..0.98).contains(&recovery.covered), "{figures}");
        assert!(recovery.rmse < figures.fixed.rmse, "{figures}");
        assert!(figures.adaptive.max_exposure < 0.1, "{figures}");
        assert_eq!(figures.adaptive.repeated, 0);
    }

    #[test]
    fn generated_items_are_sound_and_traits_recovered() {
        let audit = audit::figures(1, 1_000);
        assert_eq!((audit.items, audit.faulty), (1_000, 0));
        assert!((0.09..0.16).contains(&audit.found_by_features), "{audit}");
        let figures = personality::figures(1, 500, &Calibration::default().personality);
        assert!(figures.traits.iter().all(|t| t.facets > 0.88), "{figures}");
        assert!(figures.acquiescence < 0.15, "{figures}");
    }

    #[test]
    fn the_same_seed_gives_the_same_figures() {
        let (one, again, other) = (simulate(1, 10), simulate(1, 10), simulate(2, 10));
        assert_eq!(one.logic, again.logic);
        assert_eq!(one.personality, again.personality);
        assert_eq!(one.audit, again.audit);
        assert_ne!(one.logic, other.logic);
    }
}
