//! Results of tests: each value with the range of its true value.

use crate::report::{self, Report, Second, fit_range};
use crate::test_sessions::results::Outcome;
use crate::test_sessions::verification::Verified;
use crate::time::Timestamp;
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
    /// Whether all tests rest on a norm sample; each score says it for itself.
    has_norms: bool,
    /// What the scores rest on.
    calibration: String,
    /// The verification test, once it is finished.
    verification: Option<Verification>,
}

/// A second logic test that was taken where somebody watched.
#[derive(Debug, Serialize, ToSchema)]
struct Verification {
    completed_at: Option<String>,
    /// The second score.
    logic: Ranged,
    /// The second score less the first, in points of the scale.
    difference: Option<f64>,
    /// How likely so large a distance is by chance alone.
    p: Option<f64>,
    /// Whether the scores lie further apart than chance alone brings.
    is_beyond_chance: bool,
    /// Both in a sentence, as the page says it.
    summary: String,
    /// Reasons to read the second score with care, in sentences.
    cautions: Vec<String>,
}

impl Verification {
    fn new(second: Second) -> Self {
        Self {
            completed_at: second.finished_at.map(Timestamp::rfc3339),
            logic: Ranged::of_score(second.score.score),
            difference: second.apart.map(|(apart, _)| (apart * 10.0).round() / 10.0),
            p: second.apart.map(|(_, chance)| chance),
            is_beyond_chance: second.is_beyond_chance(),
            summary: second.words,
            cautions: second.cautions,
        }
    }
}

/// One score.
#[derive(Debug, Serialize, ToSchema)]
struct Score {
    name: &'static str,
    /// A facet, which belongs to the trait above it.
    is_facet: bool,
    /// Whether people have taken the test with whom this score is compared. Where they have not, it cannot be read as
    /// "better than so many".
    has_norms: bool,
    #[serde(flatten)]
    score: Ranged,
}

impl TestResult {
    /// The result of an invitation, with its verification, if it is among these.
    pub fn of_outcome(outcome: &Outcome, verified: &[Verified]) -> Self {
        let report = Report::of_outcome(outcome).beside(verified);
        let score = |row: report::Row| Score {
            name: row.name,
            is_facet: row.is_part,
            has_norms: row.people.is_some(),
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
            verification: report.second.map(Verification::new),
        }
    }
}
