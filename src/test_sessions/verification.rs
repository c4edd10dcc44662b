//! The verification test: a second logic test with fresh tasks, taken where somebody watches, and beside it the question whether
//! it differs from the first by more than chance.

use super::agreements::{self, Agreement};
use super::engine::place_of_second as place;
use super::kept_results::SealedPart;
use super::{Away, TestEngine, TestSessionError, answers, results, store};
use crate::audit::{self, Actor};
use crate::db::schema::verifications;
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::{CompanyId, InvitationId};
use crate::invitations::store as invitations;
use crate::people::{self, Company};
use crate::secrets::{Code, Sealed, Sealer};
use crate::time::Timestamp;
use assessment::calibrate::TaskAnswer;
use assessment::provider::TestResult;
use assessment::session::{ExtraTime, LogicRun, LogicScore, LogicView, Outcome, Task};
use diesel::prelude::*;
use serde_json::json;
use std::time::Duration;

/// So long a link can be used.
const GOOD_FOR: Duration = Duration::from_secs(4 * 3_600);

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = verifications, primary_key(invitation_id))]
struct Row {
    invitation_id: InvitationId,
    company_id: CompanyId,
    code_hash: String,
    created_at: Timestamp,
    expires_at: Timestamp,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    answers_sealed: Sealed,
    result_sealed: Option<Sealed>,
    agreed_version: String,
}

/// Why there is no verification test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The first test is not there, was not the portal's own, or has no logic in it.
    NothingToVerify,
    /// It was begun before: there is one for a result.
    Begun,
}

/// Makes the test and answers its link's code. A link that was not used is replaced.
///
/// # Errors
/// When the answers cannot be read, or the database refuses.
pub fn offer(
    conn: &mut Conn,
    engine: &TestEngine,
    company: &CompanyId,
    id: &InvitationId,
    actor: &Actor,
) -> Result<Result<Code, Refused>, TestSessionError> {
    dialect::lock_test_session(conn, id)?;
    let invitation = invitations::invitation(conn, id)?.filter(|one| one.company_id == *company);
    let (Some(invitation), Some(row)) = (invitation, store::find(conn, id)?) else {
        return Ok(Err(Refused::NothingToVerify));
    };
    let sitting = engine.open(id, &row.answers_sealed).ok();
    let Some(first) = sitting.and_then(|sitting| sitting.logic).filter(|_| row.finished_at.is_some()) else {
        return Ok(Err(Refused::NothingToVerify));
    };
    if find(conn, id)?.is_some_and(|row| row.started_at.is_some()) {
        return Ok(Err(Refused::Begun));
    }
    let extra_time = u16::try_from(invitation.time_percent).unwrap_or(100);
    let mut run =
        LogicRun::start(first.form(), ExtraTime::try_from(extra_time).unwrap_or_default(), rand::random());
    run.skip_practice();
    // Who had the drawings described has them described again.
    run.describe(first.is_described());
    run.avoid(first.met());
    run.avoid(answers::met_before(conn, engine, &invitation)?);
    let (code, now) = (Code::random(), Timestamp::now());
    let row = Row {
        invitation_id: *id,
        company_id: *company,
        code_hash: code.hash(),
        created_at: now,
        expires_at: now.plus(GOOD_FOR),
        started_at: None,
        finished_at: None,
        answers_sealed: engine.seal_run(&run, &place(id))?,
        result_sealed: None,
        agreed_version: String::new(),
    };
    dialect::upsert!(conn, verifications, verifications::invitation_id, &row);
    let detail = json!({ "invitation": id });
    audit::record(
        conn,
        company,
        actor,
        audit::Action::AssessmentVerificationOffered,
        audit::Subject::LogicTasks.as_str(),
        &detail,
    )?;
    Ok(Ok(code))
}

fn find(conn: &mut Conn, id: &InvitationId) -> DbResult<Option<Row>> {
    Ok(verifications::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// What the candidate sees now.
pub enum Step {
    /// Nothing was begun.
    NotBegun {
        /// Tasks at most.
        of: usize,
        /// Time for each (ms), where it has a limit.
        limit_ms: Option<i64>,
    },
    /// The time of the task that was open is over; what is next waits until the candidate goes on.
    Paused,
    /// A task.
    Task {
        task: Box<Task>,
        /// Time left (ms), where it has a limit.
        left_ms: Option<i64>,
        /// What became of the task that ran out of time while the candidate was away.
        away: Option<Away>,
    },
    /// All done; the company has the result.
    Done,
}

/// A verification test that is open, while its candidate's turn lasts.
pub struct Open<'k> {
    engine: &'k TestEngine,
    row: Row,
    run: LogicRun,
    /// Who asks for it.
    pub company: Company,
}

/// Opens a link for a form that the candidate has sent; none where it leads nowhere, or its time is over.
///
/// # Errors
/// When the answers cannot be read, or the database refuses.
pub fn enter<'k>(
    conn: &mut Conn,
    engine: &'k TestEngine,
    code: &Code,
) -> Result<Option<Open<'k>>, TestSessionError> {
    let Some(id) = of_code(conn, code)? else { return Ok(None) };
    dialect::lock_test_session(conn, &id)?;
    open(conn, engine, &id)
}

/// Opens a link to look at, without taking a turn.
///
/// # Errors
/// As for [`enter`].
pub fn peek<'k>(
    conn: &mut Conn,
    engine: &'k TestEngine,
    code: &Code,
) -> Result<Option<Open<'k>>, TestSessionError> {
    let Some(id) = of_code(conn, code)? else { return Ok(None) };
    open(conn, engine, &id)
}

fn of_code(conn: &mut Conn, code: &Code) -> DbResult<Option<InvitationId>> {
    Ok(verifications::table
        .filter(verifications::code_hash.eq(code.hash()))
        .select(verifications::invitation_id)
        .first(conn)
        .optional()?)
}

fn open<'k>(
    conn: &mut Conn,
    engine: &'k TestEngine,
    id: &InvitationId,
) -> Result<Option<Open<'k>>, TestSessionError> {
    let Some(row) = find(conn, id)? else { return Ok(None) };
    if row.started_at.is_none() && row.expires_at <= Timestamp::now() {
        return Ok(None);
    }
    let run = engine.open_run(&row.answers_sealed, &place(id))?;
    let company = people::company(conn, &row.company_id)?;
    Ok(Some(Open { engine, row, run, company }))
}

impl Open<'_> {
    /// What a page shows, changing nothing: no clock starts, and no task is lost.
    #[must_use]
    pub fn look(mut self) -> Step {
        let before = self.run.clone();
        let next = self.next();
        if self.row.started_at.is_none() {
            let (of, limit_ms) = self.rules();
            return Step::NotBegun { of, limit_ms };
        }
        if self.run == before { next } else { Step::Paused }
    }

    /// Tasks at most, and the time for each (ms), where it has a limit.
    #[must_use]
    pub fn rules(&self) -> (usize, Option<i64>) {
        (self.engine.calibration().logic.stop.max_items, self.run.task_limit_ms())
    }

    /// The candidate begins, who agrees to this, or goes on: the clock of the task starts.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn go_on(mut self, conn: &mut Conn, agreed: &Agreement) -> Result<Step, TestSessionError> {
        if self.row.started_at.is_none() {
            let now = Timestamp::now();
            self.row.started_at = Some(now);
            self.row.agreed_version = agreements::keep(conn, agreed, now)?;
        }
        let next = self.next();
        self.save(conn)?;
        Ok(next)
    }

    /// What comes next, as the answers stand. Starts its clock.
    fn next(&mut self) -> Step {
        if self.row.finished_at.is_some() {
            return Step::Done;
        }
        let (calibration, now) = (&self.engine.calibration().logic, Timestamp::now().0);
        match self.run.current(self.engine.bank(self.run.form()), calibration, now) {
            LogicView::Task { task, deadline_ms, resumed, lost } => {
                let away = if lost { Some(Away::Lost) } else { resumed.then_some(Away::Replaced) };
                let left_ms = deadline_ms.map(|deadline| (deadline - now).max(0));
                Step::Task { task: Box::new(task), left_ms, away }
            }
            LogicView::Practice(_) | LogicView::Finished => Step::Done,
        }
    }

    /// Takes the answer to a task; `None` passes it over. The clock of the next one starts.
    ///
    /// # Errors
    /// [`TestSessionError::Impossible`] for what no page of ours sends.
    pub fn answer(
        mut self,
        conn: &mut Conn,
        step: u32,
        choice: Option<usize>,
        left_page: u16,
    ) -> Result<Outcome, TestSessionError> {
        if self.row.started_at.is_none() {
            return Err(TestSessionError::NotBegun);
        }
        self.run.left_page(step, left_page);
        let calibration = &self.engine.calibration().logic;
        let outcome = self.run.answer(calibration, step, choice, Timestamp::now().0)?;
        if outcome != Outcome::AlreadyAnswered {
            self.next();
            self.save(conn)?;
        }
        Ok(outcome)
    }

    fn save(&mut self, conn: &mut Conn) -> Result<(), TestSessionError> {
        self.row.answers_sealed = self.engine.seal_run(&self.run, &place(&self.row.invitation_id))?;
        if let Some(score) =
            self.run.score(&self.engine.calibration().logic).filter(|_| self.row.finished_at.is_none())
        {
            self.row.finished_at = Some(Timestamp::now());
            let id = &self.row.invitation_id;
            self.row.result_sealed = Some(SealedPart::Verification.seal(self.engine.sealer(), id, &score)?);
        }
        diesel::update(verifications::table.find(&self.row.invitation_id))
            .set(&self.row)
            .execute(conn)
            .map_err(DbError::from)?;
        Ok(())
    }
}

/// The second result beside the first.
#[derive(Debug, Clone)]
pub struct Verified {
    /// For which invitation.
    pub invitation: InvitationId,
    /// When it was begun.
    pub started_at: Option<Timestamp>,
    /// The version of what was agreed to then; empty before that was kept.
    pub agreed_version: String,
    /// When it was finished; none while it is under way, or waits.
    pub finished_at: Option<Timestamp>,
    /// The second score.
    pub second: Option<LogicScore>,
    /// How far it lies from the first (points of the scale), and how likely so large a distance is by chance alone.
    pub apart: Option<(f64, f64)>,
}

/// The answers given in the verification of a result; none where there is none, or they cannot be read.
///
/// # Errors
/// When the database cannot be asked.
pub(super) fn answers_of(
    conn: &mut Conn,
    engine: &TestEngine,
    id: &InvitationId,
) -> DbResult<Vec<TaskAnswer>> {
    let row = find(conn, id)?;
    let run = row.and_then(|row| engine.open_run(&row.answers_sealed, &place(id)).ok());
    Ok(run.map_or_else(Vec::new, |run| run.answers()))
}

/// The verification of a result, where there is one.
///
/// # Errors
/// When the database cannot be asked.
pub fn of_invitation(conn: &mut Conn, sealer: &Sealer, id: &InvitationId) -> DbResult<Option<Verified>> {
    let Some(row) = find(conn, id)? else { return Ok(None) };
    let first = results::of_invitation(conn, sealer, id)?.map(|outcome| outcome.result);
    Ok(Some(verified(sealer, row, first.as_ref())))
}

/// The verifications of these results.
///
/// # Errors
/// When the database cannot be asked.
pub fn of_outcomes<'a>(
    conn: &mut Conn,
    sealer: &Sealer,
    outcomes: impl Iterator<Item = &'a results::Outcome> + Clone,
) -> DbResult<Vec<Verified>> {
    let ids: Vec<InvitationId> = outcomes.clone().map(|outcome| outcome.invitation).collect();
    let rows: Vec<Row> = verifications::table
        .filter(verifications::invitation_id.eq_any(ids))
        .select(Row::as_select())
        .load(conn)?;
    let beside = |row: Row| {
        let first = outcomes.clone().find(|outcome| outcome.invitation == row.invitation_id);
        verified(sealer, row, first.map(|outcome| &outcome.result))
    };
    Ok(rows.into_iter().map(beside).collect())
}

fn verified(sealer: &Sealer, row: Row, first: Option<&TestResult>) -> Verified {
    let id = row.invitation_id;
    let score = |sealed: &Sealed| {
        SealedPart::Verification
            .open(sealer, &id, sealed)
            .inspect_err(|failure| tracing::error!(%failure, invitation = %id, "a kept score cannot be read"))
            .ok()
    };
    let second: Option<LogicScore> = row.result_sealed.as_ref().and_then(score);
    let first = first.and_then(|first| first.logic.as_ref());
    let apart = first.zip(second.as_ref()).map(|(first, second)| {
        let (one, two) = (first.score, second.score);
        let error = one.standard_error().hypot(two.standard_error());
        let apart = two.value - one.value;
        (apart, assessment::scale::chance_of(apart / error))
    });
    let Row { started_at, agreed_version, finished_at, .. } = row;
    Verified { invitation: id, started_at, agreed_version, finished_at, second, apart }
}
