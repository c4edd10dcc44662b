//! A company's team: who is in it, how they come in, what they may do, and how they leave.

use super::account::actor as actor_of;
use super::codes::{self, CodeKind};
use super::{Email, Name, NewPassword, PeopleError, Role, User, factor, store};
use crate::audit::{self, Actor, Circumstances};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, UserId};
use crate::secrets::Code;
use crate::time::Timestamp;
use serde_json::json;
use std::collections::HashMap;

/// A person of the team, and how far their invitation is.
#[derive(Debug, Clone)]
pub struct Member {
    pub user: User,
    /// Until when the invitation can be taken up; `None` when there is none that is open.
    pub invited_until: Option<Timestamp>,
}

impl Member {
    /// Whether they can sign in.
    pub fn has_joined(&self) -> bool {
        self.user.password_hash.is_some()
    }

    /// Whether the invitation was not taken up in time.
    pub fn is_late(&self, now: &Timestamp) -> bool {
        !self.has_joined() && self.invited_until.is_none_or(|until| until <= *now)
    }
}

/// The team, in the order in which people came.
pub fn members(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<Member>> {
    let mut invitations: HashMap<UserId, Timestamp> =
        codes::open_invitations(conn, company)?.into_iter().collect();
    let people = store::people(conn, company)?;
    Ok(people.into_iter().map(|user| Member { invited_until: invitations.remove(&user.id), user }).collect())
}

/// Adds a person who can sign in at once.
///
/// # Errors
/// When the address is in use, here or in another company.
pub fn add(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    email: &Email,
    name: &Name,
    role: Role,
    password: &NewPassword,
) -> Result<User, PeopleError> {
    let mut user = place(conn, company, email, role)?;
    user.name = name.to_string();
    let_in(conn, &mut user, password)?;
    let detail = json!({ "email": user.email, "role": role.as_str() });
    audit::record(conn, company, actor, audit::Action::TeamAdded, user.called(), &detail)?;
    Ok(user)
}

/// An invitation into a team.
#[derive(Debug)]
pub struct Invitation {
    /// Who is invited.
    pub user: User,
    /// What opens the invitation. `None`: the address logs in to another company, so nothing does; the person is mailed
    /// how they can join, and nobody else learns it.
    pub code: Option<Code>,
}

/// Adds a person and makes the code with which they take up the invitation.
///
/// # Errors
/// When the address is in the team already.
pub fn invite(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    email: &Email,
    role: Role,
) -> Result<Invitation, PeopleError> {
    let user = place(conn, company, email, role)?;
    let invitation = open(conn, user)?;
    audit::record(
        conn,
        company,
        actor,
        audit::Action::TeamInvited,
        invitation.user.called(),
        &json!({ "role": role.as_str() }),
    )?;
    Ok(invitation)
}

/// A new code for this person. It is made for every address, so that no list shows a difference.
fn open(conn: &mut Conn, user: User) -> DbResult<Invitation> {
    let code = codes::issue(conn, CodeKind::Invite, Some(&user.id))?;
    let logs_in_elsewhere = store::user_by_email(conn, &user.email)?.is_some();
    Ok(Invitation { user, code: (!logs_in_elsewhere).then_some(code) })
}

/// Gives a person their password.
fn let_in(conn: &mut Conn, user: &mut User, password: &NewPassword) -> Result<(), PeopleError> {
    if store::user_by_email(conn, &user.email)?.is_some_and(|other| other.id != user.id) {
        return Err(PeopleError::AddressInUse);
    }
    user.password_hash = Some(password.hash());
    match store::update_user(conn, user) {
        // Another company's invitation was taken up meanwhile.
        Err(failure) if failure.is_duplicate() => Err(PeopleError::AddressInUse),
        outcome => Ok(outcome?),
    }
}

/// A row for the address: a new one, or the one of a person who was removed from this company.
fn place(conn: &mut Conn, company: &CompanyId, email: &Email, role: Role) -> Result<User, PeopleError> {
    dialect::lock_company(conn, company)?;
    match store::person_by_email(conn, company, email.as_str())? {
        Some(user) if user.disabled_at.is_none() => Err(PeopleError::InTeamAlready),
        Some(mut user) => {
            (user.role, user.password_hash, user.disabled_at) = (role, None, None);
            store::update_user(conn, &user)?;
            Ok(user)
        }
        None => {
            let user = User {
                id: UserId::new(),
                company_id: *company,
                email: email.to_string(),
                name: String::new(),
                role,
                password_hash: None,
                created_at: Timestamp::now(),
                disabled_at: None,
            };
            store::insert_user(conn, &user)?;
            Ok(user)
        }
    }
}

/// Makes a new code for an invitation that was not taken up; the old one opens nothing any more.
///
/// # Errors
/// When there is no such person, or they have joined.
pub fn renew_invitation(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    id: &UserId,
) -> Result<Invitation, PeopleError> {
    let user = store::person(conn, company, id)?.ok_or(PeopleError::NoSuchPerson)?;
    if user.password_hash.is_some() {
        return Err(PeopleError::JoinedAlready);
    }
    let invitation = open(conn, user)?;
    let called = invitation.user.called();
    audit::record(conn, company, actor, audit::Action::TeamInvitedAgain, called, &json!({}))?;
    Ok(invitation)
}

/// Takes up an invitation: uses the code up, sets name and password.
///
/// # Errors
/// When the code is not valid, or the address logs in to another company since.
pub fn join(
    conn: &mut Conn,
    code: &Code,
    name: &Name,
    password: &NewPassword,
    seen: Circumstances,
) -> Result<User, PeopleError> {
    let mut user = codes::take_persons(conn, CodeKind::Invite, code)?;
    user.name = name.to_string();
    let_in(conn, &mut user, password)?;
    let detail = json!({ "role": user.role.as_str() });
    audit::record(
        conn,
        &user.company_id,
        &actor_of(&user, seen),
        audit::Action::TeamJoined,
        user.called(),
        &detail,
    )?;
    Ok(user)
}

/// Gives a person another role. `false`: they had it already, and nothing is logged.
///
/// # Errors
/// When there is no such person, or they are the last admin.
pub fn change_role(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    id: &UserId,
    role: Role,
) -> Result<bool, PeopleError> {
    dialect::lock_company(conn, company)?;
    let mut user = store::person(conn, company, id)?.ok_or(PeopleError::NoSuchPerson)?;
    let old = user.role;
    if old == role {
        return Ok(false);
    }
    keep_an_admin(conn, &user)?;
    user.role = role;
    store::update_user(conn, &user)?;
    let detail = json!({ "role": { "from": old.as_str(), "to": role.as_str() } });
    audit::record(conn, company, actor, audit::Action::TeamRoleChanged, user.called(), &detail)?;
    Ok(true)
}

/// Removes a person: they cannot sign in, their sessions and codes end. What they did stays in the log.
///
/// # Errors
/// When there is no such person, or they are the last admin.
pub fn remove(conn: &mut Conn, actor: &Actor, company: &CompanyId, id: &UserId) -> Result<User, PeopleError> {
    dialect::lock_company(conn, company)?;
    let mut user = store::person(conn, company, id)?.ok_or(PeopleError::NoSuchPerson)?;
    keep_an_admin(conn, &user)?;
    user.disabled_at = Some(Timestamp::now());
    user.password_hash = None;
    store::update_user(conn, &user)?;
    store::end_sessions(conn, &user.id)?;
    factor::remove(conn, &user.id)?;
    codes::drop_codes(conn, &user.id, CodeKind::Invite)?;
    codes::drop_codes(conn, &user.id, CodeKind::Reset)?;
    audit::record(
        conn,
        company,
        actor,
        audit::Action::TeamRemoved,
        user.called(),
        &json!({ "email": user.email }),
    )?;
    Ok(user)
}

/// Refuses when nobody else could change the settings.
fn keep_an_admin(conn: &mut Conn, user: &User) -> Result<(), PeopleError> {
    let can_configure = user.role.may_configure() && user.password_hash.is_some();
    if can_configure && store::admins(conn, &user.company_id)? <= 1 {
        return Err(PeopleError::LastAdmin);
    }
    Ok(())
}
