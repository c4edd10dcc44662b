//! One candidate's way through the tests: what is asked next, what an answer does, when it is
//! over. Pure state, kept by whoever calls (as JSON), so that a closed tab, a second tab or
//! the back button find the same state again.
//!
//! Times are milliseconds since 1970, UTC, and come from the server's clock only.

mod kept;
mod logic;
mod logic_view;
mod personality;
mod pilots;
mod plan;

pub use crate::logic::PRACTICE;
pub use logic::{LogicRun, limit_ms};
pub use logic_view::{Explained, LogicScore, LogicView, Task};
pub use personality::{PER_PAGE, PersonalityRun, PersonalityView};
pub use pilots::{PilotTasks, TooManyPilots};
pub use plan::{ExtraTime, NotExtraTime, Plan, TASK_LIMIT_MS};

use serde::{Deserialize, Serialize};

use crate::calibrate::Answers;
use crate::calibration::{AMONG_APPLICANTS, Calibration};
use crate::personality::{NormGroup, Norms, Questionnaire};
use crate::provider::{Reference, TestResult};

/// An answer this much after the limit still counts: the way over a slow line (milliseconds).
pub const GRACE_MS: i64 = 5_000;

/// What an answer did. Only `Taken`, `TooLate` and `Practised` change anything; the others
/// are how a double click, a second tab and the back button end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A practice task was answered; it stays until it is solved or passed over.
    Practised {
        /// Whether the answer was right.
        right: bool,
    },
    /// The answer counts.
    Taken,
    /// The time was up; the task counts as not solved.
    TooLate,
    /// This was answered before, or the test is over; nothing changed.
    AlreadyAnswered,
}

/// An answer that no page of ours can have sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The task has not been shown yet.
    #[error("task {0} has not been shown yet")]
    NotYet(u32),
    /// No such option.
    #[error("there is no option {0}")]
    NoSuchOption(usize),
    /// The form cannot be changed any more.
    #[error("the form can only be changed before the first task is answered")]
    Begun,
}

/// A candidate's tests, all together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sitting {
    /// What was planned.
    pub plan: Plan,
    /// The logic test, if planned.
    pub logic: Option<LogicRun>,
    /// The personality test, if planned.
    pub personality: Option<PersonalityRun>,
    /// The person agreed that the answers, without name, help to improve the tests.
    #[serde(default)]
    pub may_improve: bool,
}

/// Where a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The logic test is next.
    Logic,
    /// The personality test is next.
    Personality,
    /// All planned tests are done.
    Done,
}

impl Sitting {
    /// Begins. `seed` must be unpredictable: the choice of tasks and the order of statements
    /// follow from it.
    #[must_use]
    pub fn start(plan: Plan, seed: u64) -> Self {
        Self {
            plan,
            logic: plan.logic.map(|form| LogicRun::start(form, plan.extra_time, seed)),
            personality: plan
                .personality
                .then(|| PersonalityRun::start_with(plan.questionnaire, seed).among(plan.norm_group)),
            may_improve: false,
        }
    }

    /// What is next.
    #[must_use]
    pub fn stage(&self) -> Stage {
        if self.logic.as_ref().is_some_and(|run| !run.is_finished()) {
            Stage::Logic
        } else if self.personality.as_ref().is_some_and(|run| !run.is_finished()) {
            Stage::Personality
        } else {
            Stage::Done
        }
    }

    /// How many of the planned tests are done, and how many are planned.
    #[must_use]
    pub fn done(&self) -> (u8, u8) {
        let logic = self.logic.as_ref().map(LogicRun::is_finished);
        let personality = self.personality.as_ref().map(PersonalityRun::is_finished);
        [logic, personality]
            .into_iter()
            .flatten()
            .fold((0, 0), |(done, of), finished| (done + u8::from(finished), of + 1))
    }

    /// What was answered, without who it was: for calibration, where the person agreed to it.
    #[must_use]
    pub fn answers(&self) -> Answers {
        Answers {
            logic: self.logic.as_ref().map_or_else(Vec::new, LogicRun::answers),
            personality: self.personality.as_ref().map_or_else(Vec::new, PersonalityRun::answers),
            statements: self.personality.as_ref().map_or(0, PersonalityRun::statements_version),
        }
    }

    /// The result, once all planned tests are done.
    #[must_use]
    pub fn result(
        &self,
        reference: Reference,
        completed_at_ms: i64,
        calibration: &Calibration,
    ) -> Option<TestResult> {
        if self.stage() != Stage::Done {
            return None;
        }
        let logic = self.logic.as_ref().and_then(|run| run.score(&calibration.logic));
        let personality = self.personality.as_ref();
        let scored = personality.and_then(|run| run.score(&calibration.personality));
        let mut signs = logic.as_ref().map_or_else(Vec::new, |score| score.signs.clone());
        signs.extend(personality.into_iter().flat_map(|run| run.signs(&calibration.personality)));
        // One test with norms does not speak for the other.
        let has_norms = logic.as_ref().is_none_or(|score| score.has_norms)
            && scored.as_ref().is_none_or(|score| score.has_norms);
        Some(TestResult {
            reference,
            completed_at_ms,
            logic,
            has_norms: Some(has_norms),
            personality: scored,
            cautions: signs.iter().map(|sign| sign.caution).collect(),
            signs,
            comment: String::new(),
            calibration: self.rests_on(calibration),
        })
    }
}

impl Sitting {
    /// What the scores rest on, in words.
    fn rests_on(&self, calibration: &Calibration) -> String {
        let mut words = calibration.name.clone();
        if self.plan.personality {
            let is_neo = self.plan.questionnaire == Questionnaire::IpipNeo;
            if is_neo {
                words = format!("{words}; {NEO_NORMS}");
            }
            let is_moved = is_neo || calibration.personality == Norms::default();
            if is_moved && self.plan.norm_group == NormGroup::Applicants {
                words = format!("{words}; {AMONG_APPLICANTS}");
            }
        }
        words
    }
}

/// What scores of the IPIP-NEO-120 rest on.
const NEO_NORMS: &str = "personality: IPIP-NEO-120, norms of Johnson 2014 (ages 21 to 40, both sexes)";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::logic::{Bank, Form};
    use crate::personality::Answer;
    use crate::session::*;

    #[test]
    fn a_candidate_goes_through_both_tests_to_a_result() {
        let mut calibration = Calibration::default();
        calibration.logic.bank_size = 60;
        let bank = Bank::generate(Form::Words, 1, &calibration.logic);
        let plan = Plan { logic: Some(Form::Words), ..Plan::default() };
        let mut sitting = Sitting::start(plan, 7);
        let result = |sitting: &Sitting| sitting.result(Reference("r1".into()), 99, &calibration);

        assert_eq!((sitting.stage(), sitting.done()), (Stage::Logic, (0, 2)));
        let run = sitting.logic.as_mut().unwrap();
        loop {
            let (step, choice) = match run.current(&bank, &calibration.logic, 0) {
                LogicView::Practice(task) => (task.step, None),
                LogicView::Task { task, .. } => (task.step, Some(task.item.right())),
                LogicView::Finished => break,
            };
            run.answer(&calibration.logic, step, choice, 20_000).unwrap();
        }
        assert_eq!((sitting.stage(), sitting.done()), (Stage::Personality, (1, 2)));
        assert_eq!(result(&sitting), None);

        let run = sitting.personality.as_mut().unwrap();
        while let Some(view) = run.current(0) {
            for (statement, _) in view.statements {
                run.answer(statement, Answer::try_from(3).unwrap(), 60_000);
            }
        }
        assert_eq!((sitting.stage(), sitting.done()), (Stage::Done, (2, 2)));
        let result = result(&sitting).unwrap();
        assert!(result.logic.is_some_and(|score| score.score.value > 8.0));
        assert_eq!(result.personality.unwrap().traits.len(), 5);
        assert_eq!(result.cautions, [crate::Caution::StraightLining]);
        assert_eq!(result.calibration, calibration.name);
    }

    #[test]
    fn without_a_limit_nothing_is_ever_late() {
        let calibration = Calibration::default();
        let bank = Bank::generate(Form::Words, 1, &calibration.logic);
        let plan = Plan { logic: Some(Form::Words), extra_time: ExtraTime::NO_LIMIT, ..Plan::default() };
        let mut run = Sitting::start(plan, 7).logic.unwrap();
        run.skip_practice();
        let day = 86_400_000;
        for number in 1..=3 {
            let view = run.current(&bank, &calibration.logic, number * day);
            let LogicView::Task { task, deadline_ms, resumed, lost } = view else { panic!("{view:?}") };
            assert_eq!((deadline_ms, resumed, lost), (None, false, false));
            let again = run.current(&bank, &calibration.logic, (number + 1) * day - 2);
            assert!(
                matches!(again, LogicView::Task { task: same, .. } if same == task),
                "the same task a day later"
            );
            let at = (number + 1) * day - 1;
            assert_eq!(run.answer(&calibration.logic, task.step, Some(0), at), Ok(Outcome::Taken));
        }
        assert!(run.answers().iter().all(|answer| answer.time_ms == day - 1));
    }

    #[test]
    fn extra_time_is_from_the_usual_to_four_times_that() {
        assert!(ExtraTime::try_from(99).is_err() && ExtraTime::try_from(401).is_err());
        assert_eq!(ExtraTime::try_from(150).unwrap().task_limit_ms(), Some(180_000));
        let plan: Plan =
            serde_json::from_str(r#"{"logic": null, "personality": true, "extra_time": 0}"#).unwrap();
        assert_eq!(plan.extra_time, ExtraTime::NO_LIMIT);
        let plan: Plan = serde_json::from_str(r#"{"logic": null, "personality": true}"#).unwrap();
        assert_eq!(plan.extra_time, ExtraTime::default());
        assert_eq!(Sitting::start(plan, 1).stage(), Stage::Personality);
    }
}
