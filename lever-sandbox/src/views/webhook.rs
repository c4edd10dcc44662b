//! Webhooks.

use serde::Serialize;
use utoipa::ToSchema;

use crate::options::TokenMode;
use crate::state::{Origin, State, Webhook};

/// All of them, in the order in which Lever lists them.
const ALL_ORIGINS: [Origin; 6] = [
    Origin::Applied,
    Origin::Sourced,
    Origin::Referred,
    Origin::University,
    Origin::Internal,
    Origin::Agency,
];

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookView {
    id: String,
    event: &'static str,
    url: String,
    configuration: WebhookConfiguration,
    created_at: i64,
    updated_at: i64,
}

/// How a webhook is signed and what limits it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    conditions: Option<WebhookConditions>,
    /// Only in the answer to `POST`: keep it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    signature_token: Option<String>,
}

/// What limits a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookConditions {
    origins: Vec<&'static str>,
}

impl WebhookView {
    /// As the answer to `POST` shows it: with the token its calls are signed with; in the nested
    /// form of Lever's documentation, with that alone.
    pub fn created(state: &State, hook: &Webhook, mode: TokenMode, nested: bool) -> Self {
        let mut view = Self::from(hook);
        view.configuration.signature_token = state.signing_token(hook, mode).map(str::to_owned);
        if nested {
            view.configuration.conditions = None;
        }
        view
    }
}

impl From<&Webhook> for WebhookView {
    fn from(hook: &Webhook) -> Self {
        let origins = hook.origins.as_deref().unwrap_or(&ALL_ORIGINS);
        Self {
            id: hook.id.clone(),
            event: hook.event.as_str(),
            url: hook.url.clone(),
            configuration: WebhookConfiguration {
                conditions: Some(WebhookConditions {
                    origins: origins.iter().map(|origin| origin.as_str()).collect(),
                }),
                signature_token: None,
            },
            created_at: hook.created_at,
            updated_at: hook.updated_at,
        }
    }
}
