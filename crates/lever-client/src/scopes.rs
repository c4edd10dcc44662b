//! What an integration asks Lever's customers for, in Lever's words and in people's.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

/// A permission that is asked for (Lever's wire notes §2). A write permission includes reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// `offline_access`: a refresh token.
    OfflineAccess,
    /// `opportunities:write:admin`: candidates, their tags, links and stage.
    Opportunities,
    /// `postings:read:admin`.
    Postings,
    /// `applications:read:admin`: the application in full, where Lever sends its id alone.
    Applications,
    /// `stages:read:admin`.
    Stages,
    /// `notes:write:admin`.
    Notes,
    /// `files:write:admin`.
    Files,
    /// `users:read:admin`.
    Users,
    /// `webhooks:write:admin`.
    Webhooks,
    /// `archive_reasons:read:admin`.
    ArchiveReasons,
}

impl Scope {
    /// All that is asked for, in the order in which people are told.
    pub const ASKED: [Scope; 10] = [
        Scope::Opportunities,
        Scope::Postings,
        Scope::Applications,
        Scope::Stages,
        Scope::Notes,
        Scope::Files,
        Scope::Users,
        Scope::Webhooks,
        Scope::ArchiveReasons,
        Scope::OfflineAccess,
    ];

    /// The scope's name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scope::OfflineAccess => "offline_access",
            Scope::Opportunities => "opportunities:write:admin",
            Scope::Postings => "postings:read:admin",
            Scope::Applications => "applications:read:admin",
            Scope::Stages => "stages:read:admin",
            Scope::Notes => "notes:write:admin",
            Scope::Files => "files:write:admin",
            Scope::Users => "users:read:admin",
            Scope::Webhooks => "webhooks:write:admin",
            Scope::ArchiveReasons => "archive_reasons:read:admin",
        }
    }

    /// A short name of the permission for people.
    pub const fn title(self) -> &'static str {
        match self {
            Scope::OfflineAccess => "Stay connected",
            Scope::Opportunities => "Read and update candidates",
            Scope::Postings => "Read job postings",
            Scope::Applications => "Read applications",
            Scope::Stages => "Read pipeline stages",
            Scope::Notes => "Read and write notes",
            Scope::Files => "Read and add files",
            Scope::Users => "Read users",
            Scope::Webhooks => "Manage webhooks",
            Scope::ArchiveReasons => "Read archive reasons",
        }
    }

    /// Why it is asked for, in one sentence.
    pub const fn purpose(self) -> &'static str {
        match self {
            Scope::OfflineAccess => "To keep working while nobody is logged in, until you revoke access.",
            Scope::Opportunities => {
                "To see who to test, tag their progress, link the results and move candidates on."
            }
            Scope::Postings => "To know which job a candidate applied for and which tests it requires.",
            Scope::Applications => {
                "To know which job a candidate applied for when Lever does not say so directly."
            }
            Scope::Stages => "To let you choose the trigger and progression stages.",
            Scope::Notes => "To write the results as a note on the candidate.",
            Scope::Files => "To attach the report with the results to the candidate.",
            Scope::Users => "To show who granted access, and to write as that person.",
            Scope::Webhooks => "To set up the webhooks for you and check that they work.",
            Scope::ArchiveReasons => "To tell candidates who were hired from those who were archived.",
        }
    }

    /// What does not work when it was not granted, in one sentence.
    pub const fn without(self) -> &'static str {
        match self {
            Scope::OfflineAccess => "The connection ends after an hour and must be granted again.",
            Scope::Opportunities => "No candidate can be invited, and nothing can be reported back.",
            Scope::Postings => {
                "Nobody is invited: the portal can't see which job a candidate applied for, or whether it is \
                 confidential."
            }
            Scope::Applications => {
                "If Lever gives only an application's id, the job is unknown and the candidate waits."
            }
            Scope::Stages => "Trigger and progression stage can't be chosen.",
            Scope::Notes => "Results are not written to the candidate as a note.",
            Scope::Files => "The report is not attached to the candidate.",
            Scope::Users => "The portal can't show who granted access or who owns a candidate.",
            Scope::Webhooks => "Webhooks can't be set up or checked for you; do it in Lever yourself.",
            Scope::ArchiveReasons => "Hired and rejected candidates can't be told apart when archived.",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What was granted: scopes by their names on the wire, known to this crate or not.
///
/// Written and stored as Lever writes it, separated by spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct ScopeSet(BTreeSet<String>);

impl ScopeSet {
    /// Reads scopes separated by white space.
    pub fn parse(text: &str) -> Self {
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// The scopes that are asked for.
    pub fn asked() -> Self {
        Scope::ASKED.iter().map(|s| s.as_str().to_owned()).collect()
    }

    /// Whether the set allows what `scope` stands for: by its own name, or by writing where it asks to read.
    pub fn allows(&self, scope: Scope) -> bool {
        let name = scope.as_str();
        self.0.contains(name) || self.0.contains(&name.replace(":read:", ":write:"))
    }

    /// What is asked for and was not granted. [`Scope::without`] says what that costs.
    pub fn missing(&self) -> Vec<Scope> {
        Scope::ASKED.into_iter().filter(|scope| !self.allows(*scope)).collect()
    }

    /// Whether it names anything that the API grants, such as `notes:write:admin`. What Lever answers
    /// without any (`openid profile offline_access`) says nothing of what the API allows.
    pub fn names_api_scopes(&self) -> bool {
        self.iter().any(|name| {
            let mut parts = name.split(':');
            parts.next().is_some_and(|object| !object.is_empty())
                && matches!(parts.next(), Some("read" | "write" | "access"))
        })
    }

    /// The names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether nothing was granted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<String> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.iter().enumerate() {
            write!(f, "{}{name}", if i == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl From<String> for ScopeSet {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<ScopeSet> for String {
    fn from(set: ScopeSet) -> Self {
        set.to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::scopes::*;

    #[test]
    fn asks_for_what_the_notes_say_and_no_more_than_lever_allows() {
        let asked: Vec<_> = Scope::ASKED.iter().map(|s| s.as_str()).collect();
        for name in [
            "offline_access",
            "opportunities:write:admin",
            "postings:read:admin",
            "applications:read:admin",
            "stages:read:admin",
            "notes:write:admin",
            "files:write:admin",
            "users:read:admin",
            "webhooks:write:admin",
            "archive_reasons:read:admin",
        ] {
            assert!(asked.contains(&name), "{name}");
        }
        assert_eq!(asked.len(), 10);
        assert_eq!(ScopeSet::asked().missing(), []);
    }

    #[test]
    fn writing_includes_reading_and_not_the_other_way() {
        let more = ScopeSet::parse("postings:write:admin  stages:read:admin\nunheard:of");
        assert!(more.allows(Scope::Postings));
        assert!(more.allows(Scope::Stages));
        assert!(!ScopeSet::parse("notes:read:admin").allows(Scope::Notes));
        assert!(!more.missing().contains(&Scope::Postings));
        assert_eq!(more.missing().len(), 8);
        assert_eq!(ScopeSet::default().missing(), Scope::ASKED);
    }

    #[test]
    fn sign_in_scopes_are_none_of_the_api() {
        for text in ["", "openid profile offline_access", "email", ":read", "https://x.test/userinfo"] {
            assert!(!ScopeSet::parse(text).names_api_scopes(), "{text}");
        }
        for text in ["openid notes:read:admin", "confidential:access:admin", "tasks:read"] {
            assert!(ScopeSet::parse(text).names_api_scopes(), "{text}");
        }
    }

    #[test]
    fn is_stored_as_lever_writes_it() {
        let set = ScopeSet::parse("b a");
        assert_eq!(serde_json::to_string(&set).unwrap(), "\"a b\"");
        assert_eq!(serde_json::from_str::<ScopeSet>("\"a  b\"").unwrap(), set);
    }
}
