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
mod other_tests;
mod personality;
mod promises;
mod recovery;
mod takers;

use std::fmt;
use std::time::{Duration, Instant};

pub use audit::Audit;
pub use conduct::{CautionFigures, Spared};
pub use logic::{Adaptive, Band, LogicFigures};
pub use personality::{PersonalityFigures, TraitRecovery};
pub use promises::Promise;
pub use recovery::Recovery;
pub use takers::{Truth, Usage};

use crate::calibrate::Answers;
use crate::calibration::Calibration;
use crate::logic::{Bank, Form};
use crate::personality::{NormGroup, Questionnaire};

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
    /// The personality test by our own questionnaire.
    pub personality: PersonalityFigures,
    /// The same by the other one.
    pub neo: PersonalityFigures,
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

/// Simulates `takers` people taking both tests with these parameters, and checks ten
/// times as many generated items. 4,000 takers take some twenty seconds in a release build.
#[must_use]
pub fn simulate(seed: u64, takers: usize, calibration: &Calibration) -> Report {
    let begun = Instant::now();
    let bank = Bank::generate(Form::Figures, seed, &calibration.logic);
    let logic = logic::figures(seed, takers, &bank, &calibration.logic);
    let [personality, neo] = Questionnaire::ALL.map(|asked| {
        personality::figures(seed, takers, personality::Placed { asked, norms: &calibration.personality })
    });
    let cautions = conduct::figures(seed, takers.div_ceil(2), &bank, calibration);
    let audit = audit::figures(seed, 10 * takers);
    let next_item = audit::time_to_next_item(&bank);
    let pace = Pace { next_item, all: begun.elapsed() };
    let calibration = calibration.name.clone();
    Report { seed, takers, calibration, logic, personality, neo, cautions, audit, pace }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Assessment simulation, seed {}, {} takers", self.seed, self.takers)?;
        writeln!(f, "Scored by: {}\n", self.calibration)?;
        self.logic.fmt(f)?;
        self.personality.fmt(f)?;
        self.neo.fmt(f)?;
        self.cautions.fmt(f)?;
        self.audit.fmt(f)?;
        writeln!(
            f,
            "\n\nNext item chosen, made and drawn in {:.2} ms; all of this took {:.1} s.\n",
            self.pace.next_item.as_secs_f64() * 1000.0,
            self.pace.all.as_secs_f64(),
        )?;
        writeln!(f, "Promises (± standard error)")?;
        for promise in self.promises() {
            writeln!(f, "  {:<60} {:>16}  {}", promise.words, promise.found, promise.verdict())?;
        }
        Ok(())
    }
}

/// The answers of simulated people, as calibration takes them.
#[must_use]
pub fn answers_of(people: usize, seed: u64) -> Vec<Answers> {
    answers_by(people, seed, &Calibration::default())
}

/// Answers to the other questionnaire alone, of people who answer as its published norms say.
#[must_use]
pub fn answers_to_neo(people: usize, seed: u64) -> Vec<Answers> {
    let (asked, norms) = (Questionnaire::IpipNeo, crate::personality::Norms::default());
    let people = personality::People::new(personality::Placed { asked, norms: &norms }, NormGroup::General)
        .many(seed, people);
    let one = |person: &personality::Simulated| Answers {
        personality: person.answers.iter().map(|answer| answer.value()).collect(),
        statements: asked.version(),
        ..Answers::default()
    };
    people.iter().map(one).collect()
}

/// The same of people of whom this calibration is true, and who took the tests by it.
#[must_use]
pub fn answers_by(people: usize, seed: u64, calibration: &Calibration) -> Vec<Answers> {
    let bank = Bank::generate(Form::Figures, seed, &calibration.logic);
    let logic = logic::careful(seed, people, &bank, &calibration.logic);
    let placed = personality::Placed { asked: Questionnaire::Own, norms: &calibration.personality };
    let personality = personality::People::new(placed, NormGroup::General).many(seed, people);
    let one = |(taken, person): (&takers::Taken, &personality::Simulated)| Answers {
        logic: taken.task_answers(),
        personality: person.answers.iter().map(|answer| answer.value()).collect(),
        statements: Questionnaire::Own.version(),
    };
    logic.iter().zip(&personality).map(one).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
