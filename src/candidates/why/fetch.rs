//! What Lever says now of somebody who is asked about.

use crate::integrations::oauth::connections::CallError;
use crate::integrations::oauth::permissions;
use crate::integrations::{Connections, Integration};
use crate::invitations::OpportunitySnapshot;
use crate::invitations::snapshot::Fetched;
use lever_client::OpportunityId;
use std::time::Duration;

/// How long a person waits for Lever's answers.
const LIMIT: Duration = Duration::from_secs(8);

pub(super) async fn fetch(
    connections: &Connections,
    integration: &Integration,
    id: &str,
) -> Result<Fetched, CallError> {
    if let Some(scope) = permissions::lacks(integration, &permissions::TO_DECIDE) {
        return Err(CallError::Lacking(scope));
    }
    let id = OpportunityId::from(id);
    connections
        .call_within(LIMIT, &integration.id, |api| {
            let id = id.clone();
            async move { OpportunitySnapshot::fetch(&api, &id).await }
        })
        .await
}
