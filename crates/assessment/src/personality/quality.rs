//! Looks for signs that statements were not read: shown as cautions, never as verdicts.

use crate::caution::Caution;
use crate::personality::{Answer, Facet, STATEMENTS, STATEMENTS_PER_FACET, Statement};

/// So many equal answers in a row are unusual where every facet's statements point both ways
/// and stand in random order.
const LONGEST_RUN: usize = 12;
/// So large a share of one and the same answer is unusual for the same reason.
const LARGEST_SHARE: f64 = 0.8;
/// Less than this for a statement, on average, leaves no time to read it (milliseconds).
const READING_MS: i64 = 2_000;
/// Random answers to two statements differ by 1.6 on average, careful ones to statements of
/// one facet by about 1.
const INCONSISTENT: f64 = 1.35;

/// How the statements were answered.
#[derive(Debug, Clone, Copy)]
pub struct Conduct<'a> {
    /// The answers in the order in which the statements stood.
    pub in_order: &'a [(Statement, Answer)],
    /// The time taken, breaks left out (milliseconds); `None` when it is not known.
    pub time_ms: Option<i64>,
}

/// The cautions that the answers give cause for.
#[must_use]
pub fn check(conduct: Conduct<'_>) -> Vec<Caution> {
    let answers = conduct.in_order;
    let mut cautions = Vec::new();
    if longest_run(answers) >= LONGEST_RUN || largest_share(answers) >= LARGEST_SHARE {
        cautions.push(Caution::StraightLining);
    }
    let enough = READING_MS * answers.len() as i64;
    if conduct.time_ms.is_some_and(|time| time < enough) {
        cautions.push(Caution::TooFast);
    }
    if inconsistency(answers).is_some_and(|mean| mean > INCONSISTENT) {
        cautions.push(Caution::Inconsistent);
    }
    cautions
}

fn longest_run(answers: &[(Statement, Answer)]) -> usize {
    let runs = answers.chunk_by(|(_, left), (_, right)| left == right);
    runs.map(<[_]>::len).max().unwrap_or(0)
}

fn largest_share(answers: &[(Statement, Answer)]) -> f64 {
    let count = |value: u8| answers.iter().filter(|(_, a)| a.value() == value).count();
    let most = (1..=5).map(count).max().unwrap_or(0);
    if answers.len() < STATEMENTS { 0.0 } else { most as f64 / answers.len() as f64 }
}

/// The mean distance between the answers (turned the same way) to pairs of statements of one
/// facet, of which one agrees with it and the other goes against it: three pairs a facet.
fn inconsistency(answers: &[(Statement, Answer)]) -> Option<f64> {
    const HALF: usize = STATEMENTS_PER_FACET / 2;
    let mut keyed = [[None; STATEMENTS_PER_FACET]; Facet::ALL.len()];
    for (s, a) in answers {
        keyed[s.facet() as usize][s.place()] = Some(f64::from(a.keyed(*s)));
    }
    let pairs = keyed.iter().flat_map(|facet| (0..HALF).map(|i| (facet[i], facet[i + HALF])));
    let distances: Option<Vec<f64>> = pairs.map(|(with, against)| Some((with? - against?).abs())).collect();
    distances.map(|all| all.iter().sum::<f64>() / all.len() as f64)
}

#[cfg(test)]
mod tests {
    use crate::personality::quality::*;

    fn cautions(value: impl Fn(Statement) -> u8, seconds: i64) -> Vec<Caution> {
        let answers: Vec<_> =
            Statement::all().map(|s| (s, Answer::try_from(value(s)).expect("1 to 5"))).collect();
        check(Conduct { in_order: &answers, time_ms: Some(seconds * 1000) })
    }

    #[test]
    fn careful_answers_raise_no_caution() {
        let value = |s: Statement| if s.reversed() { 2 } else { 4 };
        assert_eq!(cautions(value, 500), []);
    }

    #[test]
    fn each_sign_raises_its_caution() {
        assert_eq!(cautions(|_| 3, 500), [Caution::StraightLining]);
        let careful = |s: Statement| if s.reversed() { 2 } else { 4 };
        assert_eq!(cautions(careful, 60), [Caution::TooFast]);
        let contrary = |s: Statement| if s.place().is_multiple_of(2) { 5 } else { 4 };
        assert_eq!(cautions(contrary, 500), [Caution::Inconsistent]);
    }

    #[test]
    fn ninety_statements_need_three_minutes() {
        let careful = |s: Statement| if s.reversed() { 2 } else { 4 };
        assert_eq!(cautions(careful, 179), [Caution::TooFast]);
        assert_eq!(cautions(careful, 180), []);
    }
}
