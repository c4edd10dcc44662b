//! Proof by simulation: test-takers whose ability and traits are known take the tests, and the
//! results are compared with the truth.
//!
//! It proves that the machinery works (selection, estimation, stopping, scoring, item
//! generation). It proves nothing about people: that the assumed difficulties are true of
//! them is a matter of calibration, which only real answers can settle. The rows with another truth
//! show what happens when they are not.

mod audit;
mod conduct;
mod logic;
mod personality;
mod takers;

use std::fmt;
use std::time::{Duration, Instant};

pub use audit::Audit;
pub use conduct::CautionFigures;
pub use logic::{Adaptive, Band, LogicFigures, Recovery};
pub use personality::{PersonalityFigures, TraitRecovery};
pub use takers::{Truth, Usage};

use crate::calibrate::Answers;
use crate::calibration::Calibration;
use crate::logic::{Bank, Form};
use crate::stats::percent;

/// All figures of one simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The seed; the same seed and number of takers give the same figures.
    pub seed: u64,
    /// How many simulated takers.
    pub takers: usize,
    /// What the scoring rests on.
    pub calibration: String,
    /// The logic test.
    pub logic: LogicFigures,
    /// The personality test.
    pub personality: PersonalityFigures,
    /// The cautions.
    pub cautions: CautionFigures,
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

/// What the product promises of the figures, and whether they keep it.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// What is promised.
    pub words: String,
    /// The figure.
    pub found: String,
    /// Whether it is kept.
    pub kept: bool,
}

/// Simulates `takers` people taking both tests with these parameters, and checks ten
/// times as many generated items. 4,000 takers take some ten seconds in a release build.
#[must_use]
pub fn simulate(seed: u64, takers: usize, calibration: &Calibration) -> Report {
    let begun = Instant::now();
    let bank = Bank::generate(Form::Figures, seed, &calibration.logic);
    let logic = logic::figures(seed, takers, &bank, &calibration.logic);
    let personality = personality::figures(seed, takers, &calibration.personality);
    let cautions = conduct::figures(seed, takers.div_ceil(2), &bank, calibration);
    let audit = audit::figures(seed, 10 * takers);
    let next_item = audit::time_to_next_item(&bank);
    let pace = Pace { next_item, all: begun.elapsed() };
    let calibration = calibration.name.clone();
    Report { seed, takers, calibration, logic, personality, cautions, audit, pace }
}

impl Report {
    /// Everything that the product promises of these figures.
    #[must_use]
    pub fn promises(&self) -> Vec<Promise> {
        let mut all = of_logic(&self.logic.adaptive);
        let worst = self.cautions.wrong.values().copied().fold(0.0, f64::max);
        all.push(promise("no caution for more than 2 % of careful people", percent(worst), worst <= 0.02));
        let any = self.cautions.any_wrong;
        all.push(promise("any caution for at most 5 % of careful people", percent(any), any <= 0.05));
        for (name, share, promised) in &self.cautions.caught {
            if let Some(least) = promised {
                let words = format!("caught, at least {:.0} %: {name}", 100.0 * least);
                all.push(promise(&words, percent(*share), share >= least));
            }
        }
        let faulty = self.audit.faulty;
        all.push(promise("no faulty task", faulty.to_string(), faulty == 0));
        all
    }

    /// Whether all promises are kept.
    #[must_use]
    pub fn keeps_promises(&self) -> bool {
        self.promises().iter().all(|promise| promise.kept)
    }
}

fn promise(words: &str, found: String, kept: bool) -> Promise {
    Promise { words: words.to_owned(), found, kept }
}

/// The design target of the logic test under the assumptions.
fn of_logic(adaptive: &Adaptive) -> Vec<Promise> {
    let Recovery { correlation, rmse, bias, covered, .. } = adaptive.recovery;
    let least = adaptive.bands.iter().map(|band| band.recovery.covered).fold(1.0, f64::min);
    vec![
        promise("logic: r at least 0.90", format!("{correlation:.3}"), correlation >= 0.90),
        promise("logic: RMSE at most 0.44 sd", format!("{rmse:.3}"), rmse <= 0.44),
        promise("logic: mean bias within 0.1 sd", format!("{bias:+.3}"), bias.abs() <= 0.1),
        promise("logic: 93 to 97 % in the 95 % range", percent(covered), (0.93..=0.97).contains(&covered)),
        promise("logic: at least 90 % in each fifth", percent(least), least >= 0.90),
        promise("logic: at most 20 tasks", adaptive.most_items.to_string(), adaptive.most_items <= 20),
        promise(
            "logic: no task twice, no rule over 3 times, variety",
            adaptive.repeated.to_string(),
            adaptive.repeated == 0,
        ),
    ]
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Assessment simulation, seed {}, {} takers", self.seed, self.takers)?;
        writeln!(f, "Scored by: {}\n", self.calibration)?;
        self.logic.fmt(f)?;
        self.personality.fmt(f)?;
        self.cautions.fmt(f)?;
        self.audit.fmt(f)?;
        writeln!(
            f,
            "\n\nNext item chosen, made and drawn in {:.2} ms; all of this took {:.1} s.\n",
            self.pace.next_item.as_secs_f64() * 1000.0,
            self.pace.all.as_secs_f64(),
        )?;
        writeln!(f, "Promises")?;
        for Promise { words, found, kept } in self.promises() {
            let verdict = if kept { "kept" } else { "BROKEN" };
            writeln!(f, "  {words:<60} {found:>8}  {verdict}")?;
        }
        Ok(())
    }
}

/// The answers of simulated people, as calibration takes them.
#[must_use]
pub fn answers_of(people: usize, seed: u64) -> Vec<Answers> {
    let calibration = Calibration::default();
    let bank = Bank::generate(Form::Figures, seed, &calibration.logic);
    let logic = logic::careful(seed, people, &bank, &calibration.logic);
    let personality = personality::People::new(&calibration.personality).many(seed, people);
    let one = |(taken, person): (&takers::Taken, &personality::Simulated)| Answers {
        logic: taken.task_answers(),
        personality: person.answers.map(|answer| answer.value()).into(),
        statements: crate::personality::Questionnaire::Own.version(),
    };
    logic.iter().zip(&personality).map(one).collect()
}

#[cfg(test)]
mod tests {
    use crate::simulate::*;

    /// The design target holds for many takers; among a few, chance has its say.
    #[test]
    fn three_thousand_takers_keep_the_promises_of_the_logic_test() {
        let calibration = Calibration::default().logic;
        let bank = Bank::generate(Form::Figures, 1, &calibration);
        let adaptive = logic::adaptive(1, 3_000, &bank, &calibration);
        // The command with its 4,000 takers decides; fewer may miss the error's bound by its own standard error.
        let chance = 0.44 / (2.0 * 3_000.0_f64).sqrt();
        assert!(adaptive.recovery.rmse <= 0.44 + chance, "{:?}", adaptive.recovery);
        let others = of_logic(&adaptive).into_iter().filter(|promise| !promise.words.contains("RMSE"));
        let broken: Vec<_> = others.filter(|promise| !promise.kept).collect();
        assert_eq!(broken, []);
        assert!(adaptive.max_exposure < 0.15, "{adaptive:?}");
    }

    #[test]
    fn the_cautions_spare_the_careful_and_catch_the_others() {
        let calibration = Calibration::default();
        let bank = Bank::generate(Form::Figures, 1, &calibration.logic);
        let figures = conduct::figures(1, 1_500, &bank, &calibration);
        assert!(figures.wrong.values().all(|share| *share <= 0.02), "{figures}");
        assert!(figures.any_wrong <= 0.05, "{figures}");
        for (name, share, promised) in &figures.caught {
            assert!(promised.is_none_or(|least| *share >= least), "{name}: {figures}");
        }
    }

    #[test]
    fn generated_items_are_sound_and_traits_recovered() {
        let audit = audit::figures(1, 1_000);
        assert_eq!((audit.items, audit.faulty), (1_000, 0));
        assert!((0.06..0.11).contains(&audit.found_by_features), "{audit}");
        let figures = personality::figures(1, 1_500, &Calibration::default().personality);
        for TraitRecovery { of, recovery } in &figures.traits {
            assert!((5.3..5.7).contains(&recovery.mean), "{of:?}: {figures}");
            assert!((1.8..2.1).contains(&recovery.sd), "{of:?}: {figures}");
            assert!((0.92..0.99).contains(&recovery.covered), "{of:?}: {figures}");
            assert!(recovery.bias.abs() < 0.1 && recovery.correlation > 0.88, "{of:?}: {figures}");
        }
        assert!((0.93..0.98).contains(&figures.facets.covered), "{figures}");
        assert!(figures.acquiescence < 0.15, "{figures}");
    }

    #[test]
    fn the_same_seed_gives_the_same_figures() {
        let calibration = Calibration::default();
        let [one, again, other] = [1, 1, 2].map(|seed| simulate(seed, 10, &calibration));
        assert_eq!(one.logic, again.logic);
        assert_eq!(one.personality, again.personality);
        assert_eq!(one.cautions, again.cautions);
        assert_eq!(one.audit, again.audit);
        assert_ne!(one.logic, other.logic);
    }

    #[test]
    fn another_calibration_gives_other_figures_and_a_weak_one_breaks_promises() {
        let weak = Calibration::from_json(r#"{"name": "weak", "logic": {"discrimination": 0.5}}"#);
        let report = simulate(1, 300, &weak.expect("valid"));
        let text = report.to_string();
        assert!(!report.keeps_promises());
        assert!(text.contains("Scored by: weak") && text.contains("BROKEN"), "{text}");
    }
}
