//! Simulated people and what they answer.

use crate::calibrate::TaskAnswer;
use crate::calibration::LogicCalibration;
use crate::irt::{Ability, Params};
use crate::logic::conduct::Answered;
use crate::logic::response::{ResponseModel, USE};
use crate::logic::{Bank, BankItem, Item, ItemId, OPTIONS, Wanted};
use crate::posterior::Posterior;
use crate::random;
use crate::random::Draw;

/// Half of the published answers to like matrices take longer than this (milliseconds).
const MEDIAN_MS: f64 = 14_600.0;
/// How much longer a task takes for each unit of load (logarithm).
const SLOWER_PER_LOAD: f64 = 0.15;
/// How much people differ in pace, and one answer from another of the same person (logarithm). Together
/// they give the published spread: nine of ten answers within 26.9 seconds.
const PACE: f64 = 0.3;
const HURRY: f64 = 0.37;

/// How people use the rules that they see while others escape them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Usage {
    /// Each in a style of their own, all alike likely.
    Mixed,
    /// All alike: 0 never to 1 always.
    All(f64),
}

/// How tasks really are and people really answer, against what scoring assumes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truth {
    /// What it is called.
    pub name: &'static str,
    /// The mean discrimination of the tasks; `None`: as assumed.
    pub discrimination: Option<f64>,
    /// How far discriminations lie apart, as a share of the mean (standard deviation of the logarithm).
    pub discrimination_spread: f64,
    /// How far difficulties lie from the assumed ones (standard deviation); `None`: as assumed.
    pub difficulty_spread: Option<f64>,
    /// What people do with the rules that they see.
    pub usage: Usage,
    /// The share of tasks that people answer in a few seconds by chance.
    pub rapid: f64,
    /// Whether people answer by chance, in their own time.
    pub blind: bool,
}

/// One person's test.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The true ability.
    pub truth: f64,
    /// What the test says of it.
    pub estimate: Ability,
    /// The estimate after each task.
    pub steps: Vec<Ability>,
    /// The tasks.
    pub items: Vec<ItemId>,
    /// How they were answered.
    pub answers: Vec<Answered>,
    /// Which rules each answer keeps.
    pub kept: Vec<usize>,
}

impl Taken {
    /// The answers as calibration takes them: an option that keeps the rules that the answer kept.
    pub(super) fn task_answers(&self) -> Vec<TaskAnswer> {
        let answer = |(id, (answered, kept)): (&ItemId, (&Answered, &usize))| {
            let item = Item::generate(*id);
            let whole = item.spec().rules.len() < 2;
            let choice = (0..item.options().len()).find(|option| {
                if whole {
                    (*option == item.right()) == answered.right
                } else {
                    item.kept(*option) == Some(*kept)
                }
            });
            TaskAnswer::new(*id, choice, answered.right, answered.time_ms)
        };
        self.items.iter().zip(self.answers.iter().zip(&self.kept)).map(answer).collect()
    }
}

/// How the next task is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// As the test does.
    Adaptive,
    /// By chance, whatever is known of the person.
    Random,
}

/// A bank as it really is.
pub(super) struct World<'a> {
    pub bank: &'a Bank,
    pub calibration: &'a LogicCalibration,
    pub choice: Choice,
    truth: Truth,
    models: std::collections::HashMap<ItemId, ResponseModel>,
}

impl<'a> World<'a> {
    pub(super) fn new(bank: &'a Bank, calibration: &'a LogicCalibration, truth: Truth) -> Self {
        Self::scored_by(bank, calibration, bank, truth)
    }

    /// The tasks are as `as_assumed` and the truth say, and `bank` is what the test takes them for.
    pub(super) fn scored_by(
        bank: &'a Bank,
        calibration: &'a LogicCalibration,
        as_assumed: &Bank,
        truth: Truth,
    ) -> Self {
        let models = as_assumed.items().iter().map(|item| (item.id, real(item, truth))).collect();
        Self { bank, calibration, choice: Choice::Adaptive, truth, models }
    }

    fn next(&self, wanted: Wanted<'_>) -> Option<BankItem> {
        if self.choice == Choice::Adaptive {
            return self.bank.next(wanted);
        }
        let new: Vec<&BankItem> =
            self.bank.items().iter().filter(|item| !wanted.used.contains(&item.id)).collect();
        let place = Draw::new(wanted.seed, wanted.used.len() as u64).below(new.len().max(1));
        new.get(place).map(|item| (*item).clone())
    }

    /// The person number `number` takes the test, of `length` tasks where that is given.
    pub(super) fn take(&self, seed: u64, number: usize, length: Option<usize>) -> Taken {
        let mut person = Person::new(seed, number, self.truth);
        let seed = random::mix(seed ^ random::mix(number as u64));
        let mut posterior = Posterior::default();
        let (mut steps, mut items, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        let mut kinds = Vec::new();
        loop {
            let planned = length.unwrap_or(self.calibration.stop.max_items);
            let wanted = Wanted { known: &posterior, used: &items, met: &[], planned, seed };
            let Some(item) = self.next(wanted) else { break };
            let (kept, answered) = person.answer(&item, &self.models[&item.id]);
            if !(self.calibration.effort_moderated && answered.is_rapid()) {
                let is_whole = item.curves().kinds() == 2;
                posterior.learn_from(item.curves(), if is_whole { answered.right.into() } else { kept });
            }
            items.push(item.id);
            answers.push(answered);
            kinds.push(kept);
            steps.push(posterior.ability());
            let is_over = match length {
                Some(length) => items.len() >= length,
                None => self.calibration.stop.met(items.len(), posterior.ability()),
            };
            if is_over {
                break;
            }
        }
        Taken { truth: person.ability, estimate: posterior.ability(), steps, items, answers, kept: kinds }
    }

    /// The same people answer a fixed form.
    pub(super) fn take_fixed(&self, seed: u64, number: usize, form: &[BankItem]) -> Taken {
        let mut person = Person::new(seed, number, self.truth);
        let mut posterior = Posterior::default();
        let mut answers = Vec::new();
        for item in form {
            let (kept, answered) = person.answer(item, &self.models[&item.id]);
            posterior.learn_from(item.curves(), kept);
            answers.push(answered);
        }
        let items = form.iter().map(|item| item.id).collect();
        Taken {
            truth: person.ability,
            estimate: posterior.ability(),
            steps: Vec::new(),
            items,
            answers,
            kept: Vec::new(),
        }
    }
}

/// A task as it really is: the same for all people.
fn real(item: &BankItem, truth: Truth) -> ResponseModel {
    let mut draw = Draw::new(item.id.seed, 1);
    let off = truth.difficulty_spread.unwrap_or(item.model.spread) * draw.normal();
    let sharper = truth.discrimination.map_or(1.0, |a| a / item.model.params.a)
        * (truth.discrimination_spread * draw.normal()).exp();
    let mut real = item.model.clone();
    let Params { a, b, c } = real.params;
    real.params = Params { a: a * sharper, b: b + off, c };
    real.slope *= sharper;
    for part in &mut real.parts {
        part.b += off;
    }
    real
}

struct Person {
    ability: f64,
    usage: f64,
    pace: f64,
    rapid: f64,
    blind: bool,
    chance: Draw,
}

impl Person {
    fn new(seed: u64, number: usize, truth: Truth) -> Self {
        let mut chance = Draw::new(seed, number as u64);
        let ability = chance.normal();
        let style = chance.pick(&USE);
        let usage = match truth.usage {
            Usage::Mixed => style,
            Usage::All(usage) => usage,
        };
        let pace = PACE * chance.normal();
        Self { ability, usage, pace, rapid: truth.rapid, blind: truth.blind, chance }
    }

    /// Which rules the answer keeps, and how it was given.
    fn answer(&mut self, item: &BankItem, real: &ResponseModel) -> (usize, Answered) {
        let load = crate::logic::conduct::MIDDLE_LOAD + item.params.b / 0.85;
        let is_rapid = self.chance.chance(self.rapid);
        let kept = if is_rapid || self.blind { self.guess(real) } else { self.solve(real) };
        let slower = SLOWER_PER_LOAD * (load - crate::logic::conduct::MIDDLE_LOAD);
        let time_ms = if is_rapid {
            500.0 + 3_000.0 * self.chance.unit()
        } else {
            MEDIAN_MS * (slower + self.pace + HURRY * self.chance.normal()).exp()
        };
        let right = kept + 1 == real.kinds();
        let answered = Answered {
            load,
            b: item.params.b,
            right,
            // An option of this task, which stands anywhere.
            choice: Some(Draw::new(item.id.seed, 2 + kept as u64).below(OPTIONS)),
            timed_out: false,
            time_ms: time_ms as i64,
            left: 0,
        };
        (kept, answered)
    }

    fn solve(&mut self, real: &ResponseModel) -> usize {
        let mut left = self.chance.unit();
        for kept in 0..real.kinds() {
            left -= real.probability(kept, self.ability, self.usage, 0.0);
            if left < 0.0 {
                return kept;
            }
        }
        real.kinds() - 1
    }

    fn guess(&mut self, real: &ResponseModel) -> usize {
        if real.parts.len() < 2 {
            return usize::from(self.chance.chance(real.params.c));
        }
        let parts = real.parts.iter().enumerate();
        parts
            .map(|(place, part)| usize::from(self.chance.chance(1.0 / f64::from(part.values))) << place)
            .sum()
    }
}
