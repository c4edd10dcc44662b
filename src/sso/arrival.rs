//! Who comes back from a provider is let in: as whom, and with which role.

use super::people::{account_of, link, note_session, person_of, touch};
use super::settings::domain_of;
use super::store::{SsoProvider, provider_in_use};
use super::{Identity, Preset, SsoError};
use crate::audit::{self, Action, Actor, Circumstances};
use crate::db::{Conn, dialect};
use crate::people::{self, Email, Name, PeopleError, Role, User};
use serde_json::json;

/// As whom somebody comes.
#[derive(Debug, Clone)]
pub enum Place {
    /// As the person that they were the last time.
    Known(User),
    /// As a person of the team who has their address, from now on.
    SamePerson(User),
    /// As a person who was invited and has not joined yet.
    Invited(User),
    /// As a new person.
    New(Email),
}

/// What would happen to somebody who logged in.
#[derive(Debug, Clone)]
pub struct Preview {
    pub place: Place,
    pub role: Role,
}

/// As whom this person would come, and with which role. Changes nothing.
///
/// # Errors
/// Why they would not be let in.
pub fn preview(conn: &mut Conn, provider: &SsoProvider, identity: &Identity) -> Result<Preview, SsoError> {
    let given = identity.role(&provider.settings)?;
    let place = place(conn, provider, identity)?;
    let role = match &place {
        Place::Known(user) | Place::SamePerson(user) | Place::Invited(user) => given.unwrap_or(user.role),
        Place::New(_) => given.or(provider.settings.role_without_group).ok_or(SsoError::NoRole)?,
    };
    Ok(Preview { place, role })
}

fn place(conn: &mut Conn, provider: &SsoProvider, identity: &Identity) -> Result<Place, SsoError> {
    let (company, settings) = (&provider.company_id, &provider.settings);
    if let Some(known) = person_of(conn, company, &identity.issuer, &identity.subject)? {
        return people::person(conn, company, &known)?.map(Place::Known).ok_or(SsoError::Removed);
    }
    // The first time only: from here on the subject counts, whatever becomes of the address.
    let typed = identity.address.clone().ok_or(SsoError::NoAddress)?;
    let email = Email::parse(&typed).map_err(|_| SsoError::NoAddress)?;
    let is_own =
        |domain: Option<&str>| domain.is_some_and(|domain| settings.domains.iter().any(|own| own == domain));
    if !identity.is_verified {
        return Err(SsoError::Unverified(email.to_string()));
    }
    // Google vouches for addresses of everybody; whom it counts among the company's people it says by `hd`.
    let is_customer = settings.preset != Preset::Google || is_own(identity.hosted_domain.as_deref());
    if !is_own(domain_of(email.as_str())) || !is_customer {
        return Err(SsoError::OtherDomain(email.to_string()));
    }
    let Some(user) = people::person_with_address(conn, company, &email)? else {
        return match people::user_by_email(conn, email.as_str())? {
            Some(_) => Err(SsoError::InUseElsewhere),
            None => Ok(Place::New(email)),
        };
    };
    if user.disabled_at.is_some() {
        return Err(SsoError::Removed);
    }
    if account_of(conn, &user.id, &identity.issuer)?.is_some() {
        return Err(SsoError::OtherAccount);
    }
    match user.password_hash {
        Some(_) => Ok(Place::SamePerson(user)),
        // Somebody who logs in to another company cannot join here as well.
        None if people::user_by_email(conn, email.as_str())?.is_some() => Err(SsoError::InUseElsewhere),
        None => Ok(Place::Invited(user)),
    }
}

/// Lets somebody in: finds or adds the person, gives the role that their groups have, and writes the log-in down. `seen`
/// names the session that begins.
///
/// # Errors
/// Why they are not let in; nothing has changed then.
pub fn arrive(
    conn: &mut Conn,
    provider: &SsoProvider,
    identity: &Identity,
    seen: &Circumstances,
) -> Result<User, SsoError> {
    let company = &provider.company_id;
    dialect::lock_company(conn, company)?;
    let now = provider_in_use(conn, company)?.filter(|now| now.version == provider.version);
    let provider = now.ok_or(SsoError::NotInUse)?;
    let Preview { place, role } = preview(conn, &provider, identity)?;
    let is_first = !matches!(place, Place::Known(_));
    let mut user = match place {
        Place::Known(user) | Place::SamePerson(user) => user,
        Place::Invited(user) => people::join_outside(conn, user, name(identity).as_ref(), seen)?,
        Place::New(email) => people::add_outside(conn, company, &email, name(identity).as_ref(), role, seen)?,
    };
    if is_first {
        link(conn, &provider, identity, &user, seen)?;
    }
    if user.role != role {
        match people::change_role(conn, &Actor::Portal, company, &user.id, role) {
            Ok(_) => user.role = role,
            // Without them nobody could change the settings any more: they stay what they are.
            Err(PeopleError::LastAdmin) => tracing::warn!(user = %user.id, "the last admin keeps the role"),
            Err(other) => return Err(other.into()),
        }
    }
    touch(conn, &provider, identity)?;
    note_session(conn, &provider, identity, &user, &seen.session)?;
    let actor = Actor::User { id: user.id, email: user.email.clone(), seen: seen.clone() };
    let detail = json!({ "single_sign_on": provider.host() });
    audit::record(conn, company, &actor, Action::PersonLoggedIn, user.called(), &detail)?;
    Ok(user)
}

/// What a new person is called.
fn name(identity: &Identity) -> Option<Name> {
    let plain: String = identity.name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let whole: String = words.join(" ").chars().take(120).collect();
    Name::parse(&whole).ok()
}
