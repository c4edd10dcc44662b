//! What a delivery is: pure, from its bytes and the tokens that are valid.

use super::tokens::SEVERAL;
use crate::ids::SigningTokenId;
use crate::reasons::Reason;
use crate::time::Timestamp;
use lever_client::{Delivery, DeliveryData, Event, delivery};
use secrecy::{ExposeSecret as _, SecretString};

/// A signing token, opened.
pub struct OpenToken {
    pub id: SigningTokenId,
    /// The token.
    pub secret: SecretString,
    /// Lever's name of the only event that it vouches for; none where it vouches for all.
    pub kind: Option<String>,
    /// What it has verified so far, see [`SigningToken::kind`](super::tokens::SigningToken::kind).
    pub verified_kind: Option<String>,
}

impl OpenToken {
    /// Whether it says something new of the token that it verified an event of this kind.
    pub fn can_learn(&self, kind: &str) -> bool {
        let is_known = |known: &str| known == kind || known == SEVERAL;
        self.kind.is_none() && !self.verified_kind.as_deref().is_some_and(is_known)
    }

    fn vouches_for(&self, event: Option<&Event>) -> bool {
        self.kind.as_deref().is_none_or(|kind| event.is_some_and(|event| event.as_str() == kind))
    }
}

/// What a delivery is.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Genuine, and of a kind that the portal works.
    Event(SigningTokenId),
    /// Genuine, and of a kind that the portal does nothing about.
    Ignored(SigningTokenId, Reason),
    /// A connection check: genuine (or no token is saved yet), and without an opportunity.
    Check(Option<SigningTokenId>),
    /// A connection check of a webhook whose token is not saved yet, and why it is not verified. Each
    /// webhook in Lever has a token of its own, and they are checked in any order.
    CheckUnverified(Reason),
    /// No token is saved yet, so nothing can be said of it.
    Waiting,
    /// An event whose signature is missing or matches no valid token.
    Unsigned(Reason),
    /// Not JSON, or a required field is missing or of the wrong type.
    Malformed(String),
}

/// Reads and judges a delivery that came at this time.
pub fn judge(body: &[u8], tokens: &[OpenToken], at: Timestamp) -> (Verdict, Option<Delivery>) {
    match delivery::parse(body) {
        Ok(delivery) => (judge_parsed(&delivery, tokens, at), Some(delivery)),
        Err(reason) => (Verdict::Malformed(reason.to_string()), None),
    }
}

/// Judges a delivery that was read.
pub fn judge_parsed(delivery: &Delivery, tokens: &[OpenToken], at: Timestamp) -> Verdict {
    if delivery.data != DeliveryData::default()
        && let Err(why) = is_plausible(delivery, at)
    {
        return Verdict::Malformed(why);
    }
    let has_signed = |token: &&OpenToken| delivery.is_signed_by(token.secret.expose_secret().as_bytes());
    let signers: Vec<&OpenToken> = tokens.iter().filter(has_signed).collect();
    let signer = signers.iter().find(|token| token.vouches_for(delivery.event.as_ref()));
    let has_opportunity = delivery.data.opportunity_id.is_some();
    match (signer, delivery.event.as_ref()) {
        // Lever has events that are not about an opportunity; they are no connection checks.
        (Some(token), Some(event @ (Event::ContactCreated | Event::ContactUpdated))) => {
            Verdict::Ignored(token.id, not_ours(event))
        }
        (Some(token), Some(_)) if !has_opportunity && delivery.data != DeliveryData::default() => {
            Verdict::Ignored(token.id, Reason::NobodyNamed)
        }
        // Lever's "Verify Connection" has nothing in `data` (Lever's wire notes §8).
        (Some(token), _) if !has_opportunity => Verdict::Check(Some(token.id)),
        (None, _) if !has_opportunity && tokens.is_empty() => Verdict::Check(None),
        // Whatever way nothing is said of anybody, it is a check and its data are not to blame.
        (None, _) if delivery.data == DeliveryData::default() => {
            Verdict::CheckUnverified(match delivery.signature {
                Some(_) => Reason::CheckTokenNotSaved,
                None => Reason::CheckUnsigned,
            })
        }
        (_, None) => Verdict::Malformed("event is missing".into()),
        (Some(token), Some(event)) if is_processed(event) => Verdict::Event(token.id),
        (Some(token), Some(event)) => Verdict::Ignored(token.id, not_ours(event)),
        (None, Some(_)) if tokens.is_empty() => Verdict::Waiting,
        (None, Some(_)) if delivery.signature.is_none() => Verdict::Unsigned(Reason::Unsigned),
        (None, Some(_)) if !signers.is_empty() => Verdict::Unsigned(Reason::TokenOfAnother),
        (None, Some(_)) => Verdict::Unsigned(Reason::SignatureUnknown),
    }
}

/// What was triggered long ago or is in the future was not delivered by Lever.
fn is_plausible(delivery: &Delivery, at: Timestamp) -> Result<(), String> {
    delivery::plausible(delivery.triggered_at_ms, at.jiff()).map(|_| ()).map_err(|why| why.to_string())
}

fn is_processed(event: &Event) -> bool {
    matches!(
        event,
        Event::ApplicationCreated
            | Event::CandidateStageChange
            | Event::CandidateHired
            | Event::CandidateDeleted
            | Event::CandidateArchiveChange
    )
}

fn not_ours(event: &Event) -> Reason {
    Reason::KindIgnored { kind: event.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lever_client::signature::sign;
    use serde_json::{Value, json};

    /// A second after what these deliveries tell of.
    const NOW: Timestamp = Timestamp(1_795_403_635_284);

    fn tokens(secrets: &[&str]) -> Vec<OpenToken> {
        let open = |secret: &&str| OpenToken {
            id: SigningTokenId::new(),
            secret: SecretString::from(*secret),
            kind: None,
            verified_kind: None,
        };
        secrets.iter().map(open).collect()
    }

    fn body(change: Value, key: Option<&str>) -> Vec<u8> {
        let mut body = json!({
            "id": "d1", "event": "candidateStageChange", "triggeredAt": 1_795_403_634_284_i64, "token": "t1",
            "data": {"opportunityId": "o1"},
        });
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        if let Some(key) = key {
            body["signature"] = sign(key.as_bytes(), "t1", "1795403634284").into();
        }
        body.to_string().into_bytes()
    }

    #[test]
    fn every_kind_of_delivery_has_its_verdict() {
        let saved = tokens(&["old", "new"]);
        let second = saved[1].id;
        let table = [
            (body(json!({}), Some("new")), Verdict::Event(second)),
            (body(json!({"data": null}), Some("new")), Verdict::Check(Some(second))),
            (body(json!({"data": {}, "event": null}), Some("new")), Verdict::Check(Some(second))),
            (body(json!({}), None), Verdict::Unsigned(Reason::Unsigned)),
            (body(json!({}), Some("foreign")), Verdict::Unsigned(Reason::SignatureUnknown)),
            (body(json!({"data": null}), None), Verdict::CheckUnverified(Reason::CheckUnsigned)),
            (
                body(json!({"data": null}), Some("foreign")),
                Verdict::CheckUnverified(Reason::CheckTokenNotSaved),
            ),
            (
                body(json!({"data": {"candidateId": null, "opportunityId": ""}}), Some("foreign")),
                Verdict::CheckUnverified(Reason::CheckTokenNotSaved),
            ),
            (
                body(json!({"data": {"candidateId": "c1"}}), Some("foreign")),
                Verdict::Unsigned(Reason::SignatureUnknown),
            ),
            (
                body(json!({"event": "contactUpdated", "data": {"contactId": "c1"}}), Some("foreign")),
                Verdict::Unsigned(Reason::SignatureUnknown),
            ),
            (body(json!({"data": {}}), None), Verdict::CheckUnverified(Reason::CheckUnsigned)),
            (body(json!({"data": {}, "token": null}), None), Verdict::CheckUnverified(Reason::CheckUnsigned)),
            (
                body(json!({"data": {}}), Some("foreign")),
                Verdict::CheckUnverified(Reason::CheckTokenNotSaved),
            ),
            (
                body(json!({"data": {"candidateId": "c1"}}), Some("new")),
                Verdict::Ignored(saved[1].id, Reason::NobodyNamed),
            ),
        ];
        for (body, expected) in table {
            assert_eq!(judge(&body, &saved, NOW).0, expected, "{}", String::from_utf8_lossy(&body));
        }
    }

    #[test]
    fn before_a_token_is_saved_events_wait_and_checks_pass() {
        assert_eq!(judge(&body(json!({}), Some("any")), &[], NOW).0, Verdict::Waiting);
        assert_eq!(judge(&body(json!({"data": null}), Some("any")), &[], NOW).0, Verdict::Check(None));
        assert!(matches!(judge(b"{}", &[], NOW).0, Verdict::Malformed(_)));
    }

    #[test]
    fn a_token_of_one_kind_vouches_for_no_other() {
        let mut saved = tokens(&["k"]);
        saved[0].kind = Some("candidateHired".into());
        assert_eq!(
            judge(&body(json!({}), Some("k")), &saved, NOW).0,
            Verdict::Unsigned(Reason::TokenOfAnother)
        );
        let hired = body(json!({"event": "candidateHired"}), Some("k"));
        assert_eq!(judge(&hired, &saved, NOW).0, Verdict::Event(saved[0].id));
    }

    #[test]
    fn what_lever_cannot_have_sent_now_is_not_believed() {
        let saved = tokens(&["k"]);
        let day = 86_400_000;
        for (ahead, is_believed) in
            [(-31 * day, false), (-14 * day, true), (60_000, true), (3_600_000, false)]
        {
            let sent = NOW.0 + ahead;
            let signature = sign(b"k", "t1", &sent.to_string());
            let body = body(json!({"triggeredAt": sent, "signature": signature}), None);
            let is_event = matches!(judge(&body, &saved, NOW).0, Verdict::Event(_));
            assert_eq!(is_event, is_believed, "{ahead}");
        }
    }

    #[test]
    fn unknown_events_are_ignored_with_the_reason() {
        let saved = tokens(&["k"]);
        match judge(&body(json!({"event": "offerSigned"}), Some("k")), &saved, NOW).0 {
            Verdict::Ignored(_, reason) => {
                assert_eq!(reason, Reason::KindIgnored { kind: "offerSigned".into() })
            }
            other => panic!("{other:?}"),
        }
    }
}
