//! Finds the user in whose name the portal writes, when it is not known or Lever objects to it.

use super::lever_account::{self, ChosenBy};
use crate::db::DbResult;
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::store;
use crate::people;
use lever_client::{Api, Error, User, UserId};

/// Why nothing can be written, as people read it.
pub const NOBODY: &str = "Lever wants to know in whose name the portal writes, and no active user of this Lever account \
                          is known. Choose one on the integration's page";

/// After a grant: learns the name of the user to act as, or who it is where the token did not say.
/// A best effort; what can't be learnt now is learnt when Lever asks for it.
///
/// # Errors
/// When Lever or the database cannot be asked.
pub async fn settle(connections: &Connections, id: &IntegrationId) -> Result<(), CallError> {
    let known = known(connections, id).await?;
    match known.acts_as() {
        Some(user) if known.user_name.is_empty() => {
            let asked = user.clone();
            let answer = connections
                .call(id, |api| {
                    let asked = asked.clone();
                    async move { api.user(&asked).await }
                })
                .await?;
            if answer.deactivated_at.is_none() {
                keep(connections, id, &answer, known.chosen_by).await?;
            }
        }
        Some(_) => {}
        None => {
            let address = granters_address(connections, id).await?;
            let found = connections.call(id, |api| {
                let address = address.clone();
                async move { by_address(&api, address.as_deref()).await }
            });
            if let Some(user) = found.await? {
                keep(connections, id, &user, ChosenBy::Address).await?;
            }
        }
    }
    Ok(())
}

/// Another user to act as, since Lever objects to `refused`. Where nobody was known before, only the user
/// with the granting admin's address will do: in anybody else's name the portal writes only when it
/// had a user who can't be used any more. None when nobody is left, and the page says so.
pub(super) async fn another(
    connections: &Connections,
    id: &IntegrationId,
    api: &Api,
    refused: Option<&UserId>,
) -> DbResult<Option<UserId>> {
    let address = granters_address(connections, id).await?;
    let is_other = |user: &User| refused != Some(&user.id) && user.deactivated_at.is_none();
    let by_address = match by_address(api, address.as_deref()).await {
        Ok(found) => found.filter(is_other).map(|user| (user, ChosenBy::Address)),
        Err(failure) => unknown(&failure),
    };
    let found = match (by_address, refused) {
        (None, Some(_)) => match api.users().await {
            Ok(mut users) => {
                users.retain(is_other);
                users.sort_by_key(|user| (rank(user), user.name.clone(), user.id.clone()));
                users.into_iter().next().map(|user| (user, ChosenBy::Instead))
            }
            Err(failure) => unknown(&failure),
        },
        (found, _) => found,
    };
    match found {
        Some((user, chosen_by)) => {
            keep(connections, id, &user, chosen_by).await?;
            Ok(Some(user.id))
        }
        None => {
            let id = *id;
            connections.db().write(move |conn| lever_account::note_trouble(conn, &id, NOBODY)).await?;
            Ok(None)
        }
    }
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

async fn by_address(api: &Api, address: Option<&str>) -> Result<Option<User>, Error> {
    let Some(address) = address else { return Ok(None) };
    let users = api.users_by_email(address).await?;
    let is_meant = |user: &User| {
        user.deactivated_at.is_none()
            && user.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(address))
    };
    Ok(users.into_iter().find(is_meant))
}

async fn known(connections: &Connections, id: &IntegrationId) -> DbResult<lever_account::LeverAccount> {
    let id = *id;
    connections.db().read(move |conn| lever_account::of(conn, &id)).await
}

async fn granters_address(connections: &Connections, id: &IntegrationId) -> DbResult<Option<String>> {
    let id = *id;
    connections
        .db()
        .read(move |conn| {
            let granter = store::get(conn, &id)?.granted_by;
            Ok(match granter {
                Some(user) => people::user(conn, &user)?.map(|user| user.email),
                None => None,
            })
        })
        .await
}

async fn keep(
    connections: &Connections,
    id: &IntegrationId,
    user: &User,
    chosen_by: ChosenBy,
) -> DbResult<()> {
    let (id, user) = (*id, user.clone());
    let name = user.name.or(user.email).unwrap_or_default();
    connections.db().write(move |conn| lever_account::act_as(conn, &id, &user.id, &name, chosen_by)).await
}
