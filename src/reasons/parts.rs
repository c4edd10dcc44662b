//! The parts of reasons.

use crate::test_selection::Tests;
use serde::{Deserialize, Serialize};

/// Which postings a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum RuleScope {
    /// One posting, by its title.
    Posting(String),
    /// Postings with this tag.
    Tag(String),
    /// All.
    Every,
}

/// What invites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum InvitedBy {
    /// The candidate is in this stage.
    TriggerStage(String),
    /// The candidate applied to a posting with this tag.
    ScreeningTag(String),
    /// Somebody gave this tag to the candidate.
    CandidateTag(String),
    /// A colleague.
    Hand,
}

/// What invites, and the rule about postings by which it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What invites.
    pub by: InvitedBy,
    /// None: the account's own settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<RuleScope>,
}

/// Why somebody is invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inviting {
    /// What invites.
    pub rule: Rule,
    /// What stood against it, had a person not asked for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub despite: Vec<Refusal>,
    /// The colleague who invited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Tags of the posting that name tests which the portal does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

impl Inviting {
    /// Invited by a colleague, and nothing more is known.
    pub fn of_hand() -> Self {
        Self::from(Rule { by: InvitedBy::Hand, scope: None })
    }
}

impl From<Rule> for Inviting {
    fn from(rule: Rule) -> Self {
        Self { rule, despite: Vec::new(), who: None, findings: Vec::new() }
    }
}

/// Why somebody whom a rule would invite is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Refusal {
    /// Invited before, for this posting.
    AlreadyInvited,
    /// The same person is invited for this posting through another opportunity.
    SamePerson,
    /// The person's data was removed in Lever.
    Anonymized,
    /// Out of the pipeline.
    Archived,
    /// Opportunity or posting is confidential.
    Confidential,
    /// This origin is blocked.
    OriginBlocked(String),
    /// No address.
    NoEmail,
    /// A lead.
    Lead,
    /// A rule says that there are no tests for the posting.
    PostingWithoutTests(RuleScope),
}

/// Something about a posting that keeps it from doing what somebody expects of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Finding {
    /// A tag is nearly one of Alva's.
    NearMiss {
        /// As it stands in Lever.
        tag: String,
        /// As it would be right.
        right: String,
    },
    /// A tag names a test that the portal does not have.
    NoSuchTest {
        /// As it stands in Lever.
        tag: String,
    },
    /// It is confidential.
    Confidential,
}

/// What Lever does not show although a webhook reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotYet {
    /// The opportunity.
    Opportunity,
    /// Its application.
    Application,
    /// The posting of its application.
    Posting,
    /// That it entered the stage.
    Move,
    /// The webhook of a move that Lever's history has.
    Report,
    /// That it was deleted.
    Deletion,
    /// The deletion, in the list of the deleted.
    ListedDeletion,
    /// That the candidate was hired.
    Hire,
    /// Something else about the candidate, such as an address or the end of an archiving.
    Latest,
}

impl NotYet {
    /// As it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opportunity => "opportunity",
            Self::Application => "application",
            Self::Posting => "posting",
            Self::Move => "move",
            Self::Report => "report",
            Self::Deletion => "deletion",
            Self::ListedDeletion => "listed_deletion",
            Self::Latest => "latest",
            Self::Hire => "hire",
        }
    }
}

/// Results that were taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReusedResults {
    /// The day of the tests in the company's zone, as it was written then.
    pub day: String,
    /// The posting's title, when it was another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posting: Option<String>,
}

/// Which stages invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Trigger {
    /// The chosen stage is gone from Lever.
    Gone(String),
    /// A rule says that there are no tests.
    NoTests(RuleScope),
    /// None is chosen.
    NotChosen,
    /// These.
    Stages {
        /// Their names.
        names: Vec<String>,
        /// By this rule; none: the account's own settings.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<RuleScope>,
    },
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Actor {
    /// A user, by e-mail address.
    User(String),
    /// The portal itself.
    Portal,
    /// The command line.
    CommandLine,
}

/// A rule about postings as a whole: the words that the table of rules and the audit log show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTerms {
    /// For which postings.
    pub scope: RuleScope,
    /// The stage that invites, when the rule names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// Which tests.
    pub tests: RuleTests,
    /// The stage that candidates are moved to, when the rule names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progression: Option<String>,
}

/// Which tests a rule gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum RuleTests {
    /// Those of the company, which were these.
    CompanyDefault(Tests),
    /// These.
    These(Tests),
    /// None.
    None,
}
