//! The heart of the product: from what Lever says now, who is invited. Pure: no clock, no I/O.
//!
//! A webhook is only a hint. These rules look at the opportunity as Lever describes it at the time
//! of working, so an event that comes late, twice or out of order decides the same as one in time.

pub mod matching;

use crate::events::Outcome;
use crate::ids::RuleId;
use crate::invitations::rules::matching::{Line, Rules, Scope};
use crate::invitations::snapshot::SeenPosting;
use crate::reasons::{self, InvitedBy, Inviting};
use crate::test_selection::Tests;
use lever_client::{Opportunity, Origin, Posting, StageId};
use std::collections::BTreeSet;

pub use crate::postings::SCREENING as SCREENING_TAG;

/// Stages of people who have not applied (Lever's built-in ids of leads). They are never invited.
const LEAD_STAGES: [&str; 3] = ["lead-new", "lead-reached-out", "lead-responded"];

/// What the company has chosen.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Entering this stage invites.
    pub trigger_stage: Option<StageId>,
    /// Where candidates are moved when they are done.
    pub progression_stage: Option<StageId>,
    /// Candidates of these origins are not invited.
    pub blocked_origins: BTreeSet<Origin>,
    /// The tests where no rule says otherwise.
    pub tests: Tests,
    /// A candidate who carries this tag, and not by the posting, is invited.
    pub candidate_tag: Option<String>,
    /// What differs by posting.
    pub rules: Rules,
}

/// What brought the opportunity to our attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Lever reported an application.
    Application,
    /// Lever reported a move to another stage.
    StageChange,
    /// Lever reported something else, or somebody asked.
    Other,
    /// A colleague wants this candidate to take these tests.
    ByHand(Tests),
}

/// All that a decision may rest on; see [`Facts::gather`].
#[derive(Debug, Clone, Copy)]
pub struct Facts<'f> {
    /// Why we look.
    pub(in crate::invitations) cause: Cause,
    /// The opportunity, as Lever describes it now.
    pub(in crate::invitations) opportunity: &'f Opportunity,
    /// Its posting.
    pub(in crate::invitations) posting: &'f SeenPosting,
    /// There is an invitation for this opportunity and posting.
    pub(in crate::invitations) is_invited: bool,
    /// The same person has an open invitation for this posting through another opportunity.
    pub(in crate::invitations) is_invited_elsewhere: bool,
}

/// What invites, and the rule about postings by which it does; none: the account's own settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The candidate is in the trigger stage.
    TriggerStage(StageId, Option<Scope>),
    /// The candidate applied to a posting with the screening tag.
    ScreeningTag(Option<Scope>),
    /// Somebody gave this tag to the candidate.
    CandidateTag(String, Option<Scope>),
    /// A colleague invited the candidate in the portal.
    ByHand,
}

/// An invitation, as it was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// What invites.
    pub rule: Rule,
    /// To which tests.
    pub tests: Tests,
    /// The rule that says so; none: the account's own settings.
    pub rule_id: Option<RuleId>,
    /// Where the candidate is moved when done.
    pub progression: Option<StageId>,
    /// What stood against it, had nobody asked for it.
    pub despite: Vec<Refusal>,
}

/// Why somebody whom a rule would invite is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Invited before, for this posting.
    AlreadyInvited,
    /// The same person is invited for this posting through another opportunity, as after a merge.
    SamePerson,
    /// The person's data was removed in Lever.
    Anonymized,
    /// Out of the pipeline, by rejection or hire.
    Archived,
    /// Opportunity or posting is confidential in Lever.
    Confidential,
    /// The origin is among the blocked ones.
    BlockedOrigin(Origin),
    /// Nowhere to send an invitation to.
    NoEmail,
    /// In a lead stage: has not applied.
    Lead,
    /// A rule says that there are no tests for this posting.
    NoTests(Scope),
}

/// What to do about an opportunity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Invite.
    Invite(Invite),
    /// A rule would invite, but something stands against it.
    Refuse(Rule, Refusal),
    /// No rule applies.
    Nothing,
}

/// Decides. The ways to be invited are tried from the automatic ones to what a person asked for, because
/// that wins over what only stands against the automatic ones. The order of the refusals is the order
/// in which a person would want to know of them.
pub fn decide(settings: &Settings, facts: Facts<'_>) -> Decision {
    let lines = settings.lines(facts.opportunity.posting_id(), facts.posting.tags());
    let mut decision = Decision::Nothing;
    for (rule, line) in ways(settings, facts, &lines) {
        let is_asked = matches!(rule, Rule::CandidateTag(..) | Rule::ByHand);
        let (despite, against): (Vec<_>, Vec<_>) = refusals(settings, facts, &rule, &line)
            .into_iter()
            .partition(|refusal| is_asked && matches!(refusal, Refusal::BlockedOrigin(_) | Refusal::Lead));
        let wanted = match facts.cause {
            Cause::ByHand(tests) => Some(tests),
            _ => line.tests,
        };
        decision = match (against.into_iter().next(), wanted) {
            (None, Some(tests)) => {
                return Decision::Invite(Invite {
                    rule,
                    tests,
                    rule_id: line.rule.map(|rule| rule.id),
                    progression: line.progression.cloned(),
                    despite,
                });
            }
            (Some(refusal), _) => Decision::Refuse(rule, refusal),
            // Without tests there is a refusal; this only says what to do should there not be.
            (None, None) => decision,
        };
    }
    decision
}

/// What would invite, each with the line that says to what.
fn ways<'s>(settings: &'s Settings, facts: Facts<'_>, lines: &[Line<'s>]) -> Vec<(Rule, Line<'s>)> {
    let stage = facts.opportunity.stage_id();
    // A rule without tests is named by the refusal.
    let scope = |line: &Line<'_>| line.rule.filter(|_| line.tests.is_some()).map(|rule| rule.scope.clone());
    let mut ways = Vec::new();
    let Some(other) = matching::line_without_trigger(lines, stage) else { return ways };
    if let Cause::ByHand(_) = facts.cause {
        // A rule without tests says nothing about where to go on to.
        ways.push((Rule::ByHand, if other.tests.is_some() { other } else { settings.own() }));
        return ways;
    }
    if let Some(stage) = stage {
        let of_stage = lines.iter().find(|line| line.trigger == Some(stage));
        let without_tests = lines.iter().find(|line| line.tests.is_none());
        // A posting without tests is worth a word where others would be invited.
        let is_trigger = settings.trigger_stages().contains(stage);
        if let Some(line) = of_stage.or(without_tests.filter(|_| is_trigger)) {
            ways.push((Rule::TriggerStage(stage.clone(), scope(line)), *line));
        }
    }
    // Lever copies a posting's tags to its opportunities, so only the posting's own tags tell.
    // Tags that are added later do not reach back: only an application makes them count.
    let posting_has = |tag: &str| facts.posting.tags().iter().any(|there| there == tag);
    if facts.cause == Cause::Application && posting_has(SCREENING_TAG) {
        ways.push((Rule::ScreeningTag(scope(&other)), other));
    }
    if let Some(tag) = settings.candidate_tag.as_deref()
        && facts.opportunity.tags.iter().any(|there| there == tag)
        && !posting_has(tag)
    {
        ways.push((Rule::CandidateTag(tag.to_owned(), scope(&other)), other));
    }
    ways
}

fn refusals(settings: &Settings, facts: Facts<'_>, rule: &Rule, line: &Line<'_>) -> Vec<Refusal> {
    let opportunity = facts.opportunity;
    let mut found = Vec::new();
    let mut refuse = |when: bool, refusal: fn() -> Refusal| {
        if when {
            found.push(refusal());
        }
    };
    refuse(facts.is_invited, || Refusal::AlreadyInvited);
    refuse(facts.is_invited_elsewhere, || Refusal::SamePerson);
    refuse(opportunity.is_anonymized, || Refusal::Anonymized);
    refuse(opportunity.archived.is_some(), || Refusal::Archived);
    let is_confidential = opportunity.is_confidential()
        || facts.posting.is_hidden()
        || facts.posting.visible().is_some_and(Posting::is_confidential);
    refuse(is_confidential, || Refusal::Confidential);
    if let (None, Some(by), false) = (line.tests, line.rule, *rule == Rule::ByHand) {
        found.push(Refusal::NoTests(by.scope.clone()));
    }
    if opportunity.stage_id().is_some_and(|stage| LEAD_STAGES.contains(&stage.as_str())) {
        found.push(Refusal::Lead);
    }
    let blocked = opportunity.origin.iter().filter(|origin| settings.blocked_origins.contains(*origin));
    found.extend(blocked.cloned().map(Refusal::BlockedOrigin));
    if opportunity.email().is_none_or(|email| email.trim().is_empty()) {
        found.push(Refusal::NoEmail);
    }
    found
}

impl Invite {
    /// As a reason; `stage` gives a stage's name.
    pub fn reason(&self, stage: impl Fn(&StageId) -> String) -> Inviting {
        let despite = self.despite.iter().map(Refusal::reason).collect();
        Inviting { despite, ..Inviting::from(self.rule.reason(stage)) }
    }
}

impl Rule {
    /// As a part of a reason; `stage` gives a stage's name.
    pub fn reason(&self, stage: impl Fn(&StageId) -> String) -> reasons::Rule {
        let (by, scope) = match self {
            Self::TriggerStage(id, scope) => (InvitedBy::TriggerStage(stage(id)), scope.as_ref()),
            Self::ScreeningTag(scope) => (InvitedBy::ScreeningTag(SCREENING_TAG.to_owned()), scope.as_ref()),
            Self::CandidateTag(tag, scope) => (InvitedBy::CandidateTag(tag.clone()), scope.as_ref()),
            Self::ByHand => (InvitedBy::Hand, None),
        };
        reasons::Rule { by, scope: scope.map(Scope::reason) }
    }
}

impl Refusal {
    /// As the outcome of an event.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::AlreadyInvited => Outcome::AlreadyInvited,
            Self::SamePerson => Outcome::SamePerson,
            Self::Anonymized => Outcome::Anonymized,
            Self::Archived => Outcome::Archived,
            Self::Confidential => Outcome::Confidential,
            Self::BlockedOrigin(_) => Outcome::OriginBlocked,
            Self::NoEmail => Outcome::NoEmail,
            Self::Lead => Outcome::Lead,
            Self::NoTests(_) => Outcome::PostingWithoutTests,
        }
    }

    /// As a part of a reason.
    pub fn reason(&self) -> reasons::Refusal {
        match self {
            Self::AlreadyInvited => reasons::Refusal::AlreadyInvited,
            Self::SamePerson => reasons::Refusal::SamePerson,
            Self::Anonymized => reasons::Refusal::Anonymized,
            Self::Archived => reasons::Refusal::Archived,
            Self::Confidential => reasons::Refusal::Confidential,
            Self::BlockedOrigin(origin) => reasons::Refusal::OriginBlocked(origin.to_string()),
            Self::NoEmail => reasons::Refusal::NoEmail,
            Self::Lead => reasons::Refusal::Lead,
            Self::NoTests(scope) => reasons::Refusal::PostingWithoutTests(scope.reason()),
        }
    }
}

#[cfg(test)]
mod tests;
