//! Variety: what a test has asked for so far, and what it can still ask for.

use std::collections::{BTreeSet, HashMap};

use crate::logic::attribute::Attribute;
use crate::logic::form::Form;
use crate::logic::rule::Rule;

/// So often at most a test asks for the same rule of the same attribute.
pub const SAME_RULE: usize = 3;

/// A rule by its name, and the attribute that it governs.
pub(super) type Named = (Attribute, &'static str);

/// In words there are no other attributes than these. Drawings have more than a test can use up.
const IN_WORDS: [Attribute; 5] =
    [Attribute::Number, Attribute::Letter, Attribute::Day, Attribute::Thing, Attribute::Basket];

/// What a test has asked for so far.
pub(super) struct Balance {
    tasks: usize,
    rules: HashMap<Named, usize>,
    attributes: HashMap<Attribute, usize>,
    /// Rules that one task may have so that the tasks to come find enough of them; none where there are enough.
    pace: Option<usize>,
}

impl Balance {
    /// Of the tasks so far, each with its rules; `planned`: how many there will be at most.
    pub(super) fn new(form: Form, planned: usize, used: impl Iterator<Item = Vec<Named>>) -> Self {
        let mut balance = Self { tasks: 0, rules: HashMap::new(), attributes: HashMap::new(), pace: None };
        for rules in used {
            balance.tasks += 1;
            for (attribute, rule) in rules {
                *balance.rules.entry((attribute, rule)).or_default() += 1;
                *balance.attributes.entry(attribute).or_default() += 1;
            }
        }
        let to_come = planned.saturating_sub(balance.tasks);
        balance.pace = match form {
            Form::Words if to_come > 0 => {
                let room: usize = IN_WORDS.iter().map(|attribute| balance.room(*attribute, planned)).sum();
                Some(room.div_ceil(to_come))
            }
            _ => None,
        };
        balance
    }

    /// How often an attribute can still be asked for, in half of the tasks at most and by no rule too often.
    fn room(&self, attribute: Attribute, planned: usize) -> usize {
        let family = Rule::family(attribute.kind()).iter().filter(|rule| rule.makes_items());
        let names: BTreeSet<&'static str> = family.map(|rule| rule.id()).collect();
        let left = |name: &&'static str| {
            SAME_RULE.saturating_sub(self.rules.get(&(attribute, *name)).copied().unwrap_or(0))
        };
        let by_rules: usize = names.iter().map(left).sum();
        let asked = self.attributes.get(&attribute).copied().unwrap_or(0);
        by_rules.min((planned / 2).saturating_sub(asked))
    }

    /// How well a task of these rules keeps the variety, 0 the best. First of all no rule comes too often; then no attribute
    /// in more than half of the tasks, or, for an odd number of tasks, in half a task more than that; then no task takes
    /// more rules than the pace allows.
    pub(super) fn tier(&self, rules: &[Named]) -> u8 {
        let now = self.tasks + 1;
        let most =
            rules.iter().map(|(attribute, _)| self.attributes.get(attribute).copied().unwrap_or(0) + 1);
        let most = most.max().unwrap_or(0);
        let is_rule_worn = rules.iter().any(|key| self.rules.get(key).copied().unwrap_or(0) >= SAME_RULE);
        let base = match (is_rule_worn, most) {
            (true, _) => 3,
            (_, most) if most <= (now / 2).max(1) => 0,
            (_, most) if most <= now.div_ceil(2) => 1,
            _ => 2,
        };
        2 * base + u8::from(self.pace.is_some_and(|pace| rules.len() > pace))
    }

    /// How often the most frequent rule of an attribute was asked for, and the most frequent attribute.
    #[cfg(test)]
    pub(super) fn most(&self) -> (usize, usize) {
        let rule = self.rules.values().copied().max().unwrap_or(0);
        (rule, self.attributes.values().copied().max().unwrap_or(0))
    }
}
