//! The five traits and their facets: fifteen of the portal's own questionnaire, twenty-six of the IPIP-NEO-120.

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
    Friendliness,
    Gregariousness,
    NeoAssertiveness,
    Activity,
    Excitement,
    Cheerfulness,
    NeoTrust,
    Honesty,
    Altruism,
    NeoCooperation,
    Modesty,
    Sympathy,
    Efficacy,
    Orderliness,
    Dutifulness,
    Achievement,
    Discipline,
    Cautiousness,
    EvenTemper,
    SocialEase,
    Steadiness,
    NeoImagination,
    Artistic,
    Emotionality,
    Adventurousness,
    Intellect,
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

    /// Its three facets in the portal's own questionnaire.
    #[must_use]
    pub fn facets(self) -> [Facet; 3] {
        let first = 3 * self as usize;
        [Facet::ALL[first], Facet::ALL[first + 1], Facet::ALL[first + 2]]
    }
}

impl Facet {
    /// The facets of the portal's own questionnaire, trait by trait.
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

    /// The facets of the IPIP-NEO-120 that ask about neither health nor politics, trait by trait.
    pub const NEO: [Self; 26] = [
        Self::Friendliness,
        Self::Gregariousness,
        Self::NeoAssertiveness,
        Self::Activity,
        Self::Excitement,
        Self::Cheerfulness,
        Self::NeoTrust,
        Self::Honesty,
        Self::Altruism,
        Self::NeoCooperation,
        Self::Modesty,
        Self::Sympathy,
        Self::Efficacy,
        Self::Orderliness,
        Self::Dutifulness,
        Self::Achievement,
        Self::Discipline,
        Self::Cautiousness,
        Self::EvenTemper,
        Self::SocialEase,
        Self::Steadiness,
        Self::NeoImagination,
        Self::Artistic,
        Self::Emotionality,
        Self::Adventurousness,
        Self::Intellect,
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
            Self::Friendliness => "friendliness",
            Self::Gregariousness => "gregariousness",
            Self::NeoAssertiveness => "neo_assertiveness",
            Self::Activity => "activity",
            Self::Excitement => "excitement",
            Self::Cheerfulness => "cheerfulness",
            Self::NeoTrust => "neo_trust",
            Self::Honesty => "honesty",
            Self::Altruism => "altruism",
            Self::NeoCooperation => "neo_cooperation",
            Self::Modesty => "modesty",
            Self::Sympathy => "sympathy",
            Self::Efficacy => "efficacy",
            Self::Orderliness => "orderliness",
            Self::Dutifulness => "dutifulness",
            Self::Achievement => "achievement",
            Self::Discipline => "discipline",
            Self::Cautiousness => "cautiousness",
            Self::EvenTemper => "even_temper",
            Self::SocialEase => "social_ease",
            Self::Steadiness => "steadiness",
            Self::NeoImagination => "neo_imagination",
            Self::Artistic => "artistic",
            Self::Emotionality => "emotionality",
            Self::Adventurousness => "adventurousness",
            Self::Intellect => "intellect",
        }
    }

    /// The trait it belongs to.
    #[must_use]
    pub fn broad_trait(self) -> Trait {
        let number = self as usize;
        match number.checked_sub(Self::ALL.len()) {
            None => Trait::ALL[number / 3],
            Some(number) => match number {
                0..=5 => Trait::Extraversion,
                6..=11 => Trait::Agreeableness,
                12..=17 => Trait::Conscientiousness,
                18..=20 => Trait::Stability,
                _ => Trait::Openness,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::personality::traits::*;

    #[test]
    fn facets_and_traits_know_each_other() {
        for t in Trait::ALL {
            for facet in t.facets() {
                assert_eq!(facet.broad_trait(), t);
            }
        }
        assert_eq!(Facet::Calm.broad_trait(), Trait::Stability);
        let count = |t| Facet::NEO.iter().filter(|facet| facet.broad_trait() == t).count();
        assert_eq!(Trait::ALL.map(count), [6, 6, 6, 3, 5]);
        assert_eq!(Facet::Steadiness.broad_trait(), Trait::Stability);
        assert_eq!(Facet::ALL[Facet::Aesthetics as usize], Facet::Aesthetics);
    }
}
