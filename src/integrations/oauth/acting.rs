//! Finds another user in whose name the portal writes, when Lever objects to the one before.

use super::lever_account::{self, ChosenBy};
use crate::db::{Db, DbResult};
use crate::ids::IntegrationId;
use crate::integrations::store;
use crate::people;
use lever_client::{Api, Error, User, UserId};

/// Why nothing can be written, as people read it.
pub const NOBODY: &str = "Lever needs a user in whose name the portal writes, and the portal knows no active \
                          user of this Lever account. Choose one on the integration's page";

/// Another user to act as, since Lever objects to `refused`. Where nobody was known before, only the user
/// with the granting admin's address will do: in anybody else's name the portal writes only when it
/// had a user who can't be used any more. None when nobody is left, and the page says so.
pub(super) async fn another(
    db: &Db,
    id: &IntegrationId,
    api: &Api,
    refused: Option<&UserId>,
) -> DbResult<Option<UserId>> {
    let address = granters_address(db, id).await?;
    let is_other = |user: &User| refused != Some(&user.id) && user.deactivated_at.is_none();
    let by_address = match by_address(api, address.as_deref()).await {
        Ok(found) => found.filter(is_other).map(|user| (user, ChosenBy::Address)),
        Err(failure) => unknown(&failure),
    };
    let found = match (by_address, refused) {
        (None, Some(_)) => match api.users().await {
            Ok(mut users) => {
                users.retain(is_other);
                users.sort_by_key(by_rights);
                users.into_iter().next().map(|user| (user, ChosenBy::Instead))
            }
            Err(failure) => unknown(&failure),
        },
        (found, _) => found,
    };
    match found {
        Some((user, chosen_by)) => {
            keep(db, id, &user, chosen_by).await?;
            Ok(Some(user.id))
        }
        None => {
            let id = *id;
            db.write(move |conn| lever_account::note_trouble(conn, &id, NOBODY)).await?;
            Ok(None)
        }
    }
}

/// An active user who may do more in Lever than the one that `api` acts as: that one's role may have been changed. None when
/// there is none, or Lever does not say.
pub(super) async fn with_more_rights(api: &Api) -> Option<User> {
    let acts_as = api.acts_as()?;
    let now = match api.user(acts_as).await {
        Ok(user) if user.deactivated_at.is_none() => rank(&user),
        Ok(_) | Err(Error::NotFound { .. }) => u8::MAX,
        Err(failure) => return unknown(&failure),
    };
    if now == 0 {
        return None;
    }
    let mut users = api.users().await.map_or_else(|failure| unknown(&failure), Some)?;
    users.retain(|user| user.deactivated_at.is_none() && rank(user) < now);
    users.sort_by_key(by_rights);
    users.into_iter().next()
}

fn by_rights(user: &User) -> (u8, Option<String>, UserId) {
    (rank(user), user.name.clone(), user.id.clone())
}

/// Users who may do most come first; who only interviews may not write.
fn rank(user: &User) -> u8 {
    match user.access_role.as_deref() {
        Some("super admin") => 0,
        Some("admin") => 1,
        Some("team member") => 2,
        Some("limited team member") => 4,
        Some("interviewer") => 5,
        // A role of the customer's own.
        _ => 3,
    }
}

fn unknown<T>(failure: &Error) -> Option<T> {
    tracing::warn!(%failure, "Lever does not say who its users are");
    None
}

pub(super) async fn by_address(api: &Api, address: Option<&str>) -> Result<Option<User>, Error> {
    let Some(address) = address else { return Ok(None) };
    let users = api.users_by_email(address).await?;
    let is_meant = |user: &User| {
        user.deactivated_at.is_none()
            && user.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(address))
    };
    Ok(users.into_iter().find(is_meant))
}

pub(super) async fn known(db: &Db, id: &IntegrationId) -> DbResult<lever_account::LeverAccount> {
    let id = *id;
    db.read(move |conn| lever_account::of_integration(conn, &id)).await
}

pub(super) async fn granters_address(db: &Db, id: &IntegrationId) -> DbResult<Option<String>> {
    let id = *id;
    db.read(move |conn| {
        let granter = store::get(conn, &id)?.granted_by;
        Ok(match granter {
            Some(user) => people::user(conn, &user)?.map(|user| user.email),
            None => None,
        })
    })
    .await
}

pub(super) async fn keep(db: &Db, id: &IntegrationId, user: &User, chosen_by: ChosenBy) -> DbResult<()> {
    let (id, user) = (*id, user.clone());
    let name = user.name.or(user.email).unwrap_or_default();
    db.write(move |conn| lever_account::act_as(conn, &id, &user.id, &name, chosen_by)).await
}
