//! The five traits and their fifteen facets.

use serde::{Deserialize, Serialize};

/// One of the Big Five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trait {
    /// Company, lead, pace.
    Extraversion,
    /// Consideration for others.
    Agreeableness,
    /// Planning, persistence, reliability.
    Conscientiousness,
    /// Calm under pressure (the other end of neuroticism).
    Stability,
    /// Ideas, imagination, beauty.
    Openness,
}

/// A part of a trait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "names and meanings stand in the files of texts")]
pub enum Facet {
    Sociability,
    Assertiveness,
    Energy,
    Compassion,
    Cooperation,
    Trust,
    Order,
    Diligence,
    Dependability,
    Calm,
    Confidence,
    Composure,
    Curiosity,
    Imagination,
    Aesthetics,
}

impl Trait {
    /// All traits.
    pub const ALL: [Self; 5] =
        [Self::Extraversion, Self::Agreeableness, Self::Conscientiousness, Self::Stability, Self::Openness];

    /// Its name in data and in the files of texts.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Extraversion => "extraversion",
            Self::Agreeableness => "agreeableness",
            Self::Conscientiousness => "conscientiousness",
            Self::Stability => "stability",
            Self::Openness => "openness",
        }
    }

    /// Its three facets.
    #[must_use]
    pub fn facets(self) -> [Facet; 3] {
        let first = 3 * self as usize;
        [Facet::ALL[first], Facet::ALL[first + 1], Facet::ALL[first + 2]]
    }
}

impl Facet {
    /// All facets, trait by trait.
    pub const ALL: [Self; 15] = [
        Self::Sociability,
        Self::Assertiveness,
        Self::Energy,
        Self::Compassion,
        Self::Cooperation,
        Self::Trust,
        Self::Order,
        Self::Diligence,
        Self::Dependability,
        Self::Calm,
        Self::Confidence,
        Self::Composure,
        Self::Curiosity,
        Self::Imagination,
        Self::Aesthetics,
    ];

    /// Its name in data and in the files of texts.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Sociability => "sociability",
            Self::Assertiveness => "assertiveness",
            Self::Energy => "energy",
            Self::Compassion => "compassion",
            Self::Cooperation => "cooperation",
            Self::Trust => "trust",
            Self::Order => "order",
            Self::Diligence => "diligence",
            Self::Dependability => "dependability",
            Self::Calm => "calm",
            Self::Confidence => "confidence",
            Self::Composure => "composure",
            Self::Curiosity => "curiosity",
            Self::Imagination => "imagination",
            Self::Aesthetics => "aesthetics",
        }
    }

    /// The trait it belongs to.
    #[must_use]
    pub fn of(self) -> Trait {
        Trait::ALL[self as usize / 3]
    }
}

#[cfg(test)]
mod tests {
    use crate::personality::traits::*;

    #[test]
    fn facets_and_traits_know_each_other() {
        for t in Trait::ALL {
            for facet in t.facets() {
                assert_eq!(facet.of(), t);
            }
        }
        assert_eq!(Facet::Calm.of(), Trait::Stability);
        assert_eq!(Facet::ALL[Facet::Aesthetics as usize], Facet::Aesthetics);
    }
}
