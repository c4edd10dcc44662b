//! A delivery that nobody vouches for, as small as it can be kept: what verifying and working need of it.

use super::verdict::OpenToken;
use lever_client::{Delivery, signature};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Bytes of such a delivery. Lever's have about 400; what is larger was not sent by Lever.
const LARGEST: usize = 2_048;

/// Hexadecimal digits of Lever's signature: an HMAC-SHA256.
const SIGNATURE: usize = 64;

/// The fields of a delivery; written as a list, without their names.
#[derive(Debug, Serialize, Deserialize)]
pub struct CompactDelivery {
    token: String,
    /// `triggeredAt` as it was sent: it is signed.
    triggered_at: String,
    signature: String,
    event: String,
    id: Option<String>,
    /// The ids in `data`, in the order of [`DATA`].
    data: [Option<String>; 6],
}

/// The ids in `data` that are kept.
const DATA: [&str; 6] =
    ["opportunityId", "contactId", "candidateId", "applicationId", "fromStageId", "toStageId"];

type AsList = (String, String, String, String, Option<String>, [Option<String>; 6]);

/// Whether a delivery has a signature such as Lever's. Without one no token will ever verify it.
pub fn is_well_signed(delivery: &Delivery) -> bool {
    delivery.signature.as_deref().is_some_and(|text| {
        let text = text.trim();
        text.len() == SIGNATURE && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

impl CompactDelivery {
    /// None when it has no signature such as Lever's, or says more than Lever does.
    pub fn of_delivery(delivery: &Delivery) -> Option<Self> {
        let text = |id: Option<&dyn std::fmt::Display>| id.map(ToString::to_string);
        let data = &delivery.data;
        let compact = Self {
            token: delivery.token.clone(),
            triggered_at: delivery.triggered_at_text.clone(),
            signature: delivery.signature.clone().filter(|_| is_well_signed(delivery))?.trim().to_owned(),
            event: delivery.event.as_ref()?.to_string(),
            id: delivery.id.clone(),
            data: [
                text(data.opportunity_id.as_ref().map(|id| id as _)),
                text(data.contact_id.as_ref().map(|id| id as _)),
                data.candidate_id.clone(),
                text(data.application_id.as_ref().map(|id| id as _)),
                text(data.from_stage_id.as_ref().map(|id| id as _)),
                text(data.to_stage_id.as_ref().map(|id| id as _)),
            ],
        };
        (compact.to_bytes().len() <= LARGEST).then_some(compact)
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let list = (&self.token, &self.triggered_at, &self.signature, &self.event, &self.id, &self.data);
        serde_json::to_vec(&list).unwrap_or_default()
    }

    /// None when it was not kept by [`CompactDelivery::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (token, triggered_at, signature, event, id, data): AsList = serde_json::from_slice(bytes).ok()?;
        Some(Self { token, triggered_at, signature, event, id, data })
    }

    /// Whether one of these tokens signed it: asked before anything else is made of it.
    pub fn is_signed_by_any(&self, tokens: &[OpenToken]) -> bool {
        let has_signed = |token: &OpenToken| {
            let key = token.secret.expose_secret().as_bytes();
            signature::verify(key, &self.token, &self.triggered_at, &self.signature)
        };
        tokens.iter().any(has_signed)
    }

    /// The body of such a delivery.
    pub fn body(&self) -> Vec<u8> {
        let data: serde_json::Map<String, serde_json::Value> = DATA
            .iter()
            .zip(&self.data)
            .filter_map(|(name, id)| Some(((*name).to_owned(), id.as_deref()?.into())))
            .collect();
        let mut body = json!({
            "event": self.event, "triggeredAt": self.triggered_at, "token": self.token,
            "signature": self.signature, "data": data,
        });
        if let Some(id) = &self.id {
            body["id"] = id.as_str().into();
        }
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SigningTokenId;
    use lever_client::delivery;
    use lever_client::signature::sign;

    #[test]
    fn what_is_kept_is_verified_and_worked_as_what_came() {
        let signature = sign(b"key", "t1", "1795403634284");
        let body = json!({
            "id": "d1", "event": "candidateStageChange", "triggeredAt": 1_795_403_634_284_i64, "token": "t1",
            "signature": signature, "more": "x".repeat(100_000),
            "data": {"opportunityId": "o1", "contactId": "c1", "fromStageId": "s1", "toStageId": "s2"},
        });
        let came = delivery::parse(body.to_string().as_bytes()).expect("a delivery");
        let kept = CompactDelivery::of_delivery(&came).expect("it is signed").to_bytes();
        assert!(kept.len() < 200, "{}", kept.len());
        let kept = CompactDelivery::from_bytes(&kept).expect("it was kept");
        let token = |key: &str| OpenToken {
            id: SigningTokenId::new(),
            secret: key.into(),
            kind: None,
            verified_kind: None,
        };
        assert!(kept.is_signed_by_any(&[token("other"), token("key")]));
        assert!(!kept.is_signed_by_any(&[token("other")]));
        assert_eq!(delivery::parse(&kept.body()).expect("a delivery"), came);
    }

    #[test]
    fn what_no_token_can_verify_is_not_kept() {
        for signature in ["", "00", "not hexadecimal"] {
            let body = json!({"event": "candidateHired", "triggeredAt": 1_795_403_634_284_i64, "token": "t",
                "signature": signature, "data": {"opportunityId": "o"}});
            assert!(
                CompactDelivery::of_delivery(
                    &delivery::parse(body.to_string().as_bytes()).expect("a delivery")
                )
                .is_none()
            );
        }
    }
}
