//! The two ways to show an item.

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
