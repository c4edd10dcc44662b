//! A run of the personality test.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::caution::Sign;
use crate::personality;
use crate::personality::{
    Answer, Conduct, NormGroup, Norms, PersonalityScore, Questionnaire, STATEMENTS, Statement,
};
use crate::random::Draw;
use crate::session::Outcome;

/// Statements shown together.
pub const PER_PAGE: usize = 6;
/// A longer gap between two answers is a break (milliseconds).
const BREAK_MS: i64 = 60_000;

/// One candidate's personality test. It has no time limit and may be paused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonalityRun {
    seed: u64,
    answers: BTreeMap<Statement, Answer>,
    time_ms: i64,
    last_ms: Option<i64>,
    /// How long the statements took that were answered together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    paces: Vec<Pace>,
    #[serde(default)]
    questionnaire: Questionnaire,
    #[serde(default, skip_serializing_if = "NormGroup::is_general")]
    norm_group: NormGroup,
    /// The version of the statements ([`Questionnaire::version`]); 0 where an older version of this program did not keep it.
    #[serde(default)]
    statements: u16,
}

/// Statements that were answered at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Pace {
    /// When.
    at_ms: i64,
    /// The time since they were shown, or since the answers before.
    ms: i64,
    /// How many of them had no answer before.
    statements: usize,
}

/// A page of statements.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonalityView {
    /// Which page, from 1.
    pub page: usize,
    /// How many pages there are.
    pub of: usize,
    /// The statements with the answers already given.
    pub statements: Vec<(Statement, Option<Answer>)>,
}

impl PersonalityRun {
    /// Begins with the portal's own statements. Their order follows from `seed`.
    #[must_use]
    pub fn start(seed: u64) -> Self {
        Self::start_with(Questionnaire::Own, seed)
    }

    /// Begins with the statements of this questionnaire.
    #[must_use]
    pub fn start_with(questionnaire: Questionnaire, seed: u64) -> Self {
        Self {
            seed,
            answers: BTreeMap::new(),
            time_ms: 0,
            last_ms: None,
            paces: Vec::new(),
            questionnaire,
            norm_group: NormGroup::General,
            statements: questionnaire.version(),
        }
    }

    /// Compares the answers with this group.
    #[must_use]
    pub fn among(self, norm_group: NormGroup) -> Self {
        Self { norm_group, ..self }
    }

    /// The version of the statements that are asked; 0 where it was not kept.
    #[must_use]
    pub fn statements_version(&self) -> u16 {
        self.statements
    }

    /// Which statements are asked.
    #[must_use]
    pub fn questionnaire(&self) -> Questionnaire {
        self.questionnaire
    }

    /// Whether every statement has its answer.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.answers.len() == self.questionnaire.count()
    }

    /// How many statements are answered.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.answers.len()
    }

    /// The first page that is not fully answered; `None` when the test is over. Notes when
    /// it was shown, so that a break before it does not count as reading time.
    pub fn current(&mut self, now_ms: i64) -> Option<PersonalityView> {
        let first = self.order().iter().position(|s| !self.answers.contains_key(s))?;
        self.last_ms = Some(now_ms);
        self.page(first / PER_PAGE + 1)
    }

    /// A page by its number, to go back to; `None` when there is no such page.
    #[must_use]
    pub fn page(&self, page: usize) -> Option<PersonalityView> {
        let order = self.order();
        let statements = order.chunks(PER_PAGE).nth(page.checked_sub(1)?)?;
        let given = |s: &Statement| (*s, self.answers.get(s).copied());
        Some(PersonalityView {
            page,
            of: order.len().div_ceil(PER_PAGE),
            statements: statements.iter().map(given).collect(),
        })
    }

    /// Takes an answer. Until the test is over an answer may be changed; the same answer
    /// again, or any answer after the end, changes nothing.
    pub fn answer(&mut self, statement: Statement, answer: Answer, at_ms: i64) -> Outcome {
        let is_asked = statement.questionnaire() == self.questionnaire;
        if !is_asked || self.is_finished() || self.answers.get(&statement) == Some(&answer) {
            return Outcome::AlreadyAnswered;
        }
        let gap = (at_ms - self.last_ms.unwrap_or(at_ms)).clamp(0, BREAK_MS);
        self.time_ms += gap;
        self.last_ms = Some(at_ms);
        let is_new = usize::from(self.answers.insert(statement, answer).is_none());
        match self.paces.last_mut().filter(|pace| pace.at_ms == at_ms) {
            Some(pace) => pace.statements += is_new,
            None => self.paces.push(Pace { at_ms, ms: gap, statements: is_new }),
        }
        Outcome::Taken
    }

    /// All answers in the order of [`Questionnaire::statements`], 1 to 5; empty until the test is over.
    #[must_use]
    pub fn answers(&self) -> Vec<u8> {
        if self.is_finished() {
            self.answers.values().map(|answer| answer.value()).collect()
        } else {
            Vec::new()
        }
    }

    /// The answers so far, each with its statement.
    #[must_use]
    pub fn given(&self) -> Vec<(Statement, Answer)> {
        self.answers.iter().map(|(statement, answer)| (*statement, *answer)).collect()
    }

    /// The result, once the test is over.
    #[must_use]
    pub fn score(&self, norms: &Norms) -> Option<PersonalityScore> {
        self.score_among(norms, self.norm_group)
    }

    fn score_among(&self, norms: &Norms, group: NormGroup) -> Option<PersonalityScore> {
        let answers: Vec<Answer> = self.answers.values().copied().collect();
        let score = if self.questionnaire == Questionnaire::IpipNeo {
            personality::score_neo(&answers, group)?
        } else {
            let answers: [Answer; STATEMENTS] = answers.try_into().ok()?;
            personality::score_among(&answers, norms, group)
        };
        Some(PersonalityScore { statements: self.statements, ..score })
    }

    /// What gives reason to read the result with care, with how often it was seen.
    #[must_use]
    pub fn signs(&self, norms: &Norms) -> Vec<Sign> {
        let order = self.order();
        let given: Vec<_> = order.iter().filter_map(|s| Some((*s, *self.answers.get(s)?))).collect();
        // The group does not make a picture more or less favourable.
        let score = self.score_among(norms, NormGroup::General);
        let (time_ms, hasty) = (Some(self.time_ms), self.hasty());
        personality::check(Conduct { in_order: &given, time_ms, hasty, score: score.as_ref() })
    }

    /// How many statements were answered faster than they can be read; `None` where an older version of this program did not keep it
    /// for all of them.
    fn hasty(&self) -> Option<usize> {
        let of = |paces: &mut dyn Iterator<Item = &Pace>| paces.map(|pace| pace.statements).sum::<usize>();
        let is_hasty = |pace: &&Pace| pace.ms < personality::READING_MS * pace.statements as i64;
        (of(&mut self.paces.iter()) == self.answers.len())
            .then(|| of(&mut self.paces.iter().filter(is_hasty)))
    }

    fn order(&self) -> Vec<Statement> {
        const STREAM: u64 = 0x0070_6572_736f_6e61;
        let mut order: Vec<Statement> = self.questionnaire.statements().collect();
        Draw::new(self.seed, STREAM).shuffle(&mut order);
        order
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::caution::Caution;
    use crate::session::personality::*;

    fn cautions(run: &PersonalityRun) -> Vec<Caution> {
        run.signs(&Norms::default()).into_iter().map(|sign| sign.caution).collect()
    }

    fn value(v: u8) -> Answer {
        Answer::try_from(v).unwrap()
    }

    /// Answers page after page, `ms` after each was shown.
    fn take(ms: i64, answer: impl Fn(Statement) -> u8) -> PersonalityRun {
        let mut run = PersonalityRun::start(4);
        let mut now = 0;
        while let Some(view) = run.current(now) {
            now += ms;
            for (statement, _) in view.statements {
                run.answer(statement, value(answer(statement)), now);
            }
            now += 86_400_000; // a day's break
        }
        run
    }

    #[test]
    fn every_statement_comes_once_in_an_order_of_its_own() {
        let run = PersonalityRun::start(9);
        let mut order = run.order();
        assert_ne!(order, PersonalityRun::start(10).order());
        assert_ne!(order, Statement::all().collect::<Vec<_>>());
        order.sort();
        assert_eq!(order, Statement::all().collect::<Vec<_>>());
        assert!(run.page(15).is_some() && run.page(16).is_none() && run.page(0).is_none());
    }

    #[test]
    fn answers_can_be_changed_until_the_end_and_not_after() {
        let mut run = PersonalityRun::start(1);
        let (first, _) = run.current(0).unwrap().statements[0];
        assert_eq!(run.answer(first, value(2), 3_000), Outcome::Taken);
        assert_eq!(run.answer(first, value(2), 4_000), Outcome::AlreadyAnswered);
        assert_eq!(run.answer(first, value(4), 5_000), Outcome::Taken);
        assert_eq!(run.page(1).unwrap().statements[0], (first, Some(value(4))));
        let mut run = take(60_000, |s| if s.reversed() { 2 } else { 4 });
        assert!(run.is_finished());
        assert_eq!(run.answer(first, value(1), 9_000), Outcome::AlreadyAnswered);
        assert_eq!(run.current(0), None);
    }

    #[test]
    fn the_place_is_found_again_from_json() {
        let mut run = PersonalityRun::start(1);
        for (statement, _) in run.current(0).unwrap().statements {
            run.answer(statement, value(3), 20_000);
        }
        let kept = serde_json::to_string(&run).unwrap();
        let mut found: PersonalityRun = serde_json::from_str(&kept).unwrap();
        assert_eq!(found, run);
        assert_eq!(found.current(0).unwrap().page, 2);
    }

    #[test]
    fn the_other_questionnaire_has_its_own_statements_and_norms() {
        let mut run = PersonalityRun::start_with(Questionnaire::IpipNeo, 4);
        let foreign = Statement::all().next().unwrap();
        assert_eq!(run.answer(foreign, value(3), 0), Outcome::AlreadyAnswered, "is not asked here");
        let mut now = 0;
        while let Some(view) = run.current(now) {
            now += 60_000;
            for (statement, _) in view.statements {
                run.answer(statement, value(if statement.reversed() { 2 } else { 4 }), now);
            }
        }
        let score = run.score(&Norms::default()).unwrap();
        assert_eq!(score.questionnaire, Questionnaire::IpipNeo);
        assert_eq!(score.traits.iter().map(|t| t.facets.len()).collect::<Vec<_>>(), [6, 6, 6, 3, 5]);
        // Four on every statement of extraversion: 16 against a published mean of 79.84 / 6 and a spread of 14.957 / 24.
        let z = (4.0 - 79.84 / 24.0) / (14.957 / 24.0);
        let found = score.of_trait(crate::personality::Trait::Extraversion).unwrap().value;
        assert!((found - (5.5 + 2.0 * z)).abs() < 0.02, "{found}");
        assert_eq!(cautions(&run), []);
    }

    #[test]
    fn there_is_no_score_before_the_end() {
        assert_eq!(PersonalityRun::start(1).score(&Norms::default()), None);
        assert!(take(60_000, |_| 3).score(&Norms::default()).is_some());
    }

    #[test]
    fn breaks_do_not_hide_haste_and_are_not_reading_time() {
        let careful = |s: Statement| if s.reversed() { 2 } else { 4 };
        assert_eq!(cautions(&take(60_000, careful)), []);
        // Six statements in six seconds, fifteen times, with a day between.
        assert_eq!(cautions(&take(6_000, careful)), [Caution::TooFast]);
    }

    /// The faster, the more: all ninety where each page took less than two seconds a statement, whatever it took.
    #[test]
    fn haste_is_counted_statement_by_statement() {
        let careful = |s: Statement| if s.reversed() { 2 } else { 4 };
        let count = |run: &PersonalityRun| run.signs(&Norms::default())[0].count;
        for ms in [11_000, 3_000, 60, 1] {
            assert_eq!(count(&take(ms, careful)), 90, "{ms} ms a page");
        }
        // Five pages of fifteen at an unhurried pace, and the others in a second each.
        let mut run = PersonalityRun::start(4);
        let mut now = 0;
        while let Some(view) = run.current(now) {
            now += if view.page % 3 == 0 { 13_000 } else { 1_000 };
            for (statement, _) in view.statements {
                run.answer(statement, value(careful(statement)), now);
            }
        }
        assert_eq!(count(&run), 60);
        // An older version kept the whole time alone: 75 seconds are enough for 37 statements.
        run.paces.clear();
        assert_eq!(count(&run), 53);
    }
}
