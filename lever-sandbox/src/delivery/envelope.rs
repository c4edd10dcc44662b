//! What a delivery says (Lever's wire notes §6).

use serde::Serialize;
use serde_json::{Value, json};

use super::signature::sign;
use crate::state::{Draw, EventKind};

/// The JSON object that is posted to a webhook's URL, fields in Lever's order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// Names this delivery; a retry has the same.
    pub id: String,
    /// The event's name on the wire.
    pub event: &'static str,
    /// When the event happened, in ms UTC by the sandbox's clock.
    pub triggered_at: i64,
    /// Random, new for each delivery.
    pub token: String,
    /// Over `token` and `triggered_at`; left out only when a fault asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// What the event is about.
    pub data: Value,
}

impl Envelope {
    /// A new, unsigned envelope.
    pub(super) fn new(draw: &mut Draw, kind: EventKind, data: Value, triggered_at: i64) -> Self {
        Self {
            id: draw.uuid(),
            event: kind.as_str(),
            triggered_at,
            token: draw.hex(32),
            signature: None,
            data,
        }
    }

    /// The call that Verify Connection makes: an event about no opportunity.
    pub(super) fn check(draw: &mut Draw, kind: EventKind, triggered_at: i64) -> Self {
        Self::new(draw, kind, json!({}), triggered_at)
    }

    /// Signs with this signing token.
    pub(super) fn sign(&mut self, signing_token: &str) {
        self.signature = Some(sign(signing_token, &self.token, self.triggered_at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_lever_s_fields_in_lever_s_order() {
        let envelope = Envelope {
            id: "8f3c".into(),
            event: EventKind::CandidateStageChange.as_str(),
            triggered_at: 1_795_403_634_284,
            token: "3563".into(),
            signature: Some("a621".into()),
            data: json!({"opportunityId": "o"}),
        };
        assert_eq!(
            serde_json::to_string(&envelope).expect("serializes"),
            r#"{"id":"8f3c","event":"candidateStageChange","triggeredAt":1795403634284,"token":"3563","signature":"a621","data":{"opportunityId":"o"}}"#
        );
    }
}
