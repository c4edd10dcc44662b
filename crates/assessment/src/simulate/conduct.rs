//! How often the cautions are wrong, and how often right.

use std::collections::BTreeMap;
use std::fmt;

use crate::calibration::Calibration;
use crate::caution::Caution;
use crate::logic::conduct;
use crate::logic::conduct::Answered;
use crate::logic::{Bank, OPTIONS};
use crate::personality;
use crate::personality::{Answer, Conduct, NormGroup, Questionnaire, Statement};
use crate::random::Draw;
use crate::simulate::logic;
use crate::simulate::personality::{People, Placed, STREAM, answers, painted};
use crate::simulate::takers::Taken;
use crate::stats::percent;

/// How often a careful person leaves the page during a task: a call, a message.
const LEAVES: f64 = 0.02;
/// How often a task runs out of time.
const LATE: f64 = 0.01;
/// How often somebody is away past the limit of a task: one person in a hundred during twenty tasks.
const AWAY: f64 = 0.000_5;

/// What was found about the cautions.
#[derive(Debug, Clone, PartialEq)]
pub struct CautionFigures {
    /// How many careful people get one, by who they are and which statements they answer.
    pub careful: Vec<Spared>,
    /// The share of those who are caught, by how they answered, and what is promised of it.
    pub caught: Vec<(String, f64, Option<f64>)>,
}

/// Careful people who get a caution although nothing is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Spared {
    /// Who they are.
    pub name: &'static str,
    /// The share with each caution.
    pub by: BTreeMap<Caution, f64>,
    /// The share with any.
    pub any: f64,
}

/// The careful: people in general and applicants, who answer better than others, with either questionnaire.
const CAREFUL: [(&str, Questionnaire, NormGroup); 4] = [
    ("own", Questionnaire::Own, NormGroup::General),
    ("own, applicants", Questionnaire::Own, NormGroup::Applicants),
    ("IPIP-NEO", Questionnaire::IpipNeo, NormGroup::General),
    ("IPIP-NEO, applicants", Questionnaire::IpipNeo, NormGroup::Applicants),
];

fn of_logic(taken: &Taken) -> Vec<Caution> {
    conduct::check(&taken.answers).into_iter().map(|sign| sign.caution).collect()
}

fn of_personality(
    placed: Placed<'_>,
    answers: &[Answer],
    ms_per_statement: f64,
    draw: &mut Draw,
) -> Vec<Caution> {
    let mut order: Vec<(Statement, Answer)> =
        placed.asked.statements().zip(answers.iter().copied()).collect();
    draw.shuffle(&mut order);
    let score = placed.score(answers);
    let time_ms = Some((ms_per_statement * answers.len() as f64) as i64);
    let conduct = Conduct { in_order: &order, time_ms, hasty: None, score: Some(&score) };
    personality::check(conduct).into_iter().map(|sign| sign.caution).collect()
}

/// Careful people leave the page now and then, run out of time, and are called away.
fn careful_logic(taken: &Taken, draw: &mut Draw) -> Vec<Caution> {
    let mut taken = taken.clone();
    let mut was_away = false;
    for answered in &mut taken.answers {
        answered.left = u16::from(draw.chance(LEAVES));
        if draw.chance(LATE) {
            (answered.timed_out, answered.choice) = (true, None);
        }
        was_away |= draw.chance(AWAY);
    }
    let mut found = of_logic(&taken);
    found.extend(was_away.then_some(Caution::Interrupted));
    found
}

pub(super) fn figures(seed: u64, takers: usize, bank: &Bank, calibration: &Calibration) -> CautionFigures {
    let mut draw = Draw::new(seed, STREAM + 1);
    let norms = &calibration.personality;
    let logic = logic::careful(seed, takers, bank, &calibration.logic);
    let careful = CAREFUL.map(|(name, asked, group)| {
        let placed = Placed { asked, norms };
        let people = People::new(placed, group).many(seed.wrapping_add(1), takers);
        let found: Vec<Vec<Caution>> = logic
            .iter()
            .zip(&people)
            .map(|(taken, person)| {
                // Five seconds a statement in the middle.
                let pace = 5_000.0 * (0.3 * draw.normal()).exp();
                let mut found = careful_logic(taken, &mut draw);
                found.extend(of_personality(placed, &person.answers, pace, &mut draw));
                found
            })
            .collect();
        let share = |caution| share_of(&found, &|one| *one == caution);
        Spared {
            name,
            by: Caution::ALL.map(|caution| (caution, share(caution))).into(),
            any: share_of(&found, &|_| true),
        }
    });
    let mut caught: Vec<(String, f64, Option<f64>)> = Vec::new();
    let mut row = |name: &str, found: &[Vec<Caution>], promised| {
        caught.push((name.to_owned(), share_of(found, &|_| true), promised));
    };
    let fewer = takers.div_ceil(4);
    let of_all = |taken: &[Taken]| taken.iter().map(of_logic).collect::<Vec<_>>();
    row(
        "logic at random in seconds",
        &of_all(&logic::guessing(seed, fewer, bank, &calibration.logic)),
        Some(0.95),
    );
    let blind = logic::blind(seed, fewer, bank, &calibration.logic);
    row("logic at random, unhurried", &of_all(&blind), None);
    let one_place: Vec<Taken> = blind.iter().map(|taken| in_one_place(taken, &mut draw)).collect();
    row("logic: one place for all", &of_all(&one_place), Some(0.95));
    let scripted: Vec<Taken> = logic.iter().map(|taken| scripted(taken, &mut draw)).collect();
    row("a script that solves in seconds", &of_all(&scripted), Some(0.95));
    for (asked, of) in [(Questionnaire::Own, ""), (Questionnaire::IpipNeo, "IPIP-NEO: ")] {
        let placed = Placed { asked, norms };
        let people = People::new(placed, NormGroup::General).many(seed.wrapping_add(1), takers);
        let mut statements =
            |name: &str, promised, make: &mut dyn FnMut(&mut Draw, &[Answer]) -> Vec<Answer>| {
                let found: Vec<_> = people
                    .iter()
                    .map(|person| {
                        let given = make(&mut draw, &person.answers);
                        of_personality(placed, &given, 5_000.0, &mut draw)
                    })
                    .collect();
                row(&format!("{of}{name}"), &found, promised);
            };
        statements("statements at random, unhurried", Some(0.95), &mut |draw, _| {
            answers(asked, |_| 1.0 + draw.below(5) as f64)
        });
        statements("one answer for nearly all", Some(0.95), &mut |draw, _| {
            let usual = 1.0 + draw.below(5) as f64;
            answers(asked, |_| if draw.chance(0.05) { 3.0 } else { usual })
        });
        statements("perfect picture", Some(0.8), &mut |_, truth| painted(asked, truth, 4.0));
        statements("perfect but for one answer in ten", None, &mut |draw, truth| {
            let mut perfect = painted(asked, truth, 4.0);
            for (given, honest) in perfect.iter_mut().zip(truth) {
                if draw.chance(0.1) {
                    *given = *honest;
                }
            }
            perfect
        });
        statements("every answer one step better", None, &mut |_, truth| painted(asked, truth, 1.0));
    }
    CautionFigures { careful: careful.into(), caught }
}

fn share_of(people: &[Vec<Caution>], is: &dyn Fn(&Caution) -> bool) -> f64 {
    people.iter().filter(|found| found.iter().any(is)).count() as f64 / people.len().max(1) as f64
}

/// The same tasks, the option in one place chosen for all of them.
fn in_one_place(taken: &Taken, draw: &mut Draw) -> Taken {
    let choice = Some(draw.below(OPTIONS));
    let answers = taken.answers.iter().map(|answered| Answered { choice, ..*answered });
    Taken { answers: answers.collect(), ..taken.clone() }
}

/// The same tasks, all solved within two seconds.
fn scripted(taken: &Taken, draw: &mut Draw) -> Taken {
    let answers = taken.answers.iter().map(|answered| Answered {
        right: true,
        time_ms: 700 + (1_300.0 * draw.unit()) as i64,
        ..*answered
    });
    Taken { answers: answers.collect(), ..taken.clone() }
}

impl fmt::Display for CautionFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<36}", "Cautions: careful people who get one")?;
        for Spared { name, .. } in &self.careful {
            write!(f, "  {name}")?;
        }
        writeln!(f)?;
        let mut row = |words: &str, share: &dyn Fn(&Spared) -> f64| {
            write!(f, "  {words:<34}")?;
            for spared in &self.careful {
                write!(f, "  {:>width$}", percent(share(spared)), width = spared.name.len().max(5))?;
            }
            writeln!(f)
        };
        for caution in Caution::ALL {
            row(caution.id(), &|spared| spared.by[&caution])?;
        }
        row("any", &|spared| spared.any)?;
        writeln!(f, "Cautions: caught")?;
        for (name, share, _) in &self.caught {
            writeln!(f, "  {name:<44} {:>8}", percent(*share))?;
        }
        writeln!(f)
    }
}
