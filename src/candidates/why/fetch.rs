//! What Lever says now of somebody who is asked about.

use crate::integrations::oauth::connections::CallError;
use crate::integrations::oauth::permissions;
use crate::integrations::{Connections, Integration};
use lever_client::{Expand, Opportunity, OpportunityId, Posting};
use std::time::Duration;

/// How long a person waits for Lever's answers.
const LIMIT: Duration = Duration::from_secs(8);

/// What Lever says.
pub(super) struct Seen {
    pub(super) opportunity: Opportunity,
    pub(super) posting: Option<Posting>,
    pub(super) is_hidden: bool,
}

pub(super) async fn fetch(
    connections: &Connections,
    integration: &Integration,
    id: &str,
) -> Result<Seen, CallError> {
    if let Some(scope) = permissions::lacks(integration, &permissions::TO_DECIDE) {
        return Err(CallError::Lacking(scope));
    }
    let id = OpportunityId::from(id);
    connections
        .call_within(LIMIT, &integration.id, |api| {
            let id = id.clone();
            async move {
                let opportunity = api.opportunity(&id, &[Expand::Applications]).await?;
                let Some(posting) = opportunity.posting_id().cloned() else {
                    return Ok(Seen { opportunity, posting: None, is_hidden: false });
                };
                match api.posting(&posting).await {
                    Ok(posting) => Ok(Seen { opportunity, posting: Some(posting), is_hidden: false }),
                    Err(lever_client::Error::Forbidden { .. } | lever_client::Error::NotFound { .. }) => {
                        Ok(Seen { opportunity, posting: None, is_hidden: true })
                    }
                    Err(cause) => Err(cause),
                }
            }
        })
        .await
}
