//! The logic test taken by simulated people of known ability.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::calibration::LogicCalibration;
use crate::logic::SAME_RULE;
use crate::logic::{Bank, Form, Item, ItemId};
use crate::simulate::other_tests;
use crate::simulate::recovery::{AS_ASSUMED, Recovery, recovery, recovery_of, run};
use crate::simulate::takers::{Taken, Truth, Usage, World};
use crate::stats::percent;

/// Items in the fixed form that the adaptive test is compared with.
const FIXED: usize = 20;
/// After so many tasks the curve is read.
const CURVE: [usize; 8] = [6, 8, 10, 12, 15, 20, 25, 30];

/// Other truths, for the same scoring.
const OTHERS: [Truth; 5] = [
    Truth {
        name: "a 2.0, difficulties exact",
        discrimination: Some(2.0),
        difficulty_spread: Some(0.0),
        discrimination_spread: 0.0,
        usage: Usage::All(0.0),
        ..AS_ASSUMED
    },
    Truth {
        name: "like MaRs-IB: a 1.3, off by 0.65",
        discrimination: Some(1.3),
        difficulty_spread: Some(0.65),
        usage: Usage::All(0.0),
        ..AS_ASSUMED
    },
    Truth { name: "all use partial knowledge", usage: Usage::All(1.0), ..AS_ASSUMED },
    Truth { name: "a 1.0", discrimination: Some(1.0), ..AS_ASSUMED },
    Truth { name: "one task in ten guessed fast", rapid: 0.1, ..AS_ASSUMED },
];

/// What was found about the logic test.
#[derive(Debug, Clone, PartialEq)]
pub struct LogicFigures {
    /// The adaptive test where the assumptions are right, with all that they leave open.
    pub adaptive: Adaptive,
    /// A fixed form of 20 items, spread evenly in difficulty, for the same people.
    pub fixed: Recovery,
    /// The adaptive test where the truth is another one.
    pub others: Vec<(&'static str, Recovery)>,
    /// One task in ten guessed fast, with rapid answers left out of the score.
    pub moderated: Recovery,
    /// The same people by other tests.
    pub other_tests: Vec<(&'static str, Recovery)>,
    /// The adaptive test in words, of tasks in words and for the same people.
    pub words: Adaptive,
    /// By the number of tasks, without an earlier end.
    pub curve: Vec<(usize, Recovery)>,
}

/// The adaptive test in more detail.
#[derive(Debug, Clone, PartialEq)]
pub struct Adaptive {
    /// For everybody.
    pub recovery: Recovery,
    /// By fifths of true ability.
    pub bands: Vec<Band>,
    /// The largest share of people who saw one and the same item.
    pub max_exposure: f64,
    /// How many of the bank's items were shown to somebody.
    pub items_used: usize,
    /// How many items the bank has.
    pub bank_size: usize,
    /// How many people met an item twice, or a rule more often than a test should ask for it.
    pub repeated: usize,
    /// The longest test.
    pub most_items: usize,
}

impl Adaptive {
    /// The fifth in which the fewest people's true ability lies in the range.
    #[must_use]
    pub fn least_covered(&self) -> &Recovery {
        let bands = self.bands.iter().map(|band| &band.recovery);
        bands.min_by(|one, other| one.covered.total_cmp(&other.covered)).unwrap_or(&self.recovery)
    }
}

/// Figures for a fifth of the people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// From this ability.
    pub from: f64,
    /// To this ability.
    pub to: f64,
    /// How well their ability is recovered.
    pub recovery: Recovery,
}

pub(super) fn figures(seed: u64, takers: usize, bank: &Bank, calibration: &LogicCalibration) -> LogicFigures {
    let adaptive = adaptive(seed, takers, bank, calibration);
    let in_words = Bank::generate(Form::Words, seed, calibration);
    let words = self::adaptive(seed, takers.div_ceil(2), &in_words, calibration);
    let fewer = takers.div_ceil(4);
    let form = bank.fixed_form(FIXED);
    let world = World::new(bank, calibration, AS_ASSUMED);
    let fixed: Vec<Taken> = (0..fewer).map(|n| world.take_fixed(seed, n, &form)).collect();
    let long: Vec<Taken> = (0..fewer).map(|n| world.take(seed, n, CURVE.last().copied())).collect();
    let curve = CURVE.map(|length| {
        let cut = long.iter().map(|t| Taken {
            estimate: t.steps.get(length - 1).copied().unwrap_or(t.estimate),
            items: t.items[..length.min(t.items.len())].to_vec(),
            ..t.clone()
        });
        (length, recovery_of(&cut.collect::<Vec<_>>()))
    });
    let others = OTHERS
        .map(|truth| (truth.name, recovery_of(&run(seed, fewer, &World::new(bank, calibration, truth)))));
    let careful = LogicCalibration { effort_moderated: true, ..calibration.clone() };
    let moderated = run(seed, fewer, &World::new(bank, &careful, OTHERS[OTHERS.len() - 1]));
    LogicFigures {
        adaptive,
        fixed: recovery_of(&fixed),
        others: others.into(),
        moderated: recovery_of(&moderated),
        other_tests: other_tests::figures(seed, fewer, bank, calibration),
        words,
        curve: curve.into(),
    }
}

/// The adaptive test alone, without the comparisons.
pub(super) fn adaptive(seed: u64, takers: usize, bank: &Bank, calibration: &LogicCalibration) -> Adaptive {
    detail(&run(seed, takers, &World::new(bank, calibration, AS_ASSUMED)), bank)
}

/// Careful people as assumed, for the cautions.
pub(super) fn careful(seed: u64, takers: usize, bank: &Bank, calibration: &LogicCalibration) -> Vec<Taken> {
    run(seed, takers, &World::new(bank, calibration, AS_ASSUMED))
}

/// People who answer every task by chance within seconds.
pub(super) fn guessing(seed: u64, takers: usize, bank: &Bank, calibration: &LogicCalibration) -> Vec<Taken> {
    run(seed, takers, &World::new(bank, calibration, Truth { rapid: 1.0, ..AS_ASSUMED }))
}

/// The same people answer every task by chance, in their own time.
pub(super) fn blind(seed: u64, takers: usize, bank: &Bank, calibration: &LogicCalibration) -> Vec<Taken> {
    run(seed, takers, &World::new(bank, calibration, Truth { blind: true, ..AS_ASSUMED }))
}

fn detail(taken: &[Taken], bank: &Bank) -> Adaptive {
    let mut shown: HashMap<ItemId, usize> = HashMap::new();
    for id in taken.iter().flat_map(|t| &t.items) {
        *shown.entry(*id).or_default() += 1;
    }
    let most = shown.values().max().copied().unwrap_or(0);
    let mut by_truth: Vec<&Taken> = taken.iter().collect();
    by_truth.sort_by(|left, right| left.truth.total_cmp(&right.truth));
    let bands = by_truth.chunks(taken.len().div_ceil(5).max(1)).map(|fifth| Band {
        from: fifth.first().map_or(0.0, |t| t.truth),
        to: fifth.last().map_or(0.0, |t| t.truth),
        recovery: recovery(fifth),
    });
    Adaptive {
        recovery: recovery(&by_truth),
        bands: bands.collect(),
        max_exposure: most as f64 / taken.len().max(1) as f64,
        items_used: shown.len(),
        bank_size: bank.items().len(),
        // Every taker's items, of which the first few hundred say as much as all.
        repeated: taken.iter().take(500).filter(|t| repeats(t)).count(),
        most_items: taken.iter().map(|t| t.items.len()).max().unwrap_or(0),
    }
}

/// Whether an item came twice, a rule of the same attribute too often, or an attribute in more than half of the tasks.
fn repeats(taken: &Taken) -> bool {
    let (mut rules, mut attributes): (HashMap<_, usize>, HashMap<_, usize>) = Default::default();
    for id in &taken.items {
        for (attribute, rule) in &Item::generate(*id).spec().rules {
            *rules.entry((*attribute, rule.id())).or_default() += 1;
            *attributes.entry(*attribute).or_default() += 1;
        }
    }
    let different: HashSet<_> = taken.items.iter().collect();
    different.len() < taken.items.len()
        || rules.values().any(|times| *times > SAME_RULE)
        || attributes.values().any(|times| *times > taken.items.len().div_ceil(2))
}

impl fmt::Display for LogicFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Logic: ability recovered                   r     RMSE     bias   items   in 95 %")?;
        writeln!(f, "  adaptive, as assumed               {}", self.adaptive.recovery)?;
        for band in &self.adaptive.bands {
            writeln!(f, "    {:<32} {}", format!("{:+.1} to {:+.1}", band.from, band.to), band.recovery)?;
        }
        writeln!(f, "  fixed form of {FIXED}                   {}", self.fixed)?;
        writeln!(f, "  the same scoring, another truth")?;
        for (name, recovery) in &self.others {
            writeln!(f, "    {name:<32} {recovery}")?;
        }
        writeln!(f, "    {:<32} {}", "  rapid answers left out", self.moderated)?;
        writeln!(f, "  the same people, another test")?;
        for (name, recovery) in &self.other_tests {
            writeln!(f, "    {name:<34} {}", recovery.to_string().trim_start())?;
        }
        writeln!(f, "  in words, as assumed               {}", self.words.recovery)?;
        for band in &self.words.bands {
            writeln!(f, "    {:<32} {}", format!("{:+.1} to {:+.1}", band.from, band.to), band.recovery)?;
        }
        writeln!(f, "  by the number of tasks, as assumed")?;
        for (length, recovery) in &self.curve {
            writeln!(f, "    {length:<32} {recovery}")?;
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
