//! `/webhooks` (Lever's wire notes §6): made here, they can only be changed here.

use actix_web::HttpResponse;
use actix_web::web::{self, Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::call::{All, ApiError, Body, BodyFailures, Caller, Failures, Single, created};
use crate::sandbox::Shared;
use crate::state::{EventKind, OpError, Origin, WebhookPatch, check_webhook_url};
use crate::views::WebhookView;

const READ: &str = "webhooks:read:admin";
const WRITE: &str = "webhooks:write:admin";

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/webhooks").get(list).post(create).put(update))
        .service(web::resource("/webhooks/{id}").delete(delete));
}

/// All webhooks, also those that people made; they come whole, in no pages.
#[utoipa::path(get, path = "/v1/webhooks", tag = "Webhooks",
    responses((status = 200, body = All<WebhookView>), Failures))]
pub(super) async fn list(lever: Shared, caller: Caller) -> Result<Json<All<WebhookView>>, ApiError> {
    caller.needs(READ)?;
    let state = lever.read();
    Ok(All::of(state.webhooks.hooks.iter().map(WebhookView::from)))
}

/// What limits a webhook.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ConditionsBody {
    #[schema(value_type = Option<Vec<Origin>>)]
    origins: Option<Vec<String>>,
}

/// How a webhook is limited.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ConfigurationBody {
    conditions: Option<ConditionsBody>,
}

impl ConfigurationBody {
    fn origins(self) -> Result<Option<Vec<Origin>>, ApiError> {
        let Some(names) = self.conditions.and_then(|conditions| conditions.origins) else {
            return Ok(None);
        };
        let origins = names.iter().map(|name| {
            Origin::parse(name).ok_or_else(|| ApiError::bad(format!("Origin {name} is not known")))
        });
        origins.collect::<Result<_, _>>().map(Some)
    }
}

fn event(name: &str) -> Result<EventKind, ApiError> {
    EventKind::parse(name).ok_or_else(|| ApiError::bad(format!("Event {name} is not known")))
}

/// A new webhook.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct CreateBody {
    #[schema(value_type = EventKind)]
    event: String,
    #[schema(pattern = "^https?://")]
    url: String,
    configuration: Option<ConfigurationBody>,
}

/// Makes a webhook; the answer has its signing token.
#[utoipa::path(post, path = "/v1/webhooks", tag = "Webhooks", request_body = CreateBody,
    responses((status = 201, body = Single<WebhookView>), Failures, BodyFailures))]
pub(super) async fn create(
    lever: Shared,
    caller: Caller,
    Body(body): Body<CreateBody>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let event = event(&body.event)?;
    check_webhook_url(&body.url, lever.options.allow_http)?;
    let origins = match body.configuration {
        Some(configuration) => configuration.origins()?,
        None => None,
    };
    let now = lever.now();
    let mut state = lever.write();
    let hook = state.add_webhook(event, &body.url, origins, caller.maker(), now)?;
    let nested = lever.switches.get().nested_create;
    Ok(created(&lever, WebhookView::created(&state, &hook, lever.options.token_mode, nested)))
}

/// Changes to one webhook; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct WebhookUpdate {
    id: String,
    #[schema(value_type = Option<EventKind>)]
    event: Option<String>,
    #[schema(pattern = "^https?://")]
    url: Option<String>,
    configuration: Option<ConfigurationBody>,
}

/// Changes to webhooks.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct UpdateBody {
    data: Vec<WebhookUpdate>,
}

/// Changes webhooks that were made here, all or none.
#[utoipa::path(put, path = "/v1/webhooks", tag = "Webhooks", request_body = UpdateBody,
    responses((status = 200, body = All<WebhookView>), Failures, BodyFailures))]
pub(super) async fn update(
    lever: Shared,
    caller: Caller,
    Body(body): Body<UpdateBody>,
) -> Result<Json<All<WebhookView>>, ApiError> {
    caller.needs(WRITE)?;
    let mut patches = Vec::with_capacity(body.data.len());
    for wanted in body.data {
        if let Some(url) = &wanted.url {
            check_webhook_url(url, lever.options.allow_http)?;
        }
        let patch = WebhookPatch {
            event: wanted.event.as_deref().map(event).transpose()?,
            url: wanted.url,
            origins: wanted.configuration.map(ConfigurationBody::origins).transpose()?,
        };
        patches.push((wanted.id, patch));
    }
    let now = lever.now();
    let hooks = lever.write().update_webhooks(patches, &caller.maker(), now)?;
    Ok(All::of(hooks.iter().map(WebhookView::from)))
}

/// Removes a webhook that was made here.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "Webhooks",
    params(("id" = String, Path)),
    responses((status = 204), Failures))]
pub(super) async fn delete(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let done: Result<(), OpError> = lever.write().delete_webhook(&id, &caller.maker());
    done?;
    Ok(HttpResponse::NoContent().finish())
}
