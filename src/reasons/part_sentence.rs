//! The sentences of the parts of reasons.

use super::{
    Actor, Finding, InvitedBy, Inviting, Refusal, ReusedResults, Rule, RuleScope, RuleTerms, RuleTests,
    Trigger,
};
use crate::i18n::{Catalog, number};

impl RuleScope {
    /// At the beginning of a line: `The posting “Engineer”`.
    pub fn heading(&self, words: &Catalog) -> String {
        match self {
            Self::Posting(title) => words.message("terms-posting", &[("title", title.into())]),
            Self::Tag(tag) => words.message("terms-tag", &[("tag", tag.into())]),
            Self::Every => words.message("terms-every", &[]),
        }
    }

    /// In a sentence: `the posting “Engineer”`.
    pub fn sentence(&self, words: &Catalog) -> String {
        match self {
            Self::Posting(title) => words.message("scope-posting", &[("title", title.into())]),
            Self::Tag(tag) => words.message("scope-tag", &[("tag", tag.into())]),
            Self::Every => words.message("scope-every", &[]),
        }
    }
}

impl Rule {
    /// In a sentence, of the candidate.
    pub fn sentence(&self, words: &Catalog) -> String {
        let rule = match &self.by {
            InvitedBy::TriggerStage(stage) => words.message("rule-trigger_stage", &[("stage", stage.into())]),
            InvitedBy::ScreeningTag(tag) => words.message("rule-screening_tag", &[("tag", tag.into())]),
            InvitedBy::CandidateTag(tag) => words.message("rule-candidate_tag", &[("tag", tag.into())]),
            InvitedBy::Hand => words.message("rule-hand", &[]),
        };
        match &self.scope {
            Some(scope) => words
                .message("rule-within", &[("rule", rule.into()), ("scope", scope.sentence(words).into())]),
            None => rule,
        }
    }
}

impl Inviting {
    /// In a sentence, of the candidate.
    pub fn sentence(&self, words: &Catalog) -> String {
        let mut why = self.rule.sentence(words);
        for refusal in &self.despite {
            let refusal = refusal.sentence(words);
            why = words.message("inviting-despite", &[("why", why.into()), ("refusal", refusal.into())]);
        }
        if let Some(who) = &self.who {
            why = words.message("inviting-by", &[("why", why.into()), ("who", who.into())]);
        }
        for finding in &self.findings {
            let finding = finding.sentence(words);
            why = words.message("inviting-finding", &[("why", why.into()), ("finding", finding.into())]);
        }
        why
    }
}

impl Refusal {
    /// In a sentence, of the candidate, with what would change it.
    pub fn sentence(&self, words: &Catalog) -> String {
        match self {
            Self::AlreadyInvited => words.message("refusal-already_invited", &[]),
            Self::SamePerson => words.message("refusal-same_person", &[]),
            Self::Anonymized => words.message("refusal-anonymized", &[]),
            Self::Archived => words.message("refusal-archived", &[]),
            Self::Confidential => words.message("refusal-confidential", &[]),
            Self::OriginBlocked(origin) => {
                words.message("refusal-origin_blocked", &[("origin", origin.into())])
            }
            Self::NoEmail => words.message("refusal-no_email", &[]),
            Self::Lead => words.message("refusal-lead", &[]),
            Self::PostingWithoutTests(scope) => {
                words.message("refusal-posting_without_tests", &[("scope", scope.sentence(words).into())])
            }
        }
    }

    /// What to do about it; empty where there is nothing.
    pub fn remedy(&self, words: &Catalog) -> String {
        let id = match self {
            Self::AlreadyInvited => return String::new(),
            Self::SamePerson => "refusal-same_person-remedy",
            Self::Anonymized => "refusal-anonymized-remedy",
            Self::Archived => "refusal-archived-remedy",
            Self::Confidential => "refusal-confidential-remedy",
            Self::OriginBlocked(origin) => {
                return words.message("refusal-origin_blocked-remedy", &[("origin", origin.into())]);
            }
            Self::NoEmail => "refusal-no_email-remedy",
            Self::Lead => "refusal-lead-remedy",
            Self::PostingWithoutTests(_) => "refusal-posting_without_tests-remedy",
        };
        words.message(id, &[])
    }
}

impl Finding {
    /// In a sentence, of the posting.
    pub fn sentence(&self, words: &Catalog) -> String {
        match self {
            Self::NearMiss { tag, right } => {
                words.message("finding-near_miss", &[("tag", tag.into()), ("right", right.into())])
            }
            Self::NoSuchTest { tag } => words.message("finding-no_such_test", &[("tag", tag.into())]),
            Self::Confidential => words.message("finding-confidential", &[]),
        }
    }

    /// What to do about it.
    pub fn remedy(&self, words: &Catalog) -> String {
        match self {
            Self::NearMiss { right, .. } => {
                words.message("finding-near_miss-remedy", &[("right", right.into())])
            }
            Self::NoSuchTest { .. } => words.message("finding-no_such_test-remedy", &[]),
            Self::Confidential => words.message("finding-confidential-remedy", &[]),
        }
    }
}

impl ReusedResults {
    /// In a sentence: `results of 3 May 2026 for “Engineer”`.
    pub fn sentence(&self, words: &Catalog) -> String {
        match &self.posting {
            Some(posting) => words.message(
                "results-of_posting",
                &[("day", self.day.as_str().into()), ("posting", posting.into())],
            ),
            None => words.message("results", &[("day", self.day.as_str().into())]),
        }
    }
}

impl Trigger {
    /// In words: `trigger stage: “Assessment”`.
    pub fn sentence(&self, words: &Catalog) -> String {
        match self {
            Self::Gone(stage) => words.message("trigger-gone", &[("stage", stage.into())]),
            Self::NoTests(scope) => {
                words.message("trigger-no_tests", &[("scope", scope.sentence(words).into())])
            }
            Self::NotChosen => words.message("trigger-not_chosen", &[]),
            Self::Stages { names, scope } => {
                let quoted: Vec<String> =
                    names.iter().map(|name| words.message("quoted", &[("text", name.into())])).collect();
                let stages = words.message(
                    "trigger-stages",
                    &[("count", number(names.len())), ("stages", quoted.join(", ").into())],
                );
                match scope {
                    Some(scope) => words.message(
                        "trigger-by_rule",
                        &[("trigger", stages.into()), ("scope", scope.sentence(words).into())],
                    ),
                    None => stages,
                }
            }
        }
    }
}

impl Actor {
    /// Who it was.
    pub fn name(&self, words: &Catalog) -> String {
        match self {
            Self::User(email) => email.clone(),
            Self::Portal => words.message("actor-portal", &[]),
            Self::CommandLine => words.message("actor-command_line", &[]),
        }
    }
}

impl RuleTerms {
    /// `Postings tagged “Sales” · entering “Assessment” → logic · then to “Interview”`.
    pub fn sentence(&self, words: &Catalog) -> String {
        let scope = self.scope.heading(words);
        let trigger =
            self.trigger.as_ref().map(|stage| words.message("terms-entering", &[("stage", stage.into())]));
        let tests = self.tests.sentence(words);
        let then =
            self.progression.as_ref().map(|stage| words.message("terms-then", &[("stage", stage.into())]));
        let before: Vec<String> = [scope].into_iter().chain(trigger).collect();
        let after: Vec<String> = [tests].into_iter().chain(then).collect();
        format!("{} \u{2192} {}", before.join(" \u{b7} "), after.join(" \u{b7} "))
    }
}

impl RuleTests {
    /// `logic and personality (company default)`.
    pub fn sentence(&self, words: &Catalog) -> String {
        match self {
            Self::CompanyDefault(tests) => {
                let tests = words.name("tests", tests.as_str());
                words.message("terms-company_default", &[("tests", tests.into())])
            }
            Self::These(tests) => words.name("tests", tests.as_str()),
            Self::None => words.message("terms-no_tests", &[]),
        }
    }
}
