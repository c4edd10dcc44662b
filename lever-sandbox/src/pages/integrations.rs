//! Settings, Integrations and API: the tabs Authorized Apps and API Credentials.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::consent::ScopeView;
use super::html::{Frame, Place, Tab, not_found, time_tag};
use super::session::{Posted, SignedIn};
use super::webhooks;
use crate::state::{ApiKey, Grant, State};

const APPS: &str = "/settings/integrations?tab=apps";
const CREDENTIALS: &str = "/settings/integrations?tab=credentials";

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::redirect("/settings", "/settings/integrations").using_status_code(StatusCode::SEE_OTHER),
    )
    .route("/settings/integrations", web::get().to(show))
    .service(web::resource("/settings/integrations/apps/{id}/revoke").get(ask_to_revoke).post(revoke))
    .route("/settings/integrations/keys", web::post().to(create_key))
    .route("/settings/integrations/keys/{id}/delete", web::post().to(delete_key));
}

#[derive(Deserialize)]
struct TabQuery {
    #[serde(default)]
    tab: String,
}

async fn show(me: SignedIn, query: web::Query<TabQuery>) -> HttpResponse {
    match query.tab.as_str() {
        "apps" => apps(&me),
        "credentials" => me.page(&credentials(&me, None)),
        _ => webhooks::show(&me),
    }
}

struct AppView {
    id: String,
    name: String,
    by: String,
    at: String,
    scopes: Vec<ScopeView>,
}

#[derive(Template)]
#[template(path = "settings/apps.html")]
struct AppsPage {
    frame: Frame,
    tab: Tab,
    apps: Vec<AppView>,
}

/// The newest grant of each app that has access, newest first.
fn granted(state: &State) -> Vec<&Grant> {
    let mut newest: Vec<&Grant> = Vec::new();
    let mut grants: Vec<&Grant> = state.grants.active().collect();
    grants.reverse();
    for grant in grants {
        if newest.iter().all(|seen| seen.client_id != grant.client_id) {
            newest.push(grant);
        }
    }
    newest
}

fn apps(me: &SignedIn) -> HttpResponse {
    let now = me.sandbox.now();
    let apps = {
        let state = me.sandbox.read();
        granted(&state)
            .into_iter()
            .map(|grant| AppView {
                id: grant.client_id.clone(),
                name: grant.client_name.clone(),
                by: state
                    .user(&grant.user)
                    .map_or_else(|| "a former user".to_owned(), |user| user.name.clone()),
                at: time_tag(grant.created_at, now),
                scopes: ScopeView::all(&grant.scopes),
            })
            .collect()
    };
    me.page(&AppsPage { frame: me.frame(Place::Settings), tab: Tab::Apps, apps })
}

#[derive(Template)]
#[template(path = "settings/revoke.html")]
struct RevokePage {
    frame: Frame,
    id: String,
    name: String,
}

async fn ask_to_revoke(me: SignedIn, id: web::Path<String>) -> HttpResponse {
    let name = granted(&me.sandbox.read())
        .into_iter()
        .find(|grant| grant.client_id == *id)
        .map(|grant| grant.client_name.clone());
    match name {
        Some(name) => me.page(&RevokePage { frame: me.frame(Place::Settings), id: id.into_inner(), name }),
        None => not_found("app"),
    }
}

async fn revoke(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let now = posted.sandbox.now();
    let ended = posted.sandbox.write().grants.revoke_client(&id, now);
    if ended == 0 {
        return posted.failed(APPS, "This app no longer had access.");
    }
    posted.done(APPS, "Access revoked. The app’s tokens no longer work.")
}

struct KeyView {
    id: String,
    name: String,
    masked: String,
    at: String,
}

#[derive(Template)]
#[template(path = "settings/credentials.html")]
struct CredentialsPage {
    frame: Frame,
    tab: Tab,
    fresh: Option<String>,
    keys: Vec<KeyView>,
}

fn credentials(me: &SignedIn, fresh: Option<String>) -> CredentialsPage {
    let now = me.sandbox.now();
    let keys = me
        .sandbox
        .read()
        .api_keys
        .iter()
        .map(|key| KeyView {
            id: key.id.clone(),
            name: key.name.clone(),
            masked: format!("…{}", key.key.get(key.key.len().saturating_sub(4)..).unwrap_or_default()),
            at: time_tag(key.created_at, now),
        })
        .collect();
    CredentialsPage { frame: me.frame(Place::Settings), tab: Tab::Credentials, fresh, keys }
}

/// Answers with the page itself: the new key is shown this once and is in no URL or cookie.
async fn create_key(posted: Posted) -> HttpResponse {
    let name = posted.get("name");
    if name.is_empty() {
        return posted.failed(CREDENTIALS, "A key needs a name that tells what it is for.");
    }
    let key = {
        let now = posted.sandbox.now();
        let mut state = posted.sandbox.write();
        let (id, key) = (state.draw.uuid(), state.draw.code(43));
        state.api_keys.push(ApiKey {
            id,
            name: name.to_owned(),
            key: key.clone(),
            confidential: false,
            created_at: now,
        });
        key
    };
    let me = posted.signed_in();
    me.page(&credentials(me, Some(key)))
}

async fn delete_key(posted: Posted, id: web::Path<String>) -> HttpResponse {
    posted.sandbox.write().api_keys.retain(|key| key.id != *id);
    posted.done(CREDENTIALS, "Key deleted. Scripts that use it no longer get an answer.")
}
