//! Connecting an account: OAuth's authorization code flow, from the first click to the stored grant.
//!
//! `state` is bound to the session that began and is taken once. An answer that could not be
//! redeemed because Lever did not answer gives the flow back, since the code may be good still.

use super::connection::{self, ConnectionError};
use super::flows::{self, Flow};
use super::{granted_user, lever_account};
use crate::audit::{self, Actor, Circumstances};
use crate::db::schema::integrations::dsl;
use crate::db::{Conn, DbError, DbResult};
use crate::ids::{CompanyId, IntegrationId, UserId};
use crate::integrations::oauth::access_tokens;
use crate::integrations::oauth::app::OAuthSetupError;
use crate::integrations::oauth::connections::Connections;
use crate::integrations::store;
use crate::integrations::store::Integration;
use crate::integrations::{Environment, lifecycle};
use crate::secrets::{SealError, hash_of};
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::{Hosts, OAuthError, Scope, ScopeSet};
use serde_json::json;
use std::time::Duration;
use url::Url;

/// The longest name of an account, in characters.
const NAME: usize = 80;

/// How long a grant waits to learn in whose name the portal writes.
const WHO: Duration = Duration::from_secs(5);

/// How long a second click waits for the first one's result.
const SECOND_CLICK: Duration = Duration::from_secs(25);

/// Who grants.
#[derive(Debug, Clone)]
pub struct Granter {
    pub company: CompanyId,
    pub user: UserId,
    pub email: String,
    /// From where.
    pub seen: Circumstances,
    /// The secret that only their session has.
    pub binding: String,
}

impl Granter {
    fn actor(&self) -> Actor {
        Actor::User { id: self.user, email: self.email.clone(), seen: self.seen.clone() }
    }
}

/// What Lever's redirect says.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What was sent along.
    pub state: Option<String>,
    /// The code to redeem.
    pub code: Option<String>,
    /// Why there is none (RFC 6749 §4.1.2.1).
    pub error: Option<String>,
    /// The same in Lever's words.
    pub error_description: Option<String>,
    /// Which sign-in service answers, when it says so (RFC 9207).
    pub iss: Option<String>,
}

/// What came of a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    pub id: IntegrationId,
    /// What was asked for and not granted.
    pub missing: Vec<Scope>,
    /// This answer was taken before.
    pub again: bool,
    /// The Lever account was connected already: it was connected anew, and nothing was added.
    pub was_known: bool,
}

/// Why a grant did not begin or end well.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// No app is configured.
    #[error(transparent)]
    Setup(#[from] OAuthSetupError),
    /// An environment that cannot be chosen here.
    #[error("no such environment")]
    NoSuchEnvironment,
    /// No such account to connect again.
    #[error("no such account")]
    NoSuchAccount,
    /// An answer to no question of ours.
    #[error("unknown state")]
    Unknown,
    /// Begun by someone else, or in another browser.
    #[error("begun in another session")]
    Foreign,
    /// More than ten minutes passed.
    #[error("expired")]
    Expired,
    /// Taken before, and nothing came of it.
    #[error("used before")]
    Used,
    /// Consent was refused.
    #[error("denied: {0}")]
    Denied(
        /// Lever's words; may be empty.
        String,
    ),
    /// Access was granted to another Lever account than the one to be connected again.
    #[error("another Lever account than {0}")]
    OtherAccount(
        /// What people call the one to be connected again.
        String,
    ),
    /// Lever answered with another error.
    #[error("Lever answered {code}: {description}")]
    Error {
        /// RFC 6749 §4.1.2.1.
        code: String,
        /// Lever's words.
        description: String,
    },
    /// Another sign-in service answered than the one that was asked.
    #[error("another sign-in service answered than the one that was asked")]
    OtherIssuer,
    /// Neither code nor error.
    #[error("no code")]
    NoCode,
    /// The code could not be redeemed.
    #[error(transparent)]
    Exchange(#[from] OAuthError),
    #[error(transparent)]
    Db(#[from] DbError),
    /// The stored verifier does not open, or the stored addresses cannot be read.
    #[error("{0}")]
    Stored(String),
}

impl From<ConnectionError> for GrantError {
    fn from(cause: ConnectionError) -> Self {
        match cause {
            ConnectionError::OtherAccount(name) => Self::OtherAccount(name),
            ConnectionError::Db(cause) => Self::Db(cause),
        }
    }
}

impl From<SealError> for GrantError {
    fn from(cause: SealError) -> Self {
        Self::Stored(cause.to_string())
    }
}

impl From<serde_json::Error> for GrantError {
    fn from(cause: serde_json::Error) -> Self {
        Self::Stored(cause.to_string())
    }
}

/// Begins: where to send the browser. `again` names the account that is to be connected again;
/// `account_name` is what a new one is called, and may be empty.
///
/// # Errors
/// When no app is configured, or the environment or account cannot be chosen.
pub async fn begin(
    connections: &Connections,
    granter: &Granter,
    environment: Environment,
    again: Option<IntegrationId>,
    account_name: &str,
) -> Result<Url, GrantError> {
    let environment = match &again {
        None => environment,
        Some(id) => {
            let (company, id) = (granter.company, *id);
            let row = connections.db().read(move |conn| store::by_id(conn, &company, &id)).await?;
            row.ok_or(GrantError::NoSuchAccount)?.environment
        }
    };
    // An account of the configured Lever moves with it; another keeps its environment.
    let environment = match connections.environments() {
        [only] if again.is_some() => *only,
        _ => environment,
    };
    let hosts = connections.hosts_of(environment).ok_or(GrantError::NoSuchEnvironment)?;
    let stored_hosts = serde_json::to_string(&hosts)?;
    let authorization = connections.oauth(hosts)?.authorize(&ScopeSet::asked());
    let state_hash = hash_of(&authorization.state);
    let now = Timestamp::now();
    let flow = Flow {
        verifier_sealed: connections.sealer().seal(&authorization.pkce_verifier, &flows::place(&state_hash)),
        state_hash,
        company_id: granter.company,
        user_id: granter.user,
        session_hash: hash_of(&granter.binding),
        integration_id: again,
        environment,
        hosts: stored_hosts,
        created_at: now,
        expires_at: now.plus(flows::LIFE),
        used_at: None,
        result_integration_id: None,
        account_name: lever_client::text::clean(account_name, NAME),
    };
    connections.db().write(move |conn| flows::insert(conn, &flow)).await?;
    Ok(authorization.url)
}

/// Ends: takes Lever's answer, redeems the code and stores the grant.
///
/// # Errors
/// Each says what happened; nothing is connected then.
pub async fn finish(
    connections: &Connections,
    granter: &Granter,
    answer: Answer,
) -> Result<Connected, GrantError> {
    let state = answer.state.clone().ok_or(GrantError::Unknown)?;
    let flow =
        connections.db().read(move |conn| flows::by_state(conn, &state)).await?.ok_or(GrantError::Unknown)?;
    if flow.user_id != granter.user
        || flow.company_id != granter.company
        || flow.session_hash != hash_of(&granter.binding)
    {
        return Err(GrantError::Foreign);
    }
    if flow.used_at.is_some() {
        return second_click(connections, flow).await;
    }
    if flow.expires_at <= Timestamp::now() {
        return Err(GrantError::Expired);
    }
    let taken = {
        let flow = flow.clone();
        connections.db().write(move |conn| flows::consume(conn, &flow)).await?
    };
    if !taken {
        return second_click(connections, flow).await;
    }
    // Before anything of it is believed: a code of one Lever must not be shown to another (mix-up, RFC 9700 §4.4).
    let hosts: Hosts = serde_json::from_str(&flow.hosts)?;
    if answer.iss.as_deref().is_some_and(|iss| !hosts.is_issuer(iss)) {
        tracing::warn!(asked = %hosts.auth_url, "another sign-in service answered than the one that was asked");
        return Err(GrantError::OtherIssuer);
    }
    let code = match (answer.error, answer.code.filter(|code| !code.is_empty())) {
        (Some(error), _) if error == "access_denied" => {
            return Err(GrantError::Denied(answer.error_description.unwrap_or_default()));
        }
        (Some(code), _) => {
            let description = answer.error_description.unwrap_or_default();
            return Err(GrantError::Error { code, description });
        }
        (None, None) => return Err(GrantError::NoCode),
        (None, Some(code)) => code,
    };
    // A code is good once: what it brings is stored even when the browser does not wait for it.
    let (connections, granter) = (connections.clone(), granter.clone());
    let task = tokio::spawn(async move {
        let connected = redeem(&connections, &granter, &flow, &code).await?;
        match tokio::time::timeout(WHO, granted_user::settle(&connections, &connected.id)).await {
            Ok(Err(failure)) => tracing::warn!(%failure, "who granted access is not known by name"),
            Err(_) => tracing::warn!("Lever did not say in time who granted access"),
            Ok(Ok(())) => {}
        }
        Ok(connected)
    });
    task.await.unwrap_or(Err(GrantError::Db(DbError::Stopped)))
}

/// The account that an answer would connect again, for a way to begin anew after it failed.
pub async fn account_of(
    connections: &Connections,
    granter: &Granter,
    state: Option<String>,
) -> DbResult<Option<IntegrationId>> {
    let Some(state) = state else { return Ok(None) };
    let flow = connections.db().read(move |conn| flows::by_state(conn, &state)).await?;
    Ok(flow.filter(|flow| flow.company_id == granter.company).and_then(|flow| flow.integration_id))
}

/// The first click's result, as soon as there is one.
async fn second_click(connections: &Connections, flow: Flow) -> Result<Connected, GrantError> {
    let used_at = flow.used_at.unwrap_or_else(Timestamp::now);
    loop {
        let hash = flow.state_hash.clone();
        let row = connections.db().read(move |conn| flows::get(conn, &hash)).await?;
        if let Some(id) = row.result_integration_id {
            return Ok(Connected { id, missing: Vec::new(), again: true, was_known: false });
        }
        if row.used_at.is_none() || used_at.plus(SECOND_CLICK) < Timestamp::now() {
            return Err(GrantError::Used);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn redeem(
    connections: &Connections,
    granter: &Granter,
    flow: &Flow,
    code: &str,
) -> Result<Connected, GrantError> {
    let verifier = flow.verifier(connections.sealer())?;
    let oauth = connections.oauth(serde_json::from_str(&flow.hosts)?)?;
    let grant = match oauth.exchange(code, &verifier).await {
        Ok(grant) => grant,
        Err(failure) => {
            if !matches!(failure, OAuthError::Refused { .. }) {
                let flow = flow.clone();
                connections.db().write(move |conn| flows::give_back(conn, &flow)).await?;
            }
            return Err(failure.into());
        }
    };
    // Without a word on scopes, what was asked for is granted (RFC 6749 §5.1).
    let scopes = grant.scopes.clone().unwrap_or_else(ScopeSet::asked);
    let missing = scopes.missing();
    let (flow, granter, sealer) = (flow.clone(), granter.clone(), connections.sealer().clone());
    let (id, was_known) = connections
        .db()
        .try_write(move |conn| {
            let claims = grant.claims();
            let named = claims.as_ref().and_then(|claims| claims.account_id.as_ref());
            let (row, was_known) = connection::of_grant(conn, &sealer, &flow, named)?;
            access_tokens::store_grant(conn, &sealer, &row, &grant, None, &scopes)?;
            lever_account::learn(conn, &row.id, claims.as_ref(), true)?;
            connected(conn, &row, &flow, &granter, &scopes)?;
            Ok::<_, GrantError>((row.id, was_known))
        })
        .await?;
    Ok(Connected { id, missing, again: false, was_known })
}

/// Notes who connected the account, and what state follows.
fn connected(
    conn: &mut Conn,
    row: &Integration,
    flow: &Flow,
    granter: &Granter,
    scopes: &ScopeSet,
) -> DbResult<()> {
    diesel::update(dsl::integrations.find(&row.id))
        .set((
            dsl::environment.eq(flow.environment),
            dsl::hosts.eq(&flow.hosts),
            dsl::granted_by.eq(Some(&granter.user)),
            dsl::granted_at.eq(Some(Timestamp::now())),
        ))
        .execute(conn)?;
    lifecycle::settle(conn, row)?;
    flows::finish(conn, flow, &row.id)?;
    let action = if row.granted_at.is_some() {
        audit::Action::IntegrationReconnected
    } else {
        audit::Action::IntegrationConnected
    };
    let detail = json!({"environment": flow.environment.as_str(), "scopes": scopes.to_string()});
    audit::record(conn, &row.company_id, &granter.actor(), action, &lifecycle::subject(row), &detail)
}
