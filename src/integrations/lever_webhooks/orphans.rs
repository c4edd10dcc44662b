//! Webhooks that stand in Lever at the account's own address, and that nobody here knows: Lever made them,
//! and its answer was lost or could not be read. The address holds a secret key, so they are the portal's,
//! or a person's who pasted it. Beside a new one each would bring every event twice, with a
//! signature that no token here matches.

use super::{delete, made, unknown};
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::signing::tokens;
use lever_client::{Error, Event, Origin, Webhook, WebhookId};
use std::collections::HashSet;

/// How often a webhook is made where the answer is lost.
const TRIES: usize = 2;

/// Removes the unknown webhooks among `listed`; answers which. Where a person saved a token, they may be that
/// person's, and stay.
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
    if valid.iter().any(|token| made.iter().all(|made| made.signing_token_id != token.id)) {
        return Ok(Vec::new());
    }
    let mut removed = Vec::new();
    for webhook in unknown(listed, url, &made) {
        if remove_one(connections, id, &webhook.id).await? {
            removed.push(webhook.id.clone());
        }
    }
    Ok(removed)
}

/// Makes a webhook. Where the answer is lost, Lever is asked whether it made one that was not `there`
/// before: with its token it is taken over; without, it is removed and made anew.
pub(super) async fn create(
    connections: &Connections,
    id: &IntegrationId,
    url: &str,
    event: &Event,
    there: &HashSet<WebhookId>,
) -> Result<Webhook, CallError> {
    let mut tries = 0;
    loop {
        let made =
            connections.call(id, |api| async move { api.create_webhook(event, url, Origin::KNOWN).await });
        let lost = match made.await {
            Err(CallError::Lever(cause)) if cause.maybe_done() => cause,
            answer => return answer,
        };
        tries += 1;
        tracing::info!(integration = %id, cause = %lost, "Lever may have made a webhook; it is asked");
        let listed = connections.call(id, |api| async move { api.webhooks().await }).await?;
        let is_new = |webhook: &Webhook| {
            webhook.url.as_deref() == Some(url)
                && webhook.event.as_ref() == Some(event)
                && !there.contains(&webhook.id)
        };
        for webhook in listed.into_iter().filter(is_new) {
            if webhook.signature_token.is_some() {
                return Ok(webhook);
            }
            remove_one(connections, id, &webhook.id).await?;
        }
        if tries == TRIES {
            return Err(lost.into());
        }
    }
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
