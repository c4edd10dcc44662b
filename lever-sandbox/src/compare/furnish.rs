//! What a sandbox gets before it is compared: one of each thing that an account gathers
//! only with time, so that there is something to compare it by.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::CompareError;
use crate::Running;

/// Nothing can be reached there: names below `.invalid` don't exist (RFC 2606).
const URL: &str = "https://lever-sandbox.invalid/compare";

/// Adds an opportunity that was deleted, and webhooks, one by the API and one by a person.
///
/// # Errors
/// [`CompareError::Unreachable`] when the sandbox refuses one.
pub(super) async fn furnish(sandbox: &Running) -> Result<(), CompareError> {
    let http = reqwest::Client::builder().no_proxy().build().map_err(CompareError::Client)?;
    let at = |path: &str| format!("{}{path}", sandbox.url);
    let send = async |request: RequestBuilder| -> Result<Value, CompareError> {
        let failed = |error: reqwest::Error| CompareError::unreachable(&sandbox.url, &error);
        let answer = request.send().await.and_then(reqwest::Response::error_for_status).map_err(failed)?;
        let text = answer.text().await.map_err(failed)?;
        // What was deleted answers with nothing.
        Ok(serde_json::from_str(&text).unwrap_or_default())
    };
    let somebody = json!({"name": "Somebody", "email": "somebody@example.com", "silent": true});
    let made = send(http.post(at("/sandbox/opportunities")).json(&somebody)).await?;
    let id = made["data"]["id"].as_str().unwrap_or_default();
    send(http.delete(at(&format!("/sandbox/opportunities/{id}")))).await?;

    let by_person = json!({"event": "candidateDeleted", "url": URL});
    send(http.post(at("/sandbox/webhooks")).json(&by_person)).await?;
    let by_api = json!({"event": "candidateStageChange", "url": URL});
    send(http.post(at("/v1/webhooks")).basic_auth(&sandbox.api_key, Some("")).json(&by_api)).await?;
    Ok(())
}
