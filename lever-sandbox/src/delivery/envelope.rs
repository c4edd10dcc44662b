//! What a delivery says (Lever's wire notes §6).

use serde::Serialize;
use serde_json::{Value, json};

use super::signature::sign;
use crate::draw::Draw;
use crate::state::EventKind;

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
            token: draw.hex(24),
            signature: None,
            data,
        }
    }

    /// Signs with this signing token.
    pub(super) fn sign(&mut self, signing_token: &str) {
        self.signature = Some(sign(signing_token, &self.token, self.triggered_at));
    }
}

/// The JSON object that Verify Connection posts, fields in Lever's order: no `id`, and nothing in
/// `data`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Check {
    triggered_at: i64,
    event: &'static str,
    data: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    token: String,
}

impl Check {
    /// A new call, signed when there is a signing token.
    pub(super) fn new(
        draw: &mut Draw,
        kind: EventKind,
        signing_token: Option<&str>,
        triggered_at: i64,
    ) -> Self {
        let token = draw.hex(24);
        let signature = signing_token.map(|key| sign(key, &token, triggered_at));
        Self { triggered_at, event: kind.as_str(), data: json!({}), signature, token }
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
    /// Of 202 bytes, as Lever's documentation prints its length.
    #[test]
    fn a_check_is_lever_s_to_the_byte() {
        let check = Check::new(&mut Draw::new(1), EventKind::CandidateHired, Some("key"), 1_431_458_021_951);
        let text = serde_json::to_string(&check).expect("serializes");
        assert_eq!(text.len(), 202);
        assert!(
            text.starts_with(
                r#"{"triggeredAt":1431458021951,"event":"candidateHired","data":{},"signature":""#
            )
        );
        assert!(text.contains(r#"","token":""#));
        let bare = Check::new(&mut Draw::new(1), EventKind::CandidateHired, None, 1);
        assert!(!serde_json::to_string(&bare).expect("serializes").contains("signature"));
    }
}
