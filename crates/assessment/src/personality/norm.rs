//! What a raw score is compared with.

use serde::{Deserialize, Serialize};

use crate::personality::{Facet, Trait};
use crate::scale::ScaleScore;

/// With whom answers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NormGroup {
    /// People in general, who do not apply for anything by their answers.
    #[default]
    General,
    /// Applicants, who show themselves from a better side: assumed norms are moved by what is published about that.
    /// Norms from a company's own people stay as they are.
    Applicants,
}

impl NormGroup {
    /// Both.
    pub const ALL: [Self; 2] = [Self::General, Self::Applicants];

    /// Whether it is people in general.
    #[must_use]
    pub fn is_general(&self) -> bool {
        *self == Self::General
    }

    /// The norm of this group, where that of people in general is known.
    #[must_use]
    pub fn of_trait(self, of: Trait, norm: Norm) -> Norm {
        match self {
            Self::General => norm,
            Self::Applicants => Norm { mean: norm.mean + shift(of) * norm.sd, ..norm },
        }
    }

    /// The same for a facet, which is moved as its trait is.
    #[must_use]
    pub fn of_facet(self, of: Facet, norm: Norm) -> Norm {
        self.of_trait(of.broad_trait(), norm)
    }
}

/// How much better applicants answer than others, in standard deviations: Birkeland and others 2006, *A meta-analytic investigation
/// of job applicant faking on personality measures*, 33 studies. For agreeableness they report no such difference.
fn shift(of: Trait) -> f64 {
    match of {
        Trait::Extraversion => 0.11,
        Trait::Agreeableness => 0.0,
        Trait::Conscientiousness => 0.45,
        Trait::Stability => 0.44,
        Trait::Openness => 0.13,
    }
}

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

#[cfg(test)]
mod tests {
    use crate::personality::*;

    /// Birkeland and others 2006: d = 0.45 for conscientiousness; a point of z is two on the scale.
    #[test]
    fn applicants_need_better_answers_for_the_same_score() {
        let norm = Norms::default().of_trait(Trait::Conscientiousness);
        let moved = NormGroup::Applicants.of_trait(Trait::Conscientiousness, norm);
        assert!((norm.place(3.61).value - 5.5).abs() < 1e-9);
        assert!((moved.place(3.61).value - (5.5 - 0.9)).abs() < 1e-9);
        assert_eq!(NormGroup::General.of_trait(Trait::Conscientiousness, norm), norm);
        let facet = NormGroup::Applicants.of_facet(Facet::Calm, Norms::default().of_facet(Facet::Calm));
        assert!((facet.mean - (3.10 + 0.44 * 0.80)).abs() < 1e-9);
    }
}
