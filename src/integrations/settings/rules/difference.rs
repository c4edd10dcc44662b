//! What a change does to a rule, for the person who saves it.

use super::change::Checked;
use super::{RuleRow, stage_name, terms};
use crate::i18n::portal;
use crate::integrations::settings::values::FieldChange;

/// The labels of a rule's form, in its order.
const LABELS: [&str; 4] = ["Postings", "Tests", "Trigger stage", "Progression stage"];

impl Checked {
    /// What would change of the rule, field by field.
    pub fn changes(&self) -> Vec<FieldChange> {
        let values = |row: Option<&RuleRow>| match row {
            Some(row) => {
                let rule = row.rule();
                let terms = terms(&rule, self.tests, |id| stage_name(&self.known, id));
                let postings = rule.scope.reason().heading(portal());
                [Some(postings), Some(terms.tests.sentence(portal())), terms.trigger, terms.progression]
            }
            None => [const { None }; 4],
        };
        let pairs = values(self.old.as_ref()).into_iter().zip(values(self.new.as_ref()));
        LABELS
            .into_iter()
            .zip(pairs)
            .filter(|(_, (from, to))| from != to)
            .map(|(label, (from, to))| FieldChange { label: label.to_owned(), from, to })
            .collect()
    }
}
