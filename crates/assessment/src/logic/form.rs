//! The two ways to show an item, and the editions of the generator.

use serde::{Deserialize, Serialize};

/// How an item is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Drawn figures.
    Figures,
    /// Numbers, letters and words, for those who cannot see the figures. Made by the same
    /// rules and placed on the same scale.
    Words,
}

/// By which version of the generator an item is made. An item's id makes the same item for ever, so
/// a new way to make options is a new edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edition {
    /// Eight options.
    First,
    /// Twelve options: who sees one rule of two has to guess among three or four, not two.
    Second,
}

impl Edition {
    /// How many options an item has.
    #[must_use]
    pub fn options(self) -> usize {
        match self {
            Self::First => 8,
            Self::Second => 12,
        }
    }
}
