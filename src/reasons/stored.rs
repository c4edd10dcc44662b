//! How reasons stand in the database.

use super::{PostingTag, Reason};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::expression::AsExpression;
use diesel::sql_types::Text;

/// How a coded reason begins; no sentence does.
const CODED: &str = "{\"code\":\"";

impl Reason {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// Whether it says why access to Lever ended, and that is not because somebody revoked it.
    pub fn is_other_than_revoked(&self) -> bool {
        matches!(self, Self::AccessAnswerLost | Self::AccessForAnHour | Self::AccessNotAccepted)
    }

    /// Whether an event ended for want of something that Lever did not show, so that it is not settled: a
    /// reconciliation looks at it anew, and the completeness report counts it as open.
    pub fn is_open_question(&self) -> bool {
        matches!(
            self,
            Self::OpportunityUnknown
                | Self::OpportunityHidden
                | Self::DeletionHeld
                | Self::NothingToDo { posting: Some(PostingTag::Hidden | PostingTag::NoApplication), .. }
        )
    }

    /// Whether somebody was not invited for something that can end, or that Lever may have shown a moment too long: an
    /// archiving, a missing address, a confidential opportunity, an invitation that the person has through another
    /// opportunity. A reconciliation decides anew by what Lever shows then.
    pub fn is_refusal_that_can_end(&self) -> bool {
        use super::Refusal::{Anonymized, Archived, Confidential, NoEmail, SamePerson};
        matches!(
            self,
            Self::NotInvited { refusal: Anonymized | Archived | Confidential | NoEmail | SamePerson, .. }
        )
    }

    /// Whether what ended an invitation is what Lever showed of the candidate, and no person's decision. It can be shown
    /// otherwise again, and then it keeps nobody from being invited.
    pub fn is_end_by_lever(&self) -> bool {
        matches!(
            self,
            Self::CandidateHired
                | Self::CandidateArchived
                | Self::CandidateUnknown
                | Self::CandidateIs { refusal: super::Refusal::Archived }
        )
    }

    /// Whether Lever answered, and refused. It may do so for a moment.
    pub fn is_refusal_of_lever(&self) -> bool {
        matches!(
            self,
            Self::LeverForbids { .. }
                | Self::LeverUnknownObject { .. }
                | Self::LeverRefused { .. }
                | Self::LeverTooLarge { .. }
                | Self::FileTooLarge { .. }
        )
    }

    /// As it stands in the database: `{"code":…,"params":…}`; nothing, when there is none; a text of
    /// version 0.1 as it was.
    pub fn stored(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Text(text) => text.clone(),
            coded => serde_json::to_string(coded).expect("a reason is plain data"),
        }
    }

    /// Reads what stands in the database.
    pub fn read(stored: &str) -> Self {
        if stored.is_empty() {
            return Self::None;
        }
        if !stored.starts_with(CODED) {
            return Self::Text(stored.to_owned());
        }
        // A code of a newer version stays as it is.
        serde_json::from_str(stored).unwrap_or_else(|_| Self::Text(stored.to_owned()))
    }

    /// As it stands in JSON: the code with its parameters; a text of version 0.1 as it was.
    pub fn as_json(&self) -> serde_json::Value {
        match self {
            Self::None => serde_json::Value::Null,
            Self::Text(text) => text.as_str().into(),
            coded => serde_json::to_value(coded).expect("a reason is plain data"),
        }
    }

    /// Whether a stored text holds a code, of this version or another.
    pub fn is_coded(stored: &str) -> bool {
        stored.is_empty() || stored.starts_with(CODED)
    }

    /// The code and its parameters as JSON, for exports. A text of version 0.1 has neither.
    pub fn code_and_params(&self) -> (String, String) {
        let value: serde_json::Value = serde_json::from_str(&self.stored()).unwrap_or_default();
        let code = value["code"].as_str().unwrap_or_default().to_owned();
        let params = value.get("params").map(ToString::to_string).unwrap_or_default();
        (code, params)
    }
}

impl<DB: Backend> FromSql<Text, DB> for Reason
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::read(&String::from_sql(bytes)?))
    }
}

// What is stored is made on the way, so it is bound as a text of its own.
impl AsExpression<Text> for Reason {
    type Expression = <String as AsExpression<Text>>::Expression;

    fn as_expression(self) -> Self::Expression {
        AsExpression::<Text>::as_expression(self.stored())
    }
}

impl AsExpression<Text> for &Reason {
    type Expression = <String as AsExpression<Text>>::Expression;

    fn as_expression(self) -> Self::Expression {
        AsExpression::<Text>::as_expression(self.stored())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reasons::{InvitedBy, Inviting, Rule};
    use crate::test_selection::Tests;

    #[test]
    fn what_is_stored_is_read_again_and_its_code_stands_first() {
        let why = Inviting { rule: Rule { by: InvitedBy::Hand, scope: None }, ..Inviting::of_hand() };
        let reasons = [
            Reason::None,
            Reason::NoOpportunity,
            Reason::Archived { ended: 2 },
            Reason::Invite { tests: Tests::Logic, why },
            Reason::Text("kept as it was".into()),
            Reason::GivenUp { attempts: 20, last: Box::new(Reason::LeverTooSlow) },
        ];
        for reason in reasons {
            assert_eq!(Reason::read(&reason.stored()), reason);
        }
        assert_eq!(Reason::Archived { ended: 2 }.stored(), r#"{"code":"archived","params":{"ended":2}}"#);
        assert_eq!(Reason::NoOpportunity.stored(), r#"{"code":"no_opportunity"}"#);
    }

    #[test]
    fn a_code_of_a_newer_version_is_kept() {
        let newer = r#"{"code":"of_tomorrow","params":{"n":1}}"#;
        assert_eq!(Reason::read(newer).stored(), newer);
        assert_eq!(Reason::read(newer).code_and_params(), ("of_tomorrow".into(), r#"{"n":1}"#.into()));
    }
}
