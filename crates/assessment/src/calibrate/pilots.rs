//! Parameters of single tasks from answers that did not count.
//!
//! Pilot tasks are given by chance, whatever the ability. What the counted answers say of each person is taken as it
//! is (so that the tasks come onto the same scale), and discrimination and difficulty of the task are
//! weighed by the likelihood of the answers to it. The values are means over that, with a prior about what
//! follows from the task's rules, so that few answers move them little.

use std::collections::BTreeMap;

use crate::calibrate::answers::TaskAnswer;
use crate::calibrate::known::Models;
use crate::calibrate::loads::Estimate;
use crate::calibration::{CalibratedItem, LogicCalibration};
use crate::irt::Params;
use crate::logic::{Item, ItemId};
use crate::posterior::Posterior;
use crate::stats::{correlation, mean};

/// From so many answers on, a task's own parameters are worth more than those that follow from its rules.
pub const FOR_TASKS: usize = 200;

/// How far the logarithm of the discrimination may well lie from the assumed one (standard deviation).
const SLOPE_PRIOR: f64 = 0.25;
/// The same for the difficulty, where the calibration says that it is known from the rules.
const LEAST_SPREAD: f64 = 0.3;
/// Points of the grid in each direction; it is laid twice, the second time about what the first found.
const POINTS: i32 = 6;

/// What was found about a task by the answers to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pilot {
    /// Which task.
    pub id: ItemId,
    /// How many answers it rests on; those given faster than the task can be looked at are left out.
    pub answers: usize,
    /// The share of them that are right.
    pub solved: f64,
    /// The correlation of right and wrong with ability as the counted answers tell it (point-biserial); none where
    /// all answers are right or all are wrong.
    pub with_ability: Option<f64>,
    /// Its discrimination.
    pub a: Estimate,
    /// Its difficulty.
    pub b: Estimate,
    /// What followed from its rules.
    pub assumed: Params,
}

impl Pilot {
    /// The task as a calibration file holds it.
    #[must_use]
    pub fn calibrated(&self, calibration: &LogicCalibration) -> CalibratedItem {
        let short = |value: f64| (value * 1e3).round() / 1e3;
        CalibratedItem {
            id: self.id,
            a: short(self.a.value.clamp(0.1, 5.0)),
            b: short(self.b.value.clamp(-6.0, 6.0)),
            c: self.assumed.c,
            b_error: short(self.b.error.min(2.0)),
            in_parts: calibration.partial_knowledge,
        }
    }
}

/// An answer to a task: what the counted answers say of the person, which rules it keeps, and whether it is right.
pub(super) type Given = (Posterior, usize, bool);

/// Estimates every task that was a pilot task for somebody. Tasks that the calibration has already are
/// estimated with the answers from the time when they did not count.
#[must_use]
pub fn pilots(people: &[&[TaskAnswer]], calibration: &LogicCalibration) -> Vec<Pilot> {
    let mut models = Models::new(calibration);
    let mut given: BTreeMap<ItemId, Vec<Given>> = BTreeMap::new();
    for answers in people.iter().filter(|answers| answers.iter().any(|answer| answer.pilot)) {
        let known = models.known(answers.iter().filter(|answer| !answer.pilot));
        for answer in answers.iter().filter(|answer| answer.pilot) {
            let item = models.item(answer.item);
            if !answer.is_rapid(item) {
                let one = (known.clone(), answer.kept(item, calibration.model(item).kinds()), answer.right);
                given.entry(answer.item).or_default().push(one);
            }
        }
    }
    given.iter().map(|(id, given)| weigh(*id, given, calibration)).collect()
}

/// Discrimination and difficulty of a task by the answers to it. What was known of each person must not rest on that answer.
pub(super) fn weigh(id: ItemId, given: &[Given], calibration: &LogicCalibration) -> Pilot {
    let item = Item::generate(id);
    let assumed = calibration.params(&item);
    let prior = [
        Estimate { value: assumed.a.ln(), error: SLOPE_PRIOR },
        Estimate { value: assumed.b, error: calibration.difficulty_spread.max(LEAST_SPREAD) },
    ];
    let likelihood = |log_a: f64, b: f64| -> f64 {
        let exact = CalibratedItem {
            id,
            a: log_a.exp(),
            b,
            c: assumed.c,
            b_error: 0.0,
            in_parts: calibration.partial_knowledge,
        };
        let curves = exact.model(&item, calibration).curves();
        given.iter().map(|(known, kept, _)| known.expected(curves.of_answer(*kept)).ln()).sum()
    };
    let mut about = prior.map(|Estimate { value, error }| Estimate { value, error: 3.0 * error });
    let mut found = prior;
    for _ in 0..2 {
        found = moments(&about, |log_a, b| {
            let off = [(log_a - prior[0].value) / prior[0].error, (b - prior[1].value) / prior[1].error];
            likelihood(log_a, b) - off.iter().map(|off| off * off / 2.0).sum::<f64>()
        });
        // Not narrower than the grid could see.
        let widths = about.map(|grid| 2.0 * grid.error / f64::from(POINTS));
        about = std::array::from_fn(|n| Estimate {
            value: found[n].value,
            error: (3.5 * found[n].error).max(widths[n]),
        });
    }
    let a = found[0].value.exp();
    let pairs: Vec<(f64, f64)> =
        given.iter().map(|(known, _, right)| (known.ability().theta, f64::from(u8::from(*right)))).collect();
    let solved = mean(pairs.iter().map(|(_, right)| *right));
    Pilot {
        id,
        answers: given.len(),
        solved,
        with_ability: (solved > 0.0 && solved < 1.0).then(|| correlation(&pairs)),
        a: Estimate { value: a, error: a * found[0].error },
        b: found[1],
        assumed,
    }
}

/// Mean and standard deviation of both, each weighed by the exponential of `log`, over a grid that reaches `error`
/// to both sides of `value`.
fn moments(about: &[Estimate; 2], log: impl Fn(f64, f64) -> f64) -> [Estimate; 2] {
    let at = |n: usize, step: i32| about[n].value + about[n].error * f64::from(step) / f64::from(POINTS);
    let points: Vec<([f64; 2], f64)> = (-POINTS..=POINTS)
        .flat_map(|first| (-POINTS..=POINTS).map(move |second| (first, second)))
        .map(|(first, second)| ([at(0, first), at(1, second)], log(at(0, first), at(1, second))))
        .collect();
    let most = points.iter().map(|(_, log)| *log).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = points.iter().map(|(_, log)| (log - most).exp()).collect();
    let sum: f64 = weights.iter().sum();
    std::array::from_fn(|n| {
        let mean = |of: &dyn Fn(f64) -> f64| -> f64 {
            points.iter().zip(&weights).map(|((at, _), weight)| weight * of(at[n])).sum::<f64>() / sum
        };
        let value = mean(&|x| x);
        Estimate { value, error: mean(&|x| (x - value).powi(2)).sqrt() }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::calibrate::pilots::*;
    use crate::logic::response::{ResponseModel, USE};
    use crate::logic::{Bank, BankItem, Form};
    use crate::random::Draw;

    /// Which rules somebody's answer keeps.
    fn kept(model: &ResponseModel, theta: f64, usage: f64, draw: &mut Draw) -> usize {
        let mut left = draw.unit();
        for kept in 0..model.kinds() - 1 {
            left -= model.probability(kept, theta, usage, 0.0);
            if left < 0.0 {
                return kept;
            }
        }
        model.kinds() - 1
    }

    fn answer(item: &BankItem, kept: usize, pilot: bool) -> TaskAnswer {
        let whole = item.model.kinds() == 2;
        let drawn = Item::generate(item.id);
        let all_kept = item.model.kinds() - 1;
        let choice = (0..drawn.options().len()).find(|option| {
            if whole { (*option == drawn.right()) == (kept == 1) } else { drawn.kept(*option) == Some(kept) }
        });
        TaskAnswer { pilot, ..TaskAnswer::new(item.id, choice, kept == all_kept, 20_000) }
    }

    /// Tasks harder, easier, sharper and blunter than their rules say are found to be so, within three standard errors
    /// and much nearer than was assumed.
    #[test]
    fn known_parameters_of_pilot_tasks_are_recovered() {
        let calibration = LogicCalibration { bank_size: 200, ..LogicCalibration::default() };
        let bank = Bank::generate(Form::Figures, 3, &calibration);
        let middling = bank.pilots().iter().filter(|item| item.params.b.abs() < 1.0);
        let tried: Vec<&BankItem> = middling.take(4).collect();
        let truths = [(1.2, 0.8), (0.8, -0.7), (1.0, 0.5), (1.0, 0.0)];
        let real: Vec<ResponseModel> = tried
            .iter()
            .zip(truths)
            .map(|(item, (sharper, off))| {
                let Params { a, b, c } = item.params;
                let exact = CalibratedItem {
                    id: item.id,
                    a: a * sharper,
                    b: b + off,
                    c,
                    b_error: 0.0,
                    in_parts: true,
                };
                exact.model(&Item::generate(item.id), &calibration)
            })
            .collect();
        let mut draw = Draw::new(8, 0);
        let people: Vec<Vec<TaskAnswer>> = (0..600)
            .map(|_| {
                let (theta, usage) = (draw.normal(), draw.pick(&USE));
                let mut answers: Vec<TaskAnswer> = (0..20)
                    .map(|_| {
                        let item = &bank.items()[draw.below(bank.items().len())];
                        let mut exact = item.model.clone();
                        exact.spread = 0.0;
                        answer(item, kept(&exact, theta, usage, &mut draw), false)
                    })
                    .collect();
                answers.extend(
                    tried
                        .iter()
                        .zip(&real)
                        .map(|(item, real)| answer(item, kept(real, theta, usage, &mut draw), true)),
                );
                answers
            })
            .collect();
        let found = pilots(&people.iter().map(Vec::as_slice).collect::<Vec<_>>(), &calibration);
        assert_eq!(found.len(), 4);
        for ((item, real), (_, off)) in tried.iter().zip(&real).zip(truths) {
            let found = found.iter().find(|pilot| pilot.id == item.id).unwrap();
            assert_eq!((found.answers, found.assumed), (600, item.params));
            // Right as often as the answers were, and those who know more are right more often.
            let right =
                people.iter().flatten().filter(|answer| answer.item == item.id && answer.right).count();
            assert!((found.solved - right as f64 / 600.0).abs() < 1e-9, "{found:?}");
            assert!((0.3..0.8).contains(&found.with_ability.unwrap()), "{found:?}");
            let miss = (found.b.value - real.params.b).abs();
            assert!(miss < 3.0 * found.b.error && found.b.error < 0.2, "{found:?} is {:?}", real.params);
            assert!(off == 0.0 || miss < off.abs() / 2.0, "{found:?} is {:?}", real.params);
            assert!(
                (found.a.value - real.params.a).abs() < 3.0 * found.a.error,
                "{found:?} {:?}",
                real.params
            );
            let kept = found.calibrated(&calibration);
            assert!((kept.b - found.b.value).abs() < 1e-3 && kept.in_parts && kept.b_error > 0.0);
        }
    }

    /// A few answers leave a task nearly where its rules put it, and rapid ones say nothing.
    #[test]
    fn few_answers_move_little_and_rapid_ones_nothing() {
        let calibration = LogicCalibration { bank_size: 20, ..LogicCalibration::default() };
        let bank = Bank::generate(Form::Figures, 3, &calibration);
        let item = &bank.pilots()[0];
        let slow = answer(item, 0, true);
        let rapid = TaskAnswer { time_ms: 900, ..slow };
        let (one, many) = ([slow], [rapid]);
        let mut people: Vec<&[TaskAnswer]> = vec![&one];
        people.extend(std::iter::repeat_n(&many[..], 50));
        let [found] = pilots(&people, &calibration)[..] else { panic!("one task") };
        assert_eq!((found.answers, found.solved, found.with_ability), (1, 0.0, None));
        let moved = found.b.value - item.params.b;
        assert!(moved > 0.0 && moved < 0.3, "{found:?}");
        assert!((found.b.error / calibration.difficulty_spread - 1.0).abs() < 0.15, "{found:?}");
    }
}
