//! What the logic test shows, and what comes of it.

use serde::{Deserialize, Serialize};

use crate::caution::{Caution, Sign};
use crate::irt::Ability;
use crate::logic::{Form, Item};
use crate::scale::ScaleScore;

/// A task as a page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Names the task in the answer's form.
    pub step: u32,
    /// Which task this is, from 1, practice and others counted apart.
    pub number: usize,
    /// How many there are at most, pilot tasks among them.
    pub of: usize,
    /// The matrix and its options.
    pub item: Item,
    /// The person asked for the drawings in words, too.
    pub is_described: bool,
}

/// What a page shows.
#[derive(Debug, Clone, PartialEq)]
pub enum LogicView {
    /// A practice task: no limit, and its answer is explained afterwards.
    Practice(Task),
    /// A task that counts.
    Task {
        /// The task.
        task: Task,
        /// When its time is up (ms since 1970, UTC), where it has a limit.
        deadline_ms: Option<i64>,
        /// The candidate was away and has another task in place of the one that was open.
        resumed: bool,
        /// A task ran out of time while the candidate was away, and counts as not solved.
        lost: bool,
    },
    /// The test is over.
    Finished,
}

/// The result of the logic test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogicScore {
    /// The estimate of ability.
    pub ability: Ability,
    /// The same on the 1–10 scale with its 95 % interval.
    pub score: ScaleScore,
    /// How many tasks were shown.
    pub tasks: usize,
    /// How many were solved. Not a score: everybody gets tasks of their own difficulty.
    pub right: usize,
    /// How many ran out of time.
    pub timed_out: usize,
    /// The time taken over all tasks (milliseconds).
    pub time_ms: i64,
    /// Reasons to read the result with care.
    pub cautions: Vec<Caution>,
    /// How often what the cautions are about was seen.
    #[serde(default)]
    pub signs: Vec<Sign>,
    /// How the tasks were shown; older results do not say.
    #[serde(default)]
    pub form: Option<Form>,
    /// The time that half of the tasks took at most (milliseconds).
    #[serde(default)]
    pub median_ms: Option<i64>,
    /// Whether the score is compared with people who took the test; older results do not say.
    #[serde(default)]
    pub has_norms: bool,
}

/// A practice task after its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Which task, from 1.
    pub number: usize,
    /// The task.
    pub item: Item,
    /// What was chosen.
    pub choice: Option<usize>,
    /// Whether practice is over, unless the candidate wants more.
    pub is_last: bool,
}
