//! What the portal asks of whoever gives the tests: *invite*, *progress* and *result*.
//!
//! The portal's own tests are one provider; an outside one can take their place. Nothing
//! here says how a test works, and no more of a candidate is passed on than is needed to
//! address them.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::calibration::AMONG_APPLICANTS;
use crate::caution::{Caution, Sign};
use crate::personality::PersonalityScore;
use crate::scale;
use crate::scale::ScaleScore;
use crate::session::{LogicScore, Plan};

/// The portal's name for one candidate's tests: opaque to the provider, and given back by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(pub String);

/// An order for one candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Names the order. The same reference again is the same order: nothing is made twice.
    pub reference: Reference,
    /// How to address the candidate.
    pub candidate_name: String,
    /// The language to begin in, as in `lang="sv"`; the candidate may change it.
    pub language: String,
    /// Which tests.
    pub plan: Plan,
    /// Until when the tests can be begun (ms since 1970, UTC).
    pub expires_at_ms: i64,
}

/// What an order led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// The order's reference.
    pub reference: Reference,
    /// Where the candidate takes the tests. A secret between candidate and provider.
    pub link: String,
}

/// How far a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The link has not been used.
    Invited,
    /// Something has been answered.
    Started,
    /// All planned tests are done; there is a result.
    Completed,
    /// The time to begin is over.
    Expired,
    /// The candidate withdrew; what was answered is erased.
    Withdrawn,
}

/// How far a candidate is, and how much of each test is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The order's reference.
    pub reference: Reference,
    /// How far.
    pub state: State,
    /// The planned tests that are done, of how many.
    pub done: u8,
    /// How many tests are planned.
    pub of: u8,
    /// When this state was reached (ms since 1970, UTC).
    pub since_ms: i64,
}

/// The result of all planned tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestResult {
    /// The order's reference.
    pub reference: Reference,
    /// When the last test was completed (ms since 1970, UTC).
    pub completed_at_ms: i64,
    /// The logic test, if planned.
    pub logic: Option<LogicScore>,
    /// The personality test, if planned.
    pub personality: Option<PersonalityScore>,
    /// Reasons to read the result with care, from all tests.
    pub cautions: Vec<Caution>,
    /// How often what the cautions are about was seen; a provider that does not count leaves it out.
    #[serde(default)]
    pub signs: Vec<Sign>,
    /// What the candidate says about how the tests went; may be empty.
    #[serde(default)]
    pub comment: String,
    /// Whether the scores rest on a norm sample; not said by older results.
    #[serde(default)]
    pub has_norms: Option<bool>,
    /// What parameters and norms the scores rest on.
    pub calibration: String,
}

impl TestResult {
    /// How often the sign of a caution was seen, where that was counted.
    #[must_use]
    pub fn sign(&self, caution: Caution) -> Option<Sign> {
        self.signs.iter().copied().find(|sign| sign.caution == caution)
    }

    /// Whether the averages of the personality test were moved to where applicants lie. That stands among what the scores
    /// rest on, in results of every age.
    #[must_use]
    pub fn is_among_applicants(&self) -> bool {
        self.calibration.contains(AMONG_APPLICANTS)
    }

    /// Whether this can be a result: something was tested, and every score lies on the scale, with a range that
    /// goes past its ends where the truth may.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self) -> Result<(), String> {
        if self.logic.is_none() && self.personality.is_none() {
            return Err("the result has no scores".into());
        }
        let logic = self.logic.iter().map(|logic| logic.score);
        let traits = self.personality.iter().flat_map(|personality| &personality.traits);
        let traits =
            traits.flat_map(|of| std::iter::once(of.score).chain(of.facets.iter().map(|facet| facet.score)));
        let is_on_scale = |score: &ScaleScore| {
            (scale::LOWEST..=scale::HIGHEST).contains(&score.value)
                && (scale::FURTHEST_LOW..=score.value).contains(&score.low)
                && (score.value..=scale::FURTHEST_HIGH).contains(&score.high)
        };
        match logic.chain(traits).find(|score| !is_on_scale(score)) {
            Some(wrong) => Err(format!(
                "a score of {} from {} to {} is not on the scale from 1 to 10",
                wrong.value, wrong.low, wrong.high
            )),
            None => Ok(()),
        }
    }
}

/// Why a provider did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// There is no order of this reference (any more).
    #[error("the test provider does not know this order")]
    Unknown,
    /// Worth trying again later.
    #[error("the test provider does not answer at the moment: {0}")]
    Unavailable(String),
    /// Trying again would not help.
    #[error("the test provider refused: {0}")]
    Refused(String),
}

/// Whoever gives the tests.
///
/// All methods may be called again with the same reference: after a crash the portal does
/// not know whether a call arrived.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Orders tests for one candidate. The same order again gives the same link, and no
    /// second test.
    ///
    /// # Errors
    /// [`ProviderError::Unavailable`] or [`ProviderError::Refused`].
    async fn invite(&self, order: &Order) -> Result<Invited, ProviderError>;

    /// How far the candidate is.
    ///
    /// # Errors
    /// [`ProviderError::Unknown`], or as for [`Self::invite`].
    async fn progress(&self, reference: &Reference) -> Result<Progress, ProviderError>;

    /// The result; `None` until the state is [`State::Completed`].
    ///
    /// # Errors
    /// [`ProviderError::Unknown`], or as for [`Self::invite`].
    async fn result(&self, reference: &Reference) -> Result<Option<TestResult>, ProviderError>;

    /// Erases the order and all that was answered. An order that is not there counts as erased.
    ///
    /// # Errors
    /// As for [`Self::invite`].
    async fn erase(&self, reference: &Reference) -> Result<(), ProviderError>;
}
