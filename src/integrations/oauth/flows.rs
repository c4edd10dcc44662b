//! The table of grants that were begun and have not come back yet.

use crate::db::schema::oauth_flows::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::ids::{CompanyId, IntegrationId, UserId};
use crate::integrations::Environment;
use crate::secrets::{SealError, Sealed, Sealer, hash_of};
use crate::time::Timestamp;
use diesel::prelude::*;
use secrecy::SecretString;
use std::time::Duration;

/// How long somebody may take at Lever.
pub const LIFE: Duration = Duration::from_secs(10 * 60);

/// Flows are kept this long after they expired, so that a late answer can be explained.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// A grant that was begun.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = oauth_flows)]
pub struct Flow {
    /// SHA-256 of the `state` that Lever brings back.
    pub state_hash: String,
    pub company_id: CompanyId,
    /// Who began it.
    pub user_id: UserId,
    /// SHA-256 of the secret that only that person's session has.
    pub session_hash: String,
    /// The account to connect again; `None` for a new one.
    pub integration_id: Option<IntegrationId>,
    /// Which Lever was asked.
    pub environment: Environment,
    /// Its addresses, JSON.
    pub hosts: String,
    /// PKCE's secret.
    pub verifier_sealed: Sealed,
    /// When it was begun.
    pub created_at: Timestamp,
    /// An answer after this is too late.
    pub expires_at: Timestamp,
    /// When an answer was taken; set once.
    pub used_at: Option<Timestamp>,
    /// The account that came of it.
    pub result_integration_id: Option<IntegrationId>,
    /// What the admin calls the account; empty when nothing was typed.
    pub account_name: String,
}

impl Flow {
    /// PKCE's secret.
    ///
    /// # Errors
    /// When it was sealed under another key.
    pub fn verifier(&self, sealer: &Sealer) -> Result<SecretString, SealError> {
        sealer.open(&self.verifier_sealed, &place(&self.state_hash))
    }
}

/// What PKCE's secret is sealed for.
pub fn place(state_hash: &str) -> String {
    format!("oauth_flows.verifier:{state_hash}")
}

/// Adds a flow, and forgets those of yesterday.
pub fn insert(conn: &mut Conn, flow: &Flow) -> DbResult<()> {
    let forgotten = Timestamp::now().minus(KEPT);
    diesel::delete(dsl::oauth_flows.filter(dsl::expires_at.lt(forgotten))).execute(conn)?;
    diesel::insert_into(dsl::oauth_flows).values(flow).execute(conn)?;
    Ok(())
}

/// The flow that a `state` belongs to.
pub fn by_state(conn: &mut Conn, state: &str) -> DbResult<Option<Flow>> {
    Ok(dsl::oauth_flows.find(hash_of(state)).select(Flow::as_select()).first(conn).optional()?)
}

/// Takes the answer of a flow. `false` when it was taken before.
pub fn consume(conn: &mut Conn, flow: &Flow) -> DbResult<bool> {
    let taken = diesel::update(dsl::oauth_flows.find(&flow.state_hash))
        .filter(dsl::used_at.is_null())
        .set(dsl::used_at.eq(Some(Timestamp::now())))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Gives a flow back, because its answer could not be used yet and may be good still.
pub fn give_back(conn: &mut Conn, flow: &Flow) -> DbResult<()> {
    diesel::update(dsl::oauth_flows.find(&flow.state_hash))
        .set(dsl::used_at.eq(None::<Timestamp>))
        .execute(conn)?;
    Ok(())
}

/// Notes what came of a flow.
pub fn finish(conn: &mut Conn, flow: &Flow, result: &IntegrationId) -> DbResult<()> {
    diesel::update(dsl::oauth_flows.find(&flow.state_hash))
        .set(dsl::result_integration_id.eq(Some(result)))
        .execute(conn)?;
    Ok(())
}

/// A flow that is there.
///
/// # Errors
/// When it is not, or the database cannot be asked.
pub fn get(conn: &mut Conn, state_hash: &str) -> DbResult<Flow> {
    Ok(dsl::oauth_flows.find(state_hash).select(Flow::as_select()).first(conn)?)
}
