//! A webhook as the API knows it (Lever's wire notes §6).

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;

use crate::types::ids::WebhookId;
use crate::types::lenient;
use crate::types::vocabulary::{Event, Origin};

/// A webhook. It can't be serialized, since it holds its signing token.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Wire")]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// What it tells of.
    pub event: Option<Event>,
    /// Where it is sent, exactly as Lever keeps it.
    pub url: Option<String>,
    /// The origins it is limited to; empty where it has no such condition.
    pub origins: Vec<Origin>,
    /// The key that signs its deliveries, given when it is made.
    pub signature_token: Option<SecretString>,
    /// When its address was verified.
    pub verified_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: WebhookId,
    #[serde(default, deserialize_with = "lenient::or_default")]
    event: Option<Event>,
    #[serde(default, deserialize_with = "lenient::exact")]
    url: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    configuration: Configuration,
    #[serde(default, with = "lenient::millis")]
    verified_at: Option<Timestamp>,
    #[serde(default, with = "lenient::millis")]
    created_at: Option<Timestamp>,
    #[serde(default, with = "lenient::millis")]
    updated_at: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    #[serde(default, deserialize_with = "lenient::or_default")]
    conditions: Conditions,
    #[serde(default, deserialize_with = "lenient::exact")]
    signature_token: Option<String>,
}

#[derive(Default, Deserialize)]
struct Conditions {
    #[serde(default, deserialize_with = "lenient::list")]
    origins: Vec<Origin>,
}

impl From<Wire> for Webhook {
    fn from(wire: Wire) -> Self {
        Self {
            id: wire.id,
            event: wire.event,
            url: wire.url,
            origins: wire.configuration.conditions.origins,
            signature_token: wire.configuration.signature_token.map(SecretString::from),
            verified_at: wire.verified_at,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
        }
    }
}
