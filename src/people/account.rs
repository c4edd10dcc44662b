//! A person's own account: proving who they are, and a new password.

use super::codes::{self, CodeKind};
use super::{AccessPolicy, Email, Name, PeopleError, User, access, recovery, sessions, store, values};
use crate::audit::{self, Actor, Circumstances};
use crate::db::{Conn, Db, DbError, DbResult, dialect};
use crate::secrets::{self, Asker, Code, Overloaded, PasswordChecks, PasswordError};
use secrecy::SecretString;
use serde_json::json;

/// A password that is strong enough, as it is stored.
#[derive(Clone)]
pub struct NewPassword(String);

impl NewPassword {
    /// Checks and hashes what was typed, in its turn among the checks of `who`. `about` holds what the person
    /// is likely to use: their name and address, the company's name.
    ///
    /// # Errors
    /// Says what to do better, or that too many passwords are checked at the moment.
    pub async fn parse(
        checks: &PasswordChecks,
        who: Asker,
        typed: SecretString,
        about: Vec<String>,
    ) -> Result<Self, PasswordError> {
        let work = move || {
            let about: Vec<&str> = about.iter().map(String::as_str).collect();
            secrets::check_strength(&typed, &about)?;
            secrets::hash_password(&typed)
        };
        checks.in_turn(who, work).await?.map(Self)
    }

    /// The demo's, which is public and passes no check.
    ///
    /// # Errors
    /// Only when the system has no randomness.
    pub(super) fn of_demo(password: &SecretString) -> Result<Self, PasswordError> {
        secrets::hash_password(password).map(Self)
    }

    pub(super) fn hash(&self) -> String {
        self.0.clone()
    }
}

/// Somebody whose password was right.
pub struct Proved {
    pub user: User,
    /// They have a second factor, and are not logged in before its code.
    pub needs_code: bool,
    /// What their company asks for.
    pub access: AccessPolicy,
}

/// Who has this address and this password. An unknown address takes as long as a wrong password.
/// The log-in is written to the audit log, unless a code has to come first. On a device that is known for the address
/// it does not wait for strangers; `device` is its name.
///
/// # Errors
/// When the database cannot be asked, or too many passwords are checked at the moment.
pub async fn check_credentials(
    db: &Db,
    checks: &PasswordChecks,
    email: &str,
    password: SecretString,
    device: Option<String>,
    seen: Circumstances,
) -> Result<Option<Proved>, LogInError> {
    let email = values::known_as(email);
    let known = db.read(move |conn| store::user_by_email(conn, &email)).await?;
    let known = known.filter(|user| user.disabled_at.is_none());
    let who = match (device, &known) {
        (Some(name), Some(user)) => Asker::Known { name, company: user.company_id.to_string() },
        _ => Asker::Stranger,
    };
    let check = move || match known {
        Some(ref user) if user.has_own_password() => {
            let hash = user.password_hash.as_deref().unwrap_or_default();
            if secrets::verify_password(&password, hash) { known } else { None }
        }
        _ => {
            secrets::spend_time_of_a_check(&password);
            None
        }
    };
    let Some(user) = checks.in_turn(who, check).await? else {
        return Ok(None);
    };
    db.write(move |conn| {
        // Checking took its time: another password may be theirs by now, which ended every session of the old one.
        if !store::has_password(conn, &user.id, &store::password_mark(&user))? {
            return Ok(None);
        }
        let needs_code = recovery::factors(conn, &user.id)?.any();
        let access = access::access_policy(conn, &user.company_id)?;
        if !needs_code {
            audit::record(
                conn,
                &user.company_id,
                &actor(&user, seen),
                audit::Action::PersonLoggedIn,
                user.called(),
                &json!({}),
            )?;
        }
        Ok(Some(Proved { user, needs_code, access }))
    })
    .await
    .map_err(Into::into)
}

/// Why nobody could be logged in.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// Too many others log in.
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
    #[error(transparent)]
    Database(#[from] DbError),
}

/// A code with which a person sets a new password. None when nobody signs in with this address, or the person has as
/// many good links as they may. `is_known`: it is asked for on a device that is known for the address, and takes the place
/// of the oldest of these.
pub fn begin_reset(
    conn: &mut Conn,
    actor: &Actor,
    email: &Email,
    is_known: bool,
) -> DbResult<Option<(User, Code)>> {
    let user = store::user_by_email(conn, email.as_str())?
        .filter(|user| user.disabled_at.is_none() && user.has_own_password());
    let Some(user) = user else { return Ok(None) };
    dialect::lock_company(conn, &user.company_id)?;
    let code = match actor {
        // At the server's terminal a link takes the place of all others.
        Actor::CommandLine => Some(codes::issue(conn, CodeKind::Reset, Some(&user.id))?),
        _ => codes::issue_reset(conn, &user.id, is_known)?,
    };
    let Some(code) = code else { return Ok(None) };
    audit::record(conn, &user.company_id, actor, audit::Action::PersonResetAsked, user.called(), &json!({}))?;
    Ok(Some((user, code)))
}

/// Uses the code up: sets the password and ends every session of the person.
///
/// # Errors
/// When the code is not valid.
pub fn reset_password(
    conn: &mut Conn,
    code: &Code,
    password: &NewPassword,
    seen: Circumstances,
) -> Result<User, PeopleError> {
    let mut user = codes::take_persons(conn, CodeKind::Reset, code)?;
    user.password_hash = Some(password.hash());
    store::update_user(conn, &user)?;
    codes::forget(conn, &user.id, CodeKind::Reset)?;
    store::end_sessions(conn, &user.id)?;
    audit::record(
        conn,
        &user.company_id,
        &actor(&user, seen),
        audit::Action::PersonPasswordSet,
        user.called(),
        &json!({}),
    )?;
    Ok(user)
}

/// Whether this is the password of a person who is logged in. Takes its turn among the checks of known people, for the
/// session of this name.
///
/// # Errors
/// When too many passwords are checked at the moment.
pub async fn is_password(
    checks: &PasswordChecks,
    user: &User,
    session: &str,
    password: SecretString,
) -> Result<bool, Overloaded> {
    let hash = user.password_hash.clone();
    checks
        .in_turn(Asker::Known { name: session.to_owned(), company: user.company_id.to_string() }, move || {
            hash.is_some_and(|hash| secrets::verify_password(&password, &hash))
        })
        .await
}

/// Sets a person's new password while they are logged in: their other sessions and their links to a new password
/// end. `old` is the person as they were when the old password was checked. Answers the person as they are now; none:
/// somebody set another one in the meantime, and nothing has changed.
pub fn change_password(
    conn: &mut Conn,
    old: &User,
    password: &NewPassword,
    kept_session: &str,
    actor: &Actor,
) -> DbResult<Option<User>> {
    dialect::lock_company(conn, &old.company_id)?;
    let now = store::user(conn, &old.id)?.filter(|now| now.password_hash == old.password_hash);
    let Some(mut user) = now else { return Ok(None) };
    user.password_hash = Some(password.hash());
    store::update_user(conn, &user)?;
    sessions::drop_others(conn, &user.id, kept_session)?;
    codes::drop_codes(conn, &user.id, CodeKind::Reset)?;
    audit::record(
        conn,
        &user.company_id,
        actor,
        audit::Action::PersonPasswordSet,
        user.called(),
        &json!({}),
    )?;
    Ok(Some(user))
}

/// Gives a person another name. `false`: they had it already, and nothing is logged.
pub fn rename(conn: &mut Conn, user: &User, name: &Name, actor: &Actor) -> DbResult<bool> {
    dialect::lock_company(conn, &user.company_id)?;
    let Some(mut user) = store::user(conn, &user.id)? else { return Ok(false) };
    if user.name == name.as_str() {
        return Ok(false);
    }
    let detail = json!({ "name": { "from": user.name, "to": name.as_str() } });
    user.name = name.to_string();
    store::update_user(conn, &user)?;
    audit::record(conn, &user.company_id, actor, audit::Action::PersonRenamed, user.called(), &detail)?;
    Ok(true)
}

pub(super) fn actor(user: &User, seen: Circumstances) -> Actor {
    Actor::User { id: user.id, email: user.email.clone(), seen }
}
