//! Learns the user in whose name the portal writes, right after a grant.

use super::acting::{by_address, granters_address, keep, known};
use super::lever_account::ChosenBy;
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::{CallError, Connections};

/// After a grant: learns the name of the user to act as, or who it is where the token did not say.
/// A best effort; what can't be learnt now is learnt when Lever asks for it.
///
/// # Errors
/// When Lever or the database cannot be asked.
pub async fn settle(connections: &Connections, id: &IntegrationId) -> Result<(), CallError> {
    let known = known(connections.db(), id).await?;
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
                keep(connections.db(), id, &answer, known.chosen_by).await?;
            }
        }
        Some(_) => {}
        None => {
            let address = granters_address(connections.db(), id).await?;
            let found = connections.call(id, |api| {
                let address = address.clone();
                async move { by_address(&api, address.as_deref()).await }
            });
            if let Some(user) = found.await? {
                keep(connections.db(), id, &user, ChosenBy::Address).await?;
            }
        }
    }
    Ok(())
}
