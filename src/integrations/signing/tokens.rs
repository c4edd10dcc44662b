//! The tokens that Lever signs deliveries with. An account may have several at once: one for all
//! its webhooks or one each, and an old one beside a new one while it is being replaced.

use crate::db::schema::signing_tokens::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::ids::{IntegrationId, SigningTokenId};
use crate::secrets::{SealError, Sealed, Sealer};
use crate::time::Timestamp;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

/// A signing token, sealed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_tokens)]
pub struct SigningToken {
    pub id: SigningTokenId,
    /// The account whose deliveries it signs.
    pub integration_id: IntegrationId,
    /// The token; see [`SigningToken::open`].
    pub token_sealed: Sealed,
    /// Its last two characters: all that is shown of it.
    pub hint: String,
    /// When it was saved.
    pub added_at: Timestamp,
    /// Since when it is no longer accepted.
    pub retired_at: Option<Timestamp>,
    /// When a delivery matched it last.
    pub last_matched_at: Option<Timestamp>,
    /// The kind of events that it has verified, Lever's name of it; [`SEVERAL`] when they are of several.
    pub kind: Option<String>,
}

/// What stands for the kind of a token that has verified events of several.
pub const SEVERAL: &str = "*";

impl SigningToken {
    /// A new token, sealed.
    pub fn new(integration: &IntegrationId, token: &SecretString, sealer: &Sealer) -> Self {
        let id = SigningTokenId::new();
        let token_sealed = sealer.seal(token, &place(&id));
        let hint =
            token.expose_secret().chars().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect();
        Self {
            id,
            integration_id: *integration,
            token_sealed,
            hint,
            added_at: Timestamp::now(),
            retired_at: None,
            last_matched_at: None,
            kind: None,
        }
    }

    /// The token itself.
    ///
    /// # Errors
    /// When it was sealed under another key.
    pub fn open(&self, sealer: &Sealer) -> Result<SecretString, SealError> {
        sealer.open(&self.token_sealed, &place(&self.id))
    }
}

fn place(id: &SigningTokenId) -> String {
    format!("signing_tokens.token:{id}")
}

/// The tokens that are accepted, oldest first.
pub fn valid(conn: &mut Conn, integration: &IntegrationId) -> DbResult<Vec<SigningToken>> {
    Ok(dsl::signing_tokens
        .filter(dsl::integration_id.eq(integration).and(dsl::retired_at.is_null()))
        .order(dsl::id.asc())
        .select(SigningToken::as_select())
        .load(conn)?)
}

/// Adds a token.
pub fn add(conn: &mut Conn, token: &SigningToken) -> DbResult<()> {
    diesel::insert_into(dsl::signing_tokens).values(token).execute(conn)?;
    Ok(())
}

/// Accepts a token no longer and forgets it. Its row stays: events name the token that verified them.
pub fn retire(
    conn: &mut Conn,
    sealer: &Sealer,
    integration: &IntegrationId,
    id: &SigningTokenId,
) -> DbResult<bool> {
    let nothing = sealer.seal(&SecretString::from(""), &place(id));
    let retired = diesel::update(dsl::signing_tokens.find(id))
        .filter(dsl::integration_id.eq(integration).and(dsl::retired_at.is_null()))
        .set((dsl::retired_at.eq(Some(Timestamp::now())), dsl::token_sealed.eq(nothing)))
        .execute(conn)?;
    Ok(retired == 1)
}

/// Notes that a token has verified an event of this kind, which came for the first time: a repeated one may say
/// anything of its kind, which is not signed.
pub fn learn(conn: &mut Conn, id: &SigningTokenId, kind: &str) -> DbResult<()> {
    let token = dsl::signing_tokens.find(id);
    let is_first =
        diesel::update(token.filter(dsl::kind.is_null())).set(dsl::kind.eq(Some(kind))).execute(conn)? > 0;
    if !is_first {
        diesel::update(token.filter(dsl::kind.ne(kind))).set(dsl::kind.eq(Some(SEVERAL))).execute(conn)?;
    }
    Ok(())
}

/// Notes that a delivery matched this token.
pub fn matched(conn: &mut Conn, id: &SigningTokenId, at: Timestamp) -> DbResult<()> {
    diesel::update(dsl::signing_tokens.find(id)).set(dsl::last_matched_at.eq(Some(at))).execute(conn)?;
    Ok(())
}
