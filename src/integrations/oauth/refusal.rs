//! An access token that Lever gave a moment ago and refuses: by one call, for a while, or for good.
//!
//! A revoked grant can't be renewed (`invalid_grant`, Lever's wire notes §2). So a 401 to a token that was renewed is
//! either about what was asked, or it passes: Lever's API learns later of the token than its sign-in service gave it.
//! One question that no record decides tells the two apart.

use super::access_tokens::{self, AccessError};
use super::app::OAuthApp;
use super::lever_account::{self, LeverAccount};
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::integrations::schedule::watch;
use crate::reasons::Reason;
use crate::time::Timestamp;
use lever_client::{Api, Error};
use std::sync::Arc;
use std::time::Duration;

/// What Lever refuses for longer than this, although it renews access all the while, has ended.
const FOR_GOOD: Duration = Duration::from_secs(10 * 60);

/// Refusals with more time than this between them are not the same.
const APART: Duration = Duration::from_secs(10 * 60);

/// What a refusal of a new token means.
pub(super) enum Refusal {
    /// It is about what was asked: the token is good.
    OfTheCall,
    /// Lever does not take the token, or no more.
    OfAccess(AccessError),
    /// It can't be told just now.
    Unclear(Error),
}

/// What it means that Lever refused a call with the account's new token.
///
/// # Errors
/// When the database refuses.
pub(super) async fn judged(
    app: &Arc<OAuthApp>,
    id: &IntegrationId,
    api: &Api,
    version: i64,
) -> Result<Refusal, AccessError> {
    let (asked, id) = (api.stages().await, *id);
    match asked {
        Err(Error::AccessGone { status, message }) => {
            let detail = format!("HTTP {status}: {message}");
            let words = Reason::RenewedAccessRefused { detail: detail.clone() };
            let is_over = app.db.write(move |conn| note(conn, &id, &words)).await?;
            Ok(Refusal::OfAccess(match is_over {
                true => access_tokens::refused(app, &id, version, &message).await?,
                false => AccessError::NotYetAccepted { detail },
            }))
        }
        Err(passing @ (Error::TryAgain { .. } | Error::Certificate { .. })) => Ok(Refusal::Unclear(passing)),
        _ => {
            app.db.write(move |conn| accepted(conn, &id)).await?;
            Ok(Refusal::OfTheCall)
        }
    }
}

/// Takes note of a refusal; whether Lever has refused for so long that access has ended.
fn note(conn: &mut Conn, id: &IntegrationId, words: &Reason) -> DbResult<bool> {
    let (now, before) = (Timestamp::now(), lever_account::of_integration(conn, id)?);
    let goes_on = before.refused_at.is_some_and(|last| last.plus(APART) > now);
    let since = before.refused_since.filter(|_| goes_on).unwrap_or(now);
    let row = LeverAccount { refused_since: Some(since), refused_at: Some(now), ..before };
    lever_account::put(conn, &row)?;
    watch::renewed(conn, id, words)?;
    Ok(since.plus(FOR_GOOD) <= now)
}

/// Lever accepts the access.
///
/// # Errors
/// When the database refuses.
pub fn accepted(conn: &mut Conn, id: &IntegrationId) -> DbResult<()> {
    let before = lever_account::of_integration(conn, id)?;
    if before.refused_since.is_none() {
        return Ok(());
    }
    lever_account::put(conn, &LeverAccount { refused_since: None, refused_at: None, ..before })
}
