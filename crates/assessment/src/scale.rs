//! The scale on which everything is reported: 1 to 10, mean 5.5, standard deviation 2
//! (the *sten* of psychometrics). In the group that it rests on, two of three people are at 4 to 7.

use serde::{Deserialize, Serialize};

/// The mean of the scale.
pub const MEAN: f64 = 5.5;
/// The standard deviation of the scale.
pub const SD: f64 = 2.0;
/// The lowest score shown.
pub const LOWEST: f64 = 1.0;
/// The highest score shown.
pub const HIGHEST: f64 = 10.0;
/// No interval reaches lower: eight standard deviations below the mean.
pub const FURTHEST_LOW: f64 = MEAN - 8.0 * SD;
/// No interval reaches higher: eight standard deviations above the mean.
pub const FURTHEST_HIGH: f64 = MEAN + 8.0 * SD;

/// Half the width, in standard errors, of an interval that holds the true value in 95 of 100 cases.
pub const Z95: f64 = 1.959_964;

/// How likely chance alone brings a distance of so many standard errors or more, in either direction.
///
/// The tail of the normal distribution by the formula 26.2.17 of Abramowitz and Stegun (error below 1e-7).
#[must_use]
pub fn chance_of(z: f64) -> f64 {
    let z = z.abs();
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let sum = t
        * (0.319_381_530
            + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    (2.0 * density * sum).clamp(0.0, 1.0)
}

/// Of a hundred people of the norm group, how many score lower than this point of the scale: 1 to 99.
///
/// Only norms from the answers of people make such a number mean anything.
#[must_use]
pub fn people_below(value: f64) -> u8 {
    let z = (value - MEAN) / SD;
    let beyond = chance_of(z) / 2.0;
    let below = if z < 0.0 { beyond } else { 1.0 - beyond };
    (100.0 * below).round().clamp(1.0, 99.0) as u8
}

/// A score on the 1–10 scale with its 95 % confidence interval.
///
/// The score stays on the scale; the interval does not: at the ends less is known, not more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScaleScore {
    /// The score, 1 to 10, not rounded.
    pub value: f64,
    /// The lower end of the 95 % confidence interval, at most `value`; below 1 where the truth may lie there.
    pub low: f64,
    /// The upper end of the 95 % confidence interval, at least `value`; above 10 where the truth may lie there.
    pub high: f64,
}

/// An interval as it is shown: what lies beyond the scale is not counted out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// From here to there.
    Between(f64, f64),
    /// This or more: the interval reaches the upper end of the scale.
    AtLeast(f64),
    /// This or less: the interval reaches the lower end of the scale.
    AtMost(f64),
    /// The interval covers the whole scale: nothing is known.
    Anything,
}

impl ScaleScore {
    /// Places a standard score `z` (0 is the mean of the norm group, 1 its standard
    /// deviation) with its standard error (same unit) on the scale.
    ///
    /// Beyond an end of the scale the score is that end. Its interval then begins at least one standard error
    /// inside the scale, however far beyond the estimate lies.
    #[must_use]
    pub fn from_z(z: f64, standard_error: f64) -> Self {
        let place = |z: f64| MEAN + SD * z;
        let value = place(z).clamp(LOWEST, HIGHEST);
        let low = place(z - Z95 * standard_error).min(value - SD * standard_error).max(FURTHEST_LOW);
        let high = place(z + Z95 * standard_error).max(value + SD * standard_error).min(FURTHEST_HIGH);
        Self { value, low, high }
    }

    /// The score as the whole number that reports and notes show.
    #[must_use]
    pub fn rounded(&self) -> u8 {
        self.value.round() as u8
    }

    /// The 95 % interval as it is shown.
    #[must_use]
    pub fn range(&self) -> Range {
        match (self.low <= LOWEST, self.high >= HIGHEST) {
            (true, true) => Range::Anything,
            (false, true) => Range::AtLeast(self.low.min(HIGHEST)),
            (true, false) => Range::AtMost(self.high.max(LOWEST)),
            (false, false) => Range::Between(self.low, self.high),
        }
    }

    /// The standard error, in points of the scale.
    #[must_use]
    pub fn standard_error(&self) -> f64 {
        // The side that looks into the scale is cut off nowhere.
        let inside = if self.value > MEAN { self.value - self.low } else { self.high - self.value };
        let whole = (self.high - self.low) / 2.0;
        inside.max(whole) / Z95
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
    /// 1 to 3.
    Low,
    /// 4 to 7: about the mean of the group that the scale rests on.
    Middle,
    /// 8 to 10.
    High,
}

#[cfg(test)]
mod tests {
    use crate::scale::*;
    use proptest::prelude::*;

    #[test]
    fn known_points() {
        for (z, value) in [(0.0, 5.5), (1.0, 7.5), (-1.0, 3.5), (5.0, 10.0), (-5.0, 1.0)] {
            assert_eq!(ScaleScore::from_z(z, 0.0).value, value);
        }
    }

    #[test]
    fn the_interval_is_twice_two_standard_errors() {
        let score = ScaleScore::from_z(0.0, 0.5);
        assert!((score.high - score.low - 2.0 * Z95 * 0.5 * SD).abs() < 1e-9);
        assert!((score.standard_error() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn at_the_ends_the_range_is_open() {
        assert_eq!(ScaleScore::from_z(0.0, 0.4).range(), Range::Between(5.5 - Z95 * 0.8, 5.5 + Z95 * 0.8));
        // 5.5 + 2 · 2.7 = 10.9; 1.96 standard errors of 0.8 points below it.
        assert_eq!(ScaleScore::from_z(2.7, 0.4).range(), Range::AtLeast(10.9_f64 - Z95 * 0.8).map_close());
        assert!(matches!(ScaleScore::from_z(-2.7, 0.4).range(), Range::AtMost(high) if high > 1.6));
        assert_eq!(ScaleScore::from_z(0.0, 3.0).range(), Range::Anything);
    }

    impl Range {
        /// The lower end as `from_z` leaves it: one standard error inside at least.
        fn map_close(self) -> Self {
            match self {
                Self::AtLeast(low) => Self::AtLeast(low.min(HIGHEST - 0.8)),
                other => other,
            }
        }
    }

    #[test]
    fn what_chance_brings_is_what_the_tables_say() {
        for (z, chance) in
            [(0.0, 1.0), (1.0, 0.317_31), (-1.959_964, 0.05), (2.575_829, 0.01), (3.290_527, 0.001)]
        {
            assert!((chance_of(z) - chance).abs() < 1e-5, "{z}: {}", chance_of(z));
        }
    }

    /// The normal distribution: 15.87 % lie below one standard deviation under the mean.
    #[test]
    fn people_below_are_those_of_the_normal_distribution() {
        for (value, below) in [(5.5, 50), (3.5, 16), (7.5, 84), (9.5, 98), (1.0, 1), (10.0, 99), (-4.0, 1)] {
            assert_eq!(people_below(value), below, "{value}");
        }
    }

    #[test]
    fn bands() {
        for (z, band) in [(-1.2, Band::Low), (-0.5, Band::Middle), (1.0, Band::High)] {
            assert_eq!(ScaleScore::from_z(z, 0.3).band(), band);
        }
    }

    proptest! {
        /// However far out the estimate lies, no range claims more than the standard error allows.
        #[test]
        fn no_range_is_narrower_than_the_standard_error(z in -6.0..6.0_f64, se in 0.05..1.5_f64) {
            let score = ScaleScore::from_z(z, se);
            prop_assert!(score.low <= score.value && score.value <= score.high);
            let shown = match score.range() {
                Range::Between(low, high) => high - low,
                Range::AtLeast(low) => HIGHEST - low,
                Range::AtMost(high) => high - LOWEST,
                Range::Anything => HIGHEST - LOWEST,
            };
            prop_assert!(shown >= (SD * se).min(HIGHEST - LOWEST) - 1e-9, "{score:?}");
        }
    }
}
