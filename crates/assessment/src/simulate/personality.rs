//! The personality test taken by simulated people of known traits.

use std::fmt;

use crate::caution::Caution;
use crate::personality;
use crate::personality::{Answer, Conduct, Facet, Norms, STATEMENTS, Statement, Trait};
use crate::random::Draw;
use crate::simulate::stats::{correlation, mean, percent};

/// The stream of draws, apart from those of the logic test.
const STREAM: u64 = 1 << 40;
/// The share of a facet's variance that is its trait's.
const SHARED: f64 = 0.6;
/// How much of an answer is the facet, how much chance (standard deviations, on a scale
/// where the five answers are one apart).
const FACET: f64 = 0.75;
const CHANCE: f64 = 0.85;
/// How much people differ in agreeing with anything.
const YES: f64 = 0.3;

/// What was found about the personality test.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonalityFigures {
    /// By trait.
    pub traits: Vec<TraitRecovery>,
    /// The lowest and the highest correlation of true and scored facet.
    pub facets: (f64, f64),
    /// The largest correlation of a trait's score with the habit of agreeing: what keying in
    /// both directions takes out.
    pub acquiescence: f64,
    /// The share of people with a caution, by how they answered.
    pub cautions: Vec<(Carelessness, f64)>,
}

/// How well a trait is recovered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraitRecovery {
    /// Which trait.
    pub of: Trait,
    /// The correlation of its score with the mean of its three true facets: the trait as the
    /// test defines it.
    pub facets: f64,
    /// The correlation with what the three facets have in common. Three facets that share
    /// three fifths of their variance cannot reach more than 0.905.
    pub common: f64,
}

/// How somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carelessness {
    /// With care.
    None,
    /// At random.
    Random,
    /// The same nearly always.
    StraightLine,
}

struct Simulated {
    traits: [f64; 5],
    facets: [f64; 15],
    yes: f64,
    answers: [Answer; STATEMENTS],
}

fn person(draw: &mut Draw) -> Simulated {
    let traits = [(); 5].map(|()| draw.normal());
    let facets =
        Facet::ALL.map(|f| SHARED.sqrt() * traits[f.of() as usize] + (1.0 - SHARED).sqrt() * draw.normal());
    let yes = YES * draw.normal();
    let answers = answers(|s| {
        let key = if s.reversed() { -1.0 } else { 1.0 };
        3.0 + key * (0.4 + FACET * facets[s.facet() as usize]) + yes + CHANCE * draw.normal()
    });
    Simulated { traits, facets, yes, answers }
}

fn answers(mut felt: impl FnMut(Statement) -> f64) -> [Answer; STATEMENTS] {
    let mut answer = |number: usize| {
        let statement = Statement::try_from(number as u8).expect("below the number of statements");
        let value = felt(statement).round().clamp(1.0, 5.0) as u8;
        Answer::try_from(value).expect("clamped to 1 to 5")
    };
    std::array::from_fn(&mut answer)
}

pub(super) fn figures(seed: u64, takers: usize, norms: &Norms) -> PersonalityFigures {
    let mut draw = Draw::new(seed, STREAM);
    let people: Vec<Simulated> = (0..takers).map(|_| person(&mut draw)).collect();
    let scores: Vec<_> = people.iter().map(|p| personality::score(&p.answers, norms)).collect();
    let pairs = |truth: &dyn Fn(&Simulated) -> f64, score: &dyn Fn(usize) -> Option<f64>| {
        let both = people.iter().enumerate().filter_map(|(n, p)| Some((truth(p), score(n)?)));
        correlation(&both.collect::<Vec<_>>())
    };
    let of_trait = |t: Trait| {
        let scores = &scores;
        move |n: usize| scores[n].of_trait(t).map(|s| s.value)
    };
    let facets: Vec<f64> = Facet::ALL
        .into_iter()
        .map(|f| pairs(&|p| p.facets[f as usize], &|n| scores[n].of_facet(f).map(|s| s.value)))
        .collect();
    let yes = Trait::ALL.map(|t| pairs(&|p| p.yes, &of_trait(t)).abs());
    PersonalityFigures {
        traits: Trait::ALL
            .map(|of| TraitRecovery {
                of,
                facets: pairs(&|p| mean(of.facets().map(|f| p.facets[f as usize])), &of_trait(of)),
                common: pairs(&|p| p.traits[of as usize], &of_trait(of)),
            })
            .into(),
        facets: (
            facets.iter().copied().fold(f64::INFINITY, f64::min),
            facets.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        ),
        acquiescence: yes.into_iter().fold(0.0, f64::max),
        cautions: cautions(seed, &people),
    }
}

/// How often the answers themselves (not their speed) raise a caution.
fn cautions(seed: u64, people: &[Simulated]) -> Vec<(Carelessness, f64)> {
    let mut draw = Draw::new(seed, STREAM + 1);
    let kinds = [Carelessness::None, Carelessness::Random, Carelessness::StraightLine];
    kinds
        .into_iter()
        .map(|kind| {
            let cautioned = people.iter().map(|person| {
                let answers = match kind {
                    Carelessness::None => person.answers,
                    Carelessness::Random => answers(|_| 1.0 + draw.below(5) as f64),
                    Carelessness::StraightLine => {
                        let usual = 1.0 + draw.below(5) as f64;
                        answers(|_| if draw.chance(0.05) { 3.0 } else { usual })
                    }
                };
                let mut order: Vec<_> = Statement::all().zip(answers).collect();
                draw.shuffle(&mut order);
                let found: Vec<Caution> = personality::check(Conduct { in_order: &order, time_ms: None });
                f64::from(u8::from(!found.is_empty()))
            });
            (kind, mean(cautioned))
        })
        .collect()
}

impl fmt::Display for PersonalityFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Personality: traits recovered     r with its facets   with what they share")?;
        for t in &self.traits {
            writeln!(f, "  {:<30} {:>8.3} {:>22.3}", t.of.id(), t.facets, t.common)?;
        }
        let (lowest, highest) = self.facets;
        writeln!(f, "  {:<30} {lowest:>8.3} to {highest:.3}", "facets")?;
        writeln!(f, "  {:<30} {:>8.3} at most", "habit of agreeing", self.acquiescence)?;
        for (kind, share) in &self.cautions {
            let who = match kind {
                Carelessness::None => "careful answers",
                Carelessness::Random => "random answers",
                Carelessness::StraightLine => "one answer for nearly all",
            };
            writeln!(f, "  {:<30} {:>8} cautioned", who, percent(*share))?;
        }
        writeln!(f)
    }
}
