//! The mails that tell admins that something is wrong with an account, and that it is over.

use crate::i18n::portal;
use crate::integrations::Integration;
use crate::integrations::alerts::{About, Alert, AlertKind};
use crate::mail::Message;
use crate::people::{Company, User};
use url::Url;

/// A letter to one admin. `names`: what the alert is about; `state`: the verdict on the integration, as its page shows it;
/// `page`: that page.
pub fn message(
    user: &User,
    company: &Company,
    integration: &Integration,
    alert: &Alert,
    (about, names): (About, &[String]),
    state: &str,
    page: &Url,
) -> Message {
    let is_lost = alert.kind == AlertKind::AccessRevoked && integration.state_reason.is_other_than_revoked();
    let what = match (is_lost, about) {
        // Access ended, and nobody revoked it.
        (true, About::Begun) => "answer_lost",
        _ => alert.kind.as_str(),
    };
    let id = format!("alert-mail-{what}-{about}");
    let subject = portal().message(&id, &[("name", (&integration.account_name).into())]);
    let why = integration.state_reason.sentence(portal());
    let mut what = portal().message(&format!("{id}-text"), &[("why", why.into())]);
    if !names.is_empty() {
        let lines: Vec<String> = names.iter().map(|name| format!("- {name}")).collect();
        what = format!("{what}\n\n{}", lines.join("\n"));
    }
    let since = alert.since.to_minute_in(&company.zone());
    let text = portal().message(
        "alert-mail-body",
        &[
            ("person", user.called().into()),
            ("what", what.into()),
            ("state", state.into()),
            ("page", page.as_str().into()),
            ("since", since.into()),
            ("company", (&company.name).into()),
        ],
    );
    let host = page.host_str().unwrap_or("localhost");
    Message {
        to: user.email.clone(),
        to_name: user.name.clone(),
        subject,
        text: format!("{text}\n"),
        html: None,
        message_id: Some(format!("alert-{}-{about}-{}@{host}", alert.id, user.id)),
    }
}
