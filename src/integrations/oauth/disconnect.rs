//! Ending a connection from our side.

use crate::audit::{self, Actor};
use crate::db::{Conn, DbError, DbResult};
use crate::ids::{CompanyId, IntegrationId};
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::signing::tokens;
use crate::integrations::store::{Integration, place};
use crate::integrations::{State, lever_webhooks, lifecycle, store};
use crate::job_queue::{self, JobKind, NewJob};
use crate::reasons::Reason;
use crate::secrets::Sealed;
use crate::time::Timestamp;
use lever_client::{OAuthError, WebhookId};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

/// How long somebody waits for Lever to take its webhooks away.
const WEBHOOKS: Duration = Duration::from_secs(8);

/// After so long a busy Lever is asked again, unless it names another time.
const AGAIN: Duration = Duration::from_millis(500);

/// After so long a Lever that did not answer is told again, beside everything else.
const LATER: Duration = Duration::from_secs(60);

/// How a connection ended. Our side has ended in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Lever was told, and the webhooks that the portal made are gone.
    Clean,
    /// Lever did not answer; [`Leftover`] is asked of it again.
    Later,
    /// Lever keeps webhooks that the portal made.
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

/// What is left to do in Lever after a connection has ended here. The job that does it keeps the tokens, sealed, until it is
/// done; nothing else of the portal can use them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Leftover {
    /// Sealed, as text.
    access_token: Option<String>,
    /// Sealed, as text.
    refresh_token: Option<String>,
    /// Lever's ids of the webhooks that the portal made.
    webhooks: Vec<String>,
}

/// What became of the webhooks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Removal {
    Done,
    /// Lever does not let the portal.
    Refused,
    /// Lever did not answer in time.
    NotYet,
}

/// Removes the webhooks that the portal made, deletes all tokens, and asks Lever to revoke the
/// grant. Where Lever does not answer, our side ends all the same, and Lever is told later ([`finish`]).
///
/// # Errors
/// When the database refuses; nothing has ended then.
pub async fn disconnect(
    connections: &Connections,
    integration: &Integration,
    actor: &Actor,
) -> Result<Ended, DisconnectError> {
    // Before access ends: afterwards nobody could.
    let removal = tokio::time::timeout(WEBHOOKS, remove_webhooks(connections, integration)).await;
    let removal = removal.unwrap_or(Removal::NotYet);
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
            if removal == Removal::NotYet {
                let webhooks = lever_webhooks::made(conn, &id)?.into_iter().map(|made| made.webhook_id);
                leave(conn, &row, webhooks.collect())?;
            }
            lifecycle::disconnect(conn, &row, &Reason::None, &actor)?;
            Ok(Some(row))
        })
        .await?;
    let Some(row) = before else { return Ok(Ended::Before) };
    if removal == Removal::NotYet {
        tracing::warn!(integration = %id, "Lever did not remove webhooks in time; it is asked again");
        return Ok(Ended::Later);
    }
    match revoke(connections, &row, row.refresh_token_sealed.as_ref()).await {
        Err(cause) if cause.is_transient() => {
            tracing::warn!(integration = %id, %cause, "Lever could not be told that access is given up; it is told later");
            connections.db().write(move |conn| leave(conn, &row, Vec::new())).await?;
            Ok(Ended::Later)
        }
        // What Lever does not know, or will not revoke, no second try ends.
        Err(cause) => {
            tracing::warn!(integration = %id, %cause, "Lever does not revoke access");
            Ok(if removal == Removal::Refused { Ended::WebhooksLeft } else { Ended::Clean })
        }
        Ok(()) if removal == Removal::Refused => Ok(Ended::WebhooksLeft),
        Ok(()) => Ok(Ended::Clean),
    }
}

/// Asks for the rest to be done later.
fn leave(conn: &mut Conn, row: &Integration, webhooks: Vec<String>) -> DbResult<()> {
    let left = Leftover {
        access_token: row.access_token_sealed.as_ref().map(Sealed::to_cookie),
        refresh_token: row.refresh_token_sealed.as_ref().map(Sealed::to_cookie),
        webhooks,
    };
    let due = Timestamp::now().plus(LATER);
    let job = NewJob::of_integration(JobKind::EndAccess, row.company_id, row.id, due);
    job_queue::add(conn, NewJob { payload: json!(left), ..job })
}

/// Does what is left: removes the webhooks, then gives access up. `is_last`: what Lever still does not answer stays as it is,
/// and the audit log says so. Nothing is done for an account that was connected again: its set-up removes what is left.
///
/// # Errors
/// When Lever did not answer, unless it `is_last`; when the database refuses.
pub async fn finish(
    connections: &Connections,
    id: &IntegrationId,
    left: &Leftover,
    is_last: bool,
) -> Result<(), CallError> {
    let asked = *id;
    let row = connections.db().read(move |conn| store::get(conn, &asked)).await?;
    if row.state != State::Disconnected {
        return Ok(());
    }
    let mut kept = 0;
    for webhook in &left.webhooks {
        match remove(connections, &row, left, webhook).await {
            Ok(()) => {
                let webhook = webhook.clone();
                connections.db().write(move |conn| lever_webhooks::forget(conn, &asked, &webhook)).await?;
            }
            Err(CallError::Lever(cause)) if cause.is_transient() && !is_last => return Err(cause.into()),
            Err(cause) => {
                tracing::warn!(integration = %id, %cause, "a webhook is left in Lever");
                kept += 1;
            }
        }
    }
    let refresh = left.refresh_token.as_deref().and_then(Sealed::from_cookie);
    let is_revoked = match revoke(connections, &row, refresh.as_ref()).await {
        Ok(()) => true,
        Err(cause) if cause.is_transient() && !is_last => {
            return Err(lever_client::Error::TryAgain {
                why: cause.to_string(),
                retry_after: None,
                maybe_done: true,
            }
            .into());
        }
        Err(cause) => {
            tracing::warn!(integration = %id, %cause, "Lever was not told that access is given up");
            false
        }
    };
    let detail = json!({"webhooks_left": kept, "revoked": is_revoked});
    connections.db().write(move |conn| record(conn, &row.company_id, &row, &detail)).await?;
    Ok(())
}

fn record(
    conn: &mut Conn,
    company: &CompanyId,
    row: &Integration,
    detail: &serde_json::Value,
) -> DbResult<()> {
    let subject = lifecycle::subject(row);
    audit::record(conn, company, &Actor::Portal, audit::Action::IntegrationAccessEnded, &subject, detail)
}

/// Removes one webhook with the access of before.
async fn remove(
    connections: &Connections,
    row: &Integration,
    left: &Leftover,
    webhook: &str,
) -> Result<(), CallError> {
    let opened = opened(connections, row, left.access_token.as_deref(), "access_token");
    let (Some(access), Ok(hosts)) = (opened, row.lever_hosts()) else {
        return Err(CallError::TooSlow);
    };
    let api = connections.client(&row.id, &hosts.api_url).with_token(&access);
    Ok(lever_webhooks::delete(api, WebhookId::from(webhook.to_owned())).await?)
}

fn opened(
    connections: &Connections,
    row: &Integration,
    sealed: Option<&str>,
    column: &str,
) -> Option<SecretString> {
    let sealed = Sealed::from_cookie(sealed?)?;
    connections.sealer().open(&sealed, &place(column, &row.id)).ok()
}

/// Removes the webhooks that the portal made, again while Lever is busy.
async fn remove_webhooks(connections: &Connections, integration: &Integration) -> Removal {
    loop {
        match lever_webhooks::remove(connections, &integration.id).await {
            Ok(()) => return Removal::Done,
            Err(CallError::Lever(cause)) if cause.is_transient() => {
                tokio::time::sleep(cause.retry_after().unwrap_or(AGAIN).clamp(AGAIN, WEBHOOKS)).await;
            }
            Err(cause) => {
                tracing::warn!(%cause, "webhooks are left in Lever");
                return Removal::Refused;
            }
        }
    }
}

async fn revoke(
    connections: &Connections,
    row: &Integration,
    refresh_token: Option<&Sealed>,
) -> Result<(), OAuthError> {
    let token =
        refresh_token.map(|sealed| connections.sealer().open(sealed, &place("refresh_token", &row.id)));
    // Sealed under a key that is gone, or for a Lever that the configuration does not name any more: nobody can tell Lever.
    let oauth = row.lever_hosts().ok().and_then(|hosts| connections.oauth(hosts).ok());
    match (token, oauth) {
        (Some(Ok(token)), Some(oauth)) => oauth.revoke(&token).await,
        (None, _) => Ok(()),
        _ => Err(OAuthError::Malformed { why: "the tokens can no longer be used".to_owned() }),
    }
}
