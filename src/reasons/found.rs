//! What **Test it** finds about an account, point by point.

use super::Reason;
use crate::i18n::{Arg, Catalog, number};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What was found at one point, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each field is the parameter that its variant speaks of")]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Found {
    /// Words of version 0.1.
    Text(String),
    /// Lever answers and accepts the access. `ms`: how long it took.
    AccessGood { ms: Option<i64> },
    /// Lever does not show the stages.
    AccessWithoutStages,
    /// Access was revoked.
    AccessRevoked,
    /// Access ended, and nobody revoked it.
    AccessEnded { why: Box<Reason> },
    /// Lever could not be asked.
    AccessFailed { why: Box<Reason> },
    /// All permissions are there.
    AllGranted,
    /// These permissions are not.
    NotGranted { titles: Vec<String> },
    /// No trigger stage.
    TriggerNotChosen,
    /// No progression stage.
    ProgressionNotChosen,
    /// The stage is there.
    StageThere { name: String },
    /// The stage is gone from Lever.
    StageGone { name: String },
    /// Lever does not list webhooks.
    WebhooksNotListed,
    /// Lever did not answer.
    NotAnswered { why: Box<Reason> },
    /// Webhooks for these events are missing.
    WebhooksMissing { events: Vec<String> },
    /// Those for these events leave out origins.
    WebhooksNarrow { events: Vec<String> },
    /// All webhooks are there.
    WebhooksGood,
    /// Lever lists none for these events, but sent some to the present address: the last, of the one that was silent
    /// for longest, came at `last`.
    WebhooksHeard { events: Vec<String>, last: Timestamp, at: Timestamp },
    /// A person added webhooks for these events beside the portal's, and their tokens are not saved.
    WebhooksBeside { events: Vec<String> },
    /// Signatures match no token.
    SignaturesFailing,
    /// Signatures match.
    SignaturesGood,
    /// Nothing arrived whose signature could be checked.
    SignaturesUntested,
    /// The last event, in ms, as it was looked at `at`; nothing could be missed since.
    Arrived { last: Option<Timestamp>, at: Timestamp },
    /// The same; nobody was moved in Lever since.
    NobodyMoved { last: Option<Timestamp>, at: Timestamp },
    /// The same; so many were moved in Lever, and no webhook reported it.
    MovedUnreported { last: Option<Timestamp>, at: Timestamp, moved: usize },
    /// This machine's clock is so many minutes behind Lever's, and deliveries are refused as being from the future.
    ClockBehind { minutes: i64 },
}

impl Found {
    /// The sentence in a language.
    pub fn sentence(&self, words: &Catalog) -> String {
        let say = |id: &str, values: &[(&str, Arg)]| words.message(&format!("found-{id}"), values);
        let events = |codes: &[String]| {
            let names: Vec<String> = codes.iter().map(|code| words.name("event", code)).collect();
            [("count", number(names.len())), ("events", names.join(", ").into())]
        };
        let last = |id: &str, last: &Option<Timestamp>, at: &Timestamp| {
            let last = match last {
                Some(last) => say("last", &[("ago", last.relative_to(*at).into())]),
                None => say("last-none", &[]),
            };
            say(id, &[("last", last.into())])
        };
        match self {
            Self::Text(text) => text.clone(),
            Self::AccessGood { ms: Some(ms) } => say("access_good-ms", &[("ms", number(*ms))]),
            Self::AccessGood { ms: None } => say("access_good", &[]),
            Self::AccessWithoutStages => say("access_without_stages", &[]),
            Self::AccessRevoked => say("access_revoked", &[]),
            Self::AccessEnded { why } => say("access_ended", &[("why", why.sentence(words).into())]),
            Self::AccessFailed { why } => say("access_failed", &[("why", why.sentence(words).into())]),
            Self::AllGranted => say("all_granted", &[]),
            Self::NotGranted { titles } => say("not_granted", &[("titles", titles.join(", ").into())]),
            Self::TriggerNotChosen => say("trigger_not_chosen", &[]),
            Self::ProgressionNotChosen => say("progression_not_chosen", &[]),
            Self::StageThere { name } => say("stage_there", &[("name", name.into())]),
            Self::StageGone { name } => say("stage_gone", &[("name", name.into())]),
            Self::WebhooksNotListed => say("webhooks_not_listed", &[]),
            Self::NotAnswered { why } => say("not_answered", &[("why", why.sentence(words).into())]),
            Self::WebhooksMissing { events: codes } => say("webhooks_missing", &events(codes)),
            Self::WebhooksNarrow { events: codes } => say("webhooks_narrow", &events(codes)),
            Self::WebhooksBeside { events: codes } => say("webhooks_beside", &events(codes)),
            Self::WebhooksGood => say("webhooks_good", &[]),
            Self::WebhooksHeard { events: codes, last: then, at } => {
                let [count, events] = events(codes);
                say("webhooks_heard", &[count, events, ("ago", then.relative_to(*at).into())])
            }
            Self::SignaturesFailing => say("signatures_failing", &[]),
            Self::SignaturesGood => say("signatures_good", &[]),
            Self::SignaturesUntested => say("signatures_untested", &[]),
            Self::ClockBehind { minutes } => say("clock_behind", &[("minutes", number(*minutes))]),
            Self::Arrived { last: then, at } => last("arrived", then, at),
            Self::NobodyMoved { last: then, at } => last("nobody_moved", then, at),
            Self::MovedUnreported { last: then, at, moved } => {
                let last = match then {
                    Some(then) => say("last", &[("ago", then.relative_to(*at).into())]),
                    None => say("last-none", &[]),
                };
                say("moved_unreported", &[("last", last.into()), ("moved", number(*moved))])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::portal;

    #[test]
    fn what_was_found_is_said_with_numbers_and_names() {
        let say = |found: Found| found.sentence(portal());
        let at = Timestamp(1_800_000_000_000);
        assert_eq!(
            say(Found::WebhooksMissing { events: vec!["candidateDeleted".into()] }),
            "Candidate Deleted is not registered for this portal's address. Click Set up webhooks for me, or \
             add the Webhook URL in Lever."
        );
        assert!(
            say(Found::WebhooksMissing { events: vec!["candidateDeleted".into(), "candidateHired".into()] })
                .starts_with("Candidate Deleted, Candidate Hired are not registered")
        );
        assert_eq!(
            say(Found::MovedUnreported { last: None, at, moved: 1 }),
            "No event has arrived yet, but 1 candidate was moved in Lever and no webhook reported it. Check that each \
             event's toggle is on in Lever."
        );
        assert_eq!(say(Found::Arrived { last: None, at }), "No event has arrived yet.");
    }
}
