//! Webhooks that stand in Lever at the account's own address, and that nobody here knows: Lever made them,
//! and its answer was lost or could not be read. The address holds a secret key, so they are the portal's,
//! or a person's who pasted it. Beside a new one each would bring every event twice, with a
//! signature that no token here matches.

use super::{delete, made, unknown};
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::signing::tokens::{self, SEVERAL};
use lever_client::{Error, Event, Origin, Webhook, WebhookId};
use std::collections::HashSet;
use std::time::Duration;

/// How often a webhook is made where the answer is lost.
const TRIES: usize = 2;

/// Lever's list may be behind what Lever has just done: what it does not show is looked for again after this, before it is
/// made a second time.
const BEHIND: Duration = Duration::from_secs(3);

/// Removes the unknown webhooks among `listed`; answers which. Lever lets the API remove what the API made and nothing that
/// a person made, so a person's stay; those whose token a person saved and that are heard from are not even tried.
pub(super) async fn remove(
    connections: &Connections,
    id: &IntegrationId,
    url: &str,
    listed: &[Webhook],
) -> Result<Vec<WebhookId>, CallError> {
    let account = *id;
    let (made, valid) = connections
        .db()
        .read(move |conn| Ok((made(conn, &account)?, tokens::valid(conn, &account)?)))
        .await?;
    let is_heard = |webhook: &Webhook| {
        let event = webhook.event.as_ref().map(Event::as_str);
        valid
            .iter()
            .filter(|token| made.iter().all(|made| made.signing_token_id != token.id))
            .filter_map(|token| token.kind.as_deref())
            .any(|kind| kind == SEVERAL || Some(kind) == event)
    };
    let mut removed = Vec::new();
    for webhook in unknown(listed, url, &made).filter(|webhook| !is_heard(webhook)) {
        if remove_one(connections, id, &webhook.id).await? {
            removed.push(webhook.id.clone());
        }
    }
    Ok(removed)
}

/// A webhook that Lever made, and whether it took more than one answer to know: then there may be another beside it.
pub(super) struct Created {
    pub(super) webhook: Webhook,
    pub(super) is_doubtful: bool,
}

/// Makes a webhook. Where the answer is lost, or is that of another webhook, Lever is asked whether it made one that was not
/// `there` before: with its token it is taken over; without, it is removed and made anew.
pub(super) async fn create(
    connections: &Connections,
    id: &IntegrationId,
    url: &str,
    event: &Event,
    there: &HashSet<WebhookId>,
) -> Result<Created, CallError> {
    let is_asked = |webhook: &Webhook| {
        webhook.event.as_ref().is_none_or(|of| of == event) && !there.contains(&webhook.id)
    };
    let mut tries = 0;
    loop {
        let made =
            connections.call(id, |api| async move { api.create_webhook(event, url, Origin::KNOWN).await });
        let lost = match made.await {
            Ok(webhook) if is_asked(&webhook) => return Ok(Created { webhook, is_doubtful: tries > 0 }),
            Ok(_) => Error::Unreadable { status: 200, why: "it is about another webhook".to_owned() },
            Err(CallError::Lever(cause)) if cause.maybe_done() => cause,
            Err(cause) => return Err(cause),
        };
        tries += 1;
        tracing::info!(integration = %id, cause = %lost, "Lever may have made a webhook; it is asked");
        if let Some(webhook) = found(connections, id, url, event, there).await? {
            return Ok(Created { webhook, is_doubtful: true });
        }
        if tries == TRIES {
            return Err(lost.into());
        }
    }
}

/// A webhook for this event that was not there before, with its token; one without is removed.
async fn found(
    connections: &Connections,
    id: &IntegrationId,
    url: &str,
    event: &Event,
    there: &HashSet<WebhookId>,
) -> Result<Option<Webhook>, CallError> {
    let is_new = |webhook: &Webhook| {
        webhook.url.as_deref() == Some(url)
            && webhook.event.as_ref() == Some(event)
            && !there.contains(&webhook.id)
    };
    for look in 0..2 {
        if look > 0 {
            tokio::time::sleep(BEHIND).await;
        }
        let listed = connections.call(id, |api| async move { api.webhooks().await }).await?;
        let new: Vec<Webhook> = listed.into_iter().filter(is_new).collect();
        let is_there = !new.is_empty();
        for webhook in new {
            if webhook.signature_token.is_some() {
                return Ok(Some(webhook));
            }
            remove_one(connections, id, &webhook.id).await?;
        }
        if is_there {
            break;
        }
    }
    Ok(None)
}

/// Only the API can remove what it made, and it can't remove what a person made: that is no fault. `false`: it stays.
async fn remove_one(
    connections: &Connections,
    id: &IntegrationId,
    webhook: &WebhookId,
) -> Result<bool, CallError> {
    match connections.call(id, |api| delete(api, webhook.clone())).await {
        Err(CallError::Lever(cause @ (Error::Forbidden { .. } | Error::OurFault { .. }))) => {
            tracing::info!(integration = %id, %cause, "Lever keeps a webhook that a person made");
            Ok(false)
        }
        answer => answer.map(|()| true),
    }
}
