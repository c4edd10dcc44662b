//! One candidate's way through the tests. Each step is one transaction, and the steps of one
//! candidate take turns: two tabs, a double click and the back button find the same state.

use super::{TestEngine, TestSessionError, answers, store};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, InvitationId};
use crate::invitations::Invitation;
use crate::test_sessions::completion;
use crate::time::Timestamp;
use assessment::logic::Form;
use assessment::personality::{Answer, Statement};
use assessment::provider::{Reference, TestResult};
use assessment::session::{Explained, ExtraTime, LogicRun, LogicView, Outcome, PersonalityView, Stage, Task};
use assessment::{Plan, Sitting};

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
        /// Time for each task (ms).
        limit_ms: i64,
        /// Tasks at most.
        of: usize,
    },
    /// The next task, or the same with new time; its clock starts when the candidate says so.
    Paused,
    /// A task that counts.
    Task {
        task: Task,
        /// Time left (ms).
        left_ms: i64,
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
    Done(Box<TestResult>),
}

/// What happened to the task that was open while the candidate was away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Away {
    /// Another task is there in its place, with new time.
    Replaced,
    /// It counts as not solved.
    Lost,
}

/// The candidate agrees and begins; `may_improve`: also that the answers, without name, help to improve the
/// tests. Again, it changes nothing. Tasks that the person has met in another test are not shown again.
///
/// # Errors
/// When the database refuses.
pub fn begin(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    form: Form,
    may_improve: bool,
) -> Result<(), TestSessionError> {
    let id = &invitation.id;
    dialect::lock_test_session(conn, id)?;
    if store::find(conn, id)?.is_some() {
        return Ok(());
    }
    let extra_time = u16::try_from(invitation.time_percent).unwrap_or(100);
    let extra_time = ExtraTime::try_from(extra_time).unwrap_or_default();
    let tests = invitation.tests;
    let plan = Plan {
        logic: tests.logic().then_some(form),
        personality: tests.personality(),
        extra_time,
        ..Plan::default()
    };
    let mut sitting = Sitting::start(plan, rand::random());
    sitting.may_improve = may_improve;
    if let Some(run) = sitting.logic.as_mut() {
        run.avoid(answers::met_before(conn, engine, invitation)?);
    }
    if let (None, Some(run)) = (&sitting.logic, sitting.personality.as_mut()) {
        // The first page of statements comes next.
        run.current(Timestamp::now().0);
    }
    let row = store::Row {
        invitation_id: *id,
        company_id: invitation.company_id,
        answers_sealed: engine.seal(id, &sitting)?,
        started_at: Timestamp::now(),
        finished_at: None,
        result: None,
    };
    store::add(conn, &row)?;
    Ok(completion::begun(conn, invitation)?)
}

/// What a page shows, changing nothing: no clock starts, and no interruption is spent. What would take that is
/// [`CurrentStep::Paused`] until the candidate sends a form. `page`: an earlier page of statements.
///
/// # Errors
/// As for [`now`].
pub fn look(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    page: Option<usize>,
) -> Result<CurrentStep, TestSessionError> {
    let Some(mut held) = OpenSession::read(conn, engine, invitation)? else {
        return Ok(CurrentStep::NotBegun);
    };
    if let Some(ready) = held.ready() {
        return Ok(ready);
    }
    let logic = held.sitting.logic.clone();
    let next = held.next(page);
    if held.sitting.logic != logic { Ok(CurrentStep::Paused) } else { held.or_result(next) }
}

/// What the candidate sees now, after a form; `page`: an earlier page of statements. A task's clock starts when
/// it is seen first.
///
/// # Errors
/// When the answers cannot be read, or the database refuses.
pub fn now(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    page: Option<usize>,
) -> Result<CurrentStep, TestSessionError> {
    let Some(held) = OpenSession::take(conn, engine, invitation)? else {
        return Ok(CurrentStep::NotBegun);
    };
    match held.ready() {
        Some(ready) => Ok(ready),
        None => held.show(conn, page),
    }
}

/// The candidate is ready for the first task that counts, or is back: the clock starts.
///
/// # Errors
/// As for [`now`].
pub fn start_clock(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
) -> Result<CurrentStep, TestSessionError> {
    let held = OpenSession::take(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
    held.show(conn, None)
}

/// Before the first task that counts: the other form, from practice on. Later, nothing changes.
///
/// # Errors
/// As for [`now`].
pub fn practise_again(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    form: Form,
) -> Result<(), TestSessionError> {
    let mut held = OpenSession::take(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
    if let Some(run) = held.sitting.logic.as_mut()
        && run.switch_form(form).is_ok()
    {
        held.save(conn)?;
    }
    Ok(())
}

/// After an explained practice task: on with practice, or one more task beyond those that everybody gets.
///
/// # Errors
/// As for [`now`].
pub fn practise_on(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    more: bool,
) -> Result<(), TestSessionError> {
    let mut held = OpenSession::take(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
    if let Some(run) = held.sitting.logic.as_mut() {
        run.go_on();
        if more {
            run.practise_more();
        }
        held.save(conn)?;
    }
    Ok(())
}

/// Takes the answer to a task; `None` passes it over. The clock of the next one starts.
///
/// # Errors
/// [`TestSessionError::Impossible`] for what no page of ours sends.
pub fn task(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    step: u32,
    choice: Option<usize>,
    left_page: u16,
) -> Result<Outcome, TestSessionError> {
    let mut held = OpenSession::take(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
    let calibration = &engine.calibration().logic;
    let Some(run) = held.sitting.logic.as_mut() else { return Ok(Outcome::AlreadyAnswered) };
    run.left_page(step, left_page);
    let outcome = run.answer(calibration, step, choice, Timestamp::now().0)?;
    if outcome != Outcome::AlreadyAnswered {
        if !matches!(outcome, Outcome::Practised { .. }) {
            held.next(None);
        }
        held.save(conn)?;
    }
    Ok(outcome)
}

/// Takes answers to statements.
///
/// # Errors
/// As for [`now`].
pub fn statements(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    answers: &[(Statement, Answer)],
) -> Result<(), TestSessionError> {
    let mut held = OpenSession::take(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
    // A page kept from before the logic test was over does not jump the queue.
    if held.sitting.stage() != Stage::Personality {
        return Ok(());
    }
    if let Some(run) = held.sitting.personality.as_mut() {
        let at = Timestamp::now().0;
        for (statement, answer) in answers {
            run.answer(*statement, *answer, at);
        }
        held.save(conn)?;
    }
    Ok(())
}

/// The candidate says how the tests went, for the company to read beside the cautions. Before the end, it
/// changes nothing.
///
/// # Errors
/// As for [`now`].
pub fn comment(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    comment: String,
) -> Result<(), TestSessionError> {
    let mut held = OpenSession::take(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
    let Some(kept) = held.row.result.as_deref() else { return Ok(()) };
    let mut result: TestResult = serde_json::from_str(kept).map_err(super::AnswersError::from)?;
    result.comment = comment;
    held.row.result = Some(serde_json::to_string(&result).map_err(super::AnswersError::from)?);
    Ok(store::save(conn, &held.row)?)
}

/// Whether there are answers.
pub fn is_begun(conn: &mut Conn, invitation: &InvitationId) -> DbResult<bool> {
    Ok(store::find(conn, invitation)?.is_some())
}

/// The company gives more time, in percent of the usual. `false`: the tests have begun.
pub fn set_time(
    conn: &mut Conn,
    company: &CompanyId,
    invitation: &InvitationId,
    time: ExtraTime,
) -> DbResult<bool> {
    store::set_time(conn, company, invitation, i32::from(u16::from(time)))
}

/// A sitting while its candidate's turn lasts.
struct OpenSession<'k> {
    engine: &'k TestEngine,
    invitation: Invitation,
    row: store::Row,
    sitting: Sitting,
}

impl<'k> OpenSession<'k> {
    fn take(
        conn: &mut Conn,
        engine: &'k TestEngine,
        invitation: &Invitation,
    ) -> Result<Option<Self>, TestSessionError> {
        dialect::lock_test_session(conn, &invitation.id)?;
        Self::read(conn, engine, invitation)
    }

    /// Without taking a turn: to look at.
    fn read(
        conn: &mut Conn,
        engine: &'k TestEngine,
        invitation: &Invitation,
    ) -> Result<Option<Self>, TestSessionError> {
        let Some(row) = store::find(conn, &invitation.id)? else { return Ok(None) };
        let sitting = engine.open(&invitation.id, &row.answers_sealed)?;
        Ok(Some(Self { engine, invitation: invitation.clone(), row, sitting }))
    }

    /// The moment between practice and the first task that counts.
    fn ready(&self) -> Option<CurrentStep> {
        let is_ready = self.sitting.logic.as_ref().is_some_and(|run| run.is_at_first_task());
        is_ready.then(|| CurrentStep::Ready {
            limit_ms: self.sitting.logic.as_ref().map_or(0, LogicRun::task_limit_ms),
            of: self.engine.calibration().logic.stop.max_items,
        })
    }

    fn show(mut self, conn: &mut Conn, page: Option<usize>) -> Result<CurrentStep, TestSessionError> {
        let before = self.sitting.clone();
        let next = self.next(page);
        if self.sitting != before {
            self.save(conn)?;
        }
        self.or_result(next)
    }

    /// What comes next, as the answers stand; none after the last one. Starts its clock.
    fn next(&mut self, page: Option<usize>) -> Option<CurrentStep> {
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
                    Some(CurrentStep::Task { task, left_ms: (deadline_ms - at).max(0), away })
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

    fn or_result(&self, next: Option<CurrentStep>) -> Result<CurrentStep, TestSessionError> {
        match next {
            Some(now) => Ok(now),
            None => {
                let result = self.row.result.as_deref().ok_or(TestSessionError::NotBegun)?;
                let result = serde_json::from_str(result).map_err(super::AnswersError::from)?;
                Ok(CurrentStep::Done(Box::new(result)))
            }
        }
    }

    /// Keeps the answers; after the last one also the result, with what follows from it.
    fn save(&mut self, conn: &mut Conn) -> Result<(), TestSessionError> {
        self.row.answers_sealed = self.engine.seal(&self.invitation.id, &self.sitting)?;
        let at = Timestamp::now();
        let reference = Reference(self.invitation.id.to_string());
        let result = self.sitting.result(reference, at.0, self.engine.calibration());
        let is_new = self.row.finished_at.is_none();
        if let Some(result) = result.filter(|_| is_new) {
            self.row.finished_at = Some(at);
            self.row.result = Some(serde_json::to_string(&result).map_err(super::AnswersError::from)?);
            completion::done(conn, &self.invitation)?;
        }
        Ok(store::save(conn, &self.row)?)
    }
}
