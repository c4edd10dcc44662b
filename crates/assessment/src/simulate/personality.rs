//! The personality test taken by simulated people of known traits, who as a group answer as the norms say.
//! Both questionnaires are taken alike.

use std::fmt;

use crate::personality;
use crate::personality::{
    Answer, Facet, Norm, NormGroup, Norms, PersonalityScore, Questionnaire, Statement, Trait, neo,
};
use crate::random::Draw;
use crate::stats::{correlation, mean, normal_below, percent, rmse};

/// The stream of draws, apart from those of the logic test.
pub(super) const STREAM: u64 = 1 << 40;
/// How much people differ in agreeing with anything (standard deviation, in answers).
const YES: f64 = 0.3;
/// How much people differ in using the ends of the answers (standard deviation of the logarithm).
const STYLE: f64 = 0.15;

/// What was found about the personality test.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonalityFigures {
    /// Which statements were asked.
    pub questionnaire: Questionnaire,
    /// By trait.
    pub traits: Vec<TraitRecovery>,
    /// All facets together.
    pub facets: Recovery,
    /// All traits, by fifths of the true trait.
    pub bands: Vec<Recovery>,
    /// The largest correlation of a trait's score with the habit of agreeing: what keying in
    /// both directions takes out.
    pub acquiescence: f64,
    /// How much higher the traits of those come out who paint a better picture, half-heartedly (answers one
    /// step better) and fully (points of the scale).
    pub faking: (f64, f64),
}

/// How well scores of a scale recover the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recovery {
    /// The correlation of true and found.
    pub correlation: f64,
    /// The root-mean-square error (points of the scale).
    pub rmse: f64,
    /// The mean error (points of the scale).
    pub bias: f64,
    /// The mean score.
    pub mean: f64,
    /// The standard deviation of the scores.
    pub sd: f64,
    /// The share of people whose true score lies in the reported 95 % interval.
    pub covered: f64,
}

/// How well a trait is recovered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraitRecovery {
    /// Which trait.
    pub of: Trait,
    /// How well.
    pub recovery: Recovery,
}

/// How answers to the statements of a facet come about: what is felt lies on a line on which the five answers
/// are one apart; an answer is what is felt and chance.
#[derive(Debug, Clone, Copy)]
struct Feeling {
    mean: f64,
    sd: f64,
    chance: f64,
}

impl Feeling {
    /// The expected answer of somebody who feels `x`, and its variance.
    fn answer(self, x: f64) -> (f64, f64) {
        let below = |edge: f64| normal_below((edge - x) / self.chance);
        let p = [
            below(1.5),
            below(2.5) - below(1.5),
            below(3.5) - below(2.5),
            below(4.5) - below(3.5),
            1.0 - below(4.5),
        ];
        let mean: f64 = (1..).zip(p).map(|(value, p)| f64::from(value) * p).sum();
        let variance = (1..).zip(p).map(|(value, p)| (f64::from(value) - mean).powi(2) * p).sum();
        (mean, variance)
    }

    /// Found by trying: people who feel so have the norm's mean, spread and reliability in so many statements.
    fn of_norm(norm: Norm, statements: usize) -> Self {
        let mut feeling = Self { mean: norm.mean, sd: norm.sd, chance: 0.9 };
        let wanted =
            (norm.mean, norm.sd.powi(2) * norm.reliability, norm.sd.powi(2) * (1.0 - norm.reliability));
        for _ in 0..60 {
            let points = (-20..=20).map(|step| f64::from(step) / 5.0);
            let (mut all, mut sum, mut squares, mut error) = (0.0, 0.0, 0.0, 0.0);
            for z in points {
                let weight = (-z * z / 2.0).exp();
                let (mean, variance) = feeling.answer(feeling.mean + feeling.sd * z);
                all += weight;
                sum += weight * mean;
                squares += weight * mean * mean;
                error += weight * variance / statements as f64;
            }
            let mean = sum / all;
            feeling.mean += wanted.0 - mean;
            feeling.sd *= (wanted.1 / (squares / all - mean * mean)).sqrt();
            feeling.chance *= (wanted.2 / (error / all)).sqrt();
        }
        feeling
    }
}

/// A simulated person.
pub(super) struct Simulated {
    /// The true raw score of each facet: the mean answer that the person would give in the long run.
    facets: Vec<f64>,
    yes: f64,
    pub(super) answers: Vec<Answer>,
}

/// People who as a group answer as the norms say.
pub(super) struct People {
    asked: Questionnaire,
    feelings: Vec<Feeling>,
    /// How much of a facet's variance its trait's other facets share.
    shared: [f64; 5],
}

/// What answers to a questionnaire are placed by.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    pub asked: Questionnaire,
    /// The norms of our own questionnaire; the other one has its own.
    pub norms: &'a Norms,
}

impl Placed<'_> {
    fn of_facet(self, facet: Facet) -> Norm {
        match self.asked {
            Questionnaire::Own => self.norms.of_facet(facet),
            Questionnaire::IpipNeo => neo::of_facet(facet).expect("a facet of this questionnaire"),
        }
    }

    fn of_trait(self, of: Trait) -> Norm {
        match self.asked {
            Questionnaire::Own => self.norms.of_trait(of),
            Questionnaire::IpipNeo => neo::of_trait(of),
        }
    }

    pub(super) fn score(self, answers: &[Answer]) -> PersonalityScore {
        match self.asked {
            Questionnaire::Own => {
                personality::score(answers.try_into().expect("an answer to each"), self.norms)
            }
            Questionnaire::IpipNeo => {
                personality::score_neo(answers, NormGroup::General).expect("an answer to each")
            }
        }
    }
}

impl People {
    /// People of a group, which answers better than people in general where they are applicants.
    pub(super) fn new(placed: Placed<'_>, group: NormGroup) -> Self {
        let norm = |facet: Facet| group.of_facet(facet, placed.of_facet(facet));
        let asked = placed.asked;
        let feelings =
            asked.facets().iter().map(|facet| Feeling::of_norm(norm(*facet), asked.per_facet())).collect();
        let shared = Trait::ALL.map(|t| {
            // The trait is the mean of its facets: from its variance follows how much they share.
            let of: Vec<Norm> = asked.facets_of(t).map(norm).collect();
            let count = of.len() as f64;
            let truth = mean(of.iter().map(|norm| norm.sd.powi(2) * norm.reliability));
            let error = mean(of.iter().map(|norm| norm.sd.powi(2) * (1.0 - norm.reliability))) / count;
            let of_trait = placed.of_trait(t).sd.powi(2) - error;
            ((count * of_trait / truth - 1.0) / (count - 1.0)).clamp(0.0, 0.95)
        });
        Self { asked, feelings, shared }
    }

    pub(super) fn person(&self, draw: &mut Draw) -> Simulated {
        let traits = [(); 5].map(|()| draw.normal());
        let mut felt: Vec<f64> = Vec::with_capacity(self.feelings.len());
        for (facet, feeling) in self.asked.facets().iter().zip(&self.feelings) {
            let shared = self.shared[facet.broad_trait() as usize];
            let z =
                shared.sqrt() * traits[facet.broad_trait() as usize] + (1.0 - shared).sqrt() * draw.normal();
            felt.push(feeling.mean + feeling.sd * z);
        }
        let (yes, style) = (YES * draw.normal(), (STYLE * draw.normal()).exp());
        let mut number = 0;
        let answers = answers(self.asked, |s| {
            // Statements stand facet by facet.
            let facet = number / self.asked.per_facet();
            number += 1;
            let keyed = felt[facet] - 3.0 + self.feelings[facet].chance * draw.normal();
            3.0 + style * (if s.reversed() { -keyed } else { keyed } + yes)
        });
        let facets = self.feelings.iter().zip(&felt).map(|(feeling, felt)| feeling.answer(*felt).0).collect();
        Simulated { facets, yes, answers }
    }

    pub(super) fn many(&self, seed: u64, count: usize) -> Vec<Simulated> {
        let mut draw = Draw::new(seed, STREAM);
        (0..count).map(|_| self.person(&mut draw)).collect()
    }
}

/// Answers to all statements from what is felt about each.
pub(super) fn answers(asked: Questionnaire, mut felt: impl FnMut(Statement) -> f64) -> Vec<Answer> {
    let mut answer = |statement: Statement| {
        let value = felt(statement).round().clamp(1.0, 5.0) as u8;
        Answer::try_from(value).expect("clamped to 1 to 5")
    };
    asked.statements().map(&mut answer).collect()
}

/// Answers that look `steps` better than the true ones.
pub(super) fn painted(asked: Questionnaire, truth: &[Answer], steps: f64) -> Vec<Answer> {
    let mut truth = truth.iter();
    answers(asked, |s| {
        let better = if s.reversed() { -steps } else { steps };
        truth.next().map_or(3.0, |answer| f64::from(answer.value())) + better
    })
}

/// One score: where it truly lies, and what was found, on the 1–10 scale without its ends.
struct Found {
    truth: f64,
    value: f64,
    held: bool,
}

fn found(norm: Norm, truth: f64, score: crate::ScaleScore) -> Found {
    let truth = crate::scale::MEAN + crate::scale::SD * (truth - norm.mean) / norm.sd;
    // Beyond the scale the range is open: it holds whatever lies there.
    let held = (score.low..=score.high).contains(&truth)
        || (truth >= crate::scale::HIGHEST && score.high >= crate::scale::HIGHEST)
        || (truth <= crate::scale::LOWEST && score.low <= crate::scale::LOWEST);
    Found { truth: truth.clamp(crate::scale::LOWEST, crate::scale::HIGHEST), value: score.value, held }
}

fn recovery(found: &[Found]) -> Recovery {
    let pairs: Vec<(f64, f64)> = found.iter().map(|f| (f.truth, f.value)).collect();
    let average = mean(found.iter().map(|f| f.value));
    Recovery {
        correlation: correlation(&pairs),
        rmse: rmse(&pairs),
        bias: mean(pairs.iter().map(|(truth, value)| value - truth)),
        mean: average,
        sd: mean(found.iter().map(|f| (f.value - average).powi(2))).sqrt(),
        covered: mean(found.iter().map(|f| f64::from(u8::from(f.held)))),
    }
}

pub(super) fn figures(seed: u64, takers: usize, placed: Placed<'_>) -> PersonalityFigures {
    let asked = placed.asked;
    let people = People::new(placed, NormGroup::General).many(seed, takers);
    let scores: Vec<PersonalityScore> = people.iter().map(|p| placed.score(&p.answers)).collect();
    let of_trait = |t: Trait| -> Vec<Found> {
        let is_its = |(facet, _): &(&Facet, &f64)| facet.broad_trait() == t;
        let one = |(p, score): (&Simulated, &PersonalityScore)| {
            let truth = mean(asked.facets().iter().zip(&p.facets).filter(is_its).map(|(_, truth)| *truth));
            Some(found(placed.of_trait(t), truth, score.of_trait(t)?))
        };
        people.iter().zip(&scores).filter_map(one).collect()
    };
    let of_facet = |(place, facet): (usize, &Facet)| -> Vec<Found> {
        let norm = placed.of_facet(*facet);
        let one = |(p, score): (&Simulated, &PersonalityScore)| {
            Some(found(norm, p.facets[place], score.of_facet(*facet)?))
        };
        people.iter().zip(&scores).filter_map(one).collect()
    };
    let facets: Vec<Found> = asked.facets().iter().enumerate().flat_map(of_facet).collect();
    let yes = Trait::ALL.map(|t| {
        let pairs =
            people.iter().zip(&scores).filter_map(|(p, score)| Some((p.yes, score.of_trait(t)?.value)));
        correlation(&pairs.collect::<Vec<_>>()).abs()
    });
    let mut all: Vec<Found> = Trait::ALL.into_iter().flat_map(of_trait).collect();
    all.sort_by(|left, right| left.truth.total_cmp(&right.truth));
    let level = |scores: &[PersonalityScore]| {
        mean(scores.iter().flat_map(|score| score.traits.iter().map(|t| t.score.value)))
    };
    let honest = level(&scores);
    let faked = |steps: f64| {
        let scores = people.iter().map(|p| placed.score(&painted(asked, &p.answers, steps)));
        level(&scores.collect::<Vec<_>>()) - honest
    };
    PersonalityFigures {
        questionnaire: asked,
        traits: Trait::ALL.map(|of| TraitRecovery { of, recovery: recovery(&of_trait(of)) }).into(),
        facets: recovery(&facets),
        bands: all.chunks(all.len().div_ceil(5).max(1)).map(recovery).collect(),
        acquiescence: yes.into_iter().fold(0.0, f64::max),
        faking: (faked(1.0), faked(4.0)),
    }
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>7.3} {:>8.2} {:>+8.2} {:>7.2} {:>6.2} {:>9}",
            self.correlation,
            self.rmse,
            self.bias,
            self.mean,
            self.sd,
            percent(self.covered)
        )
    }
}

impl fmt::Display for PersonalityFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.questionnaire {
            Questionnaire::Own => "Personality",
            Questionnaire::IpipNeo => "IPIP-NEO-120",
        };
        let head = format!("{name}: points of the scale");
        writeln!(f, "{head:<42} r     RMSE     bias    mean     sd   in 95 %")?;
        for t in &self.traits {
            writeln!(f, "  {:<34} {}", t.of.id(), t.recovery)?;
        }
        writeln!(f, "  {:<34} {}", "all facets", self.facets)?;
        for (number, band) in (1..).zip(&self.bands) {
            writeln!(f, "  {:<34} {band}", format!("all traits, true fifth {number}"))?;
        }
        writeln!(f, "  {:<34} {:>7.3} at most", "habit of agreeing", self.acquiescence)?;
        let (half, full) = self.faking;
        writeln!(
            f,
            "  faking: every answer one step better {half:+.1}, every answer at the best end {full:+.1} points\n"
        )
    }
}
