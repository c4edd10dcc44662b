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
    /// Tasks answered faster than they can be looked at.
    RapidGuessing,
    /// Hard tasks solved faster than is plausible.
    FastAndRight,
    /// The page was left while tasks were open.
    LeftPage,
    /// The option in one and the same place was chosen for most tasks.
    SamePlace,
    /// Nearly all answers at the end that looks best.
    Favourable,
    /// Nearly all answers at one of the two ends.
    Extreme,
}

/// How often a caution's sign was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// The caution.
    pub caution: Caution,
    /// So many times.
    pub count: u32,
    /// Of so many tasks, statements or pairs of statements.
    pub of: u32,
}

impl Caution {
    /// All cautions.
    pub const ALL: [Self; 11] = [
        Self::StraightLining,
        Self::TooFast,
        Self::Inconsistent,
        Self::Interrupted,
        Self::TimedOut,
        Self::RapidGuessing,
        Self::FastAndRight,
        Self::LeftPage,
        Self::SamePlace,
        Self::Favourable,
        Self::Extreme,
    ];

    /// Its name in data and in the files of texts.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::StraightLining => "straight_lining",
            Self::TooFast => "too_fast",
            Self::Inconsistent => "inconsistent",
            Self::Interrupted => "interrupted",
            Self::TimedOut => "timed_out",
            Self::RapidGuessing => "rapid_guessing",
            Self::FastAndRight => "fast_and_right",
            Self::LeftPage => "left_page",
            Self::SamePlace => "same_place",
            Self::Favourable => "favourable",
            Self::Extreme => "extreme",
        }
    }
}
