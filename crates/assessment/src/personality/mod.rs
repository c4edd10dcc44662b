//! The personality test: the Big Five with three facets each, ninety statements with
//! five-point answers.
//!
//! Each facet has six statements, three that agree with it and three that go against it, so
//! that a habit of agreeing with everything cancels out. A company can choose the IPIP-NEO-120 in their
//! place ([`Questionnaire`]).

pub mod neo;
mod norm;
mod quality;
mod questionnaire;
mod score;
mod traits;

pub use norm::{Norm, NormGroup};
pub(crate) use quality::READING_MS;
pub use quality::{Conduct, check};
pub use questionnaire::Questionnaire;
pub use score::{FacetScore, Norms, PersonalityScore, TraitScore, score, score_among, score_neo};
pub use traits::{Facet, Trait};

use serde::{Deserialize, Serialize};

/// Statements for each facet: the first half agrees with it, the second goes against it.
pub const STATEMENTS_PER_FACET: usize = 6;
/// Statements in all.
pub const STATEMENTS: usize = Facet::ALL.len() * STATEMENTS_PER_FACET;

/// One of the statements, counted from 0 facet by facet: first the portal's own, then those of the IPIP-NEO-120.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Statement(u8);

impl Statement {
    /// The statements of the portal's own questionnaire, facet by facet.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..STATEMENTS as u8).map(Self)
    }

    /// The statement of a number that is known to be one.
    fn numbered(number: usize) -> Self {
        Self(u8::try_from(number).expect("both questionnaires together have fewer than 256"))
    }

    /// Its number, for forms.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// Which questionnaire it is of.
    #[must_use]
    pub fn questionnaire(self) -> Questionnaire {
        if usize::from(self.0) < STATEMENTS { Questionnaire::Own } else { Questionnaire::IpipNeo }
    }

    /// Its number within its questionnaire.
    fn within(self) -> usize {
        let number = usize::from(self.0);
        number.checked_sub(STATEMENTS).unwrap_or(number)
    }

    /// Its facet.
    #[must_use]
    pub fn facet(self) -> Facet {
        let questionnaire = self.questionnaire();
        questionnaire.facets()[self.within() / questionnaire.per_facet()]
    }

    /// Its place among the statements of its facet.
    #[must_use]
    pub fn place(self) -> usize {
        self.within() % self.questionnaire().per_facet()
    }

    /// Whether to agree with it speaks against the facet.
    #[must_use]
    pub fn reversed(self) -> bool {
        match self.questionnaire() {
            Questionnaire::Own => self.place() >= STATEMENTS_PER_FACET / 2,
            Questionnaire::IpipNeo => neo::reversed(self.within()),
        }
    }

    /// What it says in a language.
    #[must_use]
    pub fn text(self, texts: &crate::texts::Texts) -> &str {
        let all = match self.questionnaire() {
            Questionnaire::Own => &texts.statements,
            Questionnaire::IpipNeo => &texts.neo.statements,
        };
        &all[self.facet().id()][self.place()]
    }
}

/// There is no statement of that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no statement {0}")]
pub struct NoSuchStatement(u8);

impl TryFrom<u8> for Statement {
    type Error = NoSuchStatement;

    fn try_from(number: u8) -> Result<Self, NoSuchStatement> {
        if usize::from(number) < STATEMENTS + neo::STATEMENTS {
            Ok(Self(number))
        } else {
            Err(NoSuchStatement(number))
        }
    }
}

impl From<Statement> for u8 {
    fn from(statement: Statement) -> Self {
        statement.0
    }
}

/// A five-point answer, from 1 (disagrees strongly) to 5 (agrees strongly).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Answer(u8);

impl Answer {
    /// 1 to 5.
    #[must_use]
    pub fn value(self) -> u8 {
        self.0
    }

    /// What it says of the statement's facet: turned round for reversed statements.
    #[must_use]
    pub fn keyed(self, statement: Statement) -> u8 {
        if statement.reversed() { 6 - self.0 } else { self.0 }
    }
}

/// Answers go from 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an answer is a number from 1 to 5, not {0}")]
pub struct NoSuchAnswer(u8);

impl TryFrom<u8> for Answer {
    type Error = NoSuchAnswer;

    fn try_from(value: u8) -> Result<Self, NoSuchAnswer> {
        if (1..=5).contains(&value) { Ok(Self(value)) } else { Err(NoSuchAnswer(value)) }
    }
}

impl From<Answer> for u8 {
    fn from(answer: Answer) -> Self {
        answer.0
    }
}

#[cfg(test)]
mod tests {
    use crate::personality::*;

    #[test]
    fn every_facet_is_balanced() {
        for facet in Facet::ALL {
            let own: Vec<_> = Statement::all().filter(|s| s.facet() == facet).collect();
            assert_eq!(own.len(), STATEMENTS_PER_FACET);
            assert_eq!(own.iter().filter(|s| s.reversed()).count(), STATEMENTS_PER_FACET / 2);
        }
    }

    #[test]
    fn answers_and_statements_stay_in_range() {
        assert!(Answer::try_from(0).is_err() && Answer::try_from(6).is_err());
        assert!(Statement::try_from(194).is_err());
        assert_eq!(Statement::try_from(90).map(Statement::facet), Ok(Facet::Friendliness));
        assert_eq!(Statement::try_from(193).map(|s| (s.facet(), s.place())), Ok((Facet::Intellect, 3)));
        assert_eq!(Statement::try_from(89).map(Statement::facet), Ok(Facet::Aesthetics));
    }
}
