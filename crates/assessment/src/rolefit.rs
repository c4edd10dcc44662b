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
        (Factor::Trait(t), Factor::Facet(f)) | (Factor::Facet(f), Factor::Trait(t)) => f.broad_trait() == t,
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
    /// The standard error of the percentage, from those of the scores.
    pub error: f64,
    /// Its parts, in the profile's order; their points add up to it before rounding.
    pub parts: Vec<Part>,
}

/// Role fit in words: five steps of twenty, all of which the curve reaches (scores of 2, 4, 5.5, 7 and 9 on
/// every line give the middle of one each).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// 0 to 19.
    VeryLow,
    /// 20 to 39.
    Low,
    /// 40 to 59.
    Medium,
    /// 60 to 79.
    High,
    /// 80 to 100.
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
            0..=19 => Label::VeryLow,
            20..=39 => Label::Low,
            40..=59 => Label::Medium,
            60..=79 => Label::High,
            80.. => Label::VeryHigh,
        }
    }

    /// Between which percentages the true role fit lies with 95 % certainty, as far as the scores' own
    /// ranges hold.
    #[must_use]
    pub fn range(&self) -> (u8, u8) {
        let (percent, half) = (f64::from(self.percent), scale::Z95 * self.error);
        ((percent - half).clamp(0.0, 100.0).round() as u8, (percent + half).clamp(0.0, 100.0).round() as u8)
    }

    /// Whether the difference to another role fit is larger than chance makes it in 95 of 100 cases.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        let apart = (f64::from(self.percent) - f64::from(other.percent)).abs();
        apart > scale::Z95 * self.error.hypot(other.error)
    }
}

/// Puts role fits, best first, into groups: the best of those that are left, and all of them who cannot be told from it, however
/// far down they stand (a large error reaches far). Gives the number of each one's group, counted from 0.
#[must_use]
pub fn groups(best_first: &[&RoleFit]) -> Vec<usize> {
    let mut groups: Vec<Option<usize>> = vec![None; best_first.len()];
    for group in 0.. {
        let Some(best) = groups.iter().position(Option::is_none) else { break };
        for (fit, place) in best_first.iter().zip(&mut groups) {
            if place.is_none() && !fit.differs_from(best_first[best]) {
                *place = Some(group);
            }
        }
    }
    groups.into_iter().flatten().collect()
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
        let error = parts.iter().map(|part| (part.of * error_of_met(part.score)).powi(2)).sum::<f64>().sqrt();
        Some(RoleFit { percent, error, parts })
    }
}

/// How far the share to which a wish is met may be off, as the score may: the curve's mean rise over two
/// standard errors (at the ends, where the curve is flat, its slope at the score would promise too much).
fn error_of_met(score: ScaleScore) -> f64 {
    let error = score.standard_error();
    let curve = |value: f64| met(Wish::High, value.clamp(scale::LOWEST, scale::HIGHEST));
    let (below, above) = (curve(score.value - error), curve(score.value + error));
    // Past an end of the scale only one side moves.
    let sides =
        if score.value - error < scale::LOWEST || score.value + error > scale::HIGHEST { 1.0 } else { 2.0 };
    (above - below) / sides
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
#[path = "rolefit_tests.rs"]
mod tests;
