//! What somebody answered, without who it was.

use serde::{Deserialize, Serialize};

use crate::logic::conduct::look_ms;
use crate::logic::{Item, ItemId};

/// One person's answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The tasks of the logic test, in the order in which they came.
    pub logic: Vec<TaskAnswer>,
    /// The answers to the statements of one questionnaire, whose number says which it was, 1 to 5, in the order of
    /// [`crate::personality::Questionnaire::statements`]; empty when they are not all there.
    pub personality: Vec<u8>,
    /// The version of the statements that were answered ([`crate::personality::Questionnaire::version`]); 0 where it was not kept.
    #[serde(default)]
    pub statements: u16,
}

/// The answer to one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskAnswer {
    /// Which task.
    pub item: ItemId,
    /// Which option was chosen; none when the task was skipped or ran out of time.
    pub choice: Option<usize>,
    /// Whether it was the right one.
    pub right: bool,
    /// How long it took (milliseconds).
    pub time_ms: i64,
    /// It was a pilot task, and did not count.
    #[serde(default)]
    pub pilot: bool,
    /// How often the page was left meanwhile.
    #[serde(default)]
    pub left: u16,
    /// The time was up before an option was chosen.
    #[serde(default)]
    pub timed_out: bool,
}

impl TaskAnswer {
    /// An answer that nothing more is known of.
    #[must_use]
    pub fn new(item: ItemId, choice: Option<usize>, right: bool, time_ms: i64) -> Self {
        Self { item, choice, right, time_ms, pilot: false, left: 0, timed_out: false }
    }

    /// Whether an option was chosen faster than the task can be looked at: a guess, which says nothing of the task.
    #[must_use]
    pub fn is_rapid(&self, item: &Item) -> bool {
        self.choice.is_some() && self.time_ms < look_ms(item.spec().load())
    }

    /// Which rules the answer keeps, for a model that tells so many kinds of answer apart.
    pub(super) fn kept(&self, item: &Item, kinds: usize) -> usize {
        match kinds {
            2 => usize::from(self.right),
            _ => self.choice.and_then(|choice| item.kept(choice)).unwrap_or(0),
        }
    }
}
