//! The mails that tell admins that something is wrong with an account, and that it is over.

use crate::integrations::Integration;
use crate::integrations::alerts::{About, Alert, AlertKind};
use crate::mail::Message;
use crate::people::{Company, User};
use crate::reasons::Reason;
use url::Url;

/// A letter to one admin. `names`: what the alert is about; `page`: the account's page in the portal.
pub fn message(
    user: &User,
    company: &Company,
    integration: &Integration,
    alert: &Alert,
    (about, names): (About, &[String]),
    page: &Url,
) -> Message {
    let (subject, mut what) = match (alert.kind, about) {
        (AlertKind::AccessRevoked, About::Begun) if integration.state_reason == Reason::AccessAnswerLost => {
            answer_lost(&integration.account_name)
        }
        (kind, about) => words(kind, about, &integration.account_name),
    };
    if !names.is_empty() {
        let lines: Vec<String> = names.iter().map(|name| format!("- {name}")).collect();
        what = format!("{what}\n\n{}", lines.join("\n"));
    }
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

/// Access ended, and nobody revoked it.
fn answer_lost(name: &str) -> (String, String) {
    (
        format!("Access to Lever ended: {name}"),
        format!(
            "{}. Until then nobody is invited from this account, and what Lever sends is \
             refused. Reconnect on its page; the configuration is kept, and candidates who were missed in the meantime \
             are found then.",
            Reason::AccessAnswerLost
        ),
    )
}

fn words(kind: AlertKind, about: About, name: &str) -> (String, String) {
    let (subject, text) = match (kind, about) {
        (AlertKind::AccessRevoked, About::Begun) => (
            "Access was revoked in Lever",
            "somebody revoked the portal's access in Lever, so the integration is disconnected: nobody is invited from \
             this account, and what Lever sends is refused. Reconnect on its page; the configuration is kept, and \
             candidates who were missed in the meantime are found then.",
        ),
        (AlertKind::AccessRevoked, About::Over) => (
            "Connected to Lever again",
            "the integration is connected again. Events that waited are being processed, and Lever's list is compared \
             with what was received, so that anyone who was missed is found.",
        ),
        (AlertKind::SignaturesFailing, About::Begun) => (
            "Signatures of Lever's webhooks began to fail",
            "the signatures of what Lever sends match none of the saved signing tokens. The token was probably \
             regenerated in Lever. Paste the new one on the integration's page: the events are kept, and are checked \
             and processed then.",
        ),
        (AlertKind::SignaturesFailing, About::Over) => {
            ("Signatures of Lever's webhooks match again", "what Lever sends can be verified again.")
        }
        (AlertKind::EventsFailing, About::Begun) => (
            "Events from Lever fail",
            "events from Lever could not be processed and were given up. The event log says why for each of them, and \
             replays them.",
        ),
        (AlertKind::EventsFailing, About::Over) => {
            ("Events from Lever are processed again", "no event from Lever failed within the last hour.")
        }
        (AlertKind::TriggerGone, About::Begun) => (
            "The trigger stage is gone from Lever",
            "the stage that sends the tests was removed in Lever, so nobody is invited by a move any more. Choose \
             another trigger stage on the integration's page.",
        ),
        (AlertKind::TriggerGone, About::Over) => {
            ("The trigger stage is there again", "the stage that sends the tests exists in Lever.")
        }
        (AlertKind::StagesGone, About::Begun) => (
            "Stages that your rules name are gone from Lever",
            "stages that rules or the progression stage name were removed in Lever. Until others are chosen, nobody is \
             invited by a move into them, and candidates who are done are not moved there. The integration's page \
             says where each is named.",
        ),
        (AlertKind::StagesGone, About::Over) => (
            "Stages that your rules name are all there again",
            "these stages exist in Lever again, or no rule names them any more.",
        ),
        (AlertKind::PermissionsMissing, About::Begun) => (
            "Lever grants the portal less than before",
            "permissions that the portal had are missing from Lever's grant. What needs them waits, and is not tried in \
             vain. The integration's page says what does not work; Grant Access again there, and grant all.",
        ),
        (AlertKind::PermissionsMissing, About::Over) => (
            "Lever grants all that the portal needs again",
            "these permissions are granted again. What waited for them is being done.",
        ),
        (AlertKind::CheckFailing, About::Begun) => (
            "The nightly test of the Lever integration failed",
            "the nightly test found something that does not work. The integration's page names it, and says what to do.",
        ),
        (AlertKind::CheckFailing, About::Over) => (
            "The test of the Lever integration succeeds again",
            "what the nightly test had found is corrected.",
        ),
    };
    (format!("{subject}: {name}"), text.to_owned())
}
