//! Variety: what a test has asked for so far, and what it can still ask for.

use std::collections::BTreeSet;

use crate::logic::attribute::Attribute;
use crate::logic::form::Form;
use crate::logic::rule::Rule;

/// So often at most a test asks for the same rule of the same attribute.
pub const SAME_RULE: usize = 3;

/// A rule by its place among [`Rule::IDS`], and the attribute that it governs.
pub(super) type Named = (Attribute, usize);

/// In words there are no other attributes than these. Drawings have more than a test can use up.
const IN_WORDS: [Attribute; 5] =
    [Attribute::Number, Attribute::Letter, Attribute::Day, Attribute::Thing, Attribute::Basket];

/// A rule's place among [`Rule::IDS`].
pub(super) fn place(rule: Rule) -> usize {
    Rule::IDS.iter().position(|id| *id == rule.id()).expect("every rule that makes items has a name there")
}

/// What a test has asked for so far.
pub(super) struct Balance {
    tasks: usize,
    // By place and not by hash: every item of the bank is looked up here for every task.
    rules: [[usize; Rule::IDS.len()]; Attribute::ALL.len()],
    attributes: [usize; Attribute::ALL.len()],
    /// Rules that one task may have so that the tasks to come find enough of them; none where there are enough.
    pace: Option<usize>,
}

impl Balance {
    /// Of the tasks so far, each with its rules; `planned`: how many there will be at most.
    pub(super) fn new(form: Form, planned: usize, used: impl Iterator<Item = Vec<Named>>) -> Self {
        let mut balance = Self {
            tasks: 0,
            rules: [[0; Rule::IDS.len()]; Attribute::ALL.len()],
            attributes: [0; Attribute::ALL.len()],
            pace: None,
        };
        for rules in used {
            balance.tasks += 1;
            for (attribute, rule) in rules {
                balance.rules[attribute as usize][rule] += 1;
                balance.attributes[attribute as usize] += 1;
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
        let places: BTreeSet<usize> = family.map(|rule| place(*rule)).collect();
        let left = |place: &usize| SAME_RULE.saturating_sub(self.rules[attribute as usize][*place]);
        let by_rules: usize = places.iter().map(left).sum();
        let asked = self.attributes[attribute as usize];
        by_rules.min((planned / 2).saturating_sub(asked))
    }

    /// How well a task of these rules keeps the variety, 0 the best. First of all no rule comes too often; then no attribute
    /// in more than half of the tasks, or, for an odd number of tasks, in half a task more than that; then no task takes
    /// more rules than the pace allows.
    pub(super) fn tier(&self, rules: &[Named]) -> u8 {
        let now = self.tasks + 1;
        let most = rules.iter().map(|(attribute, _)| self.attributes[*attribute as usize] + 1);
        let most = most.max().unwrap_or(0);
        let is_rule_worn =
            rules.iter().any(|(attribute, rule)| self.rules[*attribute as usize][*rule] >= SAME_RULE);
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
        let rule = self.rules.iter().flatten().copied().max().unwrap_or(0);
        (rule, self.attributes.iter().copied().max().unwrap_or(0))
    }
}
