//! The answers of a candidate while they are read or changed, and what a page shows of them.

use super::kept_results::SealedPart;
use super::{TestEngine, TestSessionError, reviews, store};
use crate::db::{Conn, dialect};
use crate::invitations::Invitation;
use crate::test_sessions::completion;
use crate::time::Timestamp;
use assessment::Sitting;
use assessment::provider::{Reference, TestResult};
use assessment::session::{Explained, LogicView, PersonalityView, Task};

/// What the candidate sees now.
#[derive(Debug, Clone)]
pub enum CurrentStep {
    /// Nothing was agreed to yet.
    NotBegun,
    /// A practice task.
    Practice(Task),
    /// A practice task after its answer, with what each attribute does.
    Explained(Box<Explained>),
    /// Practice is over; the clock of the first task starts when the candidate says so.
    Ready {
        /// Time for each task (ms), where it has a limit.
        limit_ms: Option<i64>,
        /// Tasks at most.
        of: usize,
        /// So many of them do not count.
        pilots: usize,
    },
    /// The next task, or the same with new time; its clock starts when the candidate says so.
    Paused {
        /// Tasks have a limit.
        is_timed: bool,
    },
    /// A task that counts.
    Task {
        task: Task,
        /// Time left (ms), where it has a limit.
        left_ms: Option<i64>,
        /// The candidate was away.
        away: Option<Away>,
    },
    /// Statements of the personality test.
    Statements {
        view: PersonalityView,
        /// How many statements have an answer.
        answered: usize,
    },
    /// All done.
    Done(Box<Finished>),
}

/// What the candidate reads at the end.
#[derive(Debug, Clone)]
pub struct Finished {
    pub result: TestResult,
    /// When the candidate asked for a person to look at the result.
    pub review_asked_at: Option<Timestamp>,
    /// What they said about it.
    pub review_text: String,
    /// When the company said that somebody has.
    pub review_answered_at: Option<Timestamp>,
    /// The question about groups is answered.
    pub groups_asked: bool,
}

/// What happened to the task that was open while the candidate was away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Away {
    /// Another task is there in its place, with new time.
    Replaced,
    /// It counts as not solved.
    Lost,
}

/// A sitting while its candidate's turn lasts.
pub(super) struct OpenSession<'k> {
    engine: &'k TestEngine,
    invitation: Invitation,
    pub row: store::Row,
    pub sitting: Sitting,
}

impl<'k> OpenSession<'k> {
    pub fn open(
        conn: &mut Conn,
        engine: &'k TestEngine,
        invitation: &Invitation,
    ) -> Result<Option<Self>, TestSessionError> {
        dialect::lock_test_session(conn, &invitation.id)?;
        Self::read(conn, engine, invitation)
    }

    /// Without taking a turn: to look at.
    pub fn read(
        conn: &mut Conn,
        engine: &'k TestEngine,
        invitation: &Invitation,
    ) -> Result<Option<Self>, TestSessionError> {
        let Some(row) = store::find(conn, &invitation.id)? else { return Ok(None) };
        let sitting = engine.open(&invitation.id, &row.answers_sealed)?;
        Ok(Some(Self { engine, invitation: invitation.clone(), row, sitting }))
    }

    /// The moment between practice and the first task that counts.
    pub fn ready(&self) -> Option<CurrentStep> {
        let run = self.sitting.logic.as_ref().filter(|run| run.is_at_first_task())?;
        Some(CurrentStep::Ready {
            limit_ms: run.task_limit_ms(),
            of: run.at_most(&self.engine.calibration().logic),
            pilots: run.pilots(),
        })
    }

    pub fn show(mut self, conn: &mut Conn, page: Option<usize>) -> Result<CurrentStep, TestSessionError> {
        let before = self.sitting.clone();
        let next = self.next(page);
        if self.sitting != before {
            self.save(conn)?;
        }
        self.or_result(next)
    }

    /// What comes next, as the answers stand; none after the last one. Starts its clock.
    pub fn next(&mut self, page: Option<usize>) -> Option<CurrentStep> {
        let at = Timestamp::now().0;
        let calibration = &self.engine.calibration().logic;
        let mut shown = None;
        if let Some(run) = self.sitting.logic.as_mut().filter(|run| !run.is_finished()) {
            if let Some(explained) = run.explained() {
                return Some(CurrentStep::Explained(Box::new(explained)));
            }
            let bank = self.engine.bank(run.form());
            shown = match run.current(bank, calibration, at) {
                LogicView::Practice(task) => Some(CurrentStep::Practice(task)),
                LogicView::Task { task, deadline_ms, resumed, lost } => {
                    let away = if lost { Some(Away::Lost) } else { resumed.then_some(Away::Replaced) };
                    let left_ms = deadline_ms.map(|deadline| (deadline - at).max(0));
                    Some(CurrentStep::Task { task, left_ms, away })
                }
                LogicView::Finished => None,
            };
        }
        if shown.is_none()
            && let Some(run) = self.sitting.personality.as_mut()
        {
            let earlier = page.filter(|_| !run.is_finished()).and_then(|page| run.page(page));
            let first_open = run.current(at);
            // Back to what was answered, never ahead of it.
            let earlier =
                earlier.filter(|view| first_open.as_ref().is_some_and(|open| view.page <= open.page));
            let answered = run.answered();
            shown = earlier.or(first_open).map(|view| CurrentStep::Statements { view, answered });
        }
        shown
    }

    pub fn or_result(&self, next: Option<CurrentStep>) -> Result<CurrentStep, TestSessionError> {
        match next {
            Some(now) => Ok(now),
            None => {
                let (row, sealer) = (&self.row, self.engine.sealer());
                let sealed = row.result_sealed.as_ref().ok_or(TestSessionError::NotBegun)?;
                let id = &self.invitation.id;
                let result = SealedPart::Result.open(sealer, id, sealed)?;
                Ok(CurrentStep::Done(Box::new(Finished {
                    result,
                    review_asked_at: row.review_asked_at,
                    review_text: reviews::said(sealer, id, row.review_sealed.as_ref()),
                    review_answered_at: row.review_answered_at,
                    groups_asked: row.groups_asked != 0,
                })))
            }
        }
    }

    /// Puts a result into the row, which is not saved by this.
    pub fn keep_result(&mut self, result: &TestResult) -> Result<(), TestSessionError> {
        let sealed = SealedPart::Result.seal(self.engine.sealer(), &self.invitation.id, result)?;
        self.row.result_sealed = Some(sealed);
        Ok(())
    }

    /// Keeps the answers; after the last one also the result, with what follows from it.
    pub fn save(&mut self, conn: &mut Conn) -> Result<(), TestSessionError> {
        self.row.answers_sealed = self.engine.seal(&self.invitation.id, &self.sitting)?;
        let at = Timestamp::now();
        let reference = Reference(self.invitation.id.to_string());
        let result = self.sitting.result(reference, at.0, self.engine.calibration());
        let is_new = self.row.finished_at.is_none();
        if let Some(result) = result.filter(|_| is_new) {
            self.row.finished_at = Some(at);
            self.keep_result(&result)?;
            completion::done(conn, &self.invitation)?;
        }
        Ok(store::save(conn, &self.row)?)
    }
}
