//! What each attribute of a matrix does, row by row: what practice shows after an answer.

use crate::logic::attribute::Attribute;
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

/// What is said of an attribute that no rule governs.
const STILL: &str = "still";

/// Every attribute that a rule governs, in the order in which the answer can be built, and then those that never change but are
/// another one in some of the options: a wrong choice may differ in nothing else.
#[must_use]
pub fn steps(item: &Item, texts: &Texts) -> Vec<Step> {
    let answer = item.options()[item.right()];
    let cells: Vec<_> = item.visible().iter().copied().chain([answer]).collect();
    let step = |(attribute, rule): (Attribute, &str)| {
        let value = |place: usize| {
            cells[place].get(attribute).map_or_else(String::new, |v| describe::value(attribute, v, texts))
        };
        Step {
            attribute: texts.attributes[attribute.id()].clone(),
            rule: texts.rules[rule].clone(),
            rows: std::array::from_fn(|row| std::array::from_fn(|column| value(3 * row + column))),
        }
    };
    let governed = item.spec().rules.iter().map(|(attribute, rule)| (*attribute, rule.id()));
    let constants = item.spec().constants.iter().copied();
    let still = constants.filter(|attribute| item.values(*attribute) > 1).map(|attribute| (attribute, STILL));
    governed.chain(still).map(step).collect()
}

#[cfg(test)]
mod tests {
    use crate::logic::explain::*;
    use crate::logic::{Form, ItemId};

    /// Whatever is wrong in an option has its step: what makes it wrong is explained, also where it never changes.
    #[test]
    fn whatever_tells_two_options_apart_is_explained() {
        let texts = Texts::for_language("en");
        for form in [Form::Figures, Form::Words] {
            for n in 0..20 {
                let item = Item::practice(form, n);
                let answer = item.options()[item.right()];
                let explained: Vec<String> =
                    steps(&item, texts).into_iter().map(|step| step.attribute).collect();
                for option in item.options() {
                    for attribute in Attribute::ALL.into_iter().filter(|a| option.get(*a) != answer.get(*a)) {
                        let name = &texts.attributes[attribute.id()];
                        assert!(explained.contains(name), "{name} is not explained: {explained:?}");
                    }
                }
                let still = |rule: &String| *rule == texts.rules[STILL];
                let said = steps(&item, texts).into_iter().filter(|step| still(&step.rule)).count();
                assert_eq!(said, 1, "each practice task has one rule, and options that break one more");
            }
        }
    }

    /// Every rule of every attribute has its words in every language, and the last value shown is
    /// the right option's.
    #[test]
    fn every_step_is_explained_in_every_language() {
        for texts in Texts::all() {
            for form in [Form::Figures, Form::Words] {
                for seed in 0..200 {
                    let item = Item::generate(ItemId::new(form, seed));
                    let steps = steps(&item, texts);
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
