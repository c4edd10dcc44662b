//! Looks for signs in how the statements were answered: shown as cautions, never as verdicts.

use crate::caution::{Caution, Sign};
use crate::personality::{Answer, PersonalityScore, Questionnaire, Statement};

/// So many equal answers in a row are unusual where every facet's statements point both ways
/// and stand in random order.
const LONGEST_RUN: usize = 12;
/// So large a share of one and the same answer is unusual for the same reason.
const LARGEST_SHARE: f64 = 0.8;
/// Less than this for a statement leaves no time to read it (milliseconds).
pub(crate) const READING_MS: i64 = 2_000;
/// The variance of a person's answers within a facet, turned the same way and free of the habit of agreeing, is 2 for
/// random answers and about 1 for careful ones.
const INCONSISTENT: f64 = 1.55;
/// An answer that lies so far from the same person's other answers about a facet stands against them.
const APART: f64 = 1.5;
/// So large a share of answers at the end that looks best …
const FAVOURABLE: f64 = 0.85;
/// … or so many traits above this score paint an unusually good picture.
const BEST_TRAITS: (usize, f64) = (4, 9.0);
/// So large a share of answers at one of the two ends is unusual.
const EXTREME: f64 = 0.85;

/// How the statements were answered.
#[derive(Debug, Clone, Copy)]
pub struct Conduct<'a> {
    /// The answers in the order in which the statements stood.
    pub in_order: &'a [(Statement, Answer)],
    /// The time taken, breaks left out (milliseconds); `None` when it is not known.
    pub time_ms: Option<i64>,
    /// How many statements were answered faster than they can be read; `None` where only the whole time is known.
    pub hasty: Option<usize>,
    /// The scores that the answers lead to, once there are all.
    pub score: Option<&'a PersonalityScore>,
}

/// The signs that the answers give cause for, with how often each was seen.
#[must_use]
pub fn check(conduct: Conduct<'_>) -> Vec<Sign> {
    let answers = conduct.in_order;
    let of = answers.len();
    let is_whole = answers.first().is_some_and(|(s, _)| s.questionnaire().count() == of);
    let many = |count: usize, share: f64| is_whole && count as f64 >= share * of as f64;
    let mut signs = Vec::new();
    let mut found = |caution, count: usize| signs.push(Sign { caution, count: count as u32, of: of as u32 });
    let (run, same) = (longest_run(answers), most_of_one(answers));
    if run >= LONGEST_RUN || many(same, LARGEST_SHARE) {
        found(Caution::StraightLining, if many(same, LARGEST_SHARE) { same } else { run });
    }
    if let Some(time) = conduct.time_ms.filter(|time| *time < READING_MS * of as i64) {
        // Without the time of each: as many as cannot be read in what there was.
        let unread = of - (time.max(0) / READING_MS) as usize;
        found(Caution::TooFast, conduct.hasty.unwrap_or(unread));
    }
    if let Some((variance, against)) = within_facets(answers)
        && variance > INCONSISTENT
    {
        found(Caution::Inconsistent, against);
    }
    let best = answers.iter().filter(|(s, a)| a.keyed(*s) == 5).count();
    let (traits, above) = BEST_TRAITS;
    let paints =
        |score: &PersonalityScore| score.traits.iter().filter(|t| t.score.value > above).count() >= traits;
    if many(best, FAVOURABLE) || conduct.score.is_some_and(paints) {
        found(Caution::Favourable, best);
    }
    let extreme = answers.iter().filter(|(_, a)| matches!(a.value(), 1 | 5)).count();
    if many(extreme, EXTREME) {
        found(Caution::Extreme, extreme);
    }
    signs
}

fn longest_run(answers: &[(Statement, Answer)]) -> usize {
    let runs = answers.chunk_by(|(_, left), (_, right)| left == right);
    runs.map(<[_]>::len).max().unwrap_or(0)
}

fn most_of_one(answers: &[(Statement, Answer)]) -> usize {
    let count = |value: u8| answers.iter().filter(|(_, a)| a.value() == value).count();
    (1..=5).map(count).max().unwrap_or(0)
}

/// The mean variance of the answers within a facet, turned the same way, and how many answers stand against
/// the others of their facet; `None` while answers are missing.
fn within_facets(answers: &[(Statement, Answer)]) -> Option<(f64, usize)> {
    let questionnaire = answers.first().map_or(Questionnaire::Own, |(s, _)| s.questionnaire());
    let n = questionnaire.per_facet() as f64;
    let facets = questionnaire.facets();
    let mut keyed = vec![vec![None; questionnaire.per_facet()]; facets.len()];
    let usual = answers.iter().map(|(_, a)| f64::from(a.value())).sum::<f64>() / answers.len().max(1) as f64;
    for (s, a) in answers {
        let beyond = f64::from(a.value()) - usual;
        let facet = facets.iter().position(|facet| *facet == s.facet())?;
        keyed[facet][s.place()] = Some(if s.reversed() { -beyond } else { beyond });
    }
    let (mut variance, mut against) = (0.0, 0);
    for facet in keyed {
        let values: Vec<f64> = facet.into_iter().collect::<Option<_>>()?;
        let sum: f64 = values.iter().sum();
        variance += values.iter().map(|v| (v - sum / n).powi(2)).sum::<f64>() / (n - 1.0);
        against += values.iter().filter(|v| (*v - (sum - *v) / (n - 1.0)).abs() > APART).count();
    }
    Some((variance / facets.len() as f64, against))
}

#[cfg(test)]
mod tests {
    use crate::personality::quality::*;
    use crate::personality::{NormGroup, Norms, score, score_neo};

    fn cautions(value: impl Fn(Statement) -> u8, seconds: i64) -> Vec<Caution> {
        let answers: Vec<_> =
            Statement::all().map(|s| (s, Answer::try_from(value(s)).expect("1 to 5"))).collect();
        let all: Vec<Answer> = answers.iter().map(|(_, a)| *a).collect();
        let score = score(&all.try_into().expect("ninety"), &Norms::default());
        let conduct =
            Conduct { in_order: &answers, time_ms: Some(seconds * 1000), hasty: None, score: Some(&score) };
        check(conduct).into_iter().map(|sign| sign.caution).collect()
    }

    fn careful(s: Statement) -> u8 {
        if s.reversed() { 2 } else { 4 }
    }

    #[test]
    fn careful_answers_raise_no_caution() {
        assert_eq!(cautions(careful, 500), []);
    }

    #[test]
    fn each_sign_raises_its_caution() {
        assert_eq!(cautions(|_| 3, 500), [Caution::StraightLining]);
        assert_eq!(cautions(careful, 60), [Caution::TooFast]);
        let contrary = |s: Statement| [5, 1, 4, 2, 5, 1][s.place()];
        assert_eq!(cautions(contrary, 500), [Caution::Inconsistent]);
        let painted = |s: Statement| if s.reversed() { 1 } else { 5 };
        assert_eq!(cautions(painted, 500), [Caution::Favourable, Caution::Extreme]);
        // At the ends, each facet at one of them.
        let ends = |s: Statement| if s.reversed() == (s.facet() as usize).is_multiple_of(2) { 5 } else { 1 };
        assert_eq!(cautions(ends, 500), [Caution::Extreme]);
    }

    #[test]
    fn the_count_says_how_often() {
        let answers: Vec<_> = Statement::all().map(|s| (s, Answer::try_from(3).expect("1 to 5"))).collect();
        let conduct = Conduct { in_order: &answers, time_ms: Some(40_000), hasty: None, score: None };
        let sign = |caution, count| Sign { caution, count, of: 90 };
        assert_eq!(check(conduct), [sign(Caution::StraightLining, 90), sign(Caution::TooFast, 70)]);
        // The faster, the more; all were, where each is known to have been.
        let at_once = check(Conduct { time_ms: Some(900), ..conduct });
        assert_eq!(at_once[1], sign(Caution::TooFast, 90));
        let known = check(Conduct { hasty: Some(84), ..conduct });
        assert_eq!(known[1], sign(Caution::TooFast, 84));
    }

    #[test]
    fn the_other_questionnaire_is_looked_at_alike() {
        let found = |value: &dyn Fn(Statement) -> u8| -> Vec<Caution> {
            let statements = Questionnaire::IpipNeo.statements();
            let answers: Vec<_> =
                statements.map(|s| (s, Answer::try_from(value(s)).expect("1 to 5"))).collect();
            let score = score_neo(&answers.iter().map(|(_, a)| *a).collect::<Vec<_>>(), NormGroup::General);
            let conduct =
                Conduct { in_order: &answers, time_ms: Some(500_000), hasty: None, score: score.as_ref() };
            check(conduct).into_iter().map(|sign| sign.caution).collect()
        };
        assert_eq!(found(&careful), []);
        assert_eq!(found(&|_| 2), [Caution::StraightLining]);
        assert_eq!(found(&|s| [5, 1, 4, 2][s.place()]), [Caution::Inconsistent]);
        let painted = |s: Statement| if s.reversed() { 1 } else { 5 };
        assert_eq!(found(&painted), [Caution::Favourable, Caution::Extreme]);
    }

    #[test]
    fn ninety_statements_need_three_minutes() {
        assert_eq!(cautions(careful, 179), [Caution::TooFast]);
        assert_eq!(cautions(careful, 180), []);
    }
}
