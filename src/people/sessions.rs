//! Where a person is logged in, and the end of it.

use super::access::AccessPolicy;
use super::recovery::Factors;
use super::{PeopleError, User, store};
use crate::audit::{self, Action, Actor, Circumstances};
use crate::db::schema::sessions::{self, dsl};
use crate::db::schema::{passkeys, second_factors, users};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, UserId};
use crate::time::Timestamp;
use diesel::dsl::exists;
use diesel::prelude::*;
use serde_json::json;
use std::time::Duration;

/// For so long after a password or code was entered, nobody is asked for it again.
pub const PROVED_FOR: Duration = Duration::from_secs(600);

/// Sessions of one person that are shown and looked through.
const MOST: i64 = 100;

/// Sessions that end at once: an earlier version bounded them not.
const ENDED_TOGETHER: i64 = 500;

/// Sessions that one person has at a time.
pub const AT_ONCE: i64 = 20;

/// A log-in on one browser.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// By which the audit log calls it; opens nothing.
    pub name: String,
    /// When the person logged in.
    pub begun_at: Timestamp,
    /// When it was used last, to some minutes.
    pub seen_at: Timestamp,
    /// When the password, or a code in its place, was entered last.
    pub proved_at: Timestamp,
    /// The network that it was used from last: `192.0.2.0/24`.
    pub network: String,
    /// What the browser calls itself.
    pub browser: String,
}

impl Session {
    /// When it ends, if nothing more is asked in it.
    pub fn ends(&self, policy: &AccessPolicy) -> Timestamp {
        policy.end(self.begun_at, self.seen_at)
    }

    /// Whether the person has shown within ten minutes that it is them.
    pub fn is_proved(&self, now: Timestamp) -> bool {
        self.proved_at.plus(PROVED_FOR) > now
    }
}

/// A person who may sign in, their session of this name, and their second factors.
pub fn open_session(
    conn: &mut Conn,
    user: &UserId,
    name: &str,
) -> DbResult<Option<(User, Session, Factors)>> {
    let own = passkeys::table.filter(passkeys::user_id.eq(users::id));
    let found = users::table
        .inner_join(sessions::table)
        .left_join(second_factors::table)
        .filter(users::id.eq(user).and(users::disabled_at.is_null()))
        .filter(dsl::name.eq(name))
        .select((
            User::as_select(),
            Session::as_select(),
            second_factors::user_id.nullable().is_not_null(),
            exists(own),
        ))
        .first::<(User, Session, bool, bool)>(conn);
    let with_factors = |(user, session, app, passkeys)| (user, session, Factors { app, passkeys });
    Ok(found.optional()?.map(with_factors))
}

/// Notes when a session was used last, as `session` says, and from where.
pub fn note_use(
    conn: &mut Conn,
    user: &UserId,
    session: &Session,
    policy: &AccessPolicy,
    seen: &Circumstances,
) -> DbResult<()> {
    diesel::update(sessions::table.filter(dsl::user_id.eq(user).and(dsl::name.eq(&session.name))))
        .set((
            dsl::seen_at.eq(session.seen_at),
            dsl::network.eq(&seen.network),
            dsl::browser.eq(&seen.browser),
            dsl::expires_at.eq(session.ends(policy)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The sessions of a person that are not over, the one that was used last first.
pub fn open_sessions(conn: &mut Conn, user: &UserId, policy: &AccessPolicy) -> DbResult<Vec<Session>> {
    let now = Timestamp::now();
    let all: Vec<Session> = sessions::table
        .filter(dsl::user_id.eq(user).and(dsl::expires_at.gt(now)))
        .order(dsl::seen_at.desc())
        .limit(MOST)
        .select(Session::as_select())
        .load(conn)?;
    Ok(all.into_iter().filter(|session| session.ends(policy) > now).collect())
}

/// Keeps the number of a person's sessions within [`AT_ONCE`] when one of this name has begun: those end that were used
/// last the longest ago. `seen`: from where it began.
pub fn end_oldest(conn: &mut Conn, user: &UserId, begun: &str, seen: Circumstances) -> DbResult<()> {
    let too_many: Vec<(String, String)> = sessions::table
        .filter(dsl::user_id.eq(user).and(dsl::name.ne(begun)))
        .order((dsl::seen_at.desc(), dsl::begun_at.desc()))
        .offset(AT_ONCE - 1)
        .limit(ENDED_TOGETHER)
        .select((dsl::key_hash, dsl::name))
        .load(conn)?;
    if too_many.is_empty() {
        return Ok(());
    }
    let Some(user) = store::user(conn, user)? else { return Ok(()) };
    let (keys, names): (Vec<String>, Vec<String>) = too_many.into_iter().unzip();
    diesel::delete(sessions::table.filter(dsl::key_hash.eq_any(&keys))).execute(conn)?;
    let detail = match &names[..] {
        [one] => json!({ "ended": one, "at_most": AT_ONCE }),
        several => json!({ "sessions": several.len(), "at_most": AT_ONCE }),
    };
    let actor = Actor::User { id: user.id, email: user.email.clone(), seen };
    audit::record(conn, &user.company_id, &actor, Action::PersonSessionsEnded, user.called(), &detail)
}

/// Ends one of a person's own sessions. `false`: it was over.
pub fn end_session(conn: &mut Conn, user: &User, name: &str, actor: &Actor) -> DbResult<bool> {
    let one = sessions::table.filter(dsl::user_id.eq(user.id).and(dsl::name.eq(name)));
    if diesel::delete(one).execute(conn)? == 0 {
        return Ok(false);
    }
    let detail = json!({ "ended": name });
    audit::record(conn, &user.company_id, actor, Action::PersonSessionsEnded, user.called(), &detail)?;
    Ok(true)
}

/// Ends all sessions of a person but the one of this name; answers how many.
pub fn end_other_sessions(conn: &mut Conn, user: &User, kept: &str, actor: &Actor) -> DbResult<usize> {
    let ended = drop_others(conn, &user.id, kept)?;
    if ended > 0 {
        let detail = json!({ "sessions": ended });
        audit::record(conn, &user.company_id, actor, Action::PersonSessionsEnded, user.called(), &detail)?;
    }
    Ok(ended)
}

/// A person has shown again, in the midst of a session, that it is them. `user` is the person as they were when the
/// password or code was checked. `false`: the session was ended in the meantime, or another password set.
pub fn note_confirmed(conn: &mut Conn, user: &User, session: &str, actor: &Actor) -> DbResult<bool> {
    if !store::has_password(conn, &user.id, &store::password_mark(user))? {
        return Ok(false);
    }
    let own = sessions::table.filter(dsl::user_id.eq(user.id).and(dsl::name.eq(session)));
    if !diesel::select(exists(own)).get_result(conn)? {
        return Ok(false);
    }
    audit::record(conn, &user.company_id, actor, Action::PersonConfirmed, user.called(), &json!({}))?;
    Ok(true)
}

/// Takes a session's key from it and gives it `held` until it has another one: the old key opens nothing any more.
/// `false`: the session was ended.
pub fn hold_session(conn: &mut Conn, user: &UserId, name: &str, held: &str) -> DbResult<bool> {
    let own = sessions::table.filter(dsl::user_id.eq(user).and(dsl::name.eq(name)));
    Ok(diesel::update(own).set(dsl::key_hash.eq(held)).execute(conn)? > 0)
}

/// Removes all sessions of a person but the one of this name; answers how many.
pub(super) fn drop_others(conn: &mut Conn, user: &UserId, kept: &str) -> DbResult<usize> {
    let others = sessions::table.filter(dsl::user_id.eq(user).and(dsl::name.ne(kept)));
    Ok(diesel::delete(others).execute(conn)?)
}

/// An admin logs a person of the company out everywhere; answers how many sessions that ended.
///
/// # Errors
/// When there is no such person.
pub fn log_out_person(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    id: &UserId,
) -> Result<usize, PeopleError> {
    dialect::lock_company(conn, company)?;
    let user = store::person(conn, company, id)?.ok_or(PeopleError::NoSuchPerson)?;
    let ended = diesel::delete(sessions::table.filter(dsl::user_id.eq(id))).execute(conn)?;
    let detail = json!({ "sessions": ended });
    audit::record(conn, company, actor, Action::TeamLoggedOut, user.called(), &detail)?;
    Ok(ended)
}
