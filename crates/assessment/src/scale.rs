//! The scale on which everything is reported: 1 to 10, mean 5.5, standard deviation 2
//! (the *sten* of psychometrics). Most people score 4 to 7.

use serde::{Deserialize, Serialize};

/// The mean of the scale.
pub const MEAN: f64 = 5.5;
/// The standard deviation of the scale.
pub const SD: f64 = 2.0;
/// The lowest score shown.
pub const LOWEST: f64 = 1.0;
/// The highest score shown.
pub const HIGHEST: f64 = 10.0;

/// Half the width, in standard errors, of an interval that holds the true value in 95 of 100 cases.
const Z95: f64 = 1.959_964;

/// A score on the 1–10 scale with its 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScaleScore {
    /// The score, 1 to 10, not rounded.
    pub value: f64,
    /// The lower end of the 95 % confidence interval, not below 1.
    pub low: f64,
    /// The upper end of the 95 % confidence interval, not above 10.
    pub high: f64,
}

impl ScaleScore {
    /// Places a standard score `z` (0 is the mean of the norm group, 1 its standard
    /// deviation) with its standard error (same unit) on the scale.
    #[must_use]
    pub fn from_z(z: f64, standard_error: f64) -> Self {
        let place = |z: f64| (MEAN + SD * z).clamp(LOWEST, HIGHEST);
        Self { value: place(z), low: place(z - Z95 * standard_error), high: place(z + Z95 * standard_error) }
    }

    /// The score as the whole number that reports and notes show.
    #[must_use]
    pub fn rounded(&self) -> u8 {
        self.value.round() as u8
    }

    /// Low (below 4), middle (4 to 7) or high (above 7), after rounding.
    #[must_use]
    pub fn band(&self) -> Band {
        match self.rounded() {
            ..=3 => Band::Low,
            4..=7 => Band::Middle,
            8.. => Band::High,
        }
    }
}

/// A score in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// 1 to 3: lower than most.
    Low,
    /// 4 to 7: as most people.
    Middle,
    /// 8 to 10: higher than most.
    High,
}

#[cfg(test)]
mod tests {
    use crate::scale::*;

    #[test]
    fn known_points() {
        for (z, value) in [(0.0, 5.5), (1.0, 7.5), (-1.0, 3.5), (5.0, 10.0), (-5.0, 1.0)] {
            assert_eq!(ScaleScore::from_z(z, 0.0).value, value);
        }
    }

    #[test]
    fn the_interval_is_twice_two_standard_errors_and_stays_on_the_scale() {
        let score = ScaleScore::from_z(0.0, 0.5);
        assert!((score.high - score.low - 2.0 * Z95 * 0.5 * SD).abs() < 1e-9);
        let score = ScaleScore::from_z(2.2, 0.5);
        assert_eq!(score.high, 10.0);
    }

    #[test]
    fn bands() {
        for (z, band) in [(-1.2, Band::Low), (-0.5, Band::Middle), (1.0, Band::High)] {
            assert_eq!(ScaleScore::from_z(z, 0.3).band(), band);
        }
    }
}
