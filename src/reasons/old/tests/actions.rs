//! What did not succeed, and what an action did.

use super::*;

/// Calls that fail, each as it stands alone.
fn failures() -> Vec<(&'static str, Reason)> {
    let technical = |text: &'static str| (text, Reason::Technical { detail: detail(text) });
    vec![
        (
            "Lever can't be used just now (HTTP 503: a web page); it is tried again",
            Reason::LeverUnavailable { detail: detail("HTTP 503: a web page") },
        ),
        (
            "Lever can't be used just now (no connection: refused (os error 111)); it is tried again",
            Reason::LeverUnavailable { detail: detail("no connection: refused (os error 111)") },
        ),
        (
            "Lever no longer accepts the portal's access (HTTP 401: without a word)",
            Reason::LeverAccessRefused { detail: detail("HTTP 401: without a word") },
        ),
        (
            "Lever does not let the portal do this (HTTP 403: Forbidden: no scope)",
            Reason::LeverForbids { detail: detail("HTTP 403: Forbidden: no scope") },
        ),
        (
            "Lever knows no such object (HTTP 404: ResourceNotFound)",
            Reason::LeverUnknownObject { detail: detail("HTTP 404: ResourceNotFound") },
        ),
        (
            "Lever refused the request (not sent: an id is empty or not an id)",
            Reason::LeverRefused { detail: detail("not sent: an id is empty or not an id") },
        ),
        ("Lever did not answer in time", Reason::LeverTooSlow),
        (
            "access to Lever could not be renewed just now: the portal is stopping",
            Reason::AccessNotRenewed { detail: detail("the portal is stopping") },
        ),
        ("Access was revoked in Lever", Reason::AccessRevoked),
        ("Lever granted access for an hour only (offline_access is missing)", Reason::AccessForAnHour),
        ("Lever no longer accepts the portal's access", Reason::AccessNotAccepted),
        ("the account is not connected", Reason::NotConnected),
        (
            "waits for the permission “Read and write notes”: notes:write:admin was not granted. Grant access again on the \
             integration’s page, and grant all",
            Reason::WaitsForPermission {
                scope: "notes:write:admin".into(),
                title: "Read and write notes".into(),
            },
        ),
        (
            "this waits for the permission “Read and write notes”: notes:write:admin was not granted. Grant access again on \
             the integration’s page, and grant all",
            Reason::LacksPermission {
                scope: "notes:write:admin".into(),
                title: "Read and write notes".into(),
            },
        ),
        ("the test provider knows no such order", Reason::ProviderUnknownOrder),
        (
            "the test provider does not answer at the moment: no answer in time",
            Reason::ProviderUnavailable { detail: detail("no answer in time") },
        ),
        (
            "the test provider refused: HTTP 404; check TESTS_URL",
            Reason::ProviderRefused { detail: detail("HTTP 404; check TESTS_URL") },
        ),
        ("\"ada at acme\" is not a mail address", Reason::MailAddress { address: "ada at acme".into() }),
        (
            "the mail could not be composed: missing source address",
            Reason::MailNotComposed { detail: detail("missing source address") },
        ),
        (
            "the mail server refused: permanent error (550): no such user here",
            Reason::MailRefused { detail: detail("permanent error (550): no such user here") },
        ),
        (
            "the mail server cannot take it now: transient error (451): try later; attempt later",
            Reason::MailLater { detail: detail("transient error (451): try later; attempt later") },
        ),
        technical("the database refused a statement: database is locked"),
        technical("no database connection could be had: timed out"),
        technical("the database is shutting down"),
        technical(
            "a stored secret does not open with this key (SECRET_KEY_FILE); was the key file replaced?",
        ),
        technical("LEVER_CLIENT_ID and LEVER_CLIENT_SECRET are not set"),
        technical("Lever's sign-in service can't be used just now (HTTP 503); try again"),
        technical("Lever refused: the code is used (invalid_grant)"),
        technical(
            "Lever does not accept the portal's client id and secret (invalid_client: no); check LEVER_CLIENT_ID and \
             LEVER_CLIENT_SECRET",
        ),
        technical(
            "Lever's sign-in service gave an answer that can't be read (HTTP 400 without an error code); check LEVER_AUTH_URL",
        ),
    ]
}

#[test]
fn what_did_not_succeed() {
    for (text, expected) in failures() {
        check(vec![
            (Event("queued"), text, expected.clone()),
            (Step("given up"), text, expected.clone()),
            (Other, text, expected.clone()),
            (
                Event("failed"),
                &format!("Given up after 20 attempts. The last one: {text}"),
                Reason::GivenUp { attempts: 20, last: Box::new(expected.clone()) },
            ),
            (
                Step("will be tried again"),
                &format!("{text}; attempt 3, the next in 8 s"),
                Reason::Retry { why: Box::new(expected.clone()), attempt: 3, seconds: 8 },
            ),
            (
                Event("failed"),
                &format!(
                    "{text}. Correct the address in Lever, then resend the invitation on the candidate's page."
                ),
                Reason::MailFailed { last: Box::new(expected) },
            ),
        ]);
    }
    check(vec![(
        Other,
        "the tests were ordered from an outside provider, and TESTS_URL names none any more",
        Reason::ProviderGone,
    )]);
}

#[test]
fn what_an_action_did_or_why_not() {
    let labels = [
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
    for (label, code) in labels {
        let waits = "waits for the permission “Read users”: users:read:admin was not granted. Grant access again on the \
                     integration’s page, and grant all";
        let why = Reason::WaitsForPermission { scope: "users:read:admin".into(), title: "Read users".into() };
        check(vec![(
            Step("put by"),
            &format!("{label}: {waits}"),
            Reason::ActionWaits { action: code.into(), why: Box::new(why) },
        )]);
    }
    let value = |text: &str| Reason::Value(text.to_owned());
    check(vec![
        (Step("fetched from Lever"), "no answer in time", value("no answer in time")),
        (Step("written to Lever"), "", Reason::None),
        (
            Step("invitation mailed"),
            "ada@acme.example 250 2.0.0 Ok: queued",
            Reason::Mailed { address: "ada@acme.example".into(), answer: "250 2.0.0 Ok: queued".into() },
        ),
        (Step("tag added"), "Alva: Invited", value("Alva: Invited")),
        (Step("tag removed"), "the invitation is over", Reason::InvitationOver),
        (
            Step("note written"),
            "https://portal/candidates/1#result-2",
            value("https://portal/candidates/1#result-2"),
        ),
        (Step("link added"), "https://portal/candidates/1", value("https://portal/candidates/1")),
        (Step("summary attached"), "Alva test summary a1.pdf", value("Alva test summary a1.pdf")),
        (Step("not moved"), "no progression stage is chosen any more", Reason::NoProgressionStage),
        (Step("moved to the progression stage"), "stage-2", value("stage-2")),
        (
            Step("moved to the progression stage"),
            "stage-2, because stage-1 is gone from Lever",
            Reason::MovedInstead { stage: "stage-2".into(), gone: "stage-1".into() },
        ),
        (Step("result taken back"), "https://portal/candidates/1", value("https://portal/candidates/1")),
        (Step("verified later"), "by a signing token that was saved after it came", Reason::TokenSavedLater),
        (Other, "the candidate was erased", Reason::CandidateErased),
        (Other, "The tests are done.", Reason::TestsDone),
        (Other, "the tests are done", Reason::TestsDone),
        (Other, "The candidate withdrew.", Reason::CandidateWithdrew),
        (Other, "the candidate withdrew", Reason::CandidateWithdrew),
        (Other, "The invitation is held with others, and not sent yet.", Reason::InvitationHeld),
        (Other, "The mail is on its way.", Reason::MailOnItsWay),
        (Other, "the invitation is over", Reason::InvitationOver),
        (Other, "the invitation is not to be sent", Reason::NotToBeSent),
        (Other, "the time to begin is over", Reason::TimeOver),
        (Other, "the company sends no more reminders", Reason::NoMoreReminders),
        (Other, "its link is not kept here any more", Reason::LinkGone),
        (Other, "not sent: the candidate is confidential in Lever", Reason::NotSentHidden),
        (
            Other,
            "not sent: Lever does not know the candidate; deleted, or confidential",
            Reason::NotSentUnknown,
        ),
        (Other, "not moved: the candidate is further on in Lever already", Reason::NotMovedFurther),
        (Other, "not moved: the candidate is archived in Lever", Reason::NotMovedArchived),
        (Other, "the invitation was sent again", Reason::SentAgain),
        (Other, "cancelled by Ada Byron", Reason::CancelledBy { who: "Ada Byron".into() }),
        (Other, "the candidate was hired", Reason::CandidateHired),
        (Other, "the candidate was archived in Lever", Reason::CandidateArchived),
        (
            Other,
            "Lever does not know the candidate any more: deleted, or confidential",
            Reason::CandidateUnknown,
        ),
        (Other, "there is no result to tell of", Reason::NoResult),
        (
            Other,
            "the PDF could not be written: out of ink",
            Reason::PdfFailed { detail: detail("out of ink") },
        ),
        (Other, "the invitation could not be mailed", Reason::InvitationNotMailed),
        (Other, "the invitation was taken back", Reason::InvitationTakenBack),
        (Other, "the person may take the tests again", Reason::RetakeAllowed),
    ]);
}
