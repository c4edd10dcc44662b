//! One matrix item: generated from an id, checked by the solver before anybody sees it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::logic::attribute::{Attribute, Cell};
use crate::logic::form::{Edition, Form};
use crate::logic::options;
use crate::logic::rule::Rule;
use crate::logic::solver;
use crate::logic::solver::Direction;
use crate::logic::spec::Spec;
use crate::random::Draw;

/// Which item: the same id always makes the same item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId {
    /// By which version of the generator.
    pub edition: Edition,
    /// How it is shown.
    pub form: Form,
    /// From which seed it is made.
    pub seed: u64,
}

impl ItemId {
    /// The item of a seed, by the newest edition.
    #[must_use]
    pub fn new(form: Form, seed: u64) -> Self {
        Self { edition: Edition::Second, form, seed }
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match (self.edition, self.form) {
            (Edition::First, Form::Figures) => 'f',
            (Edition::First, Form::Words) => 'w',
            (Edition::Second, Form::Figures) => 'g',
            (Edition::Second, Form::Words) => 'v',
        };
        write!(f, "{letter}{:016x}", self.seed)
    }
}

/// The text is no item's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an item's id is f, g, v or w and 16 hexadecimal digits, not {0:?}")]
pub struct NotAnItemId(String);

impl FromStr for ItemId {
    type Err = NotAnItemId;

    fn from_str(text: &str) -> Result<Self, NotAnItemId> {
        let wrong = || NotAnItemId(text.to_owned());
        let (edition, form) = match text.chars().next() {
            Some('f') => (Edition::First, Form::Figures),
            Some('w') => (Edition::First, Form::Words),
            Some('g') => (Edition::Second, Form::Figures),
            Some('v') => (Edition::Second, Form::Words),
            _ => return Err(wrong()),
        };
        let digits = &text[1..];
        if digits.len() != 16 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let seed = u64::from_str_radix(digits, 16).map_err(|_| wrong())?;
        Ok(Self { edition, form, seed })
    }
}

impl Serialize for ItemId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ItemId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A matrix with its empty cell, the options, and which of them is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    id: ItemId,
    spec: Spec,
    visible: [Cell; 8],
    options: Vec<Cell>,
    right: usize,
}

impl Item {
    /// Makes the item of this id.
    ///
    /// Attempts whose matrix can be read in two ways, or more easily than intended, are
    /// thrown away; the next attempt has draws of its own, so the id alone still decides.
    #[must_use]
    pub fn generate(id: ItemId) -> Self {
        (0..)
            .find_map(|attempt| Self::attempt(id, attempt))
            .expect("one attempt in a few succeeds, and there is no end of attempts")
    }

    fn attempt(id: ItemId, attempt: u64) -> Option<Self> {
        let mut draw = Draw::new(id.seed, attempt);
        // The plan comes from a draw of its own for every 64 attempts, so that rules whose
        // values seldom come out well are not rarer than others for that.
        let spec = Spec::draw(id.form, &mut Draw::new(id.seed, u64::MAX - attempt / 64));
        let grid = spec.fill(&mut draw)?;
        let visible: [Cell; 8] = grid[..8].try_into().ok()?;
        if solver::solve(&visible).ok()? != grid[8] || !honest(&spec, &visible) {
            return None;
        }
        let (options, right) = options::make(id.edition, &spec, &visible, grid[8], &mut draw)?;
        (solver::fitting(&visible, &options) == [right]).then_some(Self { id, spec, visible, options, right })
    }

    /// The `n`th practice item: one rule each, the last two of the kinds that hard tasks are made of (a sum,
    /// a set rule). Practice items are the same for everyone. From the third on they go on without end.
    #[must_use]
    pub fn practice(form: Form, n: usize) -> Self {
        let wanted: &[&str] = match n {
            0 => &["progression", "rotation"],
            1 => &["sum"],
            2 => &["union", "intersection"],
            _ => &[
                "permutation",
                "difference",
                "without",
                "rotation",
                "exclusive",
                "progression",
                "sum",
                "union",
            ],
        };
        // What goes on without end takes its rules in turn.
        let wanted = if n > 2 { &wanted[n % wanted.len()..][..1] } else { wanted };
        (0..)
            .map(|seed| Self::generate(ItemId::new(form, (n as u64) << 32 | seed)))
            .find(|item| matches!(item.spec.rules[..], [(_, rule)] if wanted.contains(&rule.id()) && rule.step() < 3))
            .expect("items of one rule are common")
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> ItemId {
        self.id
    }

    /// By which rules it is made.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// The eight cells that are shown, row by row; the ninth is the empty one.
    #[must_use]
    pub fn visible(&self) -> &[Cell; 8] {
        &self.visible
    }

    /// The options, in the order in which they are shown.
    #[must_use]
    pub fn options(&self) -> &[Cell] {
        &self.options
    }

    /// Which of its rules an option keeps: a bit for each, in the plan's order; `None` when there is no such
    /// option. An option that keeps all but changes what never changes keeps no rule of an item of one.
    #[must_use]
    pub fn kept(&self, option: usize) -> Option<usize> {
        let (cell, right) = (self.options.get(option)?, self.options[self.right]);
        if option == self.right {
            return Some((1 << self.spec.rules.len()) - 1);
        }
        if self.spec.rules.len() == 1 {
            return Some(0);
        }
        let bits = self.spec.rules.iter().enumerate();
        Some(bits.filter(|(_, (a, _))| cell.get(*a) == right.get(*a)).map(|(place, _)| 1 << place).sum())
    }

    /// How many values the options offer for an attribute.
    #[must_use]
    pub fn values(&self, attribute: Attribute) -> u8 {
        let values: std::collections::BTreeSet<_> = self.options.iter().map(|o| o.get(attribute)).collect();
        values.len() as u8
    }

    /// Which option is right, counted from 0.
    #[must_use]
    pub fn right(&self) -> usize {
        self.right
    }

    /// The attributes that change from cell to cell or are fixed, all in use.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute> {
        self.visible[0].attributes()
    }
}

/// Whether each attribute needs its rule: no rule of a smaller load explains the same cells.
/// Otherwise the item would be easier than its parameters say.
fn honest(spec: &Spec, visible: &[Cell; 8]) -> bool {
    spec.rules.iter().all(|&(attribute, rule)| {
        let readings = solver::readings(attribute, visible);
        let intended = readings.iter().any(|r| r.rule == rule && r.direction == Direction::Rows);
        let easier = readings.iter().any(|r| r.rule.load() < rule.load());
        let still =
            rule == Rule::Constant && visible.iter().all(|c| c.get(attribute) == visible[0].get(attribute));
        intended && !easier && !still
    })
}
