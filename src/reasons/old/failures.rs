//! Sentences about what an action did, and what did not succeed.

use super::parts::refusal;
use super::{between, owned};
use crate::reasons::Reason;

pub(super) fn action(text: &str) -> Option<Reason> {
    if let Some(rest) = text.strip_prefix("not sent: the candidate ") {
        return Some(Reason::NotSent { refusal: refusal(rest)? });
    }
    if let Some(who) = text.strip_prefix("cancelled by ") {
        return Some(Reason::CancelledBy { who: owned(who) });
    }
    if let Some(detail) = text.strip_prefix("the PDF could not be written: ") {
        return Some(Reason::PdfFailed { detail: owned(detail) });
    }
    if let Some(rest) = text.strip_prefix("the candidate ") {
        return Some(Reason::CandidateIs { refusal: refusal(rest)? });
    }
    const LABELS: [(&str, &str); 9] = [
        ("Mail the invitation", "mail_invitation"),
        ("Mail a reminder", "mail_reminder"),
        ("Set the progress tag in Lever", "add_tag"),
        ("Write the result as a note in Lever", "add_note"),
        ("Link to the result in Lever", "add_link"),
        ("Attach the summary as a PDF in Lever", "upload_report"),
        ("Move to the progression stage in Lever", "move_stage"),
        ("Take the progress tag out of Lever", "clear_tags"),
        ("Take the result back from Lever", "remove_result"),
    ];
    let (label, why) = text.split_once(": ")?;
    let (_, code) = LABELS.iter().find(|(known, _)| *known == label)?;
    Some(Reason::ActionWaits { action: owned(code), why: Box::new(permission(why)?) })
}

fn permission(text: &str) -> Option<Reason> {
    const END: &str = " was not granted. Grant access again on the integration\u{2019}s page, and grant all";
    let (title, scope) =
        between(text, "waits for the permission \u{201c}", END)?.rsplit_once("\u{201d}: ")?;
    Some(Reason::WaitsForPermission { scope: owned(scope), title: owned(title) })
}

/// What did not succeed.
pub(super) fn failure(text: &str) -> Option<Reason> {
    if let Some(rest) = text.strip_prefix("Given up after ") {
        let (attempts, last) = rest.split_once(" attempts. The last one: ")?;
        return Some(Reason::GivenUp {
            attempts: attempts.parse().ok()?,
            last: Box::new(super::reason(last)),
        });
    }
    const RESEND: &str =
        ". Correct the address in Lever, then resend the invitation on the candidate's page.";
    if let Some(last) = text.strip_suffix(RESEND) {
        return Some(Reason::MailFailed { last: Box::new(super::reason(last)) });
    }
    if let Some(retry) = retry(text) {
        return Some(retry);
    }
    if let Some(waits) = permission(text) {
        return Some(waits);
    }
    if let Some(Reason::WaitsForPermission { scope, title }) = text.strip_prefix("this ").and_then(permission)
    {
        return Some(Reason::LacksPermission { scope, title });
    }
    let detail = |before: &str, after: &str| between(text, before, after).map(owned);
    if let Some(detail) = detail("Lever can't be used just now (", "); it is tried again") {
        return Some(Reason::LeverUnavailable { detail });
    }
    if let Some(detail) = detail("Lever no longer accepts the portal's access (", ")") {
        return Some(Reason::LeverAccessRefused { detail });
    }
    if let Some(detail) = detail("Lever does not let the portal do this (", ")") {
        return Some(Reason::LeverForbids { detail });
    }
    if let Some(detail) = detail("Lever knows no such object (", ")") {
        return Some(Reason::LeverUnknownObject { detail });
    }
    if let Some(detail) = detail("Lever refused the request (", ")") {
        return Some(Reason::LeverRefused { detail });
    }
    if let Some(detail) = detail("access to Lever could not be renewed just now: ", "") {
        return Some(Reason::AccessNotRenewed { detail });
    }
    if let Some(detail) = detail("the test provider does not answer at the moment: ", "") {
        return Some(Reason::ProviderUnavailable { detail });
    }
    if let Some(detail) = detail("the test provider refused: ", "") {
        return Some(Reason::ProviderRefused { detail });
    }
    if let Some(address) = detail("\"", "\" is not a mail address") {
        return Some(Reason::MailAddress { address });
    }
    if let Some(detail) = detail("the mail could not be composed: ", "") {
        return Some(Reason::MailNotComposed { detail });
    }
    if let Some(detail) = detail("the mail server refused: ", "") {
        return Some(Reason::MailRefused { detail });
    }
    if let Some(detail) = detail("the mail server cannot take it now: ", "") {
        return Some(Reason::MailLater { detail });
    }
    if let Some(detail) = detail("what the job is about cannot be read: ", "") {
        return Some(Reason::JobUnreadable { detail });
    }
    if let Some(detail) = detail("an internal error: ", "") {
        return Some(Reason::InternalError { detail });
    }
    const TECHNICAL: [&str; 8] = [
        "the database refused a statement: ",
        "no database connection could be had: ",
        "the database is shutting down",
        "a stored secret does not open with this key (SECRET_KEY_FILE)",
        "LEVER_CLIENT_ID and LEVER_CLIENT_SECRET are not set",
        "Lever's sign-in service ",
        "Lever does not accept the portal's client id and secret (",
        "Lever refused: ",
    ];
    let is_technical = TECHNICAL.iter().any(|beginning| text.starts_with(beginning));
    is_technical.then(|| Reason::Technical { detail: owned(text) })
}

/// The words of a failure may speak of an attempt too: the last is ours.
fn retry(text: &str) -> Option<Reason> {
    let (why, attempt) = text.rsplit_once("; attempt ")?;
    let (attempt, seconds) = attempt.strip_suffix(" s")?.split_once(", the next in ")?;
    let (attempt, seconds) = (attempt.parse().ok()?, seconds.parse().ok()?);
    Some(Reason::Retry { why: Box::new(super::reason(why)), attempt, seconds })
}
