//! Users, stages, archive reasons, sources, tags, webhooks.

use serde::Serialize;
use utoipa::ToSchema;

use crate::TokenMode;
use crate::state::{ArchiveReason, Origin, Stage, State, User, Webhook};

/// A user of the account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    id: String,
    name: String,
    username: String,
    email: String,
    access_role: &'static str,
    photo: Option<String>,
    job_title: Option<String>,
    manager_id: Option<String>,
    external_directory_id: Option<String>,
    linked_contact_ids: Option<Vec<String>>,
    created_at: i64,
    deactivated_at: Option<i64>,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.clone(),
            name: user.name.clone(),
            username: user.username.clone(),
            email: user.email.clone(),
            access_role: user.access_role.as_str(),
            photo: None,
            job_title: user.job_title.clone(),
            manager_id: user.manager.clone(),
            external_directory_id: user.external_directory_id.clone(),
            linked_contact_ids: None,
            created_at: user.created_at,
            deactivated_at: user.deactivated_at,
        }
    }
}

/// A step of the pipeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct StageView {
    /// Built-in stages have readable ids, custom ones UUIDs.
    id: String,
    text: String,
}

impl From<&Stage> for StageView {
    fn from(stage: &Stage) -> Self {
        Self { id: stage.id.clone(), text: stage.text.clone() }
    }
}

/// Why an opportunity is archived.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchiveReasonView {
    id: String,
    text: String,
    status: &'static str,
    /// `hired` or `non-hired`.
    #[serde(rename = "type")]
    kind: &'static str,
}

impl From<&ArchiveReason> for ArchiveReasonView {
    fn from(reason: &ArchiveReason) -> Self {
        Self {
            id: reason.id.clone(),
            text: reason.text.clone(),
            status: if reason.active { "active" } else { "inactive" },
            kind: if reason.hired { "hired" } else { "non-hired" },
        }
    }
}

/// A tag or source, and how many opportunities have it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountView {
    pub text: String,
    pub count: usize,
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookView {
    id: String,
    event: &'static str,
    url: String,
    configuration: WebhookConfiguration,
    verified_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

/// How a webhook is signed and what limits it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookConfiguration {
    /// Not there for events that can't be limited.
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
    /// As the answer to `POST` shows it: with the token its calls are signed with.
    pub fn created(state: &State, hook: &Webhook, mode: TokenMode) -> Self {
        let mut view = Self::from(hook);
        view.configuration.signature_token = Some(state.signing_token(hook, mode).to_owned());
        view
    }
}

impl From<&Webhook> for WebhookView {
    fn from(hook: &Webhook) -> Self {
        let origins = hook.origins.as_deref().unwrap_or(&Origin::ALL);
        Self {
            id: hook.id.clone(),
            event: hook.event.as_str(),
            url: hook.url.clone(),
            configuration: WebhookConfiguration {
                conditions: hook.event.has_conditions().then(|| WebhookConditions {
                    origins: origins.iter().map(|origin| origin.as_str()).collect(),
                }),
                signature_token: None,
            },
            verified_at: hook.verified_at,
            created_at: hook.created_at,
            updated_at: hook.updated_at,
        }
    }
}
