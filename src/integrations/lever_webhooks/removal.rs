//! Takes away in Lever what the portal made there.

use super::{MadeWebhook, delete, made, orphans};
use crate::db::schema::lever_webhooks::dsl;
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::oauth::permissions;
use crate::integrations::signing::tokens;
use crate::integrations::store;
use diesel::prelude::*;
use lever_client::{Scope, WebhookId};

/// Strikes a webhook off that is gone from Lever.
///
/// # Errors
/// When the database refuses.
pub(in crate::integrations) fn forget(conn: &mut Conn, id: &IntegrationId, webhook: &str) -> DbResult<()> {
    diesel::delete(dsl::lever_webhooks.find((id, webhook))).execute(conn)?;
    Ok(())
}

/// Takes away the webhooks that the portal made; those that a person made stay.
///
/// # Errors
/// When Lever could not be asked or refused; what is left stays known.
pub async fn remove(connections: &Connections, id: &IntegrationId) -> Result<(), CallError> {
    let known = {
        let id = *id;
        connections.db().read(move |conn| made(conn, &id)).await?
    };
    for webhook in known {
        remove_one(connections, id, webhook).await?;
    }
    let account = *id;
    let account = connections.db().read(move |conn| store::get(conn, &account)).await?;
    if permissions::lacks(&account, &[Scope::Webhooks]).is_none() {
        let url = connections.address_of(&account.webhook_path());
        // What the portal made is gone; what may be left beside it is looked for as a best effort.
        match connections.call(id, |api| async move { api.webhooks().await }).await {
            Ok(listed) => drop(orphans::remove(connections, id, url.as_str(), &listed).await?),
            Err(cause) => tracing::warn!(%cause, "Lever does not say which webhooks are left"),
        }
    }
    Ok(())
}

pub(super) async fn remove_one(
    connections: &Connections,
    id: &IntegrationId,
    webhook: MadeWebhook,
) -> Result<(), CallError> {
    let lever_id = WebhookId::from(webhook.webhook_id.clone());
    connections.call(id, |api| delete(api, lever_id.clone())).await?;
    let (id, sealer) = (*id, connections.sealer().clone());
    connections
        .db()
        .write(move |conn| {
            forget(conn, &id, &webhook.webhook_id)?;
            tokens::retire(conn, &sealer, &id, &webhook.signing_token_id)?;
            Ok(())
        })
        .await?;
    Ok(())
}
