//! Results of tests: each value with the range of its true value.

use crate::report::{self, Report, fit_range};
use crate::test_sessions::results::Outcome;
use assessment::scale::Range;
use assessment::{RoleFit, ScaleScore};
use serde::Serialize;
use utoipa::ToSchema;

/// A value, and where the true one lies with 95 % certainty.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ranged {
    value: u8,
    /// The lower end; null where the range has none.
    low: Option<f64>,
    /// The upper end; null where the range has none.
    high: Option<f64>,
    /// The range as the pages show it.
    range: String,
}

impl Ranged {
    /// A score from 1 to 10.
    pub fn of_score(score: ScaleScore) -> Self {
        let (low, high) = match score.range() {
            Range::Between(low, high) => (Some(low), Some(high)),
            Range::AtLeast(low) => (Some(low), None),
            Range::AtMost(high) => (None, Some(high)),
            Range::Anything => (None, None),
        };
        let tenths = |value: f64| (value * 10.0).round() / 10.0;
        Self {
            value: score.rounded(),
            low: low.map(tenths),
            high: high.map(tenths),
            range: report::range(score),
        }
    }

    /// Role fit in percent.
    pub fn of_fit(fit: &RoleFit) -> Self {
        let (low, high) = fit.range();
        Self {
            value: fit.percent,
            low: Some(f64::from(low)),
            high: Some(f64::from(high)),
            range: fit_range(fit),
        }
    }
}

/// A complete result.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestResult {
    /// When the last test was completed.
    completed_at: String,
    /// What the role profile is called that role fit is weighed by.
    role_profile: String,
    /// Role fit in percent; null when the profile asks for a test that was not taken.
    role_fit: Option<Ranged>,
    /// All scores, from 1 to 10: logic, then each trait before its facets.
    scores: Vec<Score>,
    /// Reasons to read the scores with care, in sentences.
    cautions: Vec<String>,
    /// What the candidate says about how the tests went; may be empty.
    comment: String,
    /// Whether the scores rest on a norm sample. Where they do not, no score can be read as "better than so many".
    has_norms: bool,
    /// What the scores rest on.
    calibration: String,
}

/// One score.
#[derive(Debug, Serialize, ToSchema)]
struct Score {
    name: &'static str,
    /// A facet, which belongs to the trait above it.
    is_facet: bool,
    #[serde(flatten)]
    score: Ranged,
}

impl TestResult {
    /// The result of an invitation.
    pub fn of_outcome(outcome: &Outcome) -> Self {
        let report = Report::of_outcome(outcome);
        let score = |row: report::Row| Score {
            name: row.name,
            is_facet: row.is_part,
            score: Ranged::of_score(row.value),
        };
        Self {
            completed_at: report.completed_at.rfc3339(),
            role_profile: report.profile,
            role_fit: outcome.fit.as_ref().map(Ranged::of_fit),
            scores: report.rows.into_iter().map(score).collect(),
            cautions: report.cautions,
            comment: report.comment,
            has_norms: outcome.result.has_norms == Some(true),
            calibration: report.calibration,
        }
    }
}
