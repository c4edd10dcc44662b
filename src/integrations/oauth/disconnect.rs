//! Ending a connection from our side.

use crate::audit::Actor;
use crate::db::DbError;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::signing::tokens;
use crate::integrations::store::{Integration, place};
use crate::integrations::{State, lever_webhooks, lifecycle, store};
use crate::reasons::Reason;
use std::time::Duration;

/// How long somebody waits for Lever to take its webhooks away.
const WEBHOOKS: Duration = Duration::from_secs(8);

/// After so long a busy Lever is asked again, unless it names another time.
const AGAIN: Duration = Duration::from_millis(500);

/// How a connection ended. Our side has ended in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Lever was told, and the webhooks that the portal made are gone.
    Clean,
    /// Lever could not be told.
    NotRevoked,
    /// Webhooks that the portal made are still in Lever.
    WebhooksLeft,
    /// It had ended before.
    Before,
}

/// Why it did not end.
#[derive(Debug, thiserror::Error)]
pub enum DisconnectError {
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Removes the webhooks that the portal made, deletes all tokens, and asks Lever to revoke the
/// grant. Lever is asked as a best effort: what it does not do is told, and stops nothing.
///
/// # Errors
/// When the database refuses; nothing has ended then.
pub async fn disconnect(
    connections: &Connections,
    integration: &Integration,
    actor: &Actor,
) -> Result<Ended, DisconnectError> {
    // Before access ends: afterwards nobody could.
    let removed = tokio::time::timeout(WEBHOOKS, remove_webhooks(connections, integration)).await;
    let removed = removed.unwrap_or(false);
    let (id, company) = (integration.id, integration.company_id);
    let (actor, sealer) = (actor.clone(), connections.sealer().clone());
    let before = connections
        .db()
        .write(move |conn| {
            let row = store::to_change(conn, &company, &id)?;
            for token in tokens::valid(conn, &id)? {
                tokens::retire(conn, &sealer, &id, &token.id)?;
            }
            if row.state == State::Disconnected {
                return Ok(None);
            }
            lifecycle::disconnect(conn, &row, &Reason::None, &actor)?;
            Ok(Some(row))
        })
        .await?;
    Ok(match before {
        None => Ended::Before,
        Some(row) if !revoke(connections, &row).await => Ended::NotRevoked,
        Some(_) if !removed => Ended::WebhooksLeft,
        Some(_) => Ended::Clean,
    })
}

/// Removes the webhooks that the portal made, again while Lever is busy.
async fn remove_webhooks(connections: &Connections, integration: &Integration) -> bool {
    loop {
        match lever_webhooks::remove(connections, &integration.id).await {
            Ok(()) => return true,
            Err(CallError::Lever(lever_client::Error::TryAgain { retry_after, .. })) => {
                tokio::time::sleep(retry_after.unwrap_or(AGAIN).clamp(AGAIN, WEBHOOKS)).await;
            }
            Err(cause) => {
                tracing::warn!(%cause, "webhooks are left in Lever");
                return false;
            }
        }
    }
}

async fn revoke(connections: &Connections, row: &Integration) -> bool {
    let Some(sealed) = &row.refresh_token_sealed else { return true };
    let Ok(token) = connections.sealer().open(sealed, &place("refresh_token", &row.id)) else { return false };
    let Some(oauth) = row.lever_hosts().ok().and_then(|hosts| connections.oauth(hosts).ok()) else {
        return false;
    };
    match oauth.revoke(&token).await {
        Ok(()) => true,
        Err(cause) => {
            tracing::warn!(%cause, "Lever could not be told that the connection has ended");
            false
        }
    }
}
