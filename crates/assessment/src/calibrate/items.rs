//! Each counted task and each rule by the answers of people, without a model of the task itself.

use std::collections::{BTreeMap, HashMap};

use crate::calibrate::FEWEST;
use crate::calibrate::answers::TaskAnswer;
use crate::calibrate::known::Models;
use crate::calibrate::pilots::{FOR_TASKS, Given, Pilot, weigh};
use crate::calibration::LogicCalibration;
use crate::logic::{Item, ItemId};
use crate::stats::{correlation, mean};

/// How a task that counts was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// Which task.
    pub id: ItemId,
    /// How many answers it has.
    pub answers: usize,
    /// The share of them that were given faster than the task can be looked at; the other figures leave them out.
    pub rapid: f64,
    /// The share that is right.
    pub solved: f64,
    /// The correlation of right and wrong with ability as the person's *other* answers tell it (point-biserial); none
    /// where all answers are right or all are wrong.
    pub with_ability: Option<f64>,
    /// Its own discrimination and difficulty, from [`FOR_TASKS`] answers on.
    pub own: Option<Pilot>,
}

/// How one answer went: ability by the person's other answers, whether it is right, whether it was given too fast.
type Went = (f64, bool, bool);

/// Every counted task with answers of at least [`FEWEST`] people, those first that go least with ability.
#[must_use]
pub fn counted(people: &[&[TaskAnswer]], calibration: &LogicCalibration) -> Vec<Counted> {
    let of_counted = || people.iter().flat_map(|answers| answers.iter()).filter(|answer| !answer.pilot);
    let mut times: HashMap<ItemId, usize> = HashMap::new();
    for answer in of_counted() {
        *times.entry(answer.item).or_default() += 1;
    }
    let mut models = Models::new(calibration);
    let mut went: BTreeMap<ItemId, Vec<Went>> = BTreeMap::new();
    let mut given: HashMap<ItemId, Vec<Given>> = HashMap::new();
    for answers in people {
        let counting: Vec<&TaskAnswer> = answers.iter().filter(|answer| !answer.pilot).collect();
        for (place, answer) in counting.iter().enumerate().filter(|(_, answer)| times[&answer.item] >= FEWEST)
        {
            let others = counting.iter().enumerate().filter(|(other, _)| *other != place);
            let known = models.known(others.map(|(_, other)| *other));
            let item = models.item(answer.item);
            let is_rapid = answer.is_rapid(item);
            went.entry(answer.item).or_default().push((known.ability().theta, answer.right, is_rapid));
            if times[&answer.item] >= FOR_TASKS && !is_rapid {
                let kept = answer.kept(item, calibration.model(item).kinds());
                given.entry(answer.item).or_default().push((known, kept, answer.right));
            }
        }
    }
    let mut all: Vec<Counted> = went
        .iter()
        .map(|(id, went)| {
            let own = given.get(id).filter(|given| given.len() >= FOR_TASKS);
            describe(*id, went, own.map(|given| weigh(*id, given, calibration)))
        })
        .collect();
    let r = |task: &Counted| task.with_ability.unwrap_or(1.0);
    all.sort_by(|left, right| r(left).total_cmp(&r(right)));
    all
}

fn describe(id: ItemId, went: &[Went], own: Option<Pilot>) -> Counted {
    let taken = went.iter().filter(|(.., is_rapid)| !is_rapid);
    let pairs: Vec<(f64, f64)> =
        taken.map(|(theta, right, _)| (*theta, f64::from(u8::from(*right)))).collect();
    let solved = mean(pairs.iter().map(|(_, right)| *right));
    Counted {
        id,
        answers: went.len(),
        rapid: 1.0 - pairs.len() as f64 / went.len() as f64,
        solved,
        with_ability: (solved > 0.0 && solved < 1.0).then(|| correlation(&pairs)),
        own,
    }
}

/// How often answers kept each rule, by its name: so many did of so many. Answers given too fast are left out.
#[must_use]
pub fn kept_by_rule(people: &[&[TaskAnswer]]) -> BTreeMap<&'static str, (usize, usize)> {
    let mut items: HashMap<ItemId, Item> = HashMap::new();
    let mut rules: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
    for answer in people.iter().flat_map(|answers| answers.iter()) {
        let item = items.entry(answer.item).or_insert_with(|| Item::generate(answer.item));
        if answer.is_rapid(item) {
            continue;
        }
        let kept = answer.choice.and_then(|choice| item.kept(choice)).unwrap_or(0);
        for (place, (_, rule)) in item.spec().rules.iter().enumerate() {
            let (keep, of) = rules.entry(rule.id()).or_default();
            *keep += kept >> place & 1;
            *of += 1;
        }
    }
    rules
}
