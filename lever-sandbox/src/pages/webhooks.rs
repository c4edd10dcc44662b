//! The Webhooks tab: where events are sent, their switches and signing tokens.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::html::{Frame, Place, Tab, not_found};
use super::session::{Posted, SignedIn};
use super::words::{EVENTS, USUAL_EVENTS, event_in_words};
use crate::options::TokenMode;
use crate::state::{EventKind, Maker, OpError, Origin, State, Webhook, WebhookPatch, check_webhook_url};

const HERE: &str = "/settings/integrations";

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/integrations/webhooks", web::post().to(add))
        .route("/settings/integrations/webhooks/several", web::post().to(add_several))
        .route("/settings/integrations/webhooks/{id}/verify", web::post().to(verify))
        .route("/settings/integrations/webhooks/{id}/remove", web::post().to(remove))
        .route("/settings/integrations/webhooks/{id}/origins", web::post().to(set_origins))
        .route("/settings/integrations/webhooks/{id}/token", web::post().to(regenerate))
        .route("/settings/integrations/events/{event}/switch", web::post().to(switch))
        .route("/settings/integrations/token", web::post().to(regenerate_for_account));
}

struct HookView {
    id: String,
    url: String,
    by_api: bool,
    made_by: Option<String>,
    verified: bool,
    failure: Option<String>,
    origins: String,
    choices: Vec<(&'static str, bool)>,
    token: Option<String>,
}

struct EventView {
    name: &'static str,
    label: &'static str,
    words: &'static str,
    on: bool,
    conditional: bool,
    usual: bool,
    webhooks: Vec<HookView>,
    open: bool,
    typed: String,
    wrong: Option<String>,
}

/// A URL that was not taken, to be shown again where it was typed.
struct Slip {
    event: EventKind,
    typed: String,
    wrong: String,
}

#[derive(Template)]
#[template(path = "settings/webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    tab: Tab,
    problems: Vec<String>,
    events: Vec<EventView>,
    origins: Vec<&'static str>,
    account_token: Option<String>,
}

/// The tab as it stands.
pub(super) fn show(me: &SignedIn) -> HttpResponse {
    me.page(&page(me, None, Vec::new()))
}

fn page(me: &SignedIn, slip: Option<&Slip>, problems: Vec<String>) -> WebhooksPage {
    let frame = me.frame(Place::Settings);
    let mode = me.sandbox.options.token_mode;
    let state = me.sandbox.read();
    let events = EVENTS
        .into_iter()
        .enumerate()
        .map(|(index, event)| {
            let slip = slip.filter(|slip| slip.event == event);
            EventView {
                name: event.as_str(),
                label: event.title(),
                words: event_in_words(event),
                on: state.webhooks.enabled.contains(&event),
                conditional: event.has_conditions(),
                usual: index < USUAL_EVENTS,
                webhooks: state
                    .webhooks
                    .hooks
                    .iter()
                    .filter(|hook| hook.event == event)
                    .map(|hook| hook_view(me, &state, hook, &frame))
                    .collect(),
                open: slip.is_some(),
                typed: slip.map(|slip| slip.typed.clone()).unwrap_or_default(),
                wrong: slip.map(|slip| slip.wrong.clone()),
            }
        })
        .collect();
    WebhooksPage {
        tab: Tab::Webhooks,
        problems,
        events,
        origins: Origin::ALL.map(Origin::as_str).to_vec(),
        account_token: (mode == TokenMode::Account).then(|| state.webhooks.account_token.clone()),
        frame,
    }
}

fn hook_view(me: &SignedIn, state: &State, hook: &Webhook, frame: &Frame) -> HookView {
    let by_api = !hook.made_by.is_person();
    let wanted = |origin: &Origin| hook.origins.as_ref().is_none_or(|origins| origins.contains(origin));
    let ticked: Vec<&str> =
        Origin::ALL.iter().filter(|origin| wanted(origin)).map(|origin| origin.as_str()).collect();
    HookView {
        id: hook.id.clone(),
        url: hook.url.clone(),
        by_api,
        made_by: maker_name(me, state, &hook.made_by),
        verified: hook.verified_at.is_some(),
        failure: frame.flash.as_ref().filter(|flash| flash.about == hook.id).map(|flash| flash.text.clone()),
        origins: if ticked.len() == Origin::ALL.len() { "all".to_owned() } else { ticked.join(", ") },
        choices: Origin::ALL.iter().map(|origin| (origin.as_str(), wanted(origin))).collect(),
        // An app was given its token by the API's answer; a person has nothing to do with it.
        token: (me.sandbox.options.token_mode == TokenMode::PerWebhook && !by_api)
            .then(|| hook.signature_token.clone())
            .flatten(),
    }
}

fn maker_name(me: &SignedIn, state: &State, maker: &Maker) -> Option<String> {
    let Maker::Api(id) = maker else { return None };
    let app = me.sandbox.options.clients.iter().find(|client| client.id == *id);
    let key = state.api_keys.iter().find(|key| key.id == *id);
    app.map(|app| app.name.clone()).or_else(|| key.map(|key| format!("API key {}", key.name)))
}

fn at(event: EventKind) -> String {
    format!("{HERE}#{}", event.as_str())
}

/// Says what is wrong with a URL in words for the field's side.
fn check_url(posted: &Posted, url: &str) -> Result<(), String> {
    check_webhook_url(url, posted.sandbox.options.allow_http).map_err(|_| {
        if url.starts_with("http://") {
            "Lever calls HTTPS addresses only: begin with https://.".to_owned()
        } else {
            "This is not a full address. It begins with https:// and names a host.".to_owned()
        }
    })
}

/// The ticked origins; `None` when all are, or when the event has no such condition.
fn ticked(posted: &Posted, event: EventKind) -> Result<Option<Vec<Origin>>, String> {
    if !event.has_conditions() {
        return Ok(None);
    }
    let origins: Vec<Origin> = posted.all("origin").filter_map(Origin::parse).collect();
    match origins.len() {
        0 => Err("Tick at least one origin, or no candidate would ever match.".to_owned()),
        all if all >= Origin::ALL.len() => Ok(None),
        _ => Ok(Some(origins)),
    }
}

/// Adds a webhook; the event's first one turns its switch on.
fn add_one(posted: &Posted, event: EventKind, url: &str, origins: Option<Vec<Origin>>) -> Result<(), String> {
    let now = posted.sandbox.now();
    let mut state = posted.sandbox.write();
    let twin = |hook: &Webhook| hook.made_by.is_person() && hook.event == event && hook.url == url;
    if state.webhooks.hooks.iter().any(twin) {
        return Err("This event already goes to that URL.".to_owned());
    }
    let maker = Maker::Person(posted.user.id.clone());
    state.add_webhook(event, url, origins, maker, now).map_err(|error| error.to_string())?;
    state.toggle_on_by_adding(event);
    Ok(())
}

async fn add(posted: Posted) -> HttpResponse {
    let Some(event) = EventKind::parse(posted.get("event")) else {
        return not_found("event");
    };
    let url = posted.get("url");
    let added = check_url(&posted, url)
        .and_then(|()| ticked(&posted, event))
        .and_then(|origins| add_one(&posted, event, url, origins));
    match added {
        Ok(()) => posted.done(&at(event), &format!("Webhook for {} added.", event.title())),
        Err(wrong) => {
            let slip = Slip { event, typed: url.to_owned(), wrong: wrong.clone() };
            let problem = format!("{}: {wrong}", event.title());
            let page = page(posted.signed_in(), Some(&slip), vec![problem]);
            posted.signed_in().page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

async fn add_several(posted: Posted) -> HttpResponse {
    let url = posted.get("url");
    let events: Vec<EventKind> = posted.all("event").filter_map(EventKind::parse).collect();
    let mut problems = Vec::new();
    if events.is_empty() {
        problems.push("Tick at least one event.".to_owned());
    }
    match check_url(&posted, url) {
        Err(wrong) => problems.push(wrong),
        Ok(()) => {
            for event in &events {
                if let Err(wrong) = add_one(&posted, *event, url, None) {
                    problems.push(format!("{}: {wrong}", event.title()));
                }
            }
        }
    }
    if problems.is_empty() {
        return posted.done(HERE, &format!("Added to {} events.", events.len()));
    }
    let page = page(posted.signed_in(), None, problems);
    posted.signed_in().page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn verify(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let target = {
        let state = posted.sandbox.read();
        let mode = posted.sandbox.options.token_mode;
        state
            .webhook(&id)
            .map(|hook| (hook.event, hook.url.clone(), state.signing_token(hook, mode).map(str::to_owned)))
    };
    let Some((event, url, token)) = target else {
        return not_found("webhook");
    };
    let attempt = posted.sandbox.deliveries.verify(&url, event, token.as_deref()).await;
    if attempt.succeeded() {
        let now = posted.sandbox.now();
        posted.sandbox.write().webhook_verified(&id, now);
        return posted.done(&at(event), &format!("{}: Verified.", event.title()));
    }
    let why = match (attempt.status, attempt.error) {
        (Some(status), _) => format!("the URL answered {status} instead of a 2xx."),
        (None, error) => format!("{}.", error.unwrap_or_default()),
    };
    posted.failed_about(&at(event), &id, &why)
}

/// Does something to a webhook as a person, and goes back to its event.
fn edit<T>(
    posted: &Posted,
    id: &str,
    done: &str,
    operation: impl FnOnce(&mut State, &Maker, i64) -> Result<T, OpError>,
) -> HttpResponse {
    let now = posted.sandbox.now();
    let mut state = posted.sandbox.write();
    let Some(event) = state.webhook(id).map(|hook| hook.event) else {
        return not_found("webhook");
    };
    match operation(&mut state, &Maker::Person(posted.user.id.clone()), now) {
        Ok(_) => posted.done(&at(event), done),
        Err(error) => posted.failed(&at(event), &format!("{error}.")),
    }
}

async fn remove(posted: Posted, id: web::Path<String>) -> HttpResponse {
    edit(&posted, &id, "Webhook removed.", |state, me, _| state.delete_webhook(&id, me))
}

async fn set_origins(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let event = posted.sandbox.read().webhook(&id).map(|hook| hook.event);
    let Some(event) = event else {
        return not_found("webhook");
    };
    match ticked(&posted, event) {
        Ok(origins) => edit(&posted, &id, "Origins saved.", |state, me, now| {
            let patch = WebhookPatch { origins: Some(origins), ..WebhookPatch::default() };
            state.update_webhook(&id, patch, me, now)
        }),
        Err(wrong) => posted.failed(&at(event), &wrong),
    }
}

async fn regenerate(posted: Posted, id: web::Path<String>) -> HttpResponse {
    edit(&posted, &id, "New signing token. The old one is no longer used.", |state, _, now| {
        match state.webhook(&id) {
            Some(hook) if !hook.made_by.is_person() => {
                Err(OpError::Forbidden("A webhook made through the API can only be changed there".into()))
            }
            _ => state.regenerate_token(&id, now),
        }
    })
}

async fn regenerate_for_account(posted: Posted) -> HttpResponse {
    posted.sandbox.write().regenerate_account_token();
    let to = format!("{HERE}#signing-token");
    posted.done(&to, "New signing token. The old one is no longer used.")
}

async fn switch(posted: Posted, event: web::Path<String>) -> HttpResponse {
    let Some(event) = EventKind::parse(&event) else {
        return not_found("event");
    };
    let on = posted.get("on") == "true";
    posted.sandbox.write().toggle_event(event, on);
    let said = if on { "is on: its webhooks are called." } else { "is off: none of its webhooks is called." };
    posted.done(&at(event), &format!("{} {said}", event.title()))
}
