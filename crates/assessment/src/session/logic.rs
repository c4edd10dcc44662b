//! A run of the logic test.

mod score;

use serde::{Deserialize, Serialize};

use crate::calibrate::TaskAnswer;
use crate::calibration::LogicCalibration;
use crate::logic::{Bank, Form, Item, ItemId, OPTIONS, PRACTICE, Wanted};
use crate::session::kept::{Given, Open, Practised};
use crate::session::pilots::{PilotTasks, Places};
use crate::session::{Explained, ExtraTime, GRACE_MS, LogicView, Outcome, RunError, Task};

/// So often a candidate who was away finds another task with new time.
const INTERRUPTIONS: u8 = 2;

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
    /// Where tasks stand that do not count.
    #[serde(default)]
    pilots: Places,
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
            pilots: Places::default(),
        }
    }

    /// Leaves practice out: whoever takes a second test has had it.
    pub fn skip_practice(&mut self) {
        self.practised = self.practised.max(PRACTICE);
    }

    /// Drawings are described in words, too, or no longer.
    pub fn describe(&mut self, described: bool) {
        self.described = described;
    }

    /// Whether drawings are described in words, too.
    #[must_use]
    pub fn is_described(&self) -> bool {
        self.described
    }

    /// Carries pilot tasks: mixed in by chance, and left out of everything that the result says.
    pub fn carry_pilots(&mut self, pilots: PilotTasks, calibration: &LogicCalibration) {
        self.pilots = Places::draw(pilots, &calibration.stop, self.seed);
    }

    /// How many tasks the test shows at most, pilot tasks among them.
    #[must_use]
    pub fn at_most(&self, calibration: &LogicCalibration) -> usize {
        calibration.stop.max_items + self.pilots.count()
    }

    /// How many of them are pilot tasks.
    #[must_use]
    pub fn pilots(&self) -> usize {
        self.pilots.count()
    }

    /// Tasks that the person has met before, in an earlier test: they are not shown again.
    pub fn avoid(&mut self, items: impl IntoIterator<Item = ItemId>) {
        self.met.extend(items);
    }

    /// Every task beyond practice that the person has met so far, in this test or before.
    #[must_use]
    pub fn met(&self) -> Vec<ItemId> {
        let shown =
            self.answers.iter().map(|given| given.item).chain(self.open.as_ref().map(|open| open.item));
        shown.chain(self.met.iter().copied()).collect()
    }

    /// A task's time limit (milliseconds), where there is one. Tasks in words have half as much again: they take longer to
    /// read or to hear.
    #[must_use]
    pub fn task_limit_ms(&self) -> Option<i64> {
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
            pilot: given.pilot,
            left: given.left,
            timed_out: given.timed_out,
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
        self.counted().count()
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
        let (met, pilots) = (std::mem::take(&mut self.met), std::mem::take(&mut self.pilots));
        *self = Self { met, pilots, ..Self::start(form, self.extra_time, self.seed) };
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
        if let Some(open) = self.open.as_ref().filter(|open| self.late(open, now_ms)) {
            // Absences during pilot tasks use up none of those that the score allows for.
            let (item, pilot, away) = (open.item, open.pilot, self.pilots.away);
            let spent = if pilot { away } else { self.interruptions - away };
            if spent < INTERRUPTIONS {
                self.interruptions += 1;
                self.pilots.away += u8::from(pilot);
                resumed = true;
                self.met.push(item);
                self.open = None;
            } else {
                lost = !pilot;
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
            of: self.at_most(calibration),
            item: Item::generate(open.item),
            is_described: self.described,
        };
        let deadline_ms = self.task_limit_ms().map(|limit| open.shown_ms + limit);
        LogicView::Task { task, deadline_ms, resumed, lost }
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

    fn step(&self) -> u32 {
        // A task that took another one's place has a step of its own: an answer to the old one is not its answer.
        (1 + self.practised + self.answers.len()) as u32 + u32::from(self.interruptions)
    }

    fn late(&self, open: &Open, at_ms: i64) -> bool {
        self.task_limit_ms().is_some_and(|limit| at_ms - open.shown_ms > limit + GRACE_MS)
    }

    fn open_next(&mut self, bank: &Bank, calibration: &LogicCalibration, now_ms: i64) {
        let used: Vec<ItemId> = self.answers.iter().map(|given| given.item).collect();
        let known = self.known(calibration);
        let planned = self.at_most(calibration);
        let wanted = Wanted { known: &known, used: &used, met: &self.met, planned, seed: self.seed };
        let is_over = calibration.stop.met(self.answered(), known.ability());
        let pilot = self.pilots.has(used.len()).then(|| bank.next_pilot(wanted)).flatten();
        if pilot.is_none() && self.pilots.has(used.len()) {
            self.pilots.end(used.len());
        }
        let is_pilot = pilot.is_some();
        self.open = pilot.or_else(|| if is_over { None } else { bank.next(wanted) }).map(|next| Open {
            item: next.id,
            params: next.params,
            shown_ms: now_ms,
            model: Some(next.model),
            left: 0,
            pilot: is_pilot,
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
            timed_out: choice.is_none() && limit.is_some_and(|limit| taken >= limit),
            time_ms: limit.map_or(taken, |limit| taken.min(limit)),
            model: open.model,
            left: open.left,
            pilot: open.pilot,
        });
        self.finished = calibration.stop.met(self.answered(), self.ability(calibration))
            && self.pilots.are_over(self.answers.len());
    }
}

/// A task's time limit in a form of the test (milliseconds), where there is one: half as much again in words.
#[must_use]
pub fn limit_ms(form: Form, extra_time: ExtraTime) -> Option<i64> {
    let usual = extra_time.task_limit_ms()?;
    Some(match form {
        Form::Figures => usual,
        Form::Words => usual * 3 / 2,
    })
}

#[cfg(test)]
#[path = "logic_tests.rs"]
mod tests;
