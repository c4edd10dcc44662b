//! Role fit: what a posting asks for, weighed into one number with its parts explained.

use serde::{Deserialize, Serialize};

use crate::personality::{Facet, PersonalityScore, Trait};
use crate::scale;
use crate::scale::ScaleScore;
use crate::session::LogicScore;

/// Something that a profile can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// The logic test.
    Logic,
    /// A trait.
    Trait(Trait),
    /// A facet.
    Facet(Facet),
}

/// Which end of the scale a profile asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// The higher the better.
    High,
    /// The lower the better.
    Low,
}

/// One line of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What is asked for.
    pub factor: Factor,
    /// Which end of the scale.
    pub wish: Wish,
    /// How much it counts against the other lines: 1 to 100.
    pub weight: u8,
}

/// What a posting asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Wanted>", into = "Vec<Wanted>")]
pub struct Profile(Vec<Wanted>);

/// Why a profile cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Nothing is asked for.
    #[error("a profile must ask for something")]
    Empty,
    /// A weight is out of range.
    #[error("a weight is a number from 1 to 100, not {0}")]
    Weight(u8),
    /// The same thing twice, or a trait beside one of its own facets.
    #[error("{0:?} would count twice")]
    Twice(Factor),
}

impl TryFrom<Vec<Wanted>> for Profile {
    type Error = ProfileError;

    fn try_from(lines: Vec<Wanted>) -> Result<Self, ProfileError> {
        if lines.is_empty() {
            return Err(ProfileError::Empty);
        }
        for (place, line) in lines.iter().enumerate() {
            if !(1..=100).contains(&line.weight) {
                return Err(ProfileError::Weight(line.weight));
            }
            if lines[..place].iter().any(|other| overlap(other.factor, line.factor)) {
                return Err(ProfileError::Twice(line.factor));
            }
        }
        Ok(Self(lines))
    }
}

fn overlap(one: Factor, other: Factor) -> bool {
    match (one, other) {
        (Factor::Trait(t), Factor::Facet(f)) | (Factor::Facet(f), Factor::Trait(t)) => f.of() == t,
        _ => one == other,
    }
}

impl From<Profile> for Vec<Wanted> {
    fn from(profile: Profile) -> Self {
        profile.0
    }
}

impl Default for Profile {
    /// What helps in most work: logic and conscientiousness first, calm beside them.
    fn default() -> Self {
        let line = |factor, weight| Wanted { factor, wish: Wish::High, weight };
        Self(vec![
            line(Factor::Logic, 50),
            line(Factor::Trait(Trait::Conscientiousness), 30),
            line(Factor::Trait(Trait::Stability), 20),
        ])
    }
}

/// One line's share in a role fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What was asked for.
    pub wanted: Wanted,
    /// The score of the candidate.
    pub score: ScaleScore,
    /// How well the score meets the wish, 0 to 1.
    pub met: f64,
    /// The points it adds to the role fit.
    pub points: f64,
    /// The points it could have added: its weight as a share of 100.
    pub of: f64,
}

/// How well scores match a profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleFit {
    /// 0 to 100, a whole number.
    pub percent: u8,
    /// Its parts, in the profile's order; their points add up to it before rounding.
    pub parts: Vec<Part>,
}

/// Role fit in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// 0 to 24.
    VeryLow,
    /// 25 to 49.
    Low,
    /// 50 to 74.
    Medium,
    /// 75 to 99.
    High,
    /// 100.
    VeryHigh,
}

impl Label {
    /// Its name in data and in the files of texts.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::VeryLow => "very_low",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::VeryHigh => "very_high",
        }
    }
}

impl RoleFit {
    /// The role fit in words.
    #[must_use]
    pub fn label(&self) -> Label {
        match self.percent {
            0..=24 => Label::VeryLow,
            25..=49 => Label::Low,
            50..=74 => Label::Medium,
            75..=99 => Label::High,
            100.. => Label::VeryHigh,
        }
    }
}

impl Profile {
    /// The lines of the profile.
    #[must_use]
    pub fn lines(&self) -> &[Wanted] {
        &self.0
    }

    /// Weighs the scores. `None` while a test that the profile needs is missing.
    #[must_use]
    pub fn fit(&self, logic: Option<&LogicScore>, personality: Option<&PersonalityScore>) -> Option<RoleFit> {
        let total: f64 = self.0.iter().map(|line| f64::from(line.weight)).sum();
        let part = |wanted: &Wanted| {
            let score = match wanted.factor {
                Factor::Logic => logic?.score,
                Factor::Trait(t) => personality?.of_trait(t)?,
                Factor::Facet(f) => personality?.of_facet(f)?,
            };
            let met = met(wanted.wish, score.value);
            let of = 100.0 * f64::from(wanted.weight) / total;
            Some(Part { wanted: *wanted, score, met, points: of * met, of })
        };
        let parts: Vec<Part> = self.0.iter().map(part).collect::<Option<_>>()?;
        let percent = parts.iter().map(|part| part.points).sum::<f64>().round() as u8;
        Some(RoleFit { percent, parts })
    }
}

/// How well a score meets a wish: an S-shaped curve, stretched to run from 0 at the wrong end
/// of the scale to 1 at the wished one. A step in the middle counts more than one at the ends.
fn met(wish: Wish, value: f64) -> f64 {
    const STEEPNESS: f64 = 0.8;
    let curve = |value: f64| 1.0 / (1.0 + (-STEEPNESS * (value - scale::MEAN)).exp());
    let (bottom, top) = (curve(scale::LOWEST), curve(scale::HIGHEST));
    let high = (curve(value) - bottom) / (top - bottom);
    match wish {
        Wish::High => high,
        Wish::Low => 1.0 - high,
    }
}

#[cfg(test)]
mod tests {
    use crate::irt::Ability;
    use crate::personality::{FacetScore, TraitScore};
    use crate::rolefit::*;
    use proptest::prelude::*;

    fn at(value: f64) -> ScaleScore {
        ScaleScore::from_z((value - scale::MEAN) / scale::SD, 0.3)
    }

    fn scores(logic: f64, traits: f64) -> (LogicScore, PersonalityScore) {
        let logic = LogicScore {
            ability: Ability { theta: (logic - 5.5) / 2.0, se: 0.3 },
            score: at(logic),
            tasks: 12,
            right: 8,
            timed_out: 0,
            time_ms: 1,
            cautions: vec![],
        };
        let of = |t: Trait| TraitScore {
            of: t,
            score: at(traits),
            facets: t.facets().map(|of| FacetScore { of, score: at(traits) }).into(),
        };
        (logic, PersonalityScore { traits: Trait::ALL.map(of).into() })
    }

    fn fit(profile: &Profile, logic: f64, traits: f64) -> RoleFit {
        let (logic, personality) = scores(logic, traits);
        profile.fit(Some(&logic), Some(&personality)).expect("both tests are there")
    }

    #[test]
    fn the_ends_and_the_middle() {
        let profile = Profile::default();
        for (value, percent) in [(1.0, 0), (5.5, 50), (10.0, 100)] {
            assert_eq!(fit(&profile, value, value).percent, percent);
        }
    }

    #[test]
    fn weights_share_the_hundred_points() {
        let fit = fit(&Profile::default(), 10.0, 1.0);
        assert_eq!(fit.percent, 50);
        let of: Vec<_> = fit.parts.iter().map(|part| part.of).collect();
        assert_eq!(of, [50.0, 30.0, 20.0]);
    }

    #[test]
    fn a_step_in_the_middle_counts_most() {
        let step = |from: f64| met(Wish::High, from + 1.0) - met(Wish::High, from);
        assert!(step(5.0) > 2.0 * step(1.0) && step(5.0) > 2.0 * step(9.0));
    }

    #[test]
    fn labels() {
        let of = |percent| RoleFit { percent, parts: vec![] }.label();
        let table = [
            (0, Label::VeryLow),
            (24, Label::VeryLow),
            (25, Label::Low),
            (49, Label::Low),
            (50, Label::Medium),
            (74, Label::Medium),
            (75, Label::High),
            (99, Label::High),
            (100, Label::VeryHigh),
        ];
        for (percent, label) in table {
            assert_eq!(of(percent), label, "{percent}");
        }
    }

    #[test]
    fn nothing_is_made_up_for_a_missing_test() {
        let (logic, personality) = scores(5.0, 5.0);
        let profile = Profile::default();
        assert_eq!(profile.fit(Some(&logic), None), None);
        assert_eq!(profile.fit(None, Some(&personality)), None);
    }

    #[test]
    fn what_a_profile_may_not_be() {
        let line = |factor, weight| Wanted { factor, wish: Wish::High, weight };
        let order = Factor::Facet(Facet::Order);
        let table = [
            (vec![], ProfileError::Empty),
            (vec![line(Factor::Logic, 0)], ProfileError::Weight(0)),
            (vec![line(Factor::Logic, 1), line(Factor::Logic, 1)], ProfileError::Twice(Factor::Logic)),
            (
                vec![line(Factor::Trait(Trait::Conscientiousness), 1), line(order, 1)],
                ProfileError::Twice(order),
            ),
        ];
        for (lines, error) in table {
            assert_eq!(Profile::try_from(lines), Err(error));
        }
    }

    proptest! {
        #[test]
        fn more_of_what_is_wished_never_lowers_the_fit(
            logic in 1.0..9.5_f64, traits in 1.0..10.0_f64, more in 0.0..0.5_f64,
        ) {
            let profile = Profile::default();
            let (less, more) = (fit(&profile, logic, traits), fit(&profile, logic + more, traits));
            prop_assert!(more.percent >= less.percent);
            let points: f64 = less.parts.iter().map(|part| part.points).sum();
            prop_assert_eq!(points.round() as u8, less.percent);
        }
    }
}
