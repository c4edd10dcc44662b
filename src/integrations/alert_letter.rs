//! The mails that tell admins that something is wrong with an account, and that it is over.

use super::Integration;
use super::alerts::{About, Alert, AlertKind};
use crate::mail::Message;
use crate::people::{Company, User};
use url::Url;

/// A letter to one admin. `page`: the account's page in the portal.
pub fn letter(
    user: &User,
    company: &Company,
    account: &Integration,
    alert: &Alert,
    about: About,
    page: &Url,
) -> Message {
    let (subject, what) = words(alert.kind, about, &account.account_name);
    let since = alert.since.exact_in(&company.zone());
    let text = format!(
        "Hello {name},\n\n{what}\n\n{page}\n\nIt began at {since}. This was written once to each admin of {company}.\n",
        name = user.called(),
        company = company.name,
    );
    let host = page.host_str().unwrap_or("localhost");
    Message {
        to: user.email.clone(),
        to_name: user.name.clone(),
        subject,
        text,
        html: None,
        message_id: Some(format!("alert-{}-{about}-{}@{host}", alert.id, user.id)),
    }
}

fn words(kind: AlertKind, about: About, name: &str) -> (String, String) {
    let (subject, text) = match (kind, about) {
        (AlertKind::AccessRevoked, About::Begun) => (
            "Access was revoked in Lever",
            "somebody revoked the portal's access in Lever, so the integration is disconnected: nobody is invited from \
             this account, and what Lever sends is refused. Reconnect on its page; the configuration is kept, and \
             candidates who were missed meanwhile are found then.",
        ),
        (AlertKind::AccessRevoked, About::Over) => (
            "Connected to Lever again",
            "the integration is connected again. Events that waited are being worked, and Lever's list is compared \
             with what was received, so that nobody who was missed stays missed.",
        ),
        (AlertKind::SignaturesFailing, About::Begun) => (
            "Signatures of Lever's webhooks began to fail",
            "the signatures of what Lever sends match none of the saved signing tokens. The token was probably \
             regenerated in Lever. Paste the new one on the integration's page: the events are kept, and are checked \
             and worked then.",
        ),
        (AlertKind::SignaturesFailing, About::Over) => {
            ("Signatures of Lever's webhooks match again", "what Lever sends can be verified again.")
        }
        (AlertKind::EventsFailing, About::Begun) => (
            "Events from Lever fail",
            "events from Lever could not be worked and were given up. The event log says why for each of them, and \
             replays them.",
        ),
        (AlertKind::EventsFailing, About::Over) => {
            ("Events from Lever are worked again", "no event from Lever failed within the last hour.")
        }
        (AlertKind::TriggerGone, About::Begun) => (
            "The trigger stage is gone from Lever",
            "the stage that sends the tests was removed in Lever, so nobody is invited by a move any more. Choose \
             another trigger stage on the integration's page.",
        ),
        (AlertKind::TriggerGone, About::Over) => {
            ("The trigger stage is there again", "the stage that sends the tests exists in Lever.")
        }
        (AlertKind::CheckFailing, About::Begun) => (
            "The nightly test of the Lever integration failed",
            "the nightly test found something that does not work. The integration's page names it, with the mend.",
        ),
        (AlertKind::CheckFailing, About::Over) => {
            ("The test of the Lever integration succeeds again", "what the nightly test had found is mended.")
        }
    };
    (format!("{subject}: {name}"), text.to_owned())
}
