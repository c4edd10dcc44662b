//! Who a provider's people are here, and where they are logged in.

use super::Identity;
use super::store::SsoProvider;
use crate::audit::{self, Action, Actor, Circumstances};
use crate::db::schema::{sso_identities, sso_sessions, users};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, UserId};
use crate::people::{AccessPolicy, User, person};
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;
use std::time::Duration;

/// People that are listed.
const MOST: i64 = 500;

/// No session lasts longer ([`AccessPolicy::ABSOLUTE`]).
const KEPT: Duration = Duration::from_secs(*AccessPolicy::ABSOLUTE.end() as u64 * 3_600);

/// A person who logs in at the provider.
#[derive(Debug, Clone, Queryable)]
pub struct Linked {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub linked_at: Timestamp,
    /// When they logged in there last.
    pub last_at: Timestamp,
}

impl Linked {
    /// The name, or the address of one without.
    pub fn called(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }
}

/// Who a subject is.
pub(super) fn person_of(
    conn: &mut Conn,
    company: &CompanyId,
    issuer: &str,
    subject: &str,
) -> DbResult<Option<UserId>> {
    let one = sso_identities::table.find((company, issuer, subject));
    Ok(one.select(sso_identities::user_id).first(conn).optional()?)
}

/// Which subject a person is.
pub(super) fn account_of(conn: &mut Conn, user: &UserId, issuer: &str) -> DbResult<Option<String>> {
    let one = sso_identities::user_id.eq(user).and(sso_identities::issuer.eq(issuer));
    Ok(sso_identities::table.filter(one).select(sso_identities::subject).first(conn).optional()?)
}

/// From now on this subject is this person.
pub(super) fn link(
    conn: &mut Conn,
    provider: &SsoProvider,
    identity: &Identity,
    user: &User,
    seen: &Circumstances,
) -> DbResult<()> {
    let now = Timestamp::now();
    diesel::insert_into(sso_identities::table)
        .values((
            sso_identities::company_id.eq(&provider.company_id),
            sso_identities::issuer.eq(&identity.issuer),
            sso_identities::subject.eq(&identity.subject),
            sso_identities::user_id.eq(&user.id),
            sso_identities::linked_at.eq(now),
            sso_identities::last_at.eq(now),
        ))
        .execute(conn)?;
    let actor = Actor::User { id: user.id, email: user.email.clone(), seen: seen.clone() };
    let detail = json!({ "issuer": identity.issuer, "subject": identity.subject });
    audit::record(conn, &provider.company_id, &actor, Action::PersonSsoLinked, user.called(), &detail)
}

/// Notes that somebody logged in.
pub(super) fn touch(conn: &mut Conn, provider: &SsoProvider, identity: &Identity) -> DbResult<()> {
    let one = sso_identities::table.find((&provider.company_id, &identity.issuer, &identity.subject));
    diesel::update(one).set(sso_identities::last_at.eq(Timestamp::now())).execute(conn)?;
    Ok(())
}

/// Notes a session that begins, and forgets those that are over.
pub(super) fn note_session(
    conn: &mut Conn,
    provider: &SsoProvider,
    identity: &Identity,
    user: &User,
    session: &str,
) -> DbResult<()> {
    let now = Timestamp::now();
    diesel::delete(sso_sessions::table.filter(sso_sessions::expires_at.lt(now))).execute(conn)?;
    diesel::insert_into(sso_sessions::table)
        .values((
            sso_sessions::session_name.eq(session),
            sso_sessions::company_id.eq(&provider.company_id),
            sso_sessions::user_id.eq(&user.id),
            sso_sessions::issuer.eq(&identity.issuer),
            sso_sessions::subject.eq(&identity.subject),
            sso_sessions::sid.eq(&identity.sid),
            sso_sessions::expires_at.eq(now.plus(KEPT)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The people of a company who log in at this issuer, by name.
pub fn linked_people(conn: &mut Conn, company: &CompanyId, issuer: &str) -> DbResult<Vec<Linked>> {
    Ok(sso_identities::table
        .inner_join(users::table)
        .filter(sso_identities::company_id.eq(company).and(sso_identities::issuer.eq(issuer)))
        .filter(users::disabled_at.is_null())
        .order((users::name.asc(), users::id.asc()))
        .limit(MOST)
        .select((users::id, users::name, users::email, sso_identities::linked_at, sso_identities::last_at))
        .load(conn)?)
}

/// Forgets which account of its provider a person is: at the next log-in the address counts once more. `false`: they
/// were not linked.
pub fn unlink(
    conn: &mut Conn,
    company: &CompanyId,
    issuer: &str,
    id: &UserId,
    actor: &Actor,
) -> DbResult<bool> {
    dialect::lock_company(conn, company)?;
    let Some(user) = person(conn, company, id)? else { return Ok(false) };
    let one = sso_identities::user_id.eq(id).and(sso_identities::issuer.eq(issuer));
    if diesel::delete(sso_identities::table.filter(one)).execute(conn)? == 0 {
        return Ok(false);
    }
    audit::record(conn, company, actor, Action::SsoUnlinked, user.called(), &json!({ "issuer": issuer }))?;
    Ok(true)
}
