//! Which tests somebody takes, and with how much time.

use serde::{Deserialize, Serialize};

use crate::logic::Form;
use crate::personality::{NormGroup, Questionnaire};

/// A task's time limit without extra time (milliseconds).
pub const TASK_LIMIT_MS: i64 = 120_000;

/// How much time a candidate has, in percent of the usual: 100 to 400; 0 where there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct ExtraTime(u16);

/// The percentage is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time is given in percent of the usual, from 100 to 400, or 0 for no limit, not {0}")]
pub struct NotExtraTime(u16);

impl TryFrom<u16> for ExtraTime {
    type Error = NotExtraTime;

    fn try_from(percent: u16) -> Result<Self, NotExtraTime> {
        if percent == 0 || (100..=400).contains(&percent) {
            Ok(Self(percent))
        } else {
            Err(NotExtraTime(percent))
        }
    }
}

impl From<ExtraTime> for u16 {
    fn from(time: ExtraTime) -> Self {
        time.0
    }
}

impl Default for ExtraTime {
    /// The usual time.
    fn default() -> Self {
        Self(100)
    }
}

impl ExtraTime {
    /// Tasks without a limit.
    pub const NO_LIMIT: Self = Self(0);

    /// The time limit of a task (milliseconds), where there is one.
    #[must_use]
    pub fn task_limit_ms(self) -> Option<i64> {
        (self != Self::NO_LIMIT).then(|| TASK_LIMIT_MS * i64::from(self.0) / 100)
    }
}

/// Which tests a candidate takes, in which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The logic test, in this form; the candidate may change the form before the first task.
    pub logic: Option<Form>,
    /// The personality test.
    pub personality: bool,
    /// An accommodation set by the company.
    #[serde(default)]
    pub extra_time: ExtraTime,
    /// Which statements the personality test asks.
    #[serde(default, skip_serializing_if = "Questionnaire::is_own")]
    pub questionnaire: Questionnaire,
    /// With whom the answers to them are compared.
    #[serde(default, skip_serializing_if = "NormGroup::is_general")]
    pub norm_group: NormGroup,
}

impl Default for Plan {
    /// Both tests, drawn figures, the usual time.
    fn default() -> Self {
        Self {
            logic: Some(Form::Figures),
            personality: true,
            extra_time: ExtraTime::default(),
            questionnaire: Questionnaire::Own,
            norm_group: NormGroup::General,
        }
    }
}
