//! What one needs to know of the account to work with it.

use serde_json::json;

use crate::sandbox::Sandbox;

/// What one needs to know of the account.
pub(super) fn summary(lever: &Sandbox) -> serde_json::Value {
    let state = lever.read();
    let key = state.api_keys.first();
    json!({
        "url": lever.url,
        "audience": lever.audience,
        "account": state.account,
        "admin": {"email": state.admin().email, "password": state.admin().password},
        "apiKey": key.map(|key| &key.key),
        "seed": state.draw.seed(),
        "now": lever.now(),
        "opportunities": state.opportunities.len(),
        "users": state.users.iter().map(|user| json!({
            "id": user.id,
            "name": user.name,
            "email": user.email,
            "accessRole": user.access_role.as_str(),
        })).collect::<Vec<_>>(),
        "stages": state.stages,
        "postings": state.postings.iter().map(|posting| json!({
            "id": posting.id,
            "text": posting.text,
            "state": posting.state.as_str(),
            "confidential": posting.confidential,
        })).collect::<Vec<_>>(),
        "archiveReasons": state.archive_reasons,
        "clients": lever.options.clients.iter().map(|client| json!({
            "id": client.id,
            "name": client.name,
            "redirectUris": client.redirect_uris,
        })).collect::<Vec<_>>(),
    })
}
