//! A day, by which the seed counts back.

/// Milliseconds.
pub(super) const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
