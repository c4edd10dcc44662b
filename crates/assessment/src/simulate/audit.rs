//! Generated items, checked one by one.

use std::fmt;
use std::time::{Duration, Instant};

use crate::calibration::LogicCalibration;
use crate::irt::Params;
use crate::logic::{Bank, Cell, Form, Item, ItemId, OPTIONS, Wanted, describe, draw, solver};
use crate::posterior::Posterior;
use crate::random;
use crate::random::Draw;
use crate::stats::{mean, percent};
use crate::texts::Texts;

/// What was found about generated items, half of them drawn, half in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// How many items were made.
    pub items: usize,
    /// How many of them are ambiguous, unsolvable, or have two options alike.
    pub faulty: usize,
    /// How often the right option is found without looking at the matrix, by taking the
    /// option with the most common features. Blind guessing finds one in twelve.
    pub found_by_features: f64,
    /// The share of items with a difficulty below −1.5, from there to −0.5, to 0.5, to 1.5, and above.
    pub difficulties: [f64; 5],
    /// The bytes of an item's drawings, options included: mean and largest of a thousand.
    pub drawing_bytes: (usize, usize),
}

pub(super) fn figures(seed: u64, count: usize) -> Audit {
    let calibration = LogicCalibration::default();
    let mut guess = Draw::new(seed, 1 << 41);
    let (mut faulty, mut guessed) = (0, 0);
    let mut difficulties = [0.0; 5];
    let mut bytes = Vec::new();
    for number in 0..count {
        let form = if number % 2 == 0 { Form::Figures } else { Form::Words };
        let item = Item::generate(ItemId::new(form, random::mix(seed.wrapping_add(number as u64))));
        faulty += usize::from(!sound(&item));
        guessed += usize::from(guess.pick(&most_common(item.options())) == item.right());
        let b = calibration.params(&item).b;
        let band = [-1.5, -0.5, 0.5, 1.5].iter().filter(|edge| b >= **edge).count();
        difficulties[band] += 1.0 / count as f64;
        if form == Form::Figures && bytes.len() < 1_000 {
            bytes.push(drawing(&item));
        }
    }
    Audit {
        items: count,
        faulty,
        found_by_features: guessed as f64 / count.max(1) as f64,
        difficulties,
        drawing_bytes: (
            mean(bytes.iter().map(|b| *b as f64)) as usize,
            bytes.iter().max().copied().unwrap_or(0),
        ),
    }
}

/// Exactly one option fits, it is the one held to be right, and all options differ, in words
/// too.
fn sound(item: &Item) -> bool {
    let texts = Texts::for_language("en");
    let mut words: Vec<String> = item.options().iter().map(|cell| describe::cell(cell, texts)).collect();
    words.sort();
    words.dedup();
    words.len() == OPTIONS
        && solver::solve(item.visible()) == Ok(item.options()[item.right()])
        && solver::fitting(item.visible(), item.options()) == [item.right()]
}

/// The options that share the most features with all options.
fn most_common(options: &[Cell]) -> Vec<usize> {
    let count = |option: &Cell| {
        let alike = |other: &Cell| option.attributes().filter(|a| option.get(*a) == other.get(*a)).count();
        options.iter().map(alike).sum::<usize>()
    };
    let shared: Vec<usize> = options.iter().map(count).collect();
    let most = shared.iter().max().copied().unwrap_or(0);
    (0..OPTIONS).filter(|place| shared[*place] == most).collect()
}

fn drawing(item: &Item) -> usize {
    let texts = Texts::for_language("en");
    let options: usize =
        (0..OPTIONS).map(|o| draw::option(item, o, texts, &format!("o{o}"), true).len()).sum();
    draw::matrix(item, texts, "m", true).len() + options
}

/// The mean time to choose, make and draw an item.
pub(super) fn time_to_next_item(bank: &Bank) -> Duration {
    const TIMES: u32 = 200;
    let begun = Instant::now();
    let mut bytes = 0;
    for n in 0..TIMES {
        let known =
            Posterior::after([(&Params { a: 2.0, b: f64::from(n % 40) / 10.0 - 2.0, c: 0.0 }, n % 2 == 0)]);
        let wanted = Wanted { known: &known, used: &[], met: &[], planned: 20, seed: n.into() };
        if let Some(next) = bank.next(wanted) {
            bytes += drawing(&Item::generate(next.id));
        }
    }
    std::hint::black_box(bytes);
    begun.elapsed() / TIMES
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Items: {} generated, {} ambiguous or unsolvable", self.items, self.faulty)?;
        writeln!(
            f,
            "  right option found by common features alone: {} (blind guessing {})",
            percent(self.found_by_features),
            percent(1.0 / OPTIONS as f64),
        )?;
        let shares: Vec<String> = self.difficulties.iter().map(|s| percent(*s)).collect();
        writeln!(f, "  difficulty below -1.5, to -0.5, to 0.5, to 1.5, above: {}", shares.join(", "),)?;
        let (mean, largest) = self.drawing_bytes;
        write!(
            f,
            "  matrix and options drawn: {:.1} kB on average, {:.1} kB at most (before compression)",
            mean as f64 / 1000.0,
            largest as f64 / 1000.0,
        )
    }
}
