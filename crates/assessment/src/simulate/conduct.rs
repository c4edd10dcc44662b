//! How often the cautions are wrong, and how often right.

use std::collections::BTreeMap;
use std::fmt;

use crate::calibration::Calibration;
use crate::caution::Caution;
use crate::logic::Bank;
use crate::logic::conduct;
use crate::logic::conduct::Answered;
use crate::personality;
use crate::personality::{Answer, Conduct, STATEMENTS, Statement};
use crate::random::Draw;
use crate::simulate::logic;
use crate::simulate::personality::{People, STREAM, answers, painted};
use crate::simulate::takers::Taken;
use crate::stats::percent;

/// What was found about the cautions.
#[derive(Debug, Clone, PartialEq)]
pub struct CautionFigures {
    /// The share of careful people with each caution.
    pub wrong: BTreeMap<Caution, f64>,
    /// The share of careful people with any.
    pub any_wrong: f64,
    /// The share of those who are caught, by how they answered, and what is promised of it.
    pub caught: Vec<(&'static str, f64, Option<f64>)>,
}

fn of_logic(taken: &Taken) -> Vec<Caution> {
    conduct::check(&taken.answers).into_iter().map(|sign| sign.caution).collect()
}

fn of_personality(
    answers: &[Answer; STATEMENTS],
    ms_per_statement: f64,
    calibration: &Calibration,
    draw: &mut Draw,
) -> Vec<Caution> {
    let mut order: Vec<(Statement, Answer)> = Statement::all().zip(*answers).collect();
    draw.shuffle(&mut order);
    let score = personality::score(answers, &calibration.personality);
    let time_ms = Some((ms_per_statement * STATEMENTS as f64) as i64);
    let conduct = Conduct { in_order: &order, time_ms, score: Some(&score) };
    personality::check(conduct).into_iter().map(|sign| sign.caution).collect()
}

pub(super) fn figures(seed: u64, takers: usize, bank: &Bank, calibration: &Calibration) -> CautionFigures {
    let mut draw = Draw::new(seed, STREAM + 1);
    let share = |count: usize| count as f64 / takers.max(1) as f64;
    let careful = logic::careful(seed, takers, bank, &calibration.logic);
    let people = People::new(&calibration.personality).many(seed.wrapping_add(1), takers);
    let mut wrong: BTreeMap<Caution, usize> = Caution::ALL.map(|caution| (caution, 0)).into();
    let mut any = 0;
    for (taken, person) in careful.iter().zip(&people) {
        // Careful people leave the page now and then: a call, a message.
        let mut taken = taken.clone();
        for answered in &mut taken.answers {
            answered.left = u16::from(draw.chance(0.02));
        }
        // Five seconds a statement in the middle.
        let pace = 5_000.0 * (0.3 * draw.normal()).exp();
        let mut found = of_logic(&taken);
        found.extend(of_personality(&person.answers, pace, calibration, &mut draw));
        any += usize::from(!found.is_empty());
        for caution in found {
            *wrong.entry(caution).or_default() += 1;
        }
    }
    let mut caught = Vec::new();
    let guessing = logic::guessing(seed, takers.div_ceil(4), bank, &calibration.logic);
    let share_of = |taken: &[Vec<Caution>], is: &dyn Fn(&Caution) -> bool| {
        taken.iter().filter(|found| found.iter().any(is)).count() as f64 / taken.len().max(1) as f64
    };
    let found: Vec<_> = guessing.iter().map(of_logic).collect();
    caught.push(("logic at random in seconds", share_of(&found, &|_| true), Some(0.95)));
    let found: Vec<_> = careful.iter().map(|taken| of_logic(&scripted(taken, &mut draw))).collect();
    caught.push(("a script that solves in seconds", share_of(&found, &|_| true), Some(0.95)));
    let mut statements = |name, promised, make: &mut dyn FnMut(&mut Draw, usize) -> [Answer; STATEMENTS]| {
        let found: Vec<_> = (0..people.len())
            .map(|n| {
                let given = make(&mut draw, n);
                of_personality(&given, 5_000.0, calibration, &mut draw)
            })
            .collect();
        caught.push((name, share_of(&found, &|_| true), promised));
    };
    statements("statements at random, unhurried", Some(0.95), &mut |draw, _| {
        answers(|_| 1.0 + draw.below(5) as f64)
    });
    statements("one answer for nearly all", Some(0.95), &mut |draw, _| {
        let usual = 1.0 + draw.below(5) as f64;
        answers(|_| if draw.chance(0.05) { 3.0 } else { usual })
    });
    statements("perfect picture", Some(0.8), &mut |_, n| painted(&people[n].answers, 4.0));
    statements("perfect but for one answer in ten", None, &mut |draw, n| {
        let perfect = painted(&people[n].answers, 4.0);
        answers(|s| {
            let place = usize::from(s.number());
            let from = if draw.chance(0.1) { &people[n].answers } else { &perfect };
            f64::from(from[place].value())
        })
    });
    statements("every answer one step better", None, &mut |_, n| painted(&people[n].answers, 1.0));
    CautionFigures {
        wrong: wrong.into_iter().map(|(caution, count)| (caution, share(count))).collect(),
        any_wrong: share(any),
        caught,
    }
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
        writeln!(f, "Cautions: careful people who get one")?;
        for (caution, share) in &self.wrong {
            writeln!(f, "  {:<34} {:>8}", caution.id(), percent(*share))?;
        }
        writeln!(f, "  {:<34} {:>8}", "any", percent(self.any_wrong))?;
        writeln!(f, "Cautions: caught")?;
        for (name, share, _) in &self.caught {
            writeln!(f, "  {name:<34} {:>8}", percent(*share))?;
        }
        writeln!(f)
    }
}
