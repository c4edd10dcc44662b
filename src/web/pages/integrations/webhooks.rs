//! **Set up webhooks for me**.

use super::part::Part;
use super::show::Page;
use crate::integrations::lever_webhooks;
use crate::integrations::lever_webhooks::{Outcome, beside};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::settings::values::IntegrationSettings;
use crate::integrations::{Integration, State};
use crate::state::AppState;
use crate::web::{Admin, FieldErrors, FlashKind, Form, FormText, Found, PageResult, see_other};
use actix_web::web::Data;

/// Makes what is missing. What was chosen on the page beside the button, and is not saved, stands in the form again.
pub(super) async fn set_up(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    Form(form): Form<FormText>,
) -> PageResult {
    let (id, part) = (integration.id, Part::of_form(&form));
    if integration.state == State::Disconnected {
        who.flash(FlashKind::Failed, "The account is disconnected. Reconnect it first.");
        return Ok(see_other(&part.path(&id)));
    }
    let url = app.link(&integration.webhook_path());
    let (kind, text) = match lever_webhooks::set_up(&app.connections, &id, url.as_str(), &who.actor()).await {
        Ok(Outcome { is_busy: true, .. }) => (
            FlashKind::Attention,
            "Somebody is already setting up the webhooks. Check again in a moment.".to_owned(),
        ),
        Ok(Outcome { made, beside, .. }) => {
            let done = match made {
                0 => "All webhooks are already there.",
                _ => {
                    "The webhooks are set up in Lever and their tokens are saved. Check in Lever that each event's \
                     toggle is on."
                }
            };
            match beside.is_empty() {
                true => (FlashKind::Good, done.to_owned()),
                false => (FlashKind::Attention, format!("{done} {}", beside::words(&beside))),
            }
        }
        Err(cause) => {
            tracing::warn!(%cause, "webhooks could not be set up");
            (
                FlashKind::Failed,
                format!("{} Set them up manually below, or try again.", set_up_failed(&cause)),
            )
        }
    };
    who.flash(kind, text);
    if is_unsaved(&form, &integration) {
        return Page { typed: Some(form), part, ..Page::default() }.answer(&app, &who, &id).await;
    }
    Ok(see_other(&part.path(&id)))
}

/// Whether a form holds something that is not saved; a button of its own brings no such form.
pub(super) fn is_unsaved(form: &FormText, saved: &Integration) -> bool {
    let typed = IntegrationSettings::parse(form, &saved.settings, &mut FieldErrors::default());
    form.get("version").is_some()
        && (typed != saved.settings || !form.text("webhook_signature_token").trim().is_empty())
}

fn set_up_failed(cause: &CallError) -> String {
    match cause {
        CallError::Lever(lever_client::Error::Forbidden { .. }) => {
            "Lever does not let the portal create webhooks: the permission was not granted.".to_owned()
        }
        CallError::Lever(lever_client::Error::OurFault { message, .. }) => {
            format!("Lever did not accept the webhooks: {}.", message.trim_end_matches('.'))
        }
        CallError::Access(_) => "Access to Lever could not be renewed.".to_owned(),
        CallError::Lever(lever_client::Error::Unreadable { .. }) => {
            "Lever's answer can't be read, so the webhooks are not all set up.".to_owned()
        }
        CallError::Lever(lever_client::Error::Certificate { why }) => {
            format!("Lever's certificate is not trusted ({why}), so the webhooks are not all set up.")
        }
        CallError::Lever(lever_client::Error::NotFound { status, message }) => {
            format!("Lever does not know the address at which webhooks are made (HTTP {status}: {message}).")
        }
        CallError::Lever(other) => match (other.status(), other) {
            (Some(429), _) => {
                "Lever takes no more calls just now (HTTP 429), so the webhooks are not all set up. Wait a minute."
                    .to_owned()
            }
            (Some(_), lever_client::Error::TryAgain { why, .. }) => {
                format!("Lever answered {why}, so the webhooks are not all set up.")
            }
            _ => "Lever could not be reached, so the webhooks are not all set up.".to_owned(),
        },
        CallError::TooSlow => {
            "Lever did not answer in time, so the webhooks are not all set up.".to_owned()
        }
        CallError::Nobody | CallError::Lacking(_) => format!("The webhooks are not all set up: {cause}."),
    }
}
