//! From ninety answers to scores on the 1–10 scale.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::personality::{
    Answer, Facet, Norm, NormGroup, Questionnaire, STATEMENTS, STATEMENTS_PER_FACET, Statement, Trait, neo,
};
use crate::scale::ScaleScore;

/// The norms of all traits and facets.
///
/// The defaults come from published figures of another questionnaire of the same five traits, the IPIP-NEO-120
/// (Johnson 2014; ages 21 to 40, both sexes): means and standard deviations of the traits, and
/// reliabilities of 24 and 4 statements (0.84 and 0.68, the latter carried over to 6 by the formula of Spearman and Brown).
/// Facets take their trait's mean and a standard deviation of 0.80, a little below the 0.87 of four
/// statements. That these statements behave alike is an assumption: replace the norms by a file once a norm group has answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "SomeNorms")]
pub struct Norms {
    traits: BTreeMap<Trait, Norm>,
    facets: BTreeMap<Facet, Norm>,
}

/// Norms as a file gives them: what it leaves out keeps its default.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SomeNorms {
    traits: BTreeMap<Trait, Norm>,
    facets: BTreeMap<Facet, Norm>,
}

impl From<SomeNorms> for Norms {
    fn from(some: SomeNorms) -> Self {
        let mut norms = Self::default();
        norms.traits.extend(some.traits);
        norms.facets.extend(some.facets);
        norms
    }
}

impl Norms {
    /// A trait's norm.
    #[must_use]
    pub fn of_trait(&self, t: Trait) -> Norm {
        self.traits[&t]
    }

    /// Replaces a trait's norm.
    pub fn set_trait(&mut self, t: Trait, norm: Norm) {
        self.traits.insert(t, norm);
    }

    /// Replaces a facet's norm.
    pub fn set_facet(&mut self, facet: Facet, norm: Norm) {
        self.facets.insert(facet, norm);
    }

    /// A facet's norm.
    #[must_use]
    pub fn of_facet(&self, facet: Facet) -> Norm {
        self.facets[&facet]
    }
}

impl Default for Norms {
    fn default() -> Self {
        let of_trait = |t| {
            let (mean, sd) = match t {
                Trait::Extraversion => (3.33, 0.62),
                Trait::Agreeableness => (3.67, 0.51),
                Trait::Conscientiousness => (3.61, 0.59),
                Trait::Stability => (3.10, 0.68),
                Trait::Openness => (3.64, 0.52),
            };
            Norm { mean, sd, reliability: 0.84 }
        };
        let of_facet = |f: Facet| Norm { mean: of_trait(f.broad_trait()).mean, sd: 0.80, reliability: 0.76 };
        Self {
            traits: Trait::ALL.map(|t| (t, of_trait(t))).into(),
            facets: Facet::ALL.map(|f| (f, of_facet(f))).into(),
        }
    }
}

/// A trait's score with those of its facets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraitScore {
    /// Which trait.
    #[serde(rename = "trait")]
    pub of: Trait,
    /// Its score.
    pub score: ScaleScore,
    /// The scores of its facets.
    pub facets: Vec<FacetScore>,
}

/// A facet's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FacetScore {
    /// Which facet.
    #[serde(rename = "facet")]
    pub of: Facet,
    /// Its score.
    pub score: ScaleScore,
}

/// The result of the personality test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonalityScore {
    /// The five traits.
    pub traits: Vec<TraitScore>,
    /// Which statements were asked.
    #[serde(default, skip_serializing_if = "Questionnaire::is_own")]
    pub questionnaire: Questionnaire,
    /// In which version ([`Questionnaire::version`]); 0 where that was not kept.
    #[serde(default, skip_serializing_if = "is_not_kept")]
    pub statements: u16,
    /// Whether the traits are compared with people who answered these statements; older results do not say.
    #[serde(default)]
    pub has_norms: bool,
}

fn is_not_kept(version: &u16) -> bool {
    *version == 0
}

impl PersonalityScore {
    /// A trait's score.
    #[must_use]
    pub fn of_trait(&self, t: Trait) -> Option<ScaleScore> {
        self.traits.iter().find(|score| score.of == t).map(|score| score.score)
    }

    /// A facet's score.
    #[must_use]
    pub fn of_facet(&self, facet: Facet) -> Option<ScaleScore> {
        let mut facets = self.traits.iter().flat_map(|t| &t.facets);
        facets.find(|score| score.of == facet).map(|score| score.score)
    }
}

/// Scores the answers, which stand in the order of [`Statement::all`].
#[must_use]
pub fn score(answers: &[Answer; STATEMENTS], norms: &Norms) -> PersonalityScore {
    score_among(answers, norms, NormGroup::General)
}

/// The same compared with this group. Norms that are not the assumed ones are those of a group already, and stay.
#[must_use]
pub fn score_among(answers: &[Answer; STATEMENTS], norms: &Norms, group: NormGroup) -> PersonalityScore {
    let assumed = Norms::default();
    let group = if *norms == assumed { group } else { NormGroup::General };
    let has_norms = Trait::ALL.iter().all(|t| norms.of_trait(*t) != assumed.of_trait(*t));
    let raw = |facet: Facet| -> f64 {
        let own = Statement::all().zip(answers).filter(|(s, _)| s.facet() == facet);
        own.map(|(s, a)| f64::from(a.keyed(s))).sum::<f64>() / STATEMENTS_PER_FACET as f64
    };
    let traits = Trait::ALL.map(|t| {
        let raws = t.facets().map(|facet| (facet, raw(facet)));
        let mean = raws.iter().map(|(_, raw)| raw).sum::<f64>() / raws.len() as f64;
        TraitScore {
            of: t,
            score: group.of_trait(t, norms.of_trait(t)).place(mean),
            facets: raws
                .map(|(facet, raw)| FacetScore {
                    of: facet,
                    score: group.of_facet(facet, norms.of_facet(facet)).place(raw),
                })
                .into(),
        }
    });
    PersonalityScore { traits: traits.into(), questionnaire: Questionnaire::Own, statements: 0, has_norms }
}

/// Scores answers to the IPIP-NEO-120 by its published norms; they stand in the order of
/// [`Questionnaire::statements`]. `None` when some are missing.
#[must_use]
pub fn score_neo(answers: &[Answer], group: NormGroup) -> Option<PersonalityScore> {
    let asked = Questionnaire::IpipNeo;
    if answers.len() != asked.count() {
        return None;
    }
    let raw = |facet: Facet| -> f64 {
        let own = asked.statements().zip(answers).filter(|(s, _)| s.facet() == facet);
        own.map(|(s, a)| f64::from(a.keyed(s))).sum::<f64>() / neo::PER_FACET as f64
    };
    let of_trait = |t: Trait| {
        let raws: Vec<(Facet, f64)> = asked.facets_of(t).map(|facet| (facet, raw(facet))).collect();
        let mean = raws.iter().map(|(_, raw)| raw).sum::<f64>() / raws.len() as f64;
        let facet = |(of, raw): &(Facet, f64)| {
            Some(FacetScore { of: *of, score: group.of_facet(*of, neo::of_facet(*of)?).place(*raw) })
        };
        let facets = raws.iter().map(facet).collect::<Option<Vec<_>>>()?;
        Some(TraitScore { of: t, score: group.of_trait(t, neo::of_trait(t)).place(mean), facets })
    };
    let traits = Trait::ALL.into_iter().map(of_trait).collect::<Option<_>>()?;
    // Moved norms are nobody's answers.
    Some(PersonalityScore { traits, questionnaire: asked, statements: 0, has_norms: group.is_general() })
}

#[cfg(test)]
mod tests {
    use crate::personality::score::*;
    use proptest::prelude::*;

    fn all(value: impl Fn(Statement) -> u8) -> [Answer; STATEMENTS] {
        let answers: Vec<Answer> =
            Statement::all().map(|s| Answer::try_from(value(s)).expect("1 to 5")).collect();
        answers.try_into().expect("ninety")
    }

    #[test]
    fn the_norm_groups_mean_is_five_and_a_half() {
        let norm = Norm { mean: 3.3, sd: 0.5, reliability: 0.84 };
        assert!((norm.place(3.3).value - 5.5).abs() < 1e-9);
        assert!((norm.place(3.8).value - 7.5).abs() < 1e-9);
        // √(1 − 0.84) = 0.4 standard deviations, 0.8 on the scale, 1.96 times that.
        assert!((norm.place(3.3).high - 5.5 - 1.96 * 0.8).abs() < 1e-3);
    }

    #[test]
    fn agreeing_with_everything_says_nothing() {
        let norms = Norms::default();
        for value in 1..=5 {
            for t in score(&all(|_| value), &norms).traits {
                let middle = norms.of_trait(t.of).place(3.0);
                assert_eq!(t.score, middle);
            }
        }
    }

    #[test]
    fn answering_by_the_key_gives_the_ends_of_the_scale() {
        let norms = Norms::default();
        let high = score(&all(|s| if s.reversed() { 1 } else { 5 }), &norms);
        let low = score(&all(|s| if s.reversed() { 5 } else { 1 }), &norms);
        for t in Trait::ALL {
            assert!(high.of_trait(t).is_some_and(|s| s.value > 9.0), "{t:?}");
            assert!(low.of_trait(t).is_some_and(|s| s.value < 1.5), "{t:?}");
        }
    }

    #[test]
    fn only_the_facets_own_trait_moves() {
        let norms = Norms::default();
        let of = |facet| {
            all(move |s| match (s.facet() == facet, s.reversed()) {
                (false, _) => 3,
                (true, reversed) => {
                    if reversed {
                        1
                    } else {
                        5
                    }
                }
            })
        };
        let middle = score(&all(|_| 3), &norms);
        let moved = score(&of(Facet::Trust), &norms);
        for t in Trait::ALL {
            assert_eq!(moved.of_trait(t) != middle.of_trait(t), t == Trait::Agreeableness);
        }
    }

    proptest! {
        #[test]
        fn scores_stay_on_the_scale(values in proptest::collection::vec(1_u8..=5, STATEMENTS)) {
            let scores = score(&all(|s| values[usize::from(s.number())]), &Norms::default());
            for t in &scores.traits {
                for s in t.facets.iter().map(|f| f.score).chain([t.score]) {
                    prop_assert!((1.0..=10.0).contains(&s.value));
                    prop_assert!(s.low <= s.value && s.value <= s.high);
                }
            }
        }
    }
}
