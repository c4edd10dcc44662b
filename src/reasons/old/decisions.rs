//! Sentences about what was decided, held and found.

use super::parts::{actor, finding, inviting, refusal, rule, scope, tests};
use super::{between, owned};
use crate::reasons::{PostingTag, Reason, ReusedResults, Trigger};

pub(super) fn decision(text: &str) -> Option<Reason> {
    const IGNORED: &str = "The portal does nothing about events of the kind \u{201c}";
    if let Some(kind) = between(text, IGNORED, "\u{201d}.") {
        return Some(Reason::KindIgnored { kind: owned(kind) });
    }
    if let Some(rest) = text.strip_prefix("not invited: ") {
        // The rule stands before the first ", but " behind which there is a refusal.
        return rest.match_indices(", but ").find_map(|(at, but)| {
            let (rule, refusal) = (rule(&rest[..at])?, refusal(&rest[at + but.len()..])?);
            Some(Reason::NotInvited { rule, refusal })
        });
    }
    if let Some(rest) = text.strip_prefix("nothing to do: ") {
        return nothing(rest);
    }
    if let Some(rest) = text.strip_prefix("is archived in Lever; ") {
        return Some(Reason::Archived { ended: ended(rest)? });
    }
    if let Some(rest) = text.strip_prefix("is hired; ") {
        return Some(Reason::Hired { ended: ended(rest)? });
    }
    if let Some(rest) = text.strip_prefix("the posting ") {
        return Some(Reason::Posting(finding(rest)?));
    }
    if let Some(rest) = text.strip_prefix("invite to ") {
        let (chosen, why) = rest.split_once(": ")?;
        return Some(Reason::Invite { tests: tests(chosen)?, why: inviting(why)? });
    }
    if let Some(rest) = text.strip_prefix("complete at once: results of ") {
        return rest.match_indices(" are reused; ").find_map(|(at, reused)| {
            let why = inviting(&rest[at + reused.len()..])?;
            let results =
                match rest[..at].strip_suffix('\u{201d}').and_then(|r| r.split_once(" for \u{201c}")) {
                    Some((day, posting)) => ReusedResults { day: owned(day), posting: Some(owned(posting)) },
                    None => ReusedResults { day: owned(&rest[..at]), posting: None },
                };
            Some(Reason::Reuse { results, why })
        });
    }
    None
}

fn nothing(rest: &str) -> Option<Reason> {
    let (posting, rest) = if let Some(rest) = rest.strip_prefix("the posting has no screening tag, and ") {
        (Some(PostingTag::Missing), rest)
    } else if let Some(rest) =
        rest.strip_prefix("Lever does not show the posting, which is confidential, and ")
    {
        (Some(PostingTag::Hidden), rest)
    } else {
        (None, rest)
    };
    let rest = between(rest, "the candidate is in \u{201c}", ")")?;
    rest.match_indices("\u{201d} (").find_map(|(at, open)| {
        let trigger = trigger(&rest[at + open.len()..])?;
        let stage = (&rest[..at] != "no stage").then(|| owned(&rest[..at]));
        Some(Reason::NothingToDo { stage, posting, trigger })
    })
}

fn trigger(text: &str) -> Option<Trigger> {
    const GONE: &str = "\u{201d} no longer exists in Lever, so nobody is invited by a move";
    if let Some(stage) = between(text, "the trigger stage \u{201c}", GONE) {
        return Some(Trigger::Gone(owned(stage)));
    }
    if let Some(by) = text.strip_prefix("no tests for this posting, by the rule for ") {
        return Some(Trigger::NoTests(scope(by)?));
    }
    if text == "trigger stage: none is chosen" {
        return Some(Trigger::NotChosen);
    }
    let stages = text.strip_prefix("trigger stage: ").or_else(|| text.strip_prefix("trigger stages: "))?;
    let (stages, scope) = match stages.rsplit_once(", by the rule for ") {
        Some((stages, by)) => (stages, Some(scope(by)?)),
        None => (stages, None),
    };
    let names = between(stages, "\u{201c}", "\u{201d}")?.split("\u{201d}, \u{201c}").map(owned).collect();
    Some(Trigger::Stages { names, scope })
}

fn ended(text: &str) -> Option<usize> {
    if text == "there was no open invitation" {
        return Some(0);
    }
    let count =
        text.strip_suffix(" open invitations ended").or_else(|| text.strip_suffix(" open invitation ended"));
    count?.parse().ok()
}

pub(super) fn bulk_move(text: &str) -> Option<Reason> {
    const UNDONE: &str = "; but the invitations of this mass move were taken back before this one was sent";
    if let Some((above, until)) = held(text) {
        return Some(Reason::Held { above, until });
    }
    if let Some(by) = text.strip_prefix("taken back with the others of this move by ") {
        return Some(Reason::TakenBack { by: actor(by) });
    }
    if let Some(by) = text.strip_prefix("sent at once by ") {
        return Some(Reason::BulkMoveSent { by: actor(by) });
    }
    let rest = text.strip_prefix("invite: ")?;
    if let Some(why) = rest.strip_suffix(UNDONE) {
        return Some(Reason::InviteUndone { why: inviting(why)? });
    }
    let at = rest.rfind("; more than ")?;
    let (above, until) = held(&rest[at + 2..])?;
    Some(Reason::InviteHeld { why: inviting(&rest[..at])?, above, until })
}

fn held(text: &str) -> Option<(i32, String)> {
    const MIDDLE: &str =
        " candidates were moved within two minutes, so their invitations are held and go out at ";
    let (above, until) = between(text, "more than ", " unless they are taken back")?.split_once(MIDDLE)?;
    Some((above.parse().ok()?, owned(until)))
}

pub(super) fn found(text: &str) -> Option<Reason> {
    const WITHOUT: &str = ", without an invitation";
    if let Some(tag) =
        between(text, "Lever lists the candidate with the tag \u{201c}", "\u{201d}, without an invitation")
    {
        return Some(Reason::FoundTagged { tag: owned(tag) });
    }
    if let Some(since) = between(text, "Lever lists the candidate in the trigger stage", WITHOUT) {
        let since = match since {
            "" => None,
            since => Some(owned(since.strip_prefix(" since ")?)),
        };
        return Some(Reason::FoundInStage { since });
    }
    let (by, ended) = text.strip_prefix("by ")?.split_once("; it had ended as ")?;
    let (label, ended) = ended.split_once(", ").unwrap_or((ended, ""));
    let state = match label {
        "worked" => "done",
        "ignored" | "failed" => label,
        _ => return None,
    };
    let (outcome, reason) = outcome_of(ended);
    Some(Reason::Replayed {
        by: actor(by),
        state: owned(state),
        outcome,
        reason: Box::new(super::reason(reason)),
    })
}

/// Outcomes were written with spaces; what is none is the beginning of the reason.
fn outcome_of(ended: &str) -> (String, &str) {
    const OUTCOMES: [&str; 20] = [
        "invited",
        "reused",
        "held",
        "undone",
        "ended",
        "archived",
        "hired",
        "deleted",
        "erased",
        "nothing to do",
        "confidential",
        "not found",
        "failed",
        "already invited",
        "same person",
        "anonymized",
        "origin blocked",
        "no email",
        "lead",
        "posting without tests",
    ];
    let (first, rest) = ended.split_once(", ").unwrap_or((ended, ""));
    if OUTCOMES.contains(&first) {
        return (first.replace(' ', "_"), rest);
    }
    (String::new(), ended)
}
