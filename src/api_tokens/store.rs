//! The table of tokens.

use super::{Lifetime, Scopes, fresh, hint, is_token, stored_hash};
use crate::audit::{self, Action, Actor, Circumstances, counted};
use crate::db::schema::api_tokens::{self, dsl};
use crate::db::schema::companies;
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::{ApiTokenId, CompanyId, UserId};
use crate::people::{Company, Name};
use crate::time::Timestamp;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::time::Duration;

/// Tokens of a company that are good at a time.
const MOST: i64 = 50;

/// Tokens that the page lists: those that are good, and the last that ended.
const LISTED: i64 = 100;

/// Tokens that ended stay in the list for so long. The audit log keeps what they did.
const KEPT: Duration = Duration::from_secs(90 * 86_400);

/// How exactly it is known when a token was used last.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// A token, without itself.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = api_tokens)]
pub struct ApiToken {
    pub id: ApiTokenId,
    pub company_id: CompanyId,
    /// What the admin called it.
    pub name: String,
    /// See [`ApiToken::scopes`].
    scopes: String,
    /// The last four characters of the token.
    pub hint: String,
    /// Who created it.
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    /// When it was used last, to the minute; none before its first use.
    pub last_used_at: Option<Timestamp>,
    /// It is good until then.
    pub expires_at: Timestamp,
    /// When an admin ended it; none while nobody did.
    pub revoked_at: Option<Timestamp>,
}

impl ApiToken {
    /// What it may do.
    pub fn scopes(&self) -> Scopes {
        Scopes::stored(&self.scopes)
    }

    /// Whether an admin ended it.
    pub fn is_revoked(&self) -> bool {
        self.revoked_at.is_some()
    }

    /// Whether it was good for a while, and is not any more.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// Whether calls with it are answered.
    pub fn is_good(&self, now: Timestamp) -> bool {
        !self.is_revoked() && !self.is_expired(now)
    }

    /// For the audit log. In small letters, as everybody there.
    pub fn actor(&self, seen: Circumstances) -> Actor {
        Actor::ApiToken { label: format!("api token {}", self.hint), seen }
    }
}

/// A token that an admin asks for.
#[derive(Debug, Clone)]
pub struct NewToken {
    pub name: Name,
    pub scopes: Scopes,
    pub lifetime: Lifetime,
}

/// Why a token was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The company has as many as it may have.
    #[error("The company already has {MOST} tokens. Revoke one that is no longer used.")]
    TooMany,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for CreateError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Db(cause.into())
    }
}

/// Creates a token; answers it, to be shown once. Tokens that ended long ago leave the list.
///
/// # Errors
/// When the company has too many, or the database refuses.
pub fn create(
    conn: &mut Conn,
    company: &CompanyId,
    asked: &NewToken,
    by: &UserId,
    actor: &Actor,
) -> Result<SecretString, CreateError> {
    dialect::lock_company(conn, company)?;
    let now = Timestamp::now();
    let long_ago = now.minus(KEPT);
    let ended = dsl::revoked_at.lt(long_ago).or(dsl::expires_at.lt(long_ago));
    diesel::delete(dsl::api_tokens.filter(dsl::company_id.eq(company)).filter(ended)).execute(conn)?;
    let good: i64 = dsl::api_tokens
        .filter(dsl::company_id.eq(company).and(dsl::revoked_at.is_null()).and(dsl::expires_at.gt(now)))
        .count()
        .get_result(conn)?;
    if good >= MOST {
        return Err(CreateError::TooMany);
    }
    let (id, token) = (ApiTokenId::new(), fresh());
    let lifetime = Duration::from_secs(asked.lifetime.days() * 86_400);
    let (hint, expires_at) = (hint(&token), now.plus(lifetime));
    diesel::insert_into(api_tokens::table)
        .values((
            dsl::id.eq(id),
            dsl::company_id.eq(company),
            dsl::name.eq(asked.name.as_str()),
            dsl::scopes.eq(asked.scopes.to_string()),
            dsl::token_hash.eq(stored_hash(&token)),
            dsl::hint.eq(&hint),
            dsl::created_by.eq(Some(by)),
            dsl::created_at.eq(now),
            dsl::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    let detail = json!({
        "token": id, "ends_with": hint, "scopes": asked.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(),
        "expires_at": expires_at.rfc3339(),
    });
    audit::record(conn, company, actor, Action::ApiTokenCreated, asked.name.as_str(), &detail)?;
    Ok(token)
}

/// The tokens of a company, the newest first.
pub fn list(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<ApiToken>> {
    Ok(dsl::api_tokens
        .filter(dsl::company_id.eq(company))
        .order(dsl::id.desc())
        .limit(LISTED)
        .select(ApiToken::as_select())
        .load(conn)?)
}

/// Ends a token of a company at once. `false`: it had ended, or there is none.
pub fn revoke(conn: &mut Conn, company: &CompanyId, id: &ApiTokenId, actor: &Actor) -> DbResult<bool> {
    dialect::lock_company(conn, company)?;
    let this = dsl::api_tokens.filter(dsl::id.eq(id).and(dsl::company_id.eq(company)));
    let found: Option<ApiToken> = this.select(ApiToken::as_select()).first(conn).optional()?;
    let Some(token) = found.filter(|token| !token.is_revoked()) else { return Ok(false) };
    diesel::update(this).set(dsl::revoked_at.eq(Some(Timestamp::now()))).execute(conn)?;
    let detail = json!({ "token": id, "ends_with": token.hint });
    audit::record(conn, company, actor, Action::ApiTokenRevoked, &token.name, &detail)?;
    Ok(true)
}

/// The token that somebody brought, good or ended, and its company.
pub fn by_secret(conn: &mut Conn, secret: &SecretString) -> DbResult<Option<(ApiToken, Company)>> {
    if !is_token(secret.expose_secret()) {
        return Ok(None);
    }
    Ok(api_tokens::table
        .inner_join(companies::table)
        .filter(dsl::token_hash.eq(stored_hash(secret)))
        .select((ApiToken::as_select(), Company::as_select()))
        .first(conn)
        .optional()?)
}

/// Writes down a call that is answered. `route`: the method and the route, without ids.
///
/// # Errors
/// When the database refuses; then the call must not be answered.
pub fn note_call(conn: &mut Conn, token: &ApiToken, route: &str, seen: Circumstances) -> DbResult<()> {
    // First, as it takes the company's lock, in the order of all who write there.
    counted::count(conn, &token.company_id, &token.actor(seen), Action::ApiCalled, route)?;
    let now = Timestamp::now();
    let is_noted = token.last_used_at.is_some_and(|last| last.plus(NOTED_EVERY) > now);
    if !is_noted {
        diesel::update(dsl::api_tokens.find(token.id)).set(dsl::last_used_at.eq(Some(now))).execute(conn)?;
    }
    Ok(())
}

/// Writes down a call with a token of the company that is refused.
pub fn note_refusal(conn: &mut Conn, token: &ApiToken, route: &str, seen: Circumstances) -> DbResult<()> {
    counted::count(conn, &token.company_id, &token.actor(seen), Action::ApiRefused, route).map(drop)
}
