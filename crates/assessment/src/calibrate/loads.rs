//! The loads of the rules from answers, as in the linear logistic test model: an item's difficulty is the sum
//! of what its rules ask. Items by the hundred with few answers each are so calibrated all together.
//!
//! Marginal maximum likelihood, with a weak prior about the defaults so that few answers move a load
//! little; by the steps of Berndt, Hall, Hall and Hausman.

use std::collections::{BTreeMap, HashMap};

use crate::calibrate::answers::TaskAnswer;
use crate::calibration::LogicCalibration;
use crate::irt::{NODES, node};
use crate::logic::response::{Curves, STYLES};
use crate::logic::{Item, ItemId, Rule};

/// How far a load may well lie from its default (standard deviation), the middle load, and
/// the logarithm of the discrimination.
const PRIOR: (f64, f64, f64) = (0.6, 1.0, 0.25);
const ROUNDS: usize = 15;
const STEP: f64 = 1e-3;

/// A parameter with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Loads {
    /// The discrimination.
    pub discrimination: Estimate,
    /// The load of an item of middle difficulty.
    pub middle_load: Estimate,
    /// The load of each rule that came up, by its name, with the number of answers to it.
    pub loads: BTreeMap<&'static str, (Estimate, usize)>,
}

/// One person's answers: which item, and which of its rules the answer keeps.
type Kept = Vec<(usize, usize)>;

struct Problem<'a> {
    base: &'a LogicCalibration,
    rules: Vec<&'static str>,
    items: Vec<Item>,
    people: Vec<Kept>,
}

/// Estimates from the answers of many people; what did not come up keeps its default. Answers given faster than the task can
/// be looked at are left out; a task that ran out of time was not solved, as in the score.
#[must_use]
pub fn estimate(people: &[&[TaskAnswer]], base: &LogicCalibration) -> Loads {
    let problem = Problem::new(people, base);
    let start = problem.start();
    let (mut at, mut value) = (start.clone(), problem.value(&start, &start));
    let mut information = problem.step(&at, &start).1;
    for _ in 0..ROUNDS {
        let (gradient, found) = problem.step(&at, &start);
        information = found;
        let Some(step) = solve(information.clone(), gradient) else { break };
        let mut size = 1.0;
        let better = loop {
            let next: Vec<f64> = at.iter().zip(&step).map(|(x, step)| x + size * step).collect();
            let reached = problem.value(&next, &start);
            if reached > value || size < 0.05 {
                break (next, reached);
            }
            size /= 2.0;
        };
        let gain = better.1 - value;
        if gain > 0.0 {
            (at, value) = better;
        }
        if gain < 1e-3 {
            break;
        }
    }
    let error = |place: usize| {
        let mut unit = vec![0.0; at.len()];
        unit[place] = 1.0;
        solve(information.clone(), unit).map_or(f64::INFINITY, |column| column[place].max(0.0).sqrt())
    };
    let estimate = |place: usize| Estimate { value: at[place], error: error(place) };
    let a = at[0].exp();
    let loads =
        problem.rules.iter().enumerate().map(|(n, rule)| (*rule, (estimate(n + 2), problem.count(rule))));
    Loads {
        discrimination: Estimate { value: a, error: a * error(0) },
        middle_load: estimate(1),
        loads: loads.collect(),
    }
}

impl<'a> Problem<'a> {
    fn new(people: &[&[TaskAnswer]], base: &'a LogicCalibration) -> Self {
        let mut places: HashMap<ItemId, usize> = HashMap::new();
        let mut items = Vec::new();
        // A guess within seconds says nothing of the task.
        let mut kept_of = |answer: &TaskAnswer| {
            let place = *places.entry(answer.item).or_insert_with(|| {
                items.push(Item::generate(answer.item));
                items.len() - 1
            });
            let item: &Item = &items[place];
            if answer.is_rapid(item) {
                return None;
            }
            let whole = !base.partial_knowledge || item.spec().rules.len() < 2;
            let kept = if whole {
                usize::from(answer.right)
            } else {
                answer.choice.and_then(|choice| item.kept(choice)).unwrap_or(0)
            };
            Some((place, kept))
        };
        let people: Vec<Kept> =
            people.iter().map(|answers| answers.iter().filter_map(&mut kept_of).collect()).collect();
        let came_up =
            |id: &&str| items.iter().any(|item: &Item| item.spec().rules.iter().any(|(_, r)| r.id() == *id));
        let rules = Rule::IDS.into_iter().filter(|id| came_up(id)).collect();
        Self { base, rules, items, people }
    }

    /// The discrimination's logarithm, the middle load, and the loads.
    fn start(&self) -> Vec<f64> {
        let load = |id: &&str| self.base.loads.get(*id).copied().unwrap_or_else(|| mean_load(id));
        let fixed = [self.base.discrimination.ln(), self.base.middle_load];
        fixed.into_iter().chain(self.rules.iter().map(load)).collect()
    }

    fn count(&self, rule: &str) -> usize {
        let has = |place: usize| self.items[place].spec().rules.iter().any(|(_, r)| r.id() == rule);
        self.people.iter().flatten().filter(|(place, _)| has(*place)).count()
    }

    fn calibration(&self, at: &[f64]) -> LogicCalibration {
        let loads = self.rules.iter().zip(&at[2..]).map(|(rule, load)| ((*rule).to_owned(), *load));
        LogicCalibration {
            discrimination: at[0].exp(),
            middle_load: at[1],
            loads: loads.collect(),
            items: Vec::new(),
            ..self.base.clone()
        }
    }

    /// The logarithm of each person's likelihood.
    fn by_person(&self, at: &[f64]) -> Vec<f64> {
        let calibration = self.calibration(at);
        let mut known: HashMap<Vec<u64>, usize> = HashMap::new();
        let mut curves: Vec<Curves> = Vec::new();
        let of: Vec<usize> = self
            .items
            .iter()
            .map(|item| {
                let model = calibration.model(item);
                let mut key: Vec<u64> = [model.params.b.to_bits(), model.params.c.to_bits()].into();
                key.extend(model.parts.iter().flat_map(|part| [part.b.to_bits(), part.values.into()]));
                *known.entry(key).or_insert_with(|| {
                    curves.push(model.curves());
                    curves.len() - 1
                })
            })
            .collect();
        let styles = if self.base.partial_knowledge { STYLES } else { 1 };
        let prior: [f64; NODES] = std::array::from_fn(|index| (-node(index).powi(2) / 2.0).exp());
        let all: f64 = prior.iter().sum::<f64>() * styles as f64;
        let person = |kept: &Kept| {
            let mut sum = 0.0;
            for style in 0..styles {
                let mut weights = prior;
                for (place, kept) in kept {
                    let curve = &curves[of[*place]].of_answer(*kept)[style];
                    for (weight, p) in weights.iter_mut().zip(curve) {
                        *weight *= p;
                    }
                }
                sum += weights.iter().sum::<f64>();
            }
            (sum / all).ln()
        };
        self.people.iter().map(person).collect()
    }

    fn precision(place: usize) -> f64 {
        let sd = match place {
            0 => PRIOR.2,
            1 => PRIOR.1,
            _ => PRIOR.0,
        };
        1.0 / (sd * sd)
    }

    fn value(&self, at: &[f64], start: &[f64]) -> f64 {
        let prior =
            at.iter().zip(start).enumerate().map(|(n, (x, x0))| Self::precision(n) * (x - x0).powi(2) / 2.0);
        self.by_person(at).iter().sum::<f64>() - prior.sum::<f64>()
    }

    /// The gradient, and the information that the people's own gradients add up to.
    fn step(&self, at: &[f64], start: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let here = self.by_person(at);
        let slopes: Vec<Vec<f64>> = (0..at.len())
            .map(|place| {
                let mut there = at.to_vec();
                there[place] += STEP;
                self.by_person(&there).iter().zip(&here).map(|(there, here)| (there - here) / STEP).collect()
            })
            .collect();
        let mut information = vec![vec![0.0; at.len()]; at.len()];
        for (row, left) in slopes.iter().enumerate() {
            for (column, right) in slopes.iter().enumerate() {
                information[row][column] = left.iter().zip(right).map(|(l, r)| l * r).sum();
            }
            information[row][row] += Self::precision(row);
        }
        let gradient = slopes
            .iter()
            .enumerate()
            .map(|(n, slope)| slope.iter().sum::<f64>() - Self::precision(n) * (at[n] - start[n]))
            .collect();
        (gradient, information)
    }
}

/// A rule's default load; the middle one where it comes with steps of several sizes.
fn mean_load(id: &str) -> f64 {
    let rules = [
        Rule::Constant,
        Rule::Progression(2),
        Rule::Rotation(2),
        Rule::Permutation,
        Rule::Sum,
        Rule::Difference,
        Rule::Gap,
        Rule::Union,
        Rule::Intersection,
        Rule::Exclusive,
        Rule::Without,
        Rule::Leftover,
    ];
    rules.into_iter().find(|rule| rule.id() == id).map_or(1.5, Rule::load)
}

/// Solves a system of linear equations (Gauss, with pivots); `None` when it has no one solution.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    for column in 0..n {
        let pivot =
            (column..n).max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs()))?;
        if matrix[pivot][column].abs() < 1e-12 {
            return None;
        }
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        let (done, below) = matrix.split_at_mut(column + 1);
        let above = &done[column];
        for (row, values) in below.iter_mut().enumerate() {
            let factor = values[column] / above[column];
            for (value, above) in values.iter_mut().zip(above).skip(column) {
                *value -= factor * above;
            }
            right[column + 1 + row] -= factor * right[column];
        }
    }
    for column in (0..n).rev() {
        let known: f64 = (column + 1..n).map(|place| matrix[column][place] * right[place]).sum();
        right[column] = (right[column] - known) / matrix[column][column];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use crate::calibrate::loads::*;
    use crate::logic::{Bank, Form};
    use crate::random::Draw;

    /// Known loads and a known discrimination are found again from simulated answers, within three
    /// standard errors and nearer than the defaults, although one answer in ten is a guess within a second.
    #[test]
    fn known_parameters_are_recovered() {
        let base = LogicCalibration {
            difficulty_spread: 0.0,
            partial_knowledge: false,
            bank_size: 150,
            ..Default::default()
        };
        let truth = LogicCalibration {
            discrimination: 1.7,
            middle_load: 3.0,
            loads: LOADS.iter().map(|(rule, load)| ((*rule).to_owned(), *load)).collect(),
            ..base.clone()
        };
        let bank = Bank::generate(Form::Figures, 3, &base);
        let items: Vec<Item> = bank.items().iter().map(|item| Item::generate(item.id)).collect();
        let mut draw = Draw::new(5, 0);
        let people: Vec<Vec<TaskAnswer>> = (0..500)
            .map(|_| {
                let theta = draw.normal();
                let mut order: Vec<usize> = (0..items.len()).collect();
                draw.shuffle(&mut order);
                let answer = |place: &usize| {
                    let item = &items[*place];
                    let mut answer = TaskAnswer::new(item.id(), None, false, 20_000);
                    if draw.chance(0.1) {
                        let choice = draw.below(item.options().len());
                        (answer.choice, answer.right, answer.time_ms) =
                            (Some(choice), choice == item.right(), 900);
                    } else {
                        answer.right = draw.chance(truth.params(item).probability(theta));
                    }
                    answer
                };
                order[..22].iter().map(answer).collect()
            })
            .collect();
        let found = estimate(&people.iter().map(Vec::as_slice).collect::<Vec<_>>(), &base);
        assert!(near(found.discrimination, 1.7, 3.0) && found.discrimination.error < 0.15, "{found:?}");
        assert!(near(found.middle_load, 3.0, 3.0), "{found:?}");
        for (rule, load) in LOADS {
            let (estimate, answers) = found.loads[rule];
            assert!(
                near(estimate, load, 3.0) && estimate.error < 0.4 && answers > 150,
                "{rule}: {estimate:?}"
            );
            assert!((estimate.value - load).abs() < (mean_load(rule) - load).abs(), "{rule}: {estimate:?}");
        }
    }

    const LOADS: [(&str, f64); 4] =
        [("exclusive", 3.2), ("progression", 0.4), ("sum", 1.0), ("permutation", 2.0)];

    fn near(found: Estimate, truth: f64, errors: f64) -> bool {
        (found.value - truth).abs() < errors * found.error
    }

    /// So they are from answers as the program assumes them and gives the tasks: partial knowledge in three styles, difficulties
    /// off by 0.55, discriminations that differ, each task chosen by the answers before. That tasks of the same rules differ is in
    /// the truth and in no standard error, so the bound is wider.
    #[test]
    fn they_are_recovered_under_the_default_model_too() {
        let base = crate::Calibration::default();
        let mut truth = base.clone();
        truth.logic.discrimination = 1.8;
        truth.logic.loads = LOADS.iter().map(|(rule, load)| ((*rule).to_owned(), *load)).collect();
        let people = crate::simulate::answers_by(600, 4, &truth);
        let answers: Vec<&[TaskAnswer]> = people.iter().map(|person| person.logic.as_slice()).collect();
        let found = estimate(&answers, &base.logic);
        assert!((found.discrimination.value - 1.8).abs() < 0.25, "{found:?}");
        for (rule, load) in LOADS {
            let (estimate, answers) = found.loads[rule];
            assert!(near(estimate, load, 5.0) && answers > 150, "{rule}: {estimate:?}");
            assert!((estimate.value - load).abs() < (mean_load(rule) - load).abs(), "{rule}: {estimate:?}");
        }
    }

    #[test]
    fn equations_are_solved() {
        let x = solve(vec![vec![0.0, 2.0], vec![3.0, 1.0]], vec![4.0, 5.0]);
        assert_eq!(x, Some(vec![1.0, 2.0]));
        assert_eq!(solve(vec![vec![1.0, 1.0], vec![2.0, 2.0]], vec![1.0, 2.0]), None);
    }
}
