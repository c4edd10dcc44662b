//! Every sentence that version 0.1 stores, with the code that it becomes.

mod actions;
mod bulk_moves;
mod decisions;

use super::*;
use crate::i18n::portal;
use crate::reasons::{
    Actor, Finding, InvitedBy, Inviting, PostingTag, Refusal, ReusedResults, Rule, RuleScope, Trigger,
};
use crate::test_selection::Tests;

/// How a sentence is mapped.
enum At {
    /// The reason of an event in this state.
    Event(&'static str),
    /// The detail of a step, by its phrase.
    Step(&'static str),
    /// Why somebody was invited.
    Invitation,
    /// Any other reason.
    Other,
    /// A difference of the completeness report.
    Gap,
}

use At::{Event, Gap, Invitation, Other, Step};

fn map(at: &At, text: &str) -> Reason {
    match at {
        Event(state) => event(state, text),
        Step(kind) => step_detail(kind, text),
        Invitation => invitation(text),
        Other => reason(text),
        Gap => gap(text),
    }
}

/// Maps each. What people read of the codes today is the business of `sentence/tests.rs`.
fn check(rows: Vec<(At, &str, Reason)>) {
    for (at, text, expected) in rows {
        let found = map(&at, text);
        assert_eq!(found, expected, "{text}");
        assert_eq!(found.sentence(portal()).is_empty(), text.is_empty(), "the words of {}", found.stored());
        assert_eq!(reason(&found.stored()), found, "mapped twice: {text}");
        assert_eq!(Reason::read(&found.stored()), found, "read again: {text}");
    }
}

fn detail(text: &str) -> String {
    text.to_owned()
}

fn hand() -> Inviting {
    Inviting::of_hand()
}

fn by_stage(scope: Option<RuleScope>) -> Rule {
    Rule { by: InvitedBy::TriggerStage("Assessment".into()), scope }
}

fn posting() -> RuleScope {
    RuleScope::Posting("Engineer (m/f)".into())
}

#[test]
fn what_a_delivery_is() {
    check(vec![
        (Event("queued"), "", Reason::None),
        (
            Event("ignored"),
            "The portal does nothing about events of the kind “offerSigned”.",
            Reason::KindIgnored { kind: "offerSigned".into() },
        ),
        (Event("ignored"), "The delivery names no opportunity.", Reason::NoOpportunity),
        (Event("check"), "Lever tested the connection. A test causes nothing.", Reason::ConnectionTested),
        (Event("check"), "Lever tested the connection.", Reason::ConnectionTestedEarlier),
        (
            Event("waiting"),
            "It came before a signing token was saved, and is verified when one is.",
            Reason::BeforeToken,
        ),
        (Event("quarantined"), "it has no signature", Reason::Unsigned),
        (
            Event("quarantined"),
            "its signature matches none of the saved signing tokens",
            Reason::SignatureUnknown,
        ),
    ]);
    let unreadable = [
        "data.opportunityId is missing",
        "event is missing",
        "the body is empty",
        "the body is not UTF-8: byte 3 does not fit",
        "the body is JSON, but not an object",
        "the body is nested too deeply",
        "the body is not JSON: expected value at line 1 column 1",
        "duplicate field `token` at line 1 column 9",
        "in data: invalid type: integer `1`, expected a string at line 1 column 4",
        "data must be an object",
        "token is empty",
        "token is missing",
        "data.contactId must be text",
        "signature is longer than 255 bytes",
        "event holds a control character",
        "triggeredAt is missing",
        "triggeredAt is longer than 255 bytes",
        "triggeredAt must be a whole number, or a text of one",
        "triggeredAt is out of range",
    ];
    for text in unreadable {
        let expected = Reason::Unreadable { detail: detail(text) };
        check(vec![(Event("malformed"), text, expected)]);
    }
}

#[test]
fn differences_of_the_completeness_report() {
    check(vec![
        (Gap, "no webhook told of it", Reason::GapNotReported),
        (
            Gap,
            "no webhook told of it; the reconciliations since then found nothing to do about it",
            Reason::GapNothingFound,
        ),
        (Gap, "no webhook told of it; a reconciliation found it, and it was worked", Reason::GapFound),
        (
            Gap,
            "no webhook told of it; a reconciliation found it: it is in work",
            Reason::GapFoundUnprocessed { why: Box::new(Reason::GapProcessing) },
        ),
        (Gap, "its signature matches no saved token", Reason::GapSignature),
        (Gap, "connection test", Reason::GapState { state: "check".into(), reason: Box::default() }),
        (
            Gap,
            "failed: Lever did not answer in time",
            Reason::GapState { state: "failed".into(), reason: Box::new(Reason::LeverTooSlow) },
        ),
        (
            Gap,
            "not readable: event is missing",
            Reason::GapState {
                state: "malformed".into(),
                reason: Box::new(Reason::Unreadable { detail: detail("event is missing") }),
            },
        ),
    ]);
}

#[test]
fn what_is_not_known_stays_as_it_was() {
    let texts = [
        "somebody wrote this by hand",
        "not invited: for a reason of tomorrow, but is archived in Lever",
        "nothing to do: the candidate is in “A” (the moon is full)",
        "invite to chess: was invited by hand",
        "more than ten candidates were moved",
    ];
    for text in texts {
        check(vec![
            (Event("done"), text, Reason::Text(text.into())),
            (Step("decided"), text, Reason::Text(text.into())),
            (Invitation, text, Reason::Text(text.into())),
            (Gap, text, Reason::Text(text.into())),
        ]);
        assert_eq!(Reason::Text(text.into()).stored(), text);
    }
}

#[test]
fn each_phrase_of_a_step_has_its_code() {
    let phrases = [
        ("fetched from Lever", "fetched"),
        ("written to Lever", "written"),
        ("looked at the posting", "posting_finding"),
        ("posting looked at", "posting_finding"),
        ("decided", "decided"),
        ("held", "held"),
        ("taken back", "taken_back"),
        ("hold ended", "hold_ended"),
        ("put by", "waits_for_permission"),
        ("will be tried again", "retry"),
        ("waiting for access", "waits_for_access"),
        ("given up", "given_up"),
        ("erased", "erased"),
        ("not done", "not_done"),
        ("invitation mailed", "invitation_mailed"),
        ("reminder mailed", "reminder_mailed"),
        ("tag added", "tag_added"),
        ("tag removed", "tag_removed"),
        ("note written", "note_written"),
        ("link added", "link_added"),
        ("summary attached", "summary_attached"),
        ("not moved", "not_moved"),
        ("moved to the progression stage", "moved"),
        ("result taken back", "result_removed"),
        ("progress tag removed", "progress_tag_removed"),
        ("verified later", "verified_later"),
        ("replayed", "replayed"),
        ("asked for", "requested"),
        ("found by reconciliation", "found_by_reconciliation"),
    ];
    for (phrase, code) in phrases {
        assert_eq!(step_kind(phrase), code);
        assert_eq!(step_kind(code), code, "mapped twice");
        assert!(portal().has(&format!("step-{code}")), "{code} has no name");
    }
    assert_eq!(step_kind("danced"), "danced");
}
