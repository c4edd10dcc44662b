//! What a matrix is made by: a rule for each governed attribute and a fixed value for each
//! other one.

use crate::logic::attribute::{Attribute, Cell, Kind, acceptable};
use crate::logic::form::Form;
use crate::logic::rule::Rule;
use crate::random::Draw;

/// The plan of one item, before any value is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// Which rule governs which attribute: one to three.
    pub rules: Vec<(Attribute, Rule)>,
    /// Attributes that are the same in all cells.
    pub constants: Vec<Attribute>,
}

impl Spec {
    /// Draws one to three rules on different attributes.
    pub(super) fn draw(form: Form, draw: &mut Draw) -> Self {
        let mut attributes = attributes(form, draw);
        let governed = match draw.below(20) {
            0..=3 => 1,
            4..=10 => 2,
            _ => 3,
        };
        draw.shuffle(&mut attributes);
        let rest = attributes.split_off(governed);
        let rules = attributes.into_iter().map(|a| (a, rule(a.kind(), draw))).collect();
        let constants = match form {
            // A figure needs its size, its shade and so on, but no dot or ticks.
            Form::Figures => {
                rest.into_iter().filter(|a| !matches!(a, Attribute::Position | Attribute::Marks)).collect()
            }
            // Words that never change would only have to be read; one is enough for options
            // to differ in.
            Form::Words => rest.into_iter().take(usize::from(governed == 1)).collect(),
        };
        Self { rules, constants }
    }

    /// Draws the nine values of each attribute, row by row. `None` when they do not come out
    /// well (no room in the attribute's range, or an easier rule explains them as well).
    pub(super) fn fill(&self, draw: &mut Draw) -> Option<[Cell; 9]> {
        let mut grid = [Cell::default(); 9];
        for &(attribute, rule) in &self.rules {
            let rows = rows(attribute, rule, draw)?;
            for (cell, value) in grid.iter_mut().zip(rows.into_iter().flatten()) {
                *cell = cell.with(attribute, value);
            }
        }
        for &attribute in &self.constants {
            let value = plain_value(attribute, draw);
            grid = grid.map(|cell| cell.with(attribute, value));
        }
        Some(grid)
    }

    /// How much the item asks: the rules' loads, and half a unit for each rule to be kept in
    /// mind beside the first.
    #[must_use]
    pub fn load(&self) -> f64 {
        self.load_by(|rule| rule.load())
    }

    /// The same with other loads of the rules (as a calibration gives them).
    pub fn load_by(&self, load: impl Fn(Rule) -> f64) -> f64 {
        let rules: f64 = self.rules.iter().map(|(_, rule)| load(*rule)).sum();
        // The same rules in another order add up to the same load, to the last digit.
        ((rules + 0.5 * (self.rules.len() as f64 - 1.0)) * 1e9).round() / 1e9
    }
}

/// The attributes that can stand together in one item.
fn attributes(form: Form, draw: &mut Draw) -> Vec<Attribute> {
    match form {
        Form::Figures => {
            let mut chosen = if draw.chance(0.5) {
                vec![Attribute::Shape]
            } else {
                vec![Attribute::Pointer, Attribute::Angle]
            };
            chosen.push(Attribute::Shade);
            // Many small figures and one of changing size cannot be told apart well, and the
            // dot and the ticks stand in the same place.
            chosen.push(draw.pick(&[Attribute::Count, Attribute::Size]));
            chosen.push(draw.pick(&[Attribute::Position, Attribute::Marks]));
            chosen
        }
        Form::Words => {
            vec![Attribute::Number, Attribute::Letter, Attribute::Day, Attribute::Thing, Attribute::Basket]
        }
    }
}

fn rule(kind: Kind, draw: &mut Draw) -> Rule {
    let family = Rule::family(kind);
    let choices: Vec<Rule> = family.iter().copied().filter(|r| r.makes_items()).collect();
    // Steps come in many sizes; they shall not crowd out the other rules.
    let ids: std::collections::BTreeSet<&str> = choices.iter().map(|r| r.id()).collect();
    let id = draw.pick(&ids.into_iter().collect::<Vec<_>>());
    let alike: Vec<Rule> = choices.into_iter().filter(|r| r.id() == id).collect();
    draw.pick(&alike)
}

/// Three rows of values that keep the rule, of which none is too easy.
fn rows(attribute: Attribute, rule: Rule, draw: &mut Draw) -> Option<[[u8; 3]; 3]> {
    let kind = attribute.kind();
    if rule == Rule::Permutation {
        let mut three = [0; 3];
        for place in 0..3 {
            three[place] = changing_value(attribute, draw);
            if three[..place].contains(&three[place]) {
                return None;
            }
        }
        return Some([(); 3].map(|()| {
            draw.shuffle(&mut three);
            three
        }));
    }
    let mut rows = [[0; 3]; 3];
    for row in &mut rows {
        let a = changing_value(attribute, draw);
        let b = match rule {
            Rule::Constant => a,
            Rule::Progression(step) => a.checked_add_signed(step)?,
            Rule::Rotation(step) => match kind {
                Kind::Cycle { steps } => (i16::from(a) + i16::from(step)).rem_euclid(i16::from(steps)) as u8,
                _ => return None,
            },
            _ => changing_value(attribute, draw),
        };
        let c = rule.third(kind, a, b)?;
        if !acceptable(kind, c) {
            return None;
        }
        *row = [a, b, c];
    }
    Some(rows)
}

fn changing_value(attribute: Attribute, draw: &mut Draw) -> u8 {
    match attribute.kind() {
        Kind::Category { values } => draw.between(0, values - 1),
        Kind::Ordered { min, max } | Kind::Number { min, max } => draw.between(min, max),
        Kind::Cycle { steps } => draw.between(0, steps - 1),
        Kind::Set { members } => {
            // Two to four members: enough to combine, few enough to see.
            let mut all: Vec<u8> = (0..members).collect();
            draw.shuffle(&mut all);
            let size = usize::from(draw.between(2, 4));
            all[..size].iter().fold(0, |set, member| set | 1 << member)
        }
    }
}

fn plain_value(attribute: Attribute, draw: &mut Draw) -> u8 {
    match attribute {
        Attribute::Size => 3,
        Attribute::Count => draw.between(1, 2),
        other => changing_value(other, draw),
    }
}
