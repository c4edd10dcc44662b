//! One candidate's way through the tests. Each step is one transaction, and the steps of one
//! candidate take turns: two tabs, a double click and the back button find the same state.

use super::agreements::{self, Agreement};
use super::kept_results::SealedPart;
use super::open_session::{CurrentStep, OpenSession};
use super::{Received, TestEngine, TestSessionError, answers, store};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::InvitationId;
use crate::invitations::Invitation;
use crate::people;
use crate::test_sessions::completion;
use crate::time::Timestamp;
use assessment::logic::Form;
use assessment::personality::{Answer, Statement};
use assessment::provider::TestResult;
use assessment::session::{ExtraTime, Outcome, Stage};
use assessment::{Plan, Sitting};

/// How a candidate wants to see the tasks of the logic test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    pub form: Form,
    /// Drawings in words, too, for screen readers.
    pub is_described: bool,
}

/// The candidate agrees and begins; `may_improve`: also that the answers, without name, help to improve the
/// tests; `agreed`: the text that was read. Again, it changes nothing. Tasks that the person has met in another test are not shown again.
///
/// # Errors
/// When the database refuses.
pub fn begin(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    shown: Shown,
    may_improve: bool,
    agreed: &Agreement,
) -> Result<(), TestSessionError> {
    let id = &invitation.id;
    dialect::lock_test_session(conn, id)?;
    if store::find(conn, id)?.is_some() {
        return Ok(());
    }
    let extra_time = u16::try_from(invitation.time_percent).unwrap_or(100);
    let extra_time = ExtraTime::try_from(extra_time).unwrap_or_default();
    let tests = invitation.tests;
    let company = people::company(conn, &invitation.company_id)?;
    let plan = Plan {
        logic: tests.logic().then_some(shown.form),
        personality: tests.personality(),
        extra_time,
        questionnaire: company.questionnaire.into(),
        norm_group: company.norm_group.into(),
    };
    let mut sitting = Sitting::start(plan, rand::random());
    sitting.may_improve = may_improve;
    if let Some(run) = sitting.logic.as_mut() {
        run.avoid(answers::met_before(conn, engine, invitation)?);
        run.describe(shown.is_described);
        if may_improve {
            // Of others the answers would be of no use to anybody.
            run.carry_pilots(company.pilots(), &engine.calibration().logic);
        }
    }
    let now = Timestamp::now();
    if let (None, Some(run)) = (&sitting.logic, sitting.personality.as_mut()) {
        // The first page of statements comes next.
        run.current(now.0);
    }
    let answers = engine.seal(id, &sitting)?;
    let row = store::Row {
        agreed_version: agreements::keep(conn, agreed, now)?,
        ..store::Row::begun(*id, invitation.company_id, answers, now)
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
    if held.sitting.logic == logic {
        return held.or_result(next);
    }
    let is_timed = logic.is_some_and(|run| run.task_limit_ms().is_some());
    Ok(CurrentStep::Paused { is_timed })
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
    let Some(held) = OpenSession::open(conn, engine, invitation)? else {
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
    let held = OpenSession::open(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
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
    shown: Shown,
) -> Result<(), TestSessionError> {
    let mut held = OpenSession::open(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
    if let Some(run) = held.sitting.logic.as_mut()
        && run.switch_form(shown.form).is_ok()
    {
        run.describe(shown.is_described);
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
    let mut held = OpenSession::open(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
    if let Some(run) = held.sitting.logic.as_mut() {
        run.go_on();
        if more {
            run.practise_more();
        }
        held.save(conn)?;
    }
    Ok(())
}

/// Takes the answer to a task; `choice`: `None` passes it over. The clock of the next one starts, unless the candidate
/// pauses.
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
    pauses: bool,
) -> Result<Outcome, TestSessionError> {
    let mut held = OpenSession::open(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
    let calibration = &engine.calibration().logic;
    let Some(run) = held.sitting.logic.as_mut() else { return Ok(Outcome::AlreadyAnswered) };
    run.left_page(step, left_page);
    let outcome = run.answer(calibration, step, choice, Timestamp::now().0)?;
    if outcome != Outcome::AlreadyAnswered {
        let is_over = run.is_finished();
        if !matches!(outcome, Outcome::Practised { .. }) && (is_over || !pauses) {
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
    let mut held = OpenSession::open(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
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

/// The candidate says how the tests went, for the company to read beside the cautions. Before the end that is too early.
///
/// # Errors
/// As for [`now`].
pub fn comment(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    comment: String,
) -> Result<Received, TestSessionError> {
    let mut held = OpenSession::open(conn, engine, invitation)?.ok_or(TestSessionError::NotBegun)?;
    let Some(sealed) = &held.row.result_sealed else { return Ok(Received::TooEarly) };
    let mut result: TestResult = SealedPart::Result.open(engine.sealer(), &invitation.id, sealed)?;
    result.comment = comment;
    held.keep_result(&result)?;
    store::save(conn, &held.row)?;
    Ok(Received::Kept)
}

/// Whether there are answers.
pub fn is_begun(conn: &mut Conn, invitation: &InvitationId) -> DbResult<bool> {
    Ok(store::find(conn, invitation)?.is_some())
}
