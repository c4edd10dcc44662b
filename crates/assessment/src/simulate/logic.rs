//! The logic test taken by simulated people of known ability.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::calibration::LogicCalibration;
use crate::irt::{Ability, Params, Posterior};
use crate::logic::{Bank, ItemId};
use crate::random;
use crate::random::Draw;
use crate::simulate::stats::{correlation, mean, percent, rmse};

/// Items in the fixed form that the adaptive test is compared with.
const FIXED: usize = 20;

/// What was found about the logic test.
#[derive(Debug, Clone, PartialEq)]
pub struct LogicFigures {
    /// The adaptive test, with items exactly as difficult as assumed.
    pub adaptive: Adaptive,
    /// A fixed form of 20 items, spread evenly in difficulty, for the same people.
    pub fixed: Recovery,
    /// The adaptive test where the assumptions are wrong.
    pub robustness: Vec<(Conditions, Recovery)>,
}

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

/// The adaptive test in more detail.
#[derive(Debug, Clone, PartialEq)]
pub struct Adaptive {
    /// For everybody.
    pub recovery: Recovery,
    /// By true ability.
    pub bands: Vec<Band>,
    /// The largest share of people who saw one and the same item.
    pub max_exposure: f64,
    /// How many of the bank's items were shown to somebody.
    pub items_used: usize,
    /// How many items the bank has.
    pub bank_size: usize,
    /// How many people met an item twice.
    pub repeated: usize,
}

/// Figures for people of similar ability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// From this ability.
    pub from: f64,
    /// To this ability.
    pub to: f64,
    /// How many people.
    pub people: usize,
    /// How well their ability is recovered.
    pub recovery: Recovery,
}

/// How the items really are, against what is assumed of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// The true discriminations as a multiple of the assumed ones.
    pub discrimination: f64,
    /// How far true difficulties lie from the assumed ones (standard deviation).
    pub difficulty_error: f64,
}

const AS_ASSUMED: Conditions = Conditions { discrimination: 1.0, difficulty_error: 0.0 };
const WRONG: [Conditions; 3] = [
    Conditions { discrimination: 1.0, difficulty_error: 0.5 },
    Conditions { discrimination: 0.7, difficulty_error: 0.0 },
    Conditions { discrimination: 0.7, difficulty_error: 0.5 },
];

impl Conditions {
    /// The parameters by which an item is really answered: the same for all people.
    fn truth(self, id: ItemId, assumed: Params) -> Params {
        let off = Draw::new(id.seed, 1).normal();
        Params {
            a: assumed.a * self.discrimination,
            b: assumed.b + self.difficulty_error * off,
            c: assumed.c,
        }
    }
}

/// One person's test.
struct Taken {
    truth: f64,
    estimate: Ability,
    items: Vec<ItemId>,
}

pub(super) fn figures(seed: u64, takers: usize, bank: &Bank, calibration: &LogicCalibration) -> LogicFigures {
    let run = |conditions| -> Vec<Taken> {
        (0..takers).map(|n| adaptive(seed, n, bank, calibration, conditions)).collect()
    };
    let form = bank.fixed_form(FIXED);
    let fixed: Vec<Taken> = (0..takers)
        .map(|n| {
            let mut person = Person::new(seed, n);
            let mut posterior = Posterior::default();
            for item in &form {
                posterior.learn(&item.params, person.solves(item.params));
            }
            let items = form.iter().map(|item| item.id).collect();
            Taken { truth: person.ability, estimate: posterior.ability(), items }
        })
        .collect();
    let assumed = run(AS_ASSUMED);
    LogicFigures {
        adaptive: detail(&assumed, bank),
        fixed: recovery(&fixed.iter().collect::<Vec<_>>()),
        robustness: WRONG.into_iter().map(|c| (c, recovery(&run(c).iter().collect::<Vec<_>>()))).collect(),
    }
}

/// A simulated person: an ability from the standard normal distribution, and answers by the
/// three-parameter model.
struct Person {
    ability: f64,
    chance: Draw,
}

impl Person {
    fn new(seed: u64, number: usize) -> Self {
        let mut chance = Draw::new(seed, number as u64);
        Self { ability: chance.normal(), chance }
    }

    fn solves(&mut self, item: Params) -> bool {
        self.chance.chance(item.probability(self.ability))
    }
}

fn adaptive(
    seed: u64,
    number: usize,
    bank: &Bank,
    calibration: &LogicCalibration,
    conditions: Conditions,
) -> Taken {
    let mut person = Person::new(seed, number);
    let mut posterior = Posterior::default();
    let mut items = Vec::new();
    let choice = random::mix(seed ^ random::mix(number as u64));
    while let Some(item) = bank.next(posterior.ability().theta, &items, choice) {
        let right = person.solves(conditions.truth(item.id, item.params));
        posterior.learn(&item.params, right);
        items.push(item.id);
        if calibration.stop.met(items.len(), posterior.ability()) {
            break;
        }
    }
    Taken { truth: person.ability, estimate: posterior.ability(), items }
}

fn recovery(taken: &[&Taken]) -> Recovery {
    let pairs: Vec<(f64, f64)> = taken.iter().map(|t| (t.truth, t.estimate.theta)).collect();
    let inside = |t: &&Taken| (t.truth - t.estimate.theta).abs() <= 1.96 * t.estimate.se;
    Recovery {
        correlation: correlation(&pairs),
        rmse: rmse(&pairs),
        bias: mean(pairs.iter().map(|(truth, estimate)| estimate - truth)),
        mean_items: mean(taken.iter().map(|t| t.items.len() as f64)),
        covered: mean(taken.iter().map(|t| f64::from(u8::from(inside(t))))),
    }
}

fn detail(taken: &[Taken], bank: &Bank) -> Adaptive {
    let mut shown: HashMap<ItemId, usize> = HashMap::new();
    for id in taken.iter().flat_map(|t| &t.items) {
        *shown.entry(*id).or_default() += 1;
    }
    let most = shown.values().max().copied().unwrap_or(0);
    let repeats = |t: &&Taken| t.items.iter().collect::<HashSet<_>>().len() < t.items.len();
    let edges = [f64::NEG_INFINITY, -1.5, -0.5, 0.5, 1.5, f64::INFINITY];
    let bands = edges.windows(2).map(|edge| {
        let within: Vec<&Taken> = taken.iter().filter(|t| (edge[0]..edge[1]).contains(&t.truth)).collect();
        Band { from: edge[0], to: edge[1], people: within.len(), recovery: recovery(&within) }
    });
    Adaptive {
        recovery: recovery(&taken.iter().collect::<Vec<_>>()),
        bands: bands.collect(),
        max_exposure: most as f64 / taken.len().max(1) as f64,
        items_used: shown.len(),
        bank_size: bank.items().len(),
        repeated: taken.iter().filter(repeats).count(),
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

impl fmt::Display for LogicFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Logic: ability recovered               r     RMSE     bias   items   in 95 %")?;
        writeln!(f, "  adaptive                       {}", self.adaptive.recovery)?;
        writeln!(f, "  fixed form of {FIXED}               {}", self.fixed)?;
        for (conditions, recovery) in &self.robustness {
            let name = format!(
                "if a is {:.0} %, b off by {:.1}",
                100.0 * conditions.discrimination,
                conditions.difficulty_error,
            );
            writeln!(f, "  {name:<30} {recovery}")?;
        }
        writeln!(f, "  adaptive, by true ability")?;
        for band in &self.adaptive.bands {
            let range = match (band.from.is_finite(), band.to.is_finite()) {
                (false, _) => format!("below {:.1}", band.to),
                (true, true) => format!("{:.1} to {:.1}", band.from, band.to),
                (true, false) => format!("above {:.1}", band.from),
            };
            let name = format!("{range} ({} people)", band.people);
            writeln!(f, "    {name:<28} {}", band.recovery)?;
        }
        let adaptive = &self.adaptive;
        writeln!(
            f,
            "  exposure: {} of {} items shown, the most shown one to {} of all takers; repeated in a test: {}\n",
            adaptive.items_used,
            adaptive.bank_size,
            percent(adaptive.max_exposure),
            adaptive.repeated,
        )
    }
}
