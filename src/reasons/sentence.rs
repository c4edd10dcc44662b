//! The sentences of reasons.

use super::{
    Actor, Finding, InvitedBy, Inviting, PostingTag, Reason, Refusal, ReusedResults, Rule, RuleScope, Trigger,
};
use crate::i18n::{Arg, Catalog, number, portal};
use std::fmt;

impl Reason {
    /// The sentence in a language; empty when there is none.
    pub fn sentence(&self, words: &Catalog) -> String {
        let say = |id: &str, values: &[(&str, Arg)]| words.message(&format!("reason-{id}"), values);
        let detail = |id: &str, detail: &String| say(id, &[("detail", detail.into())]);
        let why = |why: &Inviting| Arg::from(why.sentence(words));
        let held =
            |above: i32, until: &String| say("held", &[("above", number(above)), ("until", until.into())]);
        let tests = |tests: crate::test_selection::Tests| Arg::from(words.name("tests", tests.as_str()));
        match self {
            Self::None => String::new(),
            Self::Text(text) | Self::Value(text) => text.clone(),
            Self::KindIgnored { kind } => say("kind_ignored", &[("kind", kind.into())]),
            Self::Unreadable { detail: what } => detail("unreadable", what),
            Self::Invited(inviting) => inviting.sentence(words),
            Self::Invite { tests: chosen, why: inviting } => {
                say("invite", &[("tests", tests(*chosen)), ("why", why(inviting))])
            }
            Self::Reuse { results, why: inviting } => {
                say("reuse", &[("results", results.sentence(words).into()), ("why", why(inviting))])
            }
            Self::SameAddress { why: inviting } => say("same_address", &[("why", why(inviting))]),
            Self::AskedTheCompany { day, why: inviting } => {
                say("asked_the_company", &[("day", day.into()), ("why", why(inviting))])
            }
            Self::InviteHeld { why: inviting, above, until } => {
                say("invite_held", &[("why", why(inviting)), ("held", held(*above, until).into())])
            }
            Self::InviteUndone { why: inviting } => say("invite_undone", &[("why", why(inviting))]),
            Self::NotInvited { rule, refusal } => say(
                "not_invited",
                &[("rule", rule.sentence(words).into()), ("refusal", refusal.sentence(words).into())],
            ),
            Self::NothingToDo { stage, posting, trigger } => {
                let id = match posting {
                    None => "nothing_to_do",
                    Some(PostingTag::Missing) => "nothing_to_do-missing",
                    Some(PostingTag::Hidden) => "nothing_to_do-hidden",
                    Some(PostingTag::NoApplication) => "nothing_to_do-no_application",
                };
                let stage = stage.clone().unwrap_or_else(|| words.message("no-stage", &[]));
                say(id, &[("stage", stage.into()), ("trigger", trigger.sentence(words).into())])
            }
            Self::NotYet { what, seconds } => {
                say(&format!("not_yet-{}", what.as_str()), &[("seconds", number(*seconds))])
            }
            Self::Archived { ended } => say("archived", &[("ended", number(*ended))]),
            Self::Hired { ended } => say("hired", &[("ended", number(*ended))]),
            Self::Held { above, until } => held(*above, until),
            Self::TakenBack { by } => say("taken_back", &[("by", by.name(words).into())]),
            Self::BulkMoveSent { by } => say("bulk_move_sent", &[("by", by.name(words).into())]),
            Self::Posting(finding) => say("posting", &[("finding", finding.sentence(words).into())]),
            Self::Requested { tests: chosen, by } if by.is_empty() => {
                say("requested", &[("tests", tests(*chosen))])
            }
            Self::Requested { tests: chosen, by } => {
                say("requested-by", &[("tests", tests(*chosen)), ("by", by.into())])
            }
            Self::Replayed { by, state, outcome, reason } => {
                let parts =
                    [words.name("state", state), words.name("outcome", outcome), reason.sentence(words)];
                let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                say("replayed", &[("by", by.name(words).into()), ("ended", parts.join(", ").into())])
            }
            Self::FoundTagged { tag } => say("found_tagged", &[("tag", tag.into())]),
            Self::FoundInStage { since: None } => say("found_in_stage", &[]),
            Self::FoundInStage { since: Some(since) } => {
                say("found_in_stage-since", &[("since", since.into())])
            }
            Self::LeverUnavailable { detail: what } => detail("lever_unavailable", what),
            Self::LeverAccessRefused { detail: what } => detail("lever_access_refused", what),
            Self::LeverForbids { detail: what } => detail("lever_forbids", what),
            Self::LeverUnknownObject { detail: what } => detail("lever_unknown_object", what),
            Self::LeverRefused { detail: what } => detail("lever_refused", what),
            Self::LeverUnreadable { detail: what } => detail("lever_unreadable", what),
            Self::LeverCertificate { detail: what } => detail("lever_certificate", what),
            Self::ApplicationHidden { application, title } => {
                say("application_hidden", &[("application", application.into()), ("title", title.into())])
            }
            Self::AccessNotRenewed { detail: what } => detail("access_not_renewed", what),
            Self::WaitsForPermission { scope, title } => {
                say("waits_for_permission", &[("scope", scope.into()), ("title", title.into())])
            }
            Self::LacksPermission { scope, title } => {
                say("lacks_permission", &[("scope", scope.into()), ("title", title.into())])
            }
            Self::ProviderUnavailable { detail: what } => detail("provider_unavailable", what),
            Self::ProviderRefused { detail: what } => detail("provider_refused", what),
            Self::MailAddress { address } => say("mail_address", &[("address", address.into())]),
            Self::MailLetters { address } => say("mail_letters", &[("address", address.into())]),
            Self::MailNotComposed { detail: what } => detail("mail_not_composed", what),
            Self::MailRefused { detail: what } => detail("mail_refused", what),
            Self::MailLater { detail: what } => detail("mail_later", what),
            Self::MailFailed { last } => say("mail_failed", &[("last", last.sentence(words).into())]),
            Self::Technical { detail: what } => detail("technical", what),
            Self::JobUnreadable { detail: what } => detail("job_unreadable", what),
            Self::InternalError { detail: what } => detail("internal_error", what),
            Self::AlertNotTaken { detail: what } => detail("alert_not_taken", what),
            Self::CheckFound { what, words: found } => {
                say("check_found", &[("what", what.into()), ("found", found.into())])
            }
            Self::Retry { why, attempt, seconds } => say(
                "retry",
                &[
                    ("why", why.sentence(words).into()),
                    ("attempt", number(*attempt)),
                    ("seconds", number(*seconds)),
                ],
            ),
            Self::GivenUp { attempts, last } => {
                say("given_up", &[("attempts", number(*attempts)), ("last", last.sentence(words).into())])
            }
            Self::ActionWaits { action, why } => say(
                "action_waits",
                &[("action", words.name("action", action).into()), ("why", why.sentence(words).into())],
            ),
            Self::Mailed { address, answer } => {
                say("mailed", &[("address", address.into()), ("answer", answer.into())])
            }
            Self::MovedInstead { stage, gone } => {
                say("moved_instead", &[("stage", stage.into()), ("gone", gone.into())])
            }
            Self::NotSent { refusal } => say("not_sent", &[("refusal", refusal.sentence(words).into())]),
            Self::CancelledBy { who } => say("cancelled_by", &[("who", who.into())]),
            Self::CandidateIs { refusal } => {
                say("candidate_is", &[("refusal", refusal.sentence(words).into())])
            }
            Self::PdfFailed { detail: what } => detail("pdf_failed", what),
            Self::GapFoundUnprocessed { why } => {
                say("gap_found_unprocessed", &[("why", why.sentence(words).into())])
            }
            Self::GapState { state, reason } if reason.is_none() => {
                say("gap_state", &[("state", words.name("state", state).into())])
            }
            Self::GapState { state, reason } => say(
                "gap_state-reason",
                &[("state", words.name("state", state).into()), ("reason", reason.sentence(words).into())],
            ),
            Self::Retake { by: None } => say("retake", &[]),
            Self::Retake { by: Some(by) } => say("retake-by", &[("by", by.into())]),
            // The rest has no parameters: the message is named after the code.
            plain => say(&plain.code_and_params().0, &[]),
        }
    }
}

/// The sentence in the portal's first language, as the log of the program has it.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(portal()))
    }
}

impl RuleScope {
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

#[cfg(test)]
mod tests;
