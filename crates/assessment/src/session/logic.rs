//! A run of the logic test.

use serde::{Deserialize, Serialize};

use crate::calibrate::TaskAnswer;
use crate::calibration::LogicCalibration;
use crate::caution::{Caution, Sign};
use crate::irt::Ability;
use crate::logic::conduct;
use crate::logic::{Bank, Form, Item, ItemId, OPTIONS, PRACTICE, Wanted};
use crate::posterior::Posterior;
use crate::session::kept::{Given, Open, Practised};
use crate::session::{Explained, ExtraTime, GRACE_MS, LogicScore, LogicView, Outcome, RunError, Task};

/// So often a candidate who was away finds another task with new time.
const INTERRUPTIONS: u8 = 2;
/// Rapid answers are left out of the score only while this share of the answers remains.
const REMAINS: f64 = 2.0 / 3.0;

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
    /// The practice task that was answered last and is being explained.
    #[serde(default)]
    explaining: Option<Practised>,
    /// Practice goes on beyond the tasks that everybody gets.
    #[serde(default)]
    more: bool,
    /// Tasks that were shown and given up for another one, and those of earlier tests.
    #[serde(default)]
    met: Vec<ItemId>,
    /// Drawings are described in words, for screen readers. Older versions described them to everybody.
    #[serde(default = "as_before")]
    described: bool,
}

fn as_before() -> bool {
    true
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
            explaining: None,
            more: false,
            met: Vec::new(),
            described: false,
        }
    }

    /// Leaves practice out: whoever takes a second test has had it.
    pub fn skip_practice(&mut self) {
        self.practised = self.practised.max(PRACTICE);
    }

    /// Whether drawings are described in words, too.
    pub fn describe(&mut self, described: bool) {
        self.described = described;
    }

    /// Tasks that the person has met before, in an earlier test: they are not shown again.
    pub fn avoid(&mut self, items: impl IntoIterator<Item = ItemId>) {
        self.met.extend(items);
    }

    /// Every task that counts and that the person has met so far, in this test or before.
    #[must_use]
    pub fn met(&self) -> Vec<ItemId> {
        let shown =
            self.answers.iter().map(|given| given.item).chain(self.open.as_ref().map(|open| open.item));
        shown.chain(self.met.iter().copied()).collect()
    }

    /// A task's time limit (milliseconds). Tasks in words have half as much again: they take longer to read or
    /// to hear.
    #[must_use]
    pub fn task_limit_ms(&self) -> i64 {
        limit_ms(self.form, self.extra_time)
    }

    /// What was answered, for calibration.
    #[must_use]
    pub fn answers(&self) -> Vec<TaskAnswer> {
        let answer = |given: &Given| TaskAnswer {
            item: given.item,
            choice: given.choice,
            right: given.right,
            time_ms: given.time_ms,
        };
        self.answers.iter().map(answer).collect()
    }

    /// The practice task that was answered last, to be explained until practice goes on.
    #[must_use]
    pub fn explained(&self) -> Option<Explained> {
        let Practised { number, choice } = self.explaining?;
        let item = Item::practice(self.form, number);
        Some(Explained { number: number + 1, item, choice, is_last: number + 1 >= PRACTICE })
    }

    /// The explanation was read.
    pub fn go_on(&mut self) {
        self.explaining = None;
    }

    /// One more practice task, after those that everybody gets and before the first task that counts.
    pub fn practise_more(&mut self) {
        self.explaining = None;
        self.more = self.is_at_first_task();
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
        let is_practice_over = self.practised >= PRACTICE && !self.more;
        is_practice_over && self.explaining.is_none() && !self.has_begun() && !self.finished
    }

    fn has_begun(&self) -> bool {
        !self.answers.is_empty() || self.open.is_some()
    }

    /// Practice of older versions was shorter: who is past it does not go back.
    fn is_practising(&self) -> bool {
        (self.practised < PRACTICE || self.more) && !self.has_begun()
    }

    /// Changes between drawn figures and words, and begins again with practice.
    ///
    /// # Errors
    /// [`RunError::Begun`] once a task that counts has been shown.
    pub fn switch_form(&mut self, form: Form) -> Result<(), RunError> {
        if self.has_begun() {
            return Err(RunError::Begun);
        }
        let met = std::mem::take(&mut self.met);
        *self = Self { met, ..Self::start(form, self.extra_time, self.seed) };
        Ok(())
    }

    /// What to show now. Starts a task's clock when it is shown first; showing it again
    /// leaves the clock alone.
    ///
    /// Coming back after the time was up without having answered, one finds another task of like information
    /// with new time, twice in a test at most; after that the task counts as not solved. The next clock
    /// starts only when the next task is shown.
    pub fn current(&mut self, bank: &Bank, calibration: &LogicCalibration, now_ms: i64) -> LogicView {
        if self.finished {
            return LogicView::Finished;
        }
        if self.is_practising() {
            let item = Item::practice(self.form, self.practised);
            let number = self.practised + 1;
            return LogicView::Practice(Task {
                step: self.step(),
                number,
                of: PRACTICE.max(number),
                item,
                is_described: self.described,
            });
        }
        let (mut resumed, mut lost) = (false, false);
        if self.open.as_ref().is_some_and(|open| self.late(open, now_ms)) {
            if self.interruptions < INTERRUPTIONS {
                self.interruptions += 1;
                resumed = true;
                self.met.extend(self.open.take().map(|open| open.item));
            } else {
                lost = true;
                self.close(None, now_ms, calibration);
            }
        }
        if self.open.is_none() && !self.finished {
            self.open_next(bank, calibration, now_ms);
        }
        let Some(open) = &self.open else {
            return LogicView::Finished;
        };
        let task = Task {
            step: self.step(),
            number: self.answers.len() + 1,
            of: calibration.stop.max_items,
            item: Item::generate(open.item),
            is_described: self.described,
        };
        LogicView::Task { task, deadline_ms: open.shown_ms + self.task_limit_ms(), resumed, lost }
    }

    /// The page of the task of this step was left so many times while it was open.
    pub fn left_page(&mut self, step: u32, times: u16) {
        let is_current = step == self.step();
        if let Some(open) = self.open.as_mut().filter(|_| is_current) {
            open.left = open.left.max(times);
        }
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
        let options = self.open.as_ref().map_or(OPTIONS, |open| open.item.edition.options());
        if let Some(option) = choice.filter(|option| *option >= options) {
            return Err(RunError::NoSuchOption(option));
        }
        if step < self.step() || self.finished {
            return Ok(Outcome::AlreadyAnswered);
        }
        if step > self.step() {
            return Err(RunError::NotYet(step));
        }
        if self.is_practising() {
            let item = Item::practice(self.form, self.practised);
            self.explaining = Some(Practised { number: self.practised, choice });
            self.practised += 1;
            self.more = false;
            return Ok(Outcome::Practised { right: choice == Some(item.right()) });
        }
        let open = self.open.as_ref().ok_or(RunError::NotYet(step))?;
        let late = self.late(open, at_ms);
        self.close(choice.filter(|_| !late), at_ms, calibration);
        Ok(if late { Outcome::TooLate } else { Outcome::Taken })
    }

    /// The result, once the test is over.
    #[must_use]
    pub fn score(&self, calibration: &LogicCalibration) -> Option<LogicScore> {
        if !self.finished {
            return None;
        }
        let ability = calibration.norm.standardized(self.ability(calibration));
        let tasks = self.answers.len();
        let mut signs = Vec::new();
        if self.interruptions > 0 {
            let count = self.interruptions.into();
            signs.push(Sign { caution: Caution::Interrupted, count, of: tasks as u32 });
        }
        signs.extend(conduct::check(&self.answers.iter().map(Given::answered).collect::<Vec<_>>()));
        let mut times: Vec<i64> = self.answers.iter().map(|given| given.time_ms).collect();
        times.sort_unstable();
        Some(LogicScore {
            ability,
            score: ability.scale(),
            tasks,
            right: self.answers.iter().filter(|given| given.right).count(),
            timed_out: self.answers.iter().filter(|given| given.timed_out).count(),
            time_ms: times.iter().sum(),
            cautions: signs.iter().map(|sign| sign.caution).collect(),
            signs,
            form: Some(self.form),
            median_ms: times.get(tasks / 2).copied(),
        })
    }

    fn step(&self) -> u32 {
        // A task that took another one's place has a step of its own: an answer to the old one is not its answer.
        (1 + self.practised + self.answers.len()) as u32 + u32::from(self.interruptions)
    }

    /// With effort moderation, rapid answers count as not given, as long as enough others are left.
    fn known(&self, calibration: &LogicCalibration) -> Posterior {
        let mut counted: Vec<&Given> = self.answers.iter().collect();
        if calibration.effort_moderated {
            counted.retain(|given| !given.answered().is_rapid());
            if (counted.len() as f64) < REMAINS * self.answers.len() as f64 {
                counted = self.answers.iter().collect();
            }
        }
        let mut posterior = Posterior::default();
        for given in counted {
            given.teach(&mut posterior);
        }
        posterior
    }

    fn ability(&self, calibration: &LogicCalibration) -> Ability {
        self.known(calibration).ability()
    }

    fn late(&self, open: &Open, at_ms: i64) -> bool {
        at_ms - open.shown_ms > self.task_limit_ms() + GRACE_MS
    }

    fn open_next(&mut self, bank: &Bank, calibration: &LogicCalibration, now_ms: i64) {
        let used: Vec<ItemId> = self.answers.iter().map(|given| given.item).collect();
        let known = self.known(calibration);
        let wanted = Wanted { known: &known, used: &used, met: &self.met, seed: self.seed };
        self.open = bank.next(wanted).map(|next| Open {
            item: next.id,
            params: next.params,
            shown_ms: now_ms,
            model: Some(next.model),
            left: 0,
        });
        // A bank that has run dry ends the test with the precision reached.
        self.finished = self.open.is_none();
    }

    fn close(&mut self, choice: Option<usize>, at_ms: i64, calibration: &LogicCalibration) {
        let Some(open) = self.open.take() else {
            return;
        };
        let limit = self.task_limit_ms();
        let taken = (at_ms - open.shown_ms).max(0);
        let item = Item::generate(open.item);
        let right = choice == Some(item.right());
        let has_parts = open.model.as_ref().is_some_and(|model| model.parts.len() > 1);
        let kept = choice.filter(|_| has_parts).and_then(|choice| item.kept(choice));
        self.answers.push(Given {
            item: open.item,
            params: open.params,
            choice,
            right,
            kept: if has_parts { kept.unwrap_or(0) } else { usize::from(right) },
            timed_out: choice.is_none() && taken >= limit,
            time_ms: taken.min(limit),
            model: open.model,
            left: open.left,
        });
        self.finished = calibration.stop.met(self.answers.len(), self.ability(calibration));
    }
}

/// A task's time limit in a form of the test (milliseconds): half as much again in words.
#[must_use]
pub fn limit_ms(form: Form, extra_time: ExtraTime) -> i64 {
    match form {
        Form::Figures => extra_time.task_limit_ms(),
        Form::Words => extra_time.task_limit_ms() * 3 / 2,
    }
}

#[cfg(test)]
#[path = "logic_tests.rs"]
mod tests;
