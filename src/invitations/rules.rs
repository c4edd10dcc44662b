//! The heart of the product: from what Lever says now, who is invited. Pure: no clock, no I/O.
//!
//! A webhook is only a hint. These rules look at the opportunity as Lever describes it at the time
//! of working, so an event that comes late, twice or out of order decides the same as one in time.

use crate::lever::{Opportunity, Origin, Posting, StageId};
use std::collections::BTreeSet;

pub use crate::postings::SCREENING as SCREENING_TAG;

/// Stages of people who have not applied (Lever's built-in ids of leads). They are never invited.
const LEAD_STAGES: [&str; 3] = ["lead-new", "lead-reached-out", "lead-responded"];

/// What the company has chosen.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Entering this stage invites.
    pub trigger_stage: Option<StageId>,
    /// Candidates of these origins are not invited.
    pub blocked_origins: BTreeSet<Origin>,
}

/// What brought the opportunity to our attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Lever told of an application.
    Application,
    /// Lever told of a move to another stage.
    StageChange,
    /// Lever told of something else, or somebody asked.
    Other,
}

/// All that a decision may rest on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'f> {
    /// Why we look.
    pub cause: Cause,
    /// The opportunity, as Lever describes it now.
    pub opportunity: &'f Opportunity,
    /// Its posting, when it has one that we may see.
    pub posting: Option<&'f Posting>,
    /// Lever keeps the posting from us.
    pub posting_is_hidden: bool,
    /// There is an invitation for this opportunity and posting.
    pub is_invited: bool,
    /// The same person has an open invitation for this posting through another opportunity.
    pub is_invited_elsewhere: bool,
}

/// The rule that invites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The candidate is in the trigger stage.
    TriggerStage(StageId),
    /// The candidate applied to a posting with the screening tag.
    ScreeningTag,
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
}

/// What to do about an opportunity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Invite, by this rule.
    Invite(Rule),
    /// A rule would invite, but something stands against it.
    Refuse(Rule, Refusal),
    /// No rule applies.
    Nothing,
}

/// Decides. The order of the refusals is the order in which a person would want to know of them.
pub fn decide(settings: &Settings, facts: Facts<'_>) -> Decision {
    let Some(rule) = rule(settings, facts) else { return Decision::Nothing };
    match refusal(settings, facts) {
        Some(refusal) => Decision::Refuse(rule, refusal),
        None => Decision::Invite(rule),
    }
}

fn rule(settings: &Settings, facts: Facts<'_>) -> Option<Rule> {
    let stage = facts.opportunity.stage_id();
    if let Some(trigger) = &settings.trigger_stage
        && stage == Some(trigger)
    {
        return Some(Rule::TriggerStage(trigger.clone()));
    }
    // Lever copies a posting's tags to its opportunities, so only the posting's own tags tell.
    // Tags that are added later do not reach back: only an application makes them count.
    let has_tag = facts.posting.is_some_and(|posting| posting.tags.iter().any(|tag| tag == SCREENING_TAG));
    (facts.cause == Cause::Application && has_tag).then_some(Rule::ScreeningTag)
}

fn refusal(settings: &Settings, facts: Facts<'_>) -> Option<Refusal> {
    let opportunity = facts.opportunity;
    if facts.is_invited {
        return Some(Refusal::AlreadyInvited);
    }
    if facts.is_invited_elsewhere {
        return Some(Refusal::SamePerson);
    }
    if opportunity.is_anonymized {
        return Some(Refusal::Anonymized);
    }
    if opportunity.archived.is_some() {
        return Some(Refusal::Archived);
    }
    if opportunity.is_confidential()
        || facts.posting_is_hidden
        || facts.posting.is_some_and(Posting::is_confidential)
    {
        return Some(Refusal::Confidential);
    }
    if opportunity.stage_id().is_some_and(|stage| LEAD_STAGES.contains(&stage.as_str())) {
        return Some(Refusal::Lead);
    }
    if let Some(origin) =
        opportunity.origin.as_ref().filter(|origin| settings.blocked_origins.contains(*origin))
    {
        return Some(Refusal::BlockedOrigin(origin.clone()));
    }
    opportunity.email().is_none_or(|email| email.trim().is_empty()).then_some(Refusal::NoEmail)
}

impl Rule {
    /// In words, for the timeline; `stage` gives a stage's name.
    pub fn words(&self, stage: impl Fn(&StageId) -> String) -> String {
        match self {
            Self::TriggerStage(id) => format!("is in the trigger stage \u{201c}{}\u{201d}", stage(id)),
            Self::ScreeningTag => {
                format!("applied to a posting with the tag \u{201c}{SCREENING_TAG}\u{201d}")
            }
        }
    }
}

impl Refusal {
    /// One word, for the outcome of an event.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::AlreadyInvited => "already_invited",
            Self::SamePerson => "same_person",
            Self::Anonymized => "anonymized",
            Self::Archived => "archived",
            Self::Confidential => "confidential",
            Self::BlockedOrigin(_) => "origin_blocked",
            Self::NoEmail => "no_email",
            Self::Lead => "lead",
        }
    }

    /// In words, with what would change it.
    pub fn words(&self) -> String {
        match self {
            Self::AlreadyInvited => "was invited for this posting before".into(),
            Self::SamePerson => {
                "is the same person in Lever as in another opportunity of this posting, where the tests are under way"
                    .into()
            }
            Self::Anonymized => "was anonymised in Lever".into(),
            Self::Archived => "is archived in Lever".into(),
            Self::Confidential => {
                "is confidential in Lever, or the posting is; switch that off in Lever to invite".into()
            }
            Self::BlockedOrigin(origin) => {
                format!(
                    "has the origin \u{201c}{origin}\u{201d}, which is blocked in the integration's settings"
                )
            }
            Self::NoEmail => "has no e-mail address in Lever".into(),
            Self::Lead => "is a lead and has not applied".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const TRIGGER: &str = "4d64f338-0000-4000-8000-000000000000";

    fn opportunity(change: Value) -> Opportunity {
        let mut value = json!({
            "id": "o1", "name": "Ada Byron", "emails": ["ada@example.com"], "stage": TRIGGER,
            "origin": "applied", "archived": null, "isAnonymized": false,
            "confidentiality": "non-confidential", "tags": [SCREENING_TAG],
        });
        for (key, new) in change.as_object().expect("an object") {
            value[key] = new.clone();
        }
        serde_json::from_value(value).expect("an opportunity")
    }

    fn posting(tags: &[&str], confidentiality: &str) -> Posting {
        let value = json!({"id": "p1", "text": "Engineer", "tags": tags, "confidentiality": confidentiality});
        serde_json::from_value(value).expect("a posting")
    }

    fn settings() -> Settings {
        Settings {
            trigger_stage: Some(StageId::from(TRIGGER.to_owned())),
            blocked_origins: [Origin::Internal].into(),
        }
    }

    fn decide_on(cause: Cause, opportunity: &Opportunity, posting: Option<&Posting>) -> Decision {
        let facts = Facts {
            cause,
            opportunity,
            posting,
            posting_is_hidden: false,
            is_invited: false,
            is_invited_elsewhere: false,
        };
        decide(&settings(), facts)
    }

    #[test]
    fn the_trigger_stage_invites() {
        let rule = Rule::TriggerStage(StageId::from(TRIGGER.to_owned()));
        assert_eq!(decide_on(Cause::StageChange, &opportunity(json!({})), None), Decision::Invite(rule));
    }

    #[test]
    fn every_refusal_is_told() {
        for (change, expected) in [
            (json!({"archived": {"archivedAt": 1, "reason": "r"}}), Refusal::Archived),
            (json!({"isAnonymized": true}), Refusal::Anonymized),
            (json!({"confidentiality": "confidential"}), Refusal::Confidential),
            (json!({"origin": "internal"}), Refusal::BlockedOrigin(Origin::Internal)),
            (json!({"emails": []}), Refusal::NoEmail),
            (json!({"emails": ["  "]}), Refusal::NoEmail),
        ] {
            match decide_on(Cause::StageChange, &opportunity(change.clone()), None) {
                Decision::Refuse(_, refusal) => assert_eq!(refusal, expected, "{change}"),
                other => panic!("{change}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_posting_that_is_confidential_or_hidden_refuses() {
        let there = opportunity(json!({}));
        let confidential = posting(&[], "confidential");
        let decision = decide_on(Cause::StageChange, &there, Some(&confidential));
        assert!(matches!(decision, Decision::Refuse(_, Refusal::Confidential)));
        let facts = Facts {
            cause: Cause::StageChange,
            opportunity: &there,
            posting: None,
            posting_is_hidden: true,
            is_invited: false,
            is_invited_elsewhere: false,
        };
        assert!(matches!(decide(&settings(), facts), Decision::Refuse(_, Refusal::Confidential)));
    }

    #[test]
    fn the_screening_tag_counts_on_the_posting_and_on_application_only() {
        let elsewhere = opportunity(json!({"stage": "applicant-new"}));
        let tagged = posting(&[SCREENING_TAG], "non-confidential");
        let misspelt =
            posting(&["Alva:Screening", "alva: screening", "Alva: Screening "], "non-confidential");
        assert_eq!(
            decide_on(Cause::Application, &elsewhere, Some(&tagged)),
            Decision::Invite(Rule::ScreeningTag)
        );
        assert_eq!(decide_on(Cause::Application, &elsewhere, Some(&misspelt)), Decision::Nothing);
        assert_eq!(decide_on(Cause::Application, &elsewhere, None), Decision::Nothing);
        assert_eq!(decide_on(Cause::StageChange, &elsewhere, Some(&tagged)), Decision::Nothing);
    }

    #[test]
    fn a_lead_is_not_invited_by_a_tag() {
        let lead = opportunity(json!({"stage": "lead-new"}));
        let tagged = posting(&[SCREENING_TAG], "non-confidential");
        let decision = decide_on(Cause::Application, &lead, Some(&tagged));
        assert_eq!(decision, Decision::Refuse(Rule::ScreeningTag, Refusal::Lead));
    }
}
