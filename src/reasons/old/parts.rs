//! The parts of sentences.

use super::{between, owned};
use crate::reasons::{Actor, Finding, InvitedBy, Inviting, Refusal, Rule, RuleScope};
use crate::test_selection::Tests;

pub(super) fn tests(words: &str) -> Option<Tests> {
    Some(match words {
        "logic and personality" => Tests::Both,
        "logic" => Tests::Logic,
        "personality" => Tests::Personality,
        _ => return None,
    })
}

pub(super) fn actor(name: &str) -> Actor {
    match name {
        "the portal" => Actor::Portal,
        "the command line" => Actor::CommandLine,
        email => Actor::User(owned(email)),
    }
}

pub(super) fn scope(text: &str) -> Option<RuleScope> {
    if let Some(title) = between(text, "the posting \u{201c}", "\u{201d}") {
        return Some(RuleScope::Posting(owned(title)));
    }
    if let Some(tag) = between(text, "postings tagged \u{201c}", "\u{201d}") {
        return Some(RuleScope::Tag(owned(tag)));
    }
    (text == "every posting").then_some(RuleScope::Every)
}

pub(super) fn rule(text: &str) -> Option<Rule> {
    const WITHIN: &str = " (the rule for ";
    // A title may have these words in it too.
    let scoped = text.strip_suffix(')').and_then(|whole| {
        whole.match_indices(WITHIN).find_map(|(at, _)| {
            let (by, within) = (invited_by(&whole[..at])?, scope(&whole[at + WITHIN.len()..])?);
            Some(Rule { by, scope: Some(within) })
        })
    });
    scoped.or_else(|| Some(Rule { by: invited_by(text)?, scope: None }))
}

fn invited_by(text: &str) -> Option<InvitedBy> {
    if let Some(stage) = between(text, "is in the trigger stage \u{201c}", "\u{201d}") {
        return Some(InvitedBy::TriggerStage(owned(stage)));
    }
    if let Some(tag) = between(text, "applied to a posting with the tag \u{201c}", "\u{201d}") {
        return Some(InvitedBy::ScreeningTag(owned(tag)));
    }
    if let Some(tag) = between(text, "was given the tag \u{201c}", "\u{201d} in Lever") {
        return Some(InvitedBy::CandidateTag(owned(tag)));
    }
    (text == "was invited by hand").then_some(InvitedBy::Hand)
}

pub(super) fn inviting(text: &str) -> Option<Inviting> {
    const DESPITE: &str = ", and a person\u{2019}s wish counts more";
    const NO_TEST: &str = "; the posting carries \u{201c}";
    let (mut text, mut findings) = (text, Vec::new());
    while let Some(at) = text.rfind(NO_TEST) {
        let Some(finding) = finding(&text[at + "; the posting ".len()..]) else { break };
        findings.insert(0, finding);
        text = &text[..at];
    }
    let (mut who, mut despite) = (None, Vec::new());
    if let Some(rest) = text.strip_prefix("was invited by hand")
        && let Some(at) = rest.rfind(DESPITE).map(|at| at + DESPITE.len()).or(Some(0))
        && let Some(by) = rest[at..].strip_prefix(" by ")
    {
        who = Some(owned(by));
        text = &text[..text.len() - by.len() - " by ".len()];
    }
    while let Some(rest) = text.strip_suffix(DESPITE) {
        let at = rest.rfind("; the candidate ")?;
        despite.insert(0, refusal(&rest[at + "; the candidate ".len()..])?);
        text = &text[..at];
    }
    Some(Inviting { rule: rule(text)?, despite, who, findings })
}

pub(super) fn refusal(text: &str) -> Option<Refusal> {
    const BLOCKED: &str = "\u{201d}, which is blocked in the integration's settings";
    Some(match text {
        "was invited for this posting before" => Refusal::AlreadyInvited,
        "is the same person in Lever as in another opportunity of this posting, where the tests are under way" => {
            Refusal::SamePerson
        }
        "was anonymised in Lever" => Refusal::Anonymized,
        "is archived in Lever" => Refusal::Archived,
        "is confidential in Lever, or the posting is; switch that off in Lever to invite" => {
            Refusal::Confidential
        }
        "has no e-mail address in Lever" => Refusal::NoEmail,
        "is a lead and has not applied" => Refusal::Lead,
        other => {
            if let Some(origin) = between(other, "has the origin \u{201c}", BLOCKED) {
                Refusal::OriginBlocked(owned(origin))
            } else {
                let by = between(other, "belongs to a posting without tests (the rule for ", ")")?;
                Refusal::PostingWithoutTests(scope(by)?)
            }
        }
    })
}

pub(super) fn finding(text: &str) -> Option<Finding> {
    if text == "is confidential in Lever, so nobody who applies to it is invited" {
        return Some(Finding::Confidential);
    }
    let carried = text.strip_prefix("carries \u{201c}")?;
    if let Some(tag) = carried.strip_suffix("\u{201d}, which names a test that this portal does not have") {
        return Some(Finding::NoSuchTest { tag: owned(tag) });
    }
    let (tag, right) = carried.strip_suffix('\u{201d}')?.rsplit_once("\u{201d}, which is not \u{201c}")?;
    Some(Finding::NearMiss { tag: owned(tag), right: owned(right) })
}
