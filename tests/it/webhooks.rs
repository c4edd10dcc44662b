//! Lever's door: every row of the table of answers, and what bad input gets.

mod by_hand;

use crate::support::lever::{events, unconnected};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::events::State as EventState;
use alva_portal::ids::IntegrationId;
use alva_portal::integrations::signing::{catch_up, tokens};
use alva_portal::integrations::{SigningToken, State};
use alva_portal::people::Role;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;

const TOKEN: &str = "the-signing-token";

/// When this test's deliveries were triggered: once, so that a repeated one is the same.
static AT: std::sync::LazyLock<i64> = std::sync::LazyLock::new(|| alva_portal::time::Timestamp::now().0);

/// Lever's signature, computed here from Lever's description and not by the portal's code: lower-case
/// hex of HMAC-SHA256 over the token followed by the time.
fn sign(key: &str, token: &str, at: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(token.as_bytes());
    mac.update(at.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// A move to another stage, signed.
fn delivery(key: &str, token: &str) -> Value {
    json!({
        "id": format!("id-{token}"), "event": "candidateStageChange", "triggeredAt": *AT, "token": token,
        "signature": sign(key, token, &AT.to_string()),
        "data": {"opportunityId": "o1", "contactId": "c1", "candidateId": "o1", "fromStageId": "lead-new", "toStageId": "s2"},
    })
}

fn with(mut delivery: Value, change: Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(delivery.as_object_mut().unwrap().remove(name)),
            value => delivery[name] = value.clone(),
        }
    }
    delivery
}

struct Intake<'p> {
    portal: &'p Portal,
    integration: IntegrationId,
}

impl<'p> Intake<'p> {
    async fn of(portal: &'p Portal, state: State, tokens: &[&str]) -> Self {
        let company = portal.company("Acme Inc").await;
        portal.person(&company, "ada@acme.example", Role::Admin).await;
        Self { portal, integration: unconnected(portal, &company, state, tokens).await }
    }

    async fn send_bytes(&self, body: impl Into<reqwest::Body>) -> reqwest::Response {
        let url = self.portal.running.url.join(&format!("/webhooks/lever/key-{}", self.integration)).unwrap();
        let request = reqwest::Client::new().post(url).header("content-type", "application/json");
        request.body(body).send().await.unwrap()
    }

    async fn send(&self, body: &Value) -> u16 {
        self.send_bytes(body.to_string()).await.status().as_u16()
    }

    async fn states(&self) -> Vec<EventState> {
        events(self.portal, &self.integration).await.into_iter().map(|event| event.state).collect()
    }
}

on_both_databases!(Portal::start => a_signed_event_is_kept_once);
async fn a_signed_event_is_kept_once(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &["another", TOKEN]).await;
    assert_eq!(door.send(&delivery(TOKEN, "t1")).await, 200);
    assert_eq!(door.send(&delivery(TOKEN, "t1")).await, 200, "a retry repeats the token");
    let kept = events(&portal, &door.integration).await;
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].state, kept[0].duplicates), (EventState::Queued, 1));
    assert_eq!(kept[0].opportunity_id.as_deref(), Some("o1"));
    assert_eq!(kept[0].body, delivery(TOKEN, "t1").to_string().into_bytes(), "exactly as it came");
    assert!(kept[0].signing_token_id.is_some());
}

on_both_databases!(Portal::start => each_case_has_its_answer);
async fn each_case_has_its_answer(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &[TOKEN]).await;
    let signed = delivery(TOKEN, "t");
    for (what, body, status, state) in [
        ("a foreign signature", delivery("foreign", "a"), 401, EventState::Quarantined),
        (
            "no signature",
            with(delivery(TOKEN, "b"), json!({"signature": null})),
            401,
            EventState::Quarantined,
        ),
        ("signed, without data", with(delivery(TOKEN, "c"), json!({"data": null})), 200, EventState::Check),
        (
            "signed, without an opportunity",
            with(delivery(TOKEN, "d"), json!({"data": {}})),
            200,
            EventState::Check,
        ),
        (
            "unsigned, without data",
            with(delivery(TOKEN, "e"), json!({"data": null, "signature": null})),
            200,
            EventState::Check,
        ),
        (
            "about somebody who is not named, with a foreign signature",
            with(delivery("foreign", "o"), json!({"data": {"candidateId": "c1"}})),
            401,
            EventState::Quarantined,
        ),
        ("a number as id", with(delivery(TOKEN, "p"), json!({"id": 5})), 200, EventState::Queued),
        (
            "nothing but the opportunity that can be read",
            with(
                delivery(TOKEN, "q"),
                json!({"data": {"opportunityId": "o1", "contactId": "a\u{0}b", "applicationId": "x".repeat(130),
                    "fromStageId": 7, "toStageId": "../x", "deletedBy": {}}}),
            ),
            200,
            EventState::Queued,
        ),
        (
            "an event that nobody knows",
            with(delivery(TOKEN, "f"), json!({"event": "offerSigned"})),
            200,
            EventState::Ignored,
        ),
        ("no token", with(signed.clone(), json!({"token": null})), 400, EventState::Malformed),
        ("no time", with(signed.clone(), json!({"triggeredAt": null})), 400, EventState::Malformed),
        ("a number as event", with(delivery(TOKEN, "g"), json!({"event": 7})), 400, EventState::Malformed),
        ("text as data", with(delivery(TOKEN, "h"), json!({"data": "o1"})), 400, EventState::Malformed),
        (
            "a number as opportunity",
            with(delivery(TOKEN, "i"), json!({"data": {"opportunityId": 7}})),
            400,
            EventState::Malformed,
        ),
        (
            "the time as text",
            with(delivery(TOKEN, "j"), json!({"triggeredAt": AT.to_string()})),
            200,
            EventState::Queued,
        ),
        (
            "a time long past",
            with(delivery(TOKEN, "k"), json!({"triggeredAt": 1, "signature": sign(TOKEN, "k", "1")})),
            400,
            EventState::Malformed,
        ),
        (
            "a time far ahead",
            with(
                delivery(TOKEN, "l"),
                json!({"triggeredAt": 9_999_999_999_999_i64, "signature": sign(TOKEN, "l", "9999999999999")}),
            ),
            400,
            EventState::Malformed,
        ),
        (
            "an upper-case signature with a space",
            with(
                delivery(TOKEN, "m"),
                json!({"signature": format!(" {} ", sign(TOKEN, "m", &AT.to_string()).to_uppercase())}),
            ),
            200,
            EventState::Queued,
        ),
    ] {
        assert_eq!(door.send(&body).await, status, "{what}");
        let last = events(&portal, &door.integration).await.pop().unwrap();
        assert_eq!(last.state, state, "{what}");
        assert_eq!(i32::from(status), last.answered_status, "{what}");
        assert_eq!(last.reason.is_none(), state == EventState::Queued, "{what}: {}", last.reason);
    }
}

on_both_databases!(Portal::start => bytes_that_are_no_delivery_are_answered_and_logged);
async fn bytes_that_are_no_delivery_are_answered_and_logged(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &[TOKEN]).await;
    let twice =
        r#"{"token":"a","token":"b","triggeredAt":1,"event":"candidateHired","data":{"opportunityId":"o"}}"#;
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let bodies: Vec<Vec<u8>> = vec![
        vec![],
        b"{".to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        vec![0xff, 0xfe, b'{', b'}'],
        twice.into(),
        deep.into_bytes(),
        format!(r#"{{"x":{}}}"#, "{\"y\":".repeat(500)).into_bytes(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        let answer = door.send_bytes(body).await;
        assert_eq!(answer.status(), 400, "{shown}");
        let told: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert!(!told["message"].as_str().unwrap().is_empty(), "{shown}");
    }
    assert!(door.states().await.iter().all(|state| *state == EventState::Malformed));
}

on_both_databases!(Portal::start => the_largest_body_is_256_kib);
async fn the_largest_body_is_256_kib(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &[TOKEN]).await;
    let filled = |size: usize, token: &str| {
        let mut body = delivery(TOKEN, token);
        body["padding"] = "".into();
        body["padding"] = "x".repeat(size - body.to_string().len()).into();
        let text = body.to_string();
        assert_eq!(text.len(), size);
        text
    };
    assert_eq!(door.send_bytes(filled(256 * 1024, "fits")).await.status(), 200);
    assert_eq!(door.send_bytes(filled(256 * 1024 + 1, "over")).await.status(), 413);
    assert_eq!(door.states().await, [EventState::Queued]);
}

on_both_databases!(Portal::start => before_a_token_is_saved_everything_is_answered_200_and_nothing_is_done);
async fn before_a_token_is_saved_everything_is_answered_200_and_nothing_is_done(portal: Portal) {
    let door = Intake::of(&portal, State::SettingUp, &[]).await;
    assert_eq!(door.send(&delivery("not known yet", "t1")).await, 200);
    assert_eq!(door.send(&with(delivery("not known yet", "t2"), json!({"data": null}))).await, 200);
    assert_eq!(door.states().await, [EventState::Waiting, EventState::Check]);
}

on_both_databases!(Portal::start => a_retry_is_verified_by_a_token_saved_meanwhile);
async fn a_retry_is_verified_by_a_token_saved_meanwhile(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &["old"]).await;
    assert_eq!(door.send(&delivery("new", "t1")).await, 401);
    assert_eq!(door.states().await, [EventState::Quarantined]);
    let (id, sealer) = (door.integration, portal.sealer());
    portal
        .write(move |conn| {
            use alva_portal::integrations::SigningToken;
            use alva_portal::integrations::signing::tokens;
            Ok(tokens::add(conn, &SigningToken::new(&id, &"new".to_owned().into(), &sealer))?)
        })
        .await;
    assert_eq!(door.send(&delivery("new", "t1")).await, 200);
    assert_eq!(door.states().await, [EventState::Queued]);
}

on_both_databases!(Portal::start => an_address_that_is_not_there_or_no_more);
async fn an_address_that_is_not_there_or_no_more(portal: Portal) {
    let door = Intake::of(&portal, State::Disconnected, &[TOKEN]).await;
    assert_eq!(door.send(&delivery(TOKEN, "t1")).await, 410);
    assert!(door.states().await.is_empty());
    let url = portal.running.url.join("/webhooks/lever/nobody").unwrap();
    let body = delivery(TOKEN, "t1").to_string();
    assert_eq!(reqwest::Client::new().post(url.clone()).body(body).send().await.unwrap().status(), 404);
    assert_eq!(reqwest::get(url).await.unwrap().status(), 405);
}

on_both_databases!(Portal::start => many_at_once_are_each_kept_once);
async fn many_at_once_are_each_kept_once(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &[TOKEN]).await;
    let bodies: Vec<Value> = (0..200).map(|n| delivery(TOKEN, &format!("t{}", n / 2))).collect();
    let answers = futures_util::future::join_all(bodies.iter().map(|body| door.send(body))).await;
    assert!(answers.iter().all(|status| *status == 200));
    let kept = events(&portal, &door.integration).await;
    assert_eq!(kept.len(), 100);
    assert!(kept.iter().all(|event| event.duplicates == 1));
}
