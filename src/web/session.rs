//! Sessions of people who signed in live in the database: the cookie holds a signed random key, the
//! table its hash and the sealed state. So a session ends when its row does: at log-out, a changed
//! password, a removed person.
//!
//! Visitors who are not signed in have theirs sealed in the cookie itself, with its end: a stranger
//! costs no row and no write.

use crate::audit::Circumstances;
use crate::db::schema::sessions::dsl;
use crate::db::{Conn, Db, DbResult};
use crate::ids::UserId;
use crate::people;
use crate::secrets::{Sealed, Sealer, hash_of, random_text};
use crate::time::Timestamp;
use actix_session::SessionMiddleware;
use actix_session::config::{PersistentSession, TtlExtensionPolicy};
use actix_session::storage::{
    LoadError, SaveError, SessionKey, SessionStore, UpdateError, generate_session_key,
};
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Key, SameSite};
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use url::Url;

/// Name of the cookie.
const COOKIE: &str = "alva_session";

/// The cookie of a session is kept for so many days; the company decides when it ends before
/// ([`crate::people::AccessPolicy`]).
const DAYS: i64 = 14;

/// Under which key of the session's state the person's id stands.
pub(super) const USER: &str = "user";

/// Under which key its name stands, by which the audit log calls it.
pub(super) const NAME: &str = "name";

/// A name for a session that begins: drawn before the audit log says that somebody logged in, so that the row names it.
pub(super) fn fresh_name() -> String {
    random_text(6)
}

/// Under which key stands what the password was that the person logged in with ([`people::password_mark`]).
pub(super) const PASSWORD: &str = "password";

/// Under which key stands, while a session gets another key, by what its row is known meanwhile.
pub(super) const HELD: &str = "held";

/// By what the row of a session that gets another key is known meanwhile; no hash of a key looks so.
pub(super) fn fresh_hold() -> String {
    format!("held {}", random_text(32))
}

/// Under which key stands when the person logged in (ms UTC).
pub(super) const BEGUN: &str = "begun";

/// Under which key stands at which provider the session began; nothing where it began here.
pub(super) const OUTSIDE: &str = "outside";

/// Under which key stands when the person had shown who they are (ms UTC), where that was before the session began.
pub(super) const PROVED: &str = "proved";

/// A session that began at a company's own provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Outside {
    /// What people call the provider.
    pub provider: String,
    /// The token by which it knows whom to log out; empty where it is too long to keep.
    pub id_token: String,
}

impl Outside {
    /// Tokens with very long lists of groups are not kept.
    const LONGEST: usize = 16 * 1024;

    pub fn new(provider: String, id_token: String) -> Self {
        let id_token = if id_token.len() <= Self::LONGEST { id_token } else { String::new() };
        Self { provider, id_token }
    }
}

/// Under which keys stand the network and the browser of the log-in.
pub(super) const NETWORK: &str = "network";
pub(super) const BROWSER: &str = "browser";

type State = HashMap<String, String>;

/// What the cookie of a visitor begins with; a random key has no dot.
const VISITOR: &str = "v.";

/// What a visitor's state is sealed for.
const VISITOR_PLACE: &str = "visitors.state";

/// A visitor's session, as the cookie holds it. One that grows past the cookie's size keeps a row.
#[derive(Serialize, Deserialize)]
struct VisitorState {
    state: State,
    expires_at: i64,
}

/// A session key is at most 4,064 bytes (actix-session); base64 and the cookie's own encryption take a third.
const LONGEST_VISITOR: usize = 2_400;

/// The name of a cookie at this address. Cookies know no ports: two portals at two ports of one host would
/// overwrite each other's. On https it has the prefix that browsers take from this host alone, over TLS alone
/// (RFC 6265bis, section 4.1.3).
pub(super) fn cookie_name(name: &str, base_url: &Url) -> String {
    let prefix = if base_url.scheme() == "https" { "__Host-" } else { "" };
    // None where it is the scheme's own.
    base_url.port().map_or_else(|| format!("{prefix}{name}"), |port| format!("{prefix}{name}_{port}"))
}

/// The middleware, for a portal that is reached at this address.
pub fn sessions(db: Db, sealer: Sealer, base_url: &Url) -> SessionMiddleware<DbSessions> {
    let key = Key::from(sealer.cookie_key());
    let lifetime = PersistentSession::default()
        .session_ttl(Duration::days(DAYS))
        .session_ttl_extension_policy(TtlExtensionPolicy::OnStateChanges);
    SessionMiddleware::builder(DbSessions { db, sealer }, key)
        .cookie_name(cookie_name(COOKIE, base_url))
        .cookie_secure(base_url.scheme() == "https")
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .session_lifecycle(lifetime)
        .build()
}

/// The table of sessions, as the session middleware wants it.
#[derive(Clone)]
pub struct DbSessions {
    db: Db,
    sealer: Sealer,
}

impl DbSessions {
    /// The row of a new key. A key is new after a log-in, and after the person has shown again that it is them.
    fn row(&self, key: &str, state: &State, ttl: &Duration) -> anyhow::Result<SessionRow> {
        let (key_hash, now) = (hash_of(key), Timestamp::now());
        Ok(SessionRow {
            user_id: held(state, USER),
            state_sealed: self.sealed(state, &key_hash)?,
            expires_at: Timestamp(now.0 + i64::try_from(ttl.whole_milliseconds())?),
            key_hash,
            name: held(state, NAME).unwrap_or_default(),
            begun_at: held(state, BEGUN).map_or(now, Timestamp),
            seen_at: now,
            proved_at: held(state, PROVED).map_or(now, Timestamp),
            network: held(state, NETWORK).unwrap_or_default(),
            browser: held(state, BROWSER).unwrap_or_default(),
        })
    }

    fn sealed(&self, state: &State, key_hash: &str) -> anyhow::Result<Sealed> {
        let json = SecretString::from(serde_json::to_string(state)?);
        Ok(self.sealer.seal(&json, &place(key_hash)))
    }
}

/// What stands under a key of a session's state.
fn held<T: serde::de::DeserializeOwned>(state: &State, key: &str) -> Option<T> {
    state.get(key).and_then(|json| serde_json::from_str(json).ok())
}

impl DbSessions {
    /// The key that holds a visitor's whole state; none for somebody who is signed in.
    fn visitor_key(&self, state: &State, ttl: &Duration) -> anyhow::Result<Option<SessionKey>> {
        if state.contains_key(USER) {
            return Ok(None);
        }
        let expires_at = Timestamp::now().0 + i64::try_from(ttl.whole_milliseconds())?;
        let json = serde_json::to_string(&VisitorState { state: state.clone(), expires_at })?;
        let sealed = self.sealer.seal(&SecretString::from(json), VISITOR_PLACE);
        let text = sealed.to_cookie();
        if text.len() > LONGEST_VISITOR {
            return Ok(None);
        }
        Ok(SessionKey::try_from(format!("{VISITOR}{text}")).ok())
    }

    /// What a visitor's cookie holds; none when it is not ours, or over.
    fn visitor_state(&self, sealed: &str) -> Option<State> {
        let sealed = Sealed::from_cookie(sealed)?;
        let json = self.sealer.open(&sealed, VISITOR_PLACE).ok()?;
        let visitor: VisitorState = serde_json::from_str(json.expose_secret()).ok()?;
        (visitor.expires_at > Timestamp::now().0).then_some(visitor.state)
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = crate::db::schema::sessions, primary_key(name))]
struct SessionRow {
    key_hash: String,
    user_id: Option<UserId>,
    state_sealed: Sealed,
    expires_at: Timestamp,
    name: String,
    begun_at: Timestamp,
    seen_at: Timestamp,
    proved_at: Timestamp,
    network: String,
    browser: String,
}

fn place(key_hash: &str) -> String {
    format!("sessions.state:{key_hash}")
}

/// A session that got another key. One that was ended in the meantime stays ended: no row, no change.
fn renewed(conn: &mut Conn, held: &str, row: &SessionRow) -> DbResult<()> {
    diesel::update(dsl::sessions.filter(dsl::key_hash.eq(held))).set(row).execute(conn)?;
    Ok(())
}

/// A session that begins, unless its person has another password by now: the change ended every session of the old one,
/// and this is one of them.
fn begun(conn: &mut Conn, row: &SessionRow, password: Option<&str>) -> DbResult<()> {
    if let (Some(user), Some(password)) = (&row.user_id, password)
        && !people::has_password(conn, user, password)?
    {
        return Ok(());
    }
    diesel::insert_into(dsl::sessions).values(row).execute(conn)?;
    let Some(user) = &row.user_id else { return Ok(()) };
    let (network, browser) = (row.network.clone(), row.browser.clone());
    let seen = Circumstances { network, session: row.name.clone(), browser, request: String::new() };
    people::end_oldest(conn, user, &row.name, seen)
}

impl SessionStore for DbSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        if let Some(sealed) = key.as_ref().strip_prefix(VISITOR) {
            return Ok(self.visitor_state(sealed));
        }
        let key_hash = hash_of(key.as_ref());
        let place = place(&key_hash);
        let found: Option<Sealed> = self
            .db
            .read(move |conn| {
                let row = dsl::sessions
                    .find(&key_hash)
                    .filter(dsl::expires_at.gt(Timestamp::now()))
                    .select(dsl::state_sealed)
                    .first(conn);
                Ok(row.optional()?)
            })
            .await
            .map_err(|e| LoadError::Other(e.into()))?;
        let Some(sealed) = found else { return Ok(None) };
        // Sealed under a key that is gone: the person signs in again.
        let Ok(json) = self.sealer.open(&sealed, &place) else {
            return Ok(None);
        };
        serde_json::from_str(json.expose_secret()).map(Some).map_err(|e| LoadError::Deserialization(e.into()))
    }

    async fn save(&self, state: State, ttl: &Duration) -> Result<SessionKey, SaveError> {
        if let Some(key) = self.visitor_key(&state, ttl).map_err(SaveError::Other)? {
            return Ok(key);
        }
        let key = generate_session_key();
        let mut state = state;
        let (was, password) = (held::<String>(&state, HELD), held::<String>(&state, PASSWORD));
        state.remove(HELD);
        let row = self.row(key.as_ref(), &state, ttl).map_err(SaveError::Other)?;
        // Without a row the key opens nothing, and the next page asks to log in.
        let save = move |conn: &mut Conn| match was {
            Some(was) => renewed(conn, &was, &row),
            None => begun(conn, &row, password.as_deref()),
        };
        self.db.write(save).await.map_err(|e| SaveError::Other(e.into()))?;
        Ok(key)
    }

    async fn update(&self, key: SessionKey, state: State, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        if key.as_ref().starts_with(VISITOR) {
            return match self.visitor_key(&state, ttl).map_err(UpdateError::Other)? {
                Some(key) => Ok(key),
                None => self.save(state, ttl).await.map_err(|e| UpdateError::Other(e.into())),
            };
        }
        // A session that ended while its request was under way stays ended: no row, no insert. Its time-outs are
        // the guard's, so a message for the next page makes no session longer.
        let key_hash = hash_of(key.as_ref());
        let state_sealed = self.sealed(&state, &key_hash).map_err(UpdateError::Other)?;
        let update = move |conn: &mut Conn| {
            let row = dsl::sessions.find(&key_hash);
            Ok(diesel::update(row).set(dsl::state_sealed.eq(&state_sealed)).execute(conn)?)
        };
        self.db.write(update).await.map_err(|e| UpdateError::Other(e.into()))?;
        Ok(key)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        // The guard notes the use of a session; a visitor's holds its end itself.
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        if key.as_ref().starts_with(VISITOR) {
            return Ok(());
        }
        let key_hash = hash_of(key.as_ref());
        self.db
            .write(move |conn| {
                diesel::delete(dsl::sessions.find(&key_hash)).execute(conn)?;
                Ok(())
            })
            .await?;
        Ok(())
    }
}
