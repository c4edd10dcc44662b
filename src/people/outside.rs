//! People whom their company's own provider lets in (`crate::sso`): they have no password here.

use super::codes::{self, CodeKind};
use super::{Email, Name, PeopleError, Role, User, account, store};
use crate::audit::{self, Action, Circumstances};
use crate::db::{Conn, DbResult};
use crate::ids::{CompanyId, UserId};
use crate::time::Timestamp;
use serde_json::json;

/// What stands in the place of a password's hash for people who have joined without one. No password has it.
const NO_PASSWORD: &str = "!";

impl User {
    /// Whether they chose a password here. Who did not may have joined all the same, through their company's provider.
    pub fn has_own_password(&self) -> bool {
        self.password_hash.as_deref().is_some_and(|hash| hash != NO_PASSWORD)
    }
}

/// Who has this address in a company, removed or not.
pub fn person_with_address(conn: &mut Conn, company: &CompanyId, email: &Email) -> DbResult<Option<User>> {
    store::person_by_email(conn, company, email.as_str())
}

/// Adds a person whom the provider vouches for. Without a name they are called by their address.
///
/// # Errors
/// When the address is in use.
pub fn add_outside(
    conn: &mut Conn,
    company: &CompanyId,
    email: &Email,
    name: Option<&Name>,
    role: Role,
    seen: &Circumstances,
) -> Result<User, PeopleError> {
    let user = User {
        id: UserId::new(),
        company_id: *company,
        email: email.to_string(),
        name: name.map(ToString::to_string).unwrap_or_default(),
        role,
        password_hash: Some(NO_PASSWORD.to_owned()),
        created_at: Timestamp::now(),
        disabled_at: None,
    };
    match store::insert_user(conn, &user) {
        Err(failure) if failure.is_duplicate() => return Err(PeopleError::AddressInUse),
        outcome => outcome?,
    }
    joined(conn, &user, seen)?;
    Ok(user)
}

/// A person who was invited joins through the provider: their link is used up.
///
/// # Errors
/// When the address logs in to another company since.
pub fn join_outside(
    conn: &mut Conn,
    mut user: User,
    name: Option<&Name>,
    seen: &Circumstances,
) -> Result<User, PeopleError> {
    user.password_hash = Some(NO_PASSWORD.to_owned());
    if let Some(name) = name {
        user.name = name.to_string();
    }
    match store::update_user(conn, &user) {
        Err(failure) if failure.is_duplicate() => return Err(PeopleError::AddressInUse),
        outcome => outcome?,
    }
    codes::drop_codes(conn, &user.id, CodeKind::Invite)?;
    joined(conn, &user, seen)?;
    Ok(user)
}

fn joined(conn: &mut Conn, user: &User, seen: &Circumstances) -> DbResult<()> {
    let detail = json!({ "role": user.role.as_str(), "single_sign_on": true });
    let actor = account::actor(user, seen.clone());
    audit::record(conn, &user.company_id, &actor, Action::TeamJoined, user.called(), &detail)
}
