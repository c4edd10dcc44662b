//! A run of the logic test.

use serde::{Deserialize, Serialize};

use crate::calibration::LogicCalibration;
use crate::caution::Caution;
use crate::irt::{Ability, Params, Posterior};
use crate::logic::{Bank, Form, Item, ItemId, OPTIONS, PRACTICE};
use crate::scale::ScaleScore;
use crate::session::{ExtraTime, GRACE_MS, Outcome, RunError};

/// So often a candidate who was away finds the same task again with new time.
const INTERRUPTIONS: u8 = 2;
/// So many tasks may run out of time without a caution.
const TIME_OUTS: usize = 3;

/// One candidate's logic test.
///
/// Pages name a task by its *step*, which only counts up: the item's id would give away the
/// answer to whoever runs this program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogicRun {
    form: Form,
    extra_time: ExtraTime,
    seed: u64,
    practised: usize,
    answers: Vec<Given>,
    open: Option<Open>,
    interruptions: u8,
    finished: bool,
}

/// An answered task, with the parameters it had then, so that a later calibration does not
/// change a result.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Given {
    item: ItemId,
    params: Params,
    choice: Option<usize>,
    right: bool,
    timed_out: bool,
    time_ms: i64,
}

/// The task that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Open {
    item: ItemId,
    params: Params,
    shown_ms: i64,
}

/// A task as a page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Names the task in the answer's form.
    pub step: u32,
    /// Which task this is, from 1, practice and others counted apart.
    pub number: usize,
    /// How many there are at most.
    pub of: usize,
    /// The matrix and its options.
    pub item: Item,
}

/// What a page shows.
#[derive(Debug, Clone, PartialEq)]
pub enum LogicView {
    /// A practice task: no limit, the answer is told.
    Practice(Task),
    /// A task that counts.
    Task {
        /// The task.
        task: Task,
        /// When its time is up (ms since 1970, UTC).
        deadline_ms: i64,
        /// The candidate was away and has new time for the same task.
        resumed: bool,
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
}

impl LogicRun {
    /// Begins with the practice tasks. `seed` must be unpredictable.
    #[must_use]
    pub fn start(form: Form, extra_time: ExtraTime, seed: u64) -> Self {
        Self {
            form,
            extra_time,
            seed,
            practised: 0,
            answers: Vec::new(),
            open: None,
            interruptions: 0,
            finished: false,
        }
    }

    /// How the tasks are shown.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Whether the test is over.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// How many tasks that count have been answered.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.answers.len()
    }

    /// Whether practice is over and no task that counts was shown: a good moment to say that the
    /// clock runs from now on.
    #[must_use]
    pub fn is_at_first_task(&self) -> bool {
        self.practised == PRACTICE && self.answers.is_empty() && self.open.is_none() && !self.finished
    }

    /// Changes between drawn figures and words, and begins again with practice.
    ///
    /// # Errors
    /// [`RunError::Begun`] once a task that counts has been shown.
    pub fn switch_form(&mut self, form: Form) -> Result<(), RunError> {
        if !self.answers.is_empty() || self.open.is_some() {
            return Err(RunError::Begun);
        }
        *self = Self::start(form, self.extra_time, self.seed);
        Ok(())
    }

    /// What to show now. Starts a task's clock when it is shown first; showing it again
    /// leaves the clock alone.
    ///
    /// Whoever comes back after the time was up without having answered finds the same task
    /// with new time, twice in a test at most; after that it counts as not solved. The
    /// next clock starts only when the next task is shown.
    pub fn current(&mut self, bank: &Bank, calibration: &LogicCalibration, now_ms: i64) -> LogicView {
        if self.finished {
            return LogicView::Finished;
        }
        if self.practised < PRACTICE {
            let item = Item::practice(self.form, self.practised);
            let number = self.practised + 1;
            return LogicView::Practice(Task { step: self.step(), number, of: PRACTICE, item });
        }
        let mut resumed = false;
        if self.open.is_some_and(|open| self.late(open, now_ms)) {
            if self.interruptions < INTERRUPTIONS {
                self.interruptions += 1;
                resumed = true;
                self.open = self.open.map(|open| Open { shown_ms: now_ms, ..open });
            } else {
                self.close(None, now_ms, &calibration.stop);
            }
        }
        if self.open.is_none() {
            self.open_next(bank, now_ms);
        }
        let Some(open) = self.open else {
            return LogicView::Finished;
        };
        let task = Task {
            step: self.step(),
            number: self.answers.len() + 1,
            of: calibration.stop.max_items,
            item: Item::generate(open.item),
        };
        LogicView::Task { task, deadline_ms: open.shown_ms + self.extra_time.task_limit_ms(), resumed }
    }

    /// Takes the answer to the task of this step; `None` passes it over. An answer to an
    /// earlier step changes nothing.
    ///
    /// # Errors
    /// [`RunError::NotYet`] for a task that was not shown, [`RunError::NoSuchOption`].
    pub fn answer(
        &mut self,
        calibration: &LogicCalibration,
        step: u32,
        choice: Option<usize>,
        at_ms: i64,
    ) -> Result<Outcome, RunError> {
        if let Some(option) = choice.filter(|option| *option >= OPTIONS) {
            return Err(RunError::NoSuchOption(option));
        }
        if step < self.step() || self.finished {
            return Ok(Outcome::AlreadyAnswered);
        }
        if step > self.step() {
            return Err(RunError::NotYet(step));
        }
        if self.practised < PRACTICE {
            let item = Item::practice(self.form, self.practised);
            let right = choice == Some(item.right());
            if right || choice.is_none() {
                self.practised += 1;
            }
            return Ok(Outcome::Practised { right });
        }
        let open = self.open.ok_or(RunError::NotYet(step))?;
        let late = self.late(open, at_ms);
        self.close(choice.filter(|_| !late), at_ms, &calibration.stop);
        Ok(if late { Outcome::TooLate } else { Outcome::Taken })
    }

    /// The result, once the test is over.
    #[must_use]
    pub fn score(&self, calibration: &LogicCalibration) -> Option<LogicScore> {
        if !self.finished {
            return None;
        }
        let ability = calibration.norm.of(self.ability());
        let timed_out = self.answers.iter().filter(|given| given.timed_out).count();
        let signs =
            [(self.interruptions > 0, Caution::Interrupted), (timed_out > TIME_OUTS, Caution::TimedOut)];
        Some(LogicScore {
            ability,
            score: ability.scale(),
            tasks: self.answers.len(),
            right: self.answers.iter().filter(|given| given.right).count(),
            timed_out,
            time_ms: self.answers.iter().map(|given| given.time_ms).sum(),
            cautions: signs.into_iter().filter_map(|(shown, c)| shown.then_some(c)).collect(),
        })
    }

    fn step(&self) -> u32 {
        (1 + self.practised + self.answers.len()) as u32
    }

    fn ability(&self) -> Ability {
        Posterior::after(self.answers.iter().map(|given| (&given.params, given.right))).ability()
    }

    fn late(&self, open: Open, at_ms: i64) -> bool {
        at_ms - open.shown_ms > self.extra_time.task_limit_ms() + GRACE_MS
    }

    fn open_next(&mut self, bank: &Bank, now_ms: i64) {
        let used: Vec<ItemId> = self.answers.iter().map(|given| given.item).collect();
        self.open = bank.next(self.ability().theta, &used, self.seed).map(|next| Open {
            item: next.id,
            params: next.params,
            shown_ms: now_ms,
        });
        // A bank that has run dry ends the test with the precision reached.
        self.finished = self.open.is_none();
    }

    fn close(&mut self, choice: Option<usize>, at_ms: i64, stop: &crate::irt::StopRule) {
        let Some(open) = self.open.take() else {
            return;
        };
        let limit = self.extra_time.task_limit_ms();
        let taken = (at_ms - open.shown_ms).max(0);
        self.answers.push(Given {
            item: open.item,
            params: open.params,
            choice,
            right: choice == Some(Item::generate(open.item).right()),
            timed_out: choice.is_none() && taken >= limit,
            time_ms: taken.min(limit),
        });
        self.finished = stop.met(self.answers.len(), self.ability());
    }
}

#[cfg(test)]
#[path = "logic_tests.rs"]
mod tests;
