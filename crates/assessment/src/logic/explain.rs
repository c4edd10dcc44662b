//! What each attribute of a matrix does, row by row: what practice shows after an answer.

use crate::logic::describe;
use crate::logic::item::Item;
use crate::texts::Texts;

/// What one attribute does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What the attribute is called.
    pub attribute: String,
    /// What goes on along each row, in a sentence.
    pub rule: String,
    /// The three values of each row; the last one of the last row is the answer's.
    pub rows: [[String; 3]; 3],
}

/// Every attribute that a rule governs, in the order in which the answer can be built.
#[must_use]
pub fn steps(item: &Item, texts: &Texts) -> Vec<Step> {
    let answer = item.options()[item.right()];
    let cells: Vec<_> = item.visible().iter().copied().chain([answer]).collect();
    let step = |(attribute, rule): &(crate::logic::Attribute, crate::logic::Rule)| {
        let value = |place: usize| {
            cells[place].get(*attribute).map_or_else(String::new, |v| describe::value(*attribute, v, texts))
        };
        Step {
            attribute: texts.attributes[attribute.id()].clone(),
            rule: texts.rules[rule.id()].clone(),
            rows: std::array::from_fn(|row| std::array::from_fn(|column| value(3 * row + column))),
        }
    };
    item.spec().rules.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use crate::logic::explain::*;
    use crate::logic::{Form, ItemId};

    /// Every rule of every attribute has its words in every language, and the last value shown is
    /// the right option's.
    #[test]
    fn every_step_is_explained_in_every_language() {
        for texts in Texts::all() {
            for form in [Form::Figures, Form::Words] {
                for seed in 0..200 {
                    let item = Item::generate(ItemId::new(form, seed));
                    let steps = steps(&item, texts);
                    assert_eq!(steps.len(), item.spec().rules.len());
                    let answer = describe::cell(&item.options()[item.right()], texts);
                    for step in steps {
                        assert!(answer.contains(&step.rows[2][2]), "{answer}: {step:?}");
                        assert!(step.rows.iter().flatten().all(|value| !value.is_empty()));
                    }
                }
            }
        }
    }
}
