//! What was sent to webhooks, attempt by attempt.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::html::{Frame, Place, Tab, not_found, time_tag};
use super::session::{Posted, SignedIn};
use super::words::event_label;
use crate::delivery::{Attempt, Delivery, DeliveryState};

/// How many deliveries the list shows.
const SHOWN: usize = 100;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/deliveries", web::get().to(list))
        .route("/settings/deliveries/{id}", web::get().to(show))
        .route("/settings/deliveries/{id}/resend", web::post().to(resend));
}

/// A state's word and its colour.
fn in_words(state: DeliveryState) -> (&'static str, &'static str) {
    match state {
        DeliveryState::Waiting => ("Waiting", "wait"),
        DeliveryState::Delivered => ("Delivered", "good"),
        DeliveryState::Failed => ("Given up", "bad"),
        DeliveryState::Withheld => ("Withheld", "wait"),
    }
}

struct Row {
    id: String,
    label: String,
    url: String,
    state: &'static str,
    tone: &'static str,
    attempts: usize,
    at: String,
}

#[derive(Template)]
#[template(path = "settings/deliveries.html")]
struct DeliveriesPage {
    frame: Frame,
    tab: Tab,
    deliveries: Vec<Row>,
}

async fn list(me: SignedIn) -> HttpResponse {
    let now = me.sandbox.now();
    let row = |delivery: Delivery| {
        let (state, tone) = in_words(delivery.state);
        Row {
            label: event_label(delivery.event),
            attempts: delivery.attempts.len(),
            at: time_tag(delivery.created_at, now),
            id: delivery.id,
            url: delivery.url,
            state,
            tone,
        }
    };
    me.page(&DeliveriesPage {
        frame: me.frame(Place::Settings),
        tab: Tab::Deliveries,
        deliveries: me.sandbox.deliveries.newest(SHOWN).into_iter().map(row).collect(),
    })
}

struct AttemptView {
    good: bool,
    outcome: String,
    at: String,
    duration: u64,
}

#[derive(Template)]
#[template(path = "settings/delivery.html")]
struct DeliveryPage {
    frame: Frame,
    id: String,
    label: String,
    url: String,
    state: &'static str,
    tone: &'static str,
    attempts: Vec<AttemptView>,
    next_attempt: Option<String>,
    body: String,
}

fn outcome(attempt: &Attempt) -> String {
    match (attempt.status, &attempt.error) {
        (Some(status), _) => format!("answered {status}"),
        (None, error) => error.clone().unwrap_or_default(),
    }
}

async fn show(me: SignedIn, id: web::Path<String>) -> HttpResponse {
    let Some(delivery) = me.sandbox.deliveries.get(&id) else {
        return not_found("delivery");
    };
    let now = me.sandbox.now();
    let (state, tone) = in_words(delivery.state);
    me.page(&DeliveryPage {
        frame: me.frame(Place::Settings),
        id: delivery.id,
        label: event_label(delivery.event),
        url: delivery.url,
        state,
        tone,
        attempts: delivery
            .attempts
            .iter()
            .map(|attempt| AttemptView {
                good: attempt.succeeded(),
                outcome: outcome(attempt),
                at: time_tag(attempt.time, now),
                duration: attempt.duration_ms,
            })
            .collect(),
        next_attempt: delivery.next_attempt_at.map(|at| time_tag(at, now)),
        body: serde_json::to_string_pretty(&delivery.body).expect("strings, numbers and JSON serialize"),
    })
}

async fn resend(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let to = format!("/settings/deliveries/{id}");
    match posted.sandbox.deliveries.resend(&id).await {
        None => not_found("delivery"),
        Some(attempt) if attempt.succeeded() => posted.done(&to, "Sent again."),
        Some(attempt) => posted.failed(&to, &format!("Sent again: {}.", outcome(&attempt))),
    }
}
