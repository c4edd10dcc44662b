//! Access tokens: one that is valid, refreshed when it must be.
//!
//! Lever revokes everything when a refresh token is used twice (Lever's wire notes §2), so there is
//! one refresh of an account at a time, whoever asks for it: whoever sets `refresh_claimed_until`
//! while `grant_version` is what was read may refresh; the others wait until the version grew.
//! A refresh runs to its end even when nobody waits for it any more, because a new refresh token
//! that is not stored is lost.

use super::lever_account::{self, LeverAccount};
use super::permissions;
use crate::audit::Actor;
use crate::db::schema::integrations::dsl;
use crate::db::{Conn, DbError, DbResult};
use crate::ids::IntegrationId;
use crate::integrations::oauth::app::{OAuthApp, OAuthSetupError};
use crate::integrations::schedule::watch;
use crate::integrations::store::{Integration, place};
use crate::integrations::{State, lifecycle, store};
use crate::reasons::Reason;
use crate::secrets::{SealError, Sealed, Sealer};
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::{Grant, OAuthError, ScopeSet, UserId};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

/// A token is refreshed when it lasts no longer than this.
const BEFORE_EXPIRY: Duration = Duration::from_secs(60);

/// One that cannot be refreshed is used while it lasts this long.
const LEAST: Duration = Duration::from_secs(5);

/// A claim ends by itself after this: longer than the sign-in service may take to answer.
const CLAIM: Duration = Duration::from_secs(40);

/// How long somebody waits for another's refresh.
const PATIENCE: Duration = Duration::from_secs(45);

/// How often they look.
const GLANCE: Duration = Duration::from_millis(100);

/// A valid access token.
pub struct Token {
    /// For the API.
    pub access: SecretString,
    /// Which one it is: grows with each refresh.
    pub version: i64,
    /// The API that it is for.
    pub api_url: Url,
    /// The user of Lever in whose name changes are made.
    pub acts_as: Option<UserId>,
}

/// Why there is no access token.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Later there may be one.
    #[error("access to Lever could not be renewed: {why}")]
    TryAgain {
        /// What happened.
        why: String,
        /// How long Lever asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// Lever renewed access and does not accept it yet.
    #[error("Lever renewed the portal's access and does not accept it yet ({detail})")]
    NotYetAccepted {
        /// What Lever answered.
        detail: String,
    },
    /// The grant has just been found to have ended; the account is disconnected now.
    #[error("{reason}")]
    Gone {
        /// Why.
        reason: Box<Reason>,
    },
    /// The account is not connected.
    #[error("the account is not connected")]
    NotConnected,
    /// The portal's operator must correct something first.
    #[error("{0}")]
    Misconfigured(String),
    #[error(transparent)]
    Db(#[from] DbError),
    /// A stored token does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<&AccessError> for Reason {
    fn from(cause: &AccessError) -> Self {
        match cause {
            AccessError::TryAgain { why, .. } => Self::AccessNotRenewed { detail: why.clone() },
            AccessError::NotYetAccepted { detail } => Self::RenewedAccessRefused { detail: detail.clone() },
            AccessError::Gone { reason } => Self::clone(reason),
            AccessError::NotConnected => Self::NotConnected,
            AccessError::Misconfigured(_) | AccessError::Db(_) | AccessError::Seal(_) => {
                Self::Technical { detail: cause.to_string() }
            }
        }
    }
}

/// A valid access token of the account.
///
/// # Errors
/// When there is none to be had; says what may be done about it.
pub(super) async fn token(app: &Arc<OAuthApp>, id: &IntegrationId) -> Result<Token, AccessError> {
    valid(app, id, -1).await
}

/// A valid access token other than the one that Lever refused.
///
/// # Errors
/// When there is none to be had; says what may be done about it.
pub(super) async fn renewed(
    app: &Arc<OAuthApp>,
    id: &IntegrationId,
    refused_version: i64,
) -> Result<Token, AccessError> {
    valid(app, id, refused_version).await
}

async fn valid(app: &Arc<OAuthApp>, id: &IntegrationId, refused: i64) -> Result<Token, AccessError> {
    let began = Instant::now();
    loop {
        let (row, lever) = {
            let id = *id;
            app.db
                .read(move |conn| Ok((store::get(conn, &id)?, lever_account::of_integration(conn, &id)?)))
                .await?
        };
        if row.state == State::Disconnected {
            return Err(AccessError::NotConnected);
        }
        let usable_for = |row: &Integration, least: Duration| {
            row.grant_version > refused
                && row.access_expires_at.is_some_and(|at| at > Timestamp::now().plus(least))
        };
        if usable_for(&row, BEFORE_EXPIRY) {
            return opened(app, &row, &lever);
        }
        if claim(app, &row).await? {
            if row.refresh_claimed_until > Timestamp(0) {
                // A refresh was begun and never ended: the process died, and with it what Lever answered.
                let id = *id;
                app.db.write(move |conn| lever_account::answer_was_lost(conn, &id)).await?;
            }
            let (app_then, row_then) = (app.clone(), row.clone());
            let refreshed = tokio::spawn(async move { refresh(&app_then, &row_then).await }).await;
            match refreshed.unwrap_or_else(|_| Err(try_again("the portal is stopping"))) {
                Ok(()) => continue,
                // It is still good for the moment.
                Err(AccessError::TryAgain { .. }) if usable_for(&row, LEAST) => {
                    return opened(app, &row, &lever);
                }
                Err(failure) => {
                    let (id, why) = (row.id, Reason::from(&failure));
                    app.db.write(move |conn| watch::renewed(conn, &id, &why)).await?;
                    return Err(failure);
                }
            }
        }
        if began.elapsed() > PATIENCE {
            return Err(try_again("a refresh of the access token did not end"));
        }
        tokio::time::sleep(GLANCE).await;
    }
}

fn try_again(why: &str) -> AccessError {
    AccessError::TryAgain { why: why.to_owned(), retry_after: None }
}

fn opened(app: &Arc<OAuthApp>, row: &Integration, lever: &LeverAccount) -> Result<Token, AccessError> {
    let sealed = row.access_token_sealed.as_ref().ok_or(AccessError::NotConnected)?;
    let access = app.sealer.open(sealed, &place("access_token", &row.id))?;
    let hosts = row.lever_hosts().map_err(|e| AccessError::Misconfigured(e.to_string()))?;
    Ok(Token { access, version: row.grant_version, api_url: hosts.api_url, acts_as: lever.acts_as() })
}

/// Takes the right to refresh, unless somebody has it or the tokens are newer than was read.
async fn claim(app: &Arc<OAuthApp>, row: &Integration) -> DbResult<bool> {
    let (id, version) = (row.id, row.grant_version);
    let now = Timestamp::now();
    if row.refresh_claimed_until > now {
        return Ok(false);
    }
    app.db
        .write(move |conn| {
            let claimed = diesel::update(dsl::integrations.find(&id))
                .filter(dsl::grant_version.eq(version).and(dsl::refresh_claimed_until.le(now)))
                .set(dsl::refresh_claimed_until.eq(now.plus(CLAIM)))
                .execute(conn)?;
            Ok(claimed == 1)
        })
        .await
}

/// Refreshes, as the holder of the claim.
async fn refresh(app: &Arc<OAuthApp>, row: &Integration) -> Result<(), AccessError> {
    let outcome = request_tokens(app, row).await;
    let (id, version, sealer) = (row.id, row.grant_version, app.sealer.clone());
    let company = row.company_id;
    match outcome {
        Ok(grant) => {
            let scopes = grant.scopes.clone();
            app.db
                .write(move |conn| {
                    let current = store::to_change(conn, &company, &id)?;
                    if current.grant_version != version {
                        return Ok(()); // granted again meanwhile
                    }
                    let scopes = scopes.unwrap_or_else(|| ScopeSet::parse(&current.scopes));
                    // A refresh that brings no new refresh token keeps the old one (RFC 6749 §6).
                    let kept = current.refresh_token_sealed.clone();
                    store_grant(conn, &sealer, &current, &grant, kept, &scopes)?;
                    watch::renewed(conn, &id, &Reason::None)?;
                    let before = lever_account::of_integration(conn, &id)?;
                    lever_account::learn(conn, &id, grant.claims().as_ref(), false)?;
                    match grant.refresh_token {
                        Some(_) => Ok(()),
                        None => lever_account::kept_token(conn, &before),
                    }
                })
                .await?;
            Ok(())
        }
        Err(AccessError::Gone { reason }) => Err(ended(app, &id, version, *reason).await?),
        Err(failure) => {
            app.db
                .write(move |conn| {
                    diesel::update(dsl::integrations.find(&id))
                        .filter(dsl::grant_version.eq(version))
                        .set(dsl::refresh_claimed_until.eq(Timestamp(0)))
                        .execute(conn)?;
                    Ok(())
                })
                .await?;
            Err(failure)
        }
    }
}

async fn request_tokens(app: &Arc<OAuthApp>, row: &Integration) -> Result<Grant, AccessError> {
    let Some(sealed) = &row.refresh_token_sealed else {
        return Err(AccessError::Gone { reason: Reason::AccessForAnHour.into() });
    };
    let refresh_token = app.sealer.open(sealed, &place("refresh_token", &row.id))?;
    let hosts = row.lever_hosts().map_err(|e| AccessError::Misconfigured(e.to_string()))?;
    let oauth = app.oauth(hosts).map_err(|e: OAuthSetupError| AccessError::Misconfigured(e.to_string()))?;
    let failure = match oauth.refresh(&refresh_token).await {
        Ok(grant) => return Ok(grant),
        Err(failure) => failure,
    };
    let (id, version) = (row.id, row.grant_version);
    Err(match failure {
        gone if gone.grant_is_gone() => {
            let lever = app.db.read(move |conn| lever_account::of_integration(conn, &id)).await?;
            let reason = match lever.may_have_rotated() {
                true => Reason::AccessAnswerLost,
                false => Reason::AccessRevoked,
            };
            AccessError::Gone { reason: reason.into() }
        }
        OAuthError::TryAgain { why, retry_after } => AccessError::TryAgain { why, retry_after },
        OAuthError::AnswerLost { .. } => {
            app.db.write(move |conn| lever_account::answer_was_lost(conn, &id)).await?;
            try_again(&failure.to_string())
        }
        OAuthError::OnlyRotated { ref refresh_token, .. } => {
            let sealed = app.sealer.seal(refresh_token.token(), &place("refresh_token", &id));
            app.db.write(move |conn| keep_rotated(conn, &id, version, sealed)).await?;
            try_again(&failure.to_string())
        }
        passing if passing.is_transient() => try_again(&passing.to_string()),
        other => AccessError::Misconfigured(other.to_string()),
    })
}

/// The refresh token that came without an access token counts from now on.
fn keep_rotated(conn: &mut Conn, id: &IntegrationId, version: i64, sealed: Sealed) -> DbResult<()> {
    diesel::update(dsl::integrations.find(id))
        .filter(dsl::grant_version.eq(version))
        .set(dsl::refresh_token_sealed.eq(Some(sealed)))
        .execute(conn)?;
    Ok(())
}

/// Puts a new pair of tokens in the place of the one before, at once and together. `kept` is the
/// refresh token to go on with when there is no new one.
pub(in crate::integrations) fn store_grant(
    conn: &mut Conn,
    sealer: &Sealer,
    row: &Integration,
    grant: &Grant,
    kept: Option<Sealed>,
    scopes: &ScopeSet,
) -> DbResult<()> {
    let now = Timestamp::now();
    let access = sealer.seal(&grant.access_token, &place("access_token", &row.id));
    let refresh =
        grant.refresh_token.as_ref().map(|token| sealer.seal(token, &place("refresh_token", &row.id)));
    let refresh = refresh.or(kept);
    diesel::update(dsl::integrations.find(&row.id))
        .set((
            dsl::access_token_sealed.eq(Some(access)),
            dsl::refresh_token_sealed.eq(refresh),
            dsl::access_expires_at.eq(Some(now.plus(grant.expires_in))),
            dsl::scopes.eq(scopes.to_string()),
            dsl::grant_version.eq(row.grant_version + 1),
            dsl::refresh_claimed_until.eq(Timestamp(0)),
            dsl::updated_at.eq(now),
        ))
        .execute(conn)?;
    permissions::changed(conn, row, scopes)
}

/// Lever has refused for long what it renews: access is gone, whatever the refresh says.
pub(super) async fn refused(
    app: &Arc<OAuthApp>,
    id: &IntegrationId,
    version: i64,
    message: &str,
) -> Result<AccessError, AccessError> {
    tracing::warn!(%id, message, "Lever refuses what it renews");
    ended(app, id, version, Reason::AccessNotAccepted).await
}

/// Disconnects the account, unless it was granted anew meanwhile.
async fn ended(
    app: &Arc<OAuthApp>,
    id: &IntegrationId,
    version: i64,
    reason: Reason,
) -> Result<AccessError, AccessError> {
    let (id, words) = (*id, reason.clone());
    let disconnected = app
        .db
        .write(move |conn| {
            let company = store::get(conn, &id)?.company_id;
            let current = store::to_change(conn, &company, &id)?;
            let is_same = current.grant_version == version && current.state != State::Disconnected;
            if is_same {
                lifecycle::disconnect(conn, &current, &words, &Actor::Portal)?;
            }
            Ok(is_same)
        })
        .await?;
    Ok(if disconnected {
        AccessError::Gone { reason: reason.into() }
    } else {
        try_again("access has been granted again")
    })
}
