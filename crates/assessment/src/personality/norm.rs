//! What a raw score is compared with.

use serde::{Deserialize, Serialize};

use crate::scale::ScaleScore;

/// How a norm group answers: the distribution of a raw score, which is the mean of the keyed
/// answers (1 to 5).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Norm {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
    /// The share of its variance that is not error, above 0 and below 1.
    pub reliability: f64,
}

impl Norm {
    /// Places a raw score on the 1–10 scale; the interval follows from the reliability.
    #[must_use]
    pub fn place(&self, raw: f64) -> ScaleScore {
        ScaleScore::from_z((raw - self.mean) / self.sd, (1.0 - self.reliability).sqrt())
    }
}
