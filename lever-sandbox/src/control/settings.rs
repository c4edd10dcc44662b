//! What an admin does on Lever's settings pages.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::{self, Path};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, Input, created, data};
use super::candidates::acting;
use crate::call::ApiError;
use crate::sandbox::{Sandbox, Shared};
use crate::state::{Code, EventKind, Maker, Origin, State, Webhook, check_webhook_url};

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/webhooks", web::get().to(webhooks))
        .route("/webhooks", web::post().to(add_webhook))
        .route("/webhooks/{id}", web::delete().to(delete_webhook))
        .route("/webhooks/{id}/verify", web::post().to(verify))
        .route("/webhooks/{id}/regenerate", web::post().to(regenerate))
        .route("/regenerate", web::post().to(regenerate_account))
        .route("/events", web::get().to(events))
        .route("/events", web::post().to(set_events))
        .route("/revoke", web::post().to(revoke))
        .route("/expire", web::post().to(expire))
        .route("/tokens", web::post().to(tokens));
}

fn hook_json(lever: &Sandbox, state: &State, hook: &Webhook) -> Value {
    json!({
        "id": hook.id,
        "event": hook.event,
        "url": hook.url,
        "origins": hook.origins,
        "madeBy": if hook.made_by.is_person() { "person" } else { "api" },
        "signatureToken": state.signing_token(hook, lever.options.token_mode),
        "verifiedAt": hook.verified_at,
        "enabled": state.webhooks.enabled.contains(&hook.event),
    })
}

/// `GET /sandbox/webhooks`
async fn webhooks(lever: Shared) -> HttpResponse {
    let state = lever.read();
    let hooks = state.webhooks.hooks.iter();
    let all: Vec<Value> = hooks.map(|hook| hook_json(&lever, &state, hook)).collect();
    data(all)
}

/// A webhook as an admin adds it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    event: EventKind,
    url: String,
    origins: Option<Vec<Origin>>,
    /// Whether a signing token was generated for it; yes when missing.
    signed: Option<bool>,
}

/// `POST /sandbox/webhooks`: made by a person; the event's toggle goes on with it.
async fn add_webhook(lever: Shared, Input(input): Input<NewWebhook>) -> Answer {
    check_webhook_url(&input.url, lever.options.allow_http)?;
    let now = lever.now();
    let mut state = lever.write();
    let person = Maker::Person(state.admin().id.clone());
    let hook = state.add_webhook(input.event, &input.url, input.origins, person, now)?;
    let hook = match input.signed {
        Some(false) => state.unsign_webhook(&hook.id)?,
        _ => hook,
    };
    state.toggle_event(input.event, true);
    Ok(created(hook_json(&lever, &state, &hook)))
}

/// `DELETE /sandbox/webhooks/{id}`, also of one that the API made.
async fn delete_webhook(lever: Shared, id: Path<String>) -> Answer {
    let mut state = lever.write();
    let maker = state.webhook(&id).map(|hook| hook.made_by.clone());
    let maker = maker.ok_or_else(|| ApiError::not_found("Webhook", &id))?;
    state.delete_webhook(&id, &maker)?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /sandbox/webhooks/{id}/verify`: **Verify Connection**.
async fn verify(lever: Shared, id: Path<String>) -> Answer {
    let (url, event, token) = {
        let state = lever.read();
        let hook = state.webhook(&id).ok_or_else(|| ApiError::not_found("Webhook", &id))?;
        let token = state.signing_token(hook, lever.options.token_mode);
        (hook.url.clone(), hook.event, token.map(str::to_owned))
    };
    let attempt = lever.deliveries.verify(&url, event, token.as_deref()).await;
    if attempt.succeeded() {
        lever.write().webhook_verified(&id, lever.now());
    }
    Ok(data(attempt))
}

/// `POST /sandbox/webhooks/{id}/regenerate`: a new token for one webhook.
async fn regenerate(lever: Shared, id: Path<String>) -> Answer {
    let now = lever.now();
    let token = lever.write().regenerate_token(&id, now)?;
    Ok(data(json!({"signatureToken": token})))
}

/// `POST /sandbox/regenerate`: a new token for the account.
async fn regenerate_account(lever: Shared) -> HttpResponse {
    let token = lever.write().regenerate_account_token();
    data(json!({"signatureToken": token}))
}

fn toggles(lever: &Sandbox) -> HttpResponse {
    let state = lever.read();
    let all: BTreeMap<&str, bool> = EventKind::ALL
        .into_iter()
        .map(|event| (event.as_str(), state.webhooks.enabled.contains(&event)))
        .collect();
    data(all)
}

/// `GET /sandbox/events`: which toggles are on.
async fn events(lever: Shared) -> HttpResponse {
    toggles(&lever)
}

/// `POST /sandbox/events {"candidateHired": false, …}`
async fn set_events(lever: Shared, Input(input): Input<BTreeMap<EventKind, bool>>) -> Answer {
    {
        let mut state = lever.write();
        for (event, on) in input {
            state.toggle_event(event, on);
        }
    }
    Ok(toggles(&lever))
}

/// Which app.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Revoke {
    /// All apps when missing.
    client_id: Option<String>,
}

/// `POST /sandbox/revoke`: **Revoke Access**.
async fn revoke(lever: Shared, Input(input): Input<Revoke>) -> Answer {
    let now = lever.now();
    let mut state = lever.write();
    let revoked = match &input.client_id {
        Some(client) => state.grants.revoke_client(client, now),
        None => state.grants.revoke_all(now),
    };
    Ok(data(json!({"revoked": revoked})))
}

/// `POST /sandbox/expire`: the hour of every access token is over.
async fn expire(lever: Shared) -> HttpResponse {
    let now = lever.now();
    data(json!({"expired": lever.write().grants.expire_access(now)}))
}

/// What a token should be good for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTokens {
    client_id: String,
    /// Separated by spaces, as in an authorization request.
    scope: String,
    /// Who grants it, by id or e-mail address; the Super Admin when missing.
    user: Option<String>,
}

/// `POST /sandbox/tokens`: what the consent page and the token endpoint would give.
async fn tokens(lever: Shared, Input(input): Input<NewTokens>) -> Answer {
    let mut clients = lever.options.clients.iter();
    let client = clients
        .find(|client| client.id == input.client_id)
        .ok_or_else(|| ApiError::bad(format!("Client {} was not found", input.client_id)))?;
    let now = lever.now();
    let user = acting(&lever.read(), input.user.as_deref())?;
    let mut state = lever.write();
    let code = Code {
        client_id: client.id.clone(),
        client_name: client.name.clone(),
        redirect_uri: String::new(),
        user,
        scopes: input.scope.split_whitespace().map(str::to_owned).collect(),
        challenge: None,
        created_at: now,
    };
    let tokens = state.let_in(code, lever.issuer(), now);
    Ok(created(json!({
        "access_token": tokens.access,
        "refresh_token": tokens.refresh,
        "scope": tokens.scopes.join(" "),
    })))
}
