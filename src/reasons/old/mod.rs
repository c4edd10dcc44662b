//! What version 0.1 stored as English sentences, as codes. Sentences are taken apart from the outside in,
//! because names in them may hold anything; a sentence that is not known stays as it was.

mod decisions;
mod failures;
mod parts;
#[cfg(test)]
mod tests;

use crate::reasons::{Found, Reason};
use decisions::{bulk_move, decision, found};
use failures::{action, failure};
use parts::inviting;

/// What stands between two fixed parts that make up the rest of a text.
fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    text.strip_prefix(before)?.strip_suffix(after)
}

fn owned(text: &str) -> String {
    text.to_owned()
}

/// The reason of an event in this state.
pub fn event(state: &str, text: &str) -> Reason {
    match state {
        _ if text.is_empty() => Reason::None,
        "malformed" => Reason::Unreadable { detail: owned(text) },
        _ => reason(text),
    }
}

/// The detail of a step, by the phrase or the code of its kind.
pub fn step_detail(kind: &str, text: &str) -> Reason {
    if text.is_empty() {
        return Reason::None;
    }
    match kind {
        "fetched from Lever" | "written to Lever" | "tag added" | "note written" | "link added"
        | "summary attached" | "result taken back" => Reason::Value(owned(text)),
        "moved to the progression stage" => moved(text),
        "invitation mailed" | "reminder mailed" => {
            let (address, answer) = text.split_once(' ').unwrap_or((text, ""));
            Reason::Mailed { address: owned(address), answer: owned(answer) }
        }
        "asked for" => text
            .split_once(" by ")
            .and_then(|(chosen, by)| Some(Reason::Requested { tests: parts::tests(chosen)?, by: owned(by) }))
            .unwrap_or_else(|| Reason::Text(owned(text))),
        _ => reason(text),
    }
}

/// The code of a step's kind, by the phrase of version 0.1; anything else stays as it is.
pub fn step_kind(phrase: &str) -> &str {
    match phrase {
        "fetched from Lever" => "fetched",
        "written to Lever" => "written",
        "looked at the posting" | "posting looked at" => "posting_finding",
        "taken back" => "taken_back",
        "hold ended" => "hold_ended",
        "put by" => "waits_for_permission",
        "will be tried again" => "retry",
        "waiting for access" => "waits_for_access",
        "given up" => "given_up",
        "not done" => "not_done",
        "invitation mailed" => "invitation_mailed",
        "reminder mailed" => "reminder_mailed",
        "tag added" => "tag_added",
        "tag removed" => "tag_removed",
        "note written" => "note_written",
        "link added" => "link_added",
        "summary attached" => "summary_attached",
        "not moved" => "not_moved",
        "moved to the progression stage" => "moved",
        "result taken back" => "result_removed",
        "progress tag removed" => "progress_tag_removed",
        "verified later" => "verified_later",
        "asked for" => "requested",
        "found by reconciliation" => "found_by_reconciliation",
        code => code,
    }
}

fn moved(text: &str) -> Reason {
    let instead = text.strip_suffix(" is gone from Lever").and_then(|text| text.split_once(", because "));
    match instead {
        Some((stage, gone)) => Reason::MovedInstead { stage: owned(stage), gone: owned(gone) },
        None => Reason::Value(owned(text)),
    }
}

/// Why somebody was invited.
pub fn invitation(text: &str) -> Reason {
    if text.is_empty() {
        return Reason::None;
    }
    if let Some(by) = text.strip_prefix("may take the tests again, allowed by ") {
        return Reason::Retake { by: (by != "the company").then(|| owned(by)) };
    }
    inviting(text).map_or_else(|| Reason::Text(owned(text)), Reason::Invited)
}

/// Any other reason; a text that is not known stays as it is.
pub fn reason(text: &str) -> Reason {
    if Reason::is_coded(text) {
        return Reason::read(text);
    }
    plain(text)
        .or_else(|| decision(text))
        .or_else(|| bulk_move(text))
        .or_else(|| found(text))
        .or_else(|| action(text))
        .or_else(|| failure(text))
        .unwrap_or_else(|| Reason::Text(owned(text)))
}

/// Sentences without parameters.
fn plain(text: &str) -> Option<Reason> {
    Some(match text {
        "The delivery names no opportunity." => Reason::NoOpportunity,
        "Lever tested the connection. A test causes nothing." => Reason::ConnectionTested,
        "Lever tested the connection." => Reason::ConnectionTestedEarlier,
        "It came before a signing token was saved, and is verified when one is." => Reason::BeforeToken,
        "it has no signature" => Reason::Unsigned,
        "its signature matches none of the saved signing tokens" => Reason::SignatureUnknown,
        "by a signing token that was saved after it came" => Reason::TokenSavedLater,
        "nothing to do: the candidate is not archived in Lever" => Reason::NotArchived,
        "deleted in Lever; what the portal knew was erased" => Reason::DeletedErased,
        "deleted in Lever; the portal knew nothing of this candidate" => Reason::DeletedUnknown,
        "Lever does not show this opportunity to the portal: it is confidential." => {
            Reason::OpportunityHidden
        }
        "Lever does not know this opportunity: it was deleted or merged meanwhile, or it is confidential." => {
            Reason::OpportunityUnknown
        }
        "the invitations of this mass move were taken back before this one was sent" => {
            Reason::BulkMoveUndone
        }
        "the time is over" => Reason::HoldOver,
        "The invitation was ended while it was held." => Reason::EndedWhileHeld,
        "Lever lists an application to a posting with the screening tag, of which no webhook told" => {
            Reason::FoundApplication
        }
        "Lever lists the candidate as deleted, and no webhook told of it" => Reason::FoundDeleted,
        "Lever lists the candidate as hired, and no webhook told of it" => Reason::FoundHired,
        "Lever lists the candidate as archived, and no webhook told of it" => Reason::FoundArchived,
        "The candidate was deleted in Lever; what this event held was erased." => Reason::ErasedDeleted,
        "The retention period is over; what this event held was erased." => Reason::ErasedRetention,
        "Lever has not known the candidate for thirty days; what this event held was erased." => {
            Reason::ErasedUnknown
        }
        "The candidate was anonymised in Lever; what this event held was erased." => Reason::ErasedAnonymized,
        "Lever did not answer in time" => Reason::LeverTooSlow,
        "Access was revoked in Lever" => Reason::AccessRevoked,
        "Lever granted access for an hour only (offline_access is missing)" => Reason::AccessForAnHour,
        "Lever no longer accepts the portal's access" => Reason::AccessNotAccepted,
        "the account is not connected" => Reason::NotConnected,
        "Lever does not let the portal list what was deleted." => Reason::DeletionsNotListed,
        "Lever does not let the portal list what was deleted, so deletions are not counted." => {
            Reason::DeletionsNotCounted
        }
        "Lever does not let the portal read postings." => Reason::PostingsNotListed,
        "this version of the portal has no such job" => Reason::JobUnknown,
        "the job names no integration" => Reason::JobWithoutIntegration,
        "the test provider knows no such order" => Reason::ProviderUnknownOrder,
        "the tests were ordered from an outside provider, and TESTS_URL names none any more" => {
            Reason::ProviderGone
        }
        "no progression stage is chosen any more" => Reason::NoProgressionStage,
        "the candidate was erased" => Reason::CandidateErased,
        "The tests are done." | "the tests are done" => Reason::TestsDone,
        "The candidate withdrew." | "the candidate withdrew" => Reason::CandidateWithdrew,
        "The invitation is held with others, and not sent yet." => Reason::InvitationHeld,
        "The mail is on its way." => Reason::MailOnItsWay,
        "the invitation is over" => Reason::InvitationOver,
        "the invitation is not to be sent" => Reason::NotToBeSent,
        "the time to begin is over" => Reason::TimeOver,
        "the company sends no more reminders" => Reason::NoMoreReminders,
        "its link is not kept here any more" => Reason::LinkGone,
        "not sent: the candidate is confidential in Lever" => Reason::NotSentHidden,
        "not sent: Lever does not know the candidate; deleted, or confidential" => Reason::NotSentUnknown,
        "not moved: the candidate is further on in Lever already" => Reason::NotMovedFurther,
        "not moved: the candidate is archived in Lever" => Reason::NotMovedArchived,
        "the invitation was sent again" => Reason::SentAgain,
        "the candidate was hired" => Reason::CandidateHired,
        "the candidate was archived in Lever" => Reason::CandidateArchived,
        "Lever does not know the candidate any more: deleted, or confidential" => Reason::CandidateUnknown,
        "there is no result to tell of" => Reason::NoResult,
        "the invitation could not be mailed" => Reason::InvitationNotMailed,
        "the invitation was taken back" => Reason::InvitationTakenBack,
        "the person may take the tests again" => Reason::RetakeAllowed,
        _ => return None,
    })
}

/// What a chore of an account found wrong. A test names what it looked at first.
pub fn chore(kind: &str, text: &str) -> Reason {
    match reason(text) {
        Reason::Text(text) if kind == "heartbeat" => match text.split_once(": ") {
            Some((what, words)) => {
                Reason::CheckFound { what: owned(point(what)), found: Found::Text(owned(words)) }
            }
            None => Reason::Text(text),
        },
        known => known,
    }
}

/// The code of what a test looks at, by the words of version 0.1.
fn point(what: &str) -> &str {
    match what {
        "Access to Lever" => "access",
        "Permissions" => "permissions",
        "Trigger stage" => "trigger",
        "Progression stage" => "progression",
        "Webhooks" => "webhooks",
        "Signatures" => "signatures",
        "Arrivals" => "arrivals",
        other => other,
    }
}

/// What a receiver of alerts answered, or why it did not: `status` tells which.
pub fn answer(status: Option<i32>, text: &str) -> Reason {
    let after = |before: &str| text.strip_prefix(before).map(owned);
    match text {
        "the address was removed" => Reason::AddressRemoved,
        GONE => Reason::ReceiverGone,
        _ if status.is_some() => Reason::Value(owned(text)),
        "no answer in time" => Reason::NoAnswerInTime,
        _ => after("no connection: ")
            .map(|detail| Reason::NoConnection { detail })
            .or_else(|| after("the connection broke: ").map(|detail| Reason::ConnectionBroke { detail }))
            .unwrap_or_else(|| Reason::Text(owned(text))),
    }
}

/// A reason in a row of the audit log.
pub fn audited(text: &str) -> Reason {
    if text == GONE { Reason::ReceiverGone } else { reason(text) }
}

/// The code of what a row of the audit log is about; a name stays as it is.
pub fn audit_subject(text: &str) -> &str {
    match text {
        "Alert webhook" => "alert_webhook",
        "Background work" => "background_work",
        "Candidate mail" => "candidate_mail",
        "Invitation" => "invitation",
        "Mass move" => "bulk_move",
        "Retention period" => "retention",
        "Tests" => "tests",
        "logic tasks" => "logic_tasks",
        "the key of stored secrets" => "secret_key",
        name => name,
    }
}

/// The code of a mail to candidates, by its name.
pub fn mail_kind(text: &str) -> &str {
    match text {
        "Invitation" => "invitation",
        "Reminder" => "reminder",
        code => code,
    }
}

/// Why nothing more is posted.
pub fn turned_off(text: &str) -> Reason {
    if text == GONE { Reason::ReceiverGone } else { Reason::Text(owned(text)) }
}

const GONE: &str =
    "The receiver answered 410 Gone, so nothing more is posted. Save the address again to go on.";

/// The points of a test that was kept, as JSON; none when they are no points of version 0.1.
pub fn points(stored: &str) -> Option<String> {
    let mut points: Vec<serde_json::Value> = serde_json::from_str(stored).ok()?;
    for one in &mut points {
        let one = one.as_object_mut()?;
        let (what, words) = (one.get("what")?.as_str()?.to_owned(), one.remove("words")?);
        one.insert("what".into(), point(&what).into());
        one.insert("found".into(), serde_json::json!({"code": "text", "params": words.as_str()?}));
    }
    serde_json::to_string(&points).ok()
}

/// A difference that the completeness report names.
pub fn gap(text: &str) -> Reason {
    const LOST: &str = "no webhook told of it";
    match text {
        _ if Reason::is_coded(text) => Reason::read(text),
        LOST => Reason::GapNotReported,
        "no webhook told of it; the reconciliations since then found nothing to do about it" => {
            Reason::GapNothingFound
        }
        "no webhook told of it; a reconciliation found it, and it was worked" => Reason::GapFound,
        other => match other.strip_prefix("no webhook told of it; a reconciliation found it: ") {
            Some(why) => Reason::GapFoundUnprocessed { why: Box::new(unprocessed(why)) },
            None => unprocessed(other),
        },
    }
}

fn unprocessed(text: &str) -> Reason {
    let (label, why) = text.split_once(": ").unwrap_or((text, ""));
    let state = match (text, label) {
        ("its signature matches no saved token", _) => return Reason::GapSignature,
        ("it is in work", _) => return Reason::GapProcessing,
        (_, "failed") => "failed",
        (_, "connection test") => "check",
        (_, "not readable") => "malformed",
        _ => return Reason::Text(owned(text)),
    };
    Reason::GapState { state: owned(state), reason: Box::new(event(state, why)) }
}
