//! Reasons to read a result with care. A caution is never a verdict: each has innocent causes.

use serde::{Deserialize, Serialize};

/// Something unusual about how a test was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caution {
    /// The same answer to many statements in a row, though they point both ways.
    StraightLining,
    /// Answers faster than the statements can be read.
    TooFast,
    /// Statements of opposite meaning answered alike.
    Inconsistent,
    /// A task was shown again with new time after an interruption.
    Interrupted,
    /// Several tasks ended because the time was up.
    TimedOut,
}

impl Caution {
    /// All cautions.
    pub const ALL: [Self; 5] =
        [Self::StraightLining, Self::TooFast, Self::Inconsistent, Self::Interrupted, Self::TimedOut];

    /// Its name in data and in the files of texts.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::StraightLining => "straight_lining",
            Self::TooFast => "too_fast",
            Self::Inconsistent => "inconsistent",
            Self::Interrupted => "interrupted",
            Self::TimedOut => "timed_out",
        }
    }
}
