//! Events that stand for another one: what a reconciliation found missing is processed as the webhook
//! that never arrived.

use super::{Event, EventKind};
use serde::{Deserialize, Serialize};

/// The body of such an event.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    stands_for: String,
}

/// The body of an event that stands for a webhook of Lever's.
pub fn body_for(missed: &lever_client::Event) -> Vec<u8> {
    serde_json::to_vec(&Body { stands_for: missed.as_str().to_owned() }).unwrap_or_default()
}

/// Lever's name of the event that this one is processed as: its own, or the one that it stands for.
pub fn processed_as(event: &Event) -> lever_client::Event {
    if event.kind != EventKind::Reconciliation {
        return lever_client::Event::from(event.kind.as_str());
    }
    let body: Body = serde_json::from_slice(&event.body).unwrap_or_default();
    lever_client::Event::from(body.stands_for.as_str())
}
