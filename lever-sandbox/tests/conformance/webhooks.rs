//! §6: webhooks made through the API, and what is sent to them.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use lever_sandbox::{Options, TokenMode};
use reqwest::Method;
use serde_json::{Value, json};

use super::objects::check;
use super::support::{Lever, assert_error, options};

/// A receiver that answers 200 and keeps what came.
struct Receiver {
    url: String,
    got: Arc<Mutex<Vec<(String, String)>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let kept = got.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let kept = kept.clone();
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(stream.try_clone().unwrap());
                    while let Some(body) = read_request(&mut reader) {
                        kept.lock().unwrap().push(body);
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                        if stream.write_all(answer).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, got }
    }

    fn bodies(&self) -> Vec<Value> {
        self.texts().iter().map(|text| serde_json::from_str(text).unwrap()).collect()
    }

    /// The bodies, as they came.
    fn texts(&self) -> Vec<String> {
        self.got.lock().unwrap().iter().map(|(_, text)| text.clone()).collect()
    }

    /// The `User-Agent` of each call, in lower case.
    fn agents(&self) -> Vec<String> {
        self.got.lock().unwrap().iter().map(|(agent, _)| agent.clone()).collect()
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<(String, String)> {
    let (mut length, mut agent) = (0, String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if let Some(value) = line.strip_prefix("user-agent:") {
            value.trim().clone_into(&mut agent);
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((agent, String::from_utf8(body).ok()?))
}

async fn hook(lever: &Lever, event: &str, url: &str) -> Value {
    let body = json!({"event": event, "url": url});
    let (status, body) = lever.post("/v1/webhooks", body).await;
    assert_eq!(status, 201, "{body}");
    body["data"].clone()
}

/// The signature as §6 describes it, computed apart from the sandbox's own code.
fn expected_signature(key: &str, body: &Value) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let token = body["token"].as_str().unwrap();
    let at = body["triggeredAt"].as_i64().unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("{token}{at}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

const HOOK: &str = "id:s event:s url:s configuration:o createdAt:n updatedAt:n";

#[tokio::test]
async fn s6_webhooks_are_made_listed_changed_and_removed() {
    let lever = Lever::start().await;
    let body = json!({
        "event": "candidateHired", "url": "https://example.com/hook",
        "configuration": {"conditions": {"origins": ["applied", "referred"]}},
    });
    let (status, made) = lever.post("/v1/webhooks", body).await;
    assert_eq!(status, 201);
    let made = &made["data"];
    check(made, HOOK);
    assert!(made["configuration"]["signatureToken"].is_string());
    assert_eq!(made["configuration"]["conditions"]["origins"], json!(["applied", "referred"]));
    let listed = lever.all("/v1/webhooks").await;
    assert_eq!(listed[0]["id"], made["id"]);
    // The token is given once.
    assert!(listed[0]["configuration"].get("signatureToken").is_none());
    let path = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
    // There is no call to change one by its address.
    assert_error(&lever.put(&path, json!({"url": "https://example.com/other"})).await, 405);
    let change = json!({"data": [{"id": made["id"], "url": "https://example.com/other"}]});
    let (status, changed) = lever.put("/v1/webhooks", change).await;
    assert_eq!(status, 200);
    assert!(changed.get("hasNext").is_none());
    check(&changed["data"][0], HOOK);
    assert_eq!(changed["data"][0]["url"], "https://example.com/other");
    assert_eq!(changed["data"][0]["event"], "candidateHired");
    assert_eq!(lever.delete(&path).await.0, 204);
    assert!(lever.all("/v1/webhooks").await.is_empty());
    assert_error(&lever.delete(&path).await, 404);
}

#[tokio::test]
async fn s8_webhooks_are_changed_all_or_none() {
    let lever = Lever::start().await;
    let one = hook(&lever, "candidateHired", "https://example.com/one").await;
    let other = hook(&lever, "candidateDeleted", "https://example.com/other").await;
    let new = "https://example.com/new";
    let both = json!({"data": [{"id": one["id"], "url": new}, {"id": other["id"], "url": new}]});
    let (status, changed) = lever.put("/v1/webhooks/", both).await;
    assert_eq!(status, 200, "{changed}");
    assert!(changed["data"].as_array().unwrap().iter().all(|hook| hook["url"] == new));
    let last = "https://example.com/last";
    for (wrong, status) in [
        (json!({"id": "none", "url": last}), 404),
        (json!({"id": other["id"], "url": "nowhere"}), 400),
        (json!({"id": other["id"], "event": "candidateSmiled"}), 400),
    ] {
        let body = json!({"data": [{"id": one["id"], "url": last}, wrong]});
        assert_error(&lever.put("/v1/webhooks", body).await, status);
        assert!(lever.all("/v1/webhooks").await.iter().all(|hook| hook["url"] == new));
    }
}

#[tokio::test]
async fn s8_the_list_of_webhooks_is_as_recorded() {
    let lever = Lever::start().await;
    let all = ["applied", "sourced", "referred", "university", "internal", "agency"];
    // Without a configuration, all origins are filled in, whatever the event.
    for event in ["candidateHired", "candidateDeleted", "interviewCreated", "contactUpdated"] {
        let made = hook(&lever, event, "https://example.com/hook").await;
        assert_eq!(made["configuration"]["conditions"]["origins"], json!(all), "{event}");
        let token = made["configuration"]["signatureToken"].as_str().unwrap();
        assert_eq!(token.len(), 48);
        assert!(token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    let (_, list) = lever.get("/v1/webhooks").await;
    assert_eq!(list.as_object().unwrap().len(), 1, "no word on pages");
    for hook in list["data"].as_array().unwrap() {
        check(hook, HOOK);
        assert_eq!(hook["configuration"], json!({"conditions": {"origins": all}}));
    }
}

#[tokio::test]
async fn s6_what_makes_no_webhook() {
    let lever = Lever::start().await;
    let refused = async |body: Value| {
        assert_error(&lever.post("/v1/webhooks", body).await, 400);
    };
    let url = "https://example.com/hook";
    refused(json!({"event": "candidateSmiled", "url": url})).await;
    refused(json!({"event": "candidateHired"})).await;
    refused(json!({"event": "candidateHired", "url": "nowhere"})).await;
    refused(json!({"event": "candidateHired", "url": "http://example.com/hook"})).await;
    refused(json!({"event": "candidateHired", "url": "ftp://example.com/hook"})).await;
    let origins = |names: Value| json!({"conditions": {"origins": names}});
    refused(json!({
        "event": "candidateHired", "url": url, "configuration": origins(json!(["moon"])),
    }))
    .await;
    for event in ["candidateDeleted", "interviewCreated", "contactCreated"] {
        refused(json!({
            "event": event, "url": url, "configuration": origins(json!(["applied"])),
        }))
        .await;
    }
}

#[tokio::test]
async fn s6_http_is_for_loopback_and_can_be_forbidden() {
    let lever = Lever::with(Options { allow_http: false, ..options() }).await;
    let body = json!({"event": "candidateHired", "url": "http://127.0.0.1:9/hook"});
    assert_error(&lever.post("/v1/webhooks", body).await, 400);
}

#[tokio::test]
async fn s6_neither_side_changes_what_the_other_made() {
    let lever = Lever::start().await;
    let body = json!({"event": "candidateHired", "url": "https://example.com/hook"});
    let person = lever.order("webhooks", body).await;
    let path = format!("/v1/webhooks/{}", person["id"].as_str().unwrap());
    let change = json!({"data": [{"id": person["id"], "url": "https://example.com/mine"}]});
    assert_error(&lever.put("/v1/webhooks", change).await, 403);
    assert_error(&lever.delete(&path).await, 403);
    assert_eq!(lever.all("/v1/webhooks").await.len(), 1);
}

#[tokio::test]
async fn s6_a_delivery_is_signed_over_token_and_time() {
    let lever = Lever::start().await;
    let receiver = Receiver::start();
    let made = hook(&lever, "candidateStageChange", &receiver.url).await;
    let key = made["configuration"]["signatureToken"].as_str().unwrap();
    let id = lever.candidate(json!({"stage": "lead-new"})).await;
    let goal = lever.stage("Assessment").await;
    lever.order(&format!("opportunities/{id}/move"), json!({"stage": goal})).await;
    lever.deliveries(1).await;
    let body = receiver.bodies()[0].clone();
    check(&body, "id:s event:s triggeredAt:n token:s signature:s data:o");
    assert_eq!(body["event"], "candidateStageChange");
    assert_eq!(body["token"].as_str().unwrap().len(), 48);
    assert_eq!(receiver.agents()[0], "lever-webhooks");
    // The person's old id is neither the contact's nor the opportunity's (§8).
    let ids = ["candidateId", "contactId", "opportunityId"].map(|name| body["data"][name].to_string());
    assert!(ids[0] != ids[1] && ids[0] != ids[2] && ids[1] != ids[2], "{ids:?}");
    assert_eq!(body["signature"], expected_signature(key, &body));
    assert_eq!(body["data"]["opportunityId"], id.as_str());
    assert_eq!(body["data"]["fromStageId"], "lead-new");
    assert_eq!(body["data"]["toStageId"], goal.as_str());
    let contact = lever.data(&format!("/v1/opportunities/{id}")).await["contact"].clone();
    assert_eq!(body["data"]["contactId"], contact);
    // Moving to where one is tells nothing; a new move has a new token.
    for stage in [goal.as_str(), "offer"] {
        let path = format!("/v1/opportunities/{id}/stage");
        lever.put(&path, json!({"stage": stage})).await;
    }
    lever.deliveries(2).await;
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 2);
    assert_ne!(bodies[0]["token"], bodies[1]["token"]);
}

#[tokio::test]
async fn s6_what_each_event_says() {
    let lever = Lever::start().await;
    let receiver = Receiver::start();
    let events = [
        "applicationCreated",
        "candidateStageChange",
        "candidateHired",
        "candidateArchiveChange",
        "candidateDeleted",
        "interviewCreated",
        "interviewUpdated",
        "interviewDeleted",
        "contactCreated",
        "contactUpdated",
    ];
    for event in events {
        hook(&lever, event, &receiver.url).await;
    }
    let made = lever.order("apply", json!({"name": "Ada"})).await;
    let id = made["opportunityId"].as_str().unwrap();
    let admin = lever.admin().await;
    let path = format!("/v1/opportunities/{id}");
    lever.put(&format!("{path}/stage"), json!({"stage": "offer"})).await;
    let interview = json!({
        "subject": "Talk", "interviewers": [], "date": 1_900_000_000_000_i64, "duration": 30,
    });
    let interviews = format!("{path}/interviews?perform_as={admin}");
    let (_, talk) = lever.post(&interviews, interview.clone()).await;
    let talk = talk["data"]["id"].as_str().unwrap();
    let one = format!("{path}/interviews/{talk}?perform_as={admin}");
    lever.put(&one, interview).await;
    lever.delete(&one).await;
    let contact = format!("/v1/contacts/{}", made["contactId"].as_str().unwrap());
    lever.put(&contact, json!({"name": "Ada L."})).await;
    lever.order(&format!("opportunities/{id}/hire"), json!({})).await;
    lever.order(&format!("opportunities/{id}/unarchive"), json!({})).await;
    let gone = format!("opportunities/{id}");
    lever.control(Method::DELETE, &gone, json!({})).await;

    lever.deliveries(11).await;
    let bodies = receiver.bodies();
    let data = |event: &str| {
        let found = bodies.iter().find(|body| body["event"] == event);
        found.unwrap_or_else(|| panic!("no {event}"))["data"].clone()
    };
    let with = |more: &str| format!("opportunityId:s contactId:s candidateId:s {more}");
    check(&data("applicationCreated"), &with("applicationId:s"));
    check(&data("candidateStageChange"), &with("fromStageId:s? toStageId:s"));
    check(&data("candidateHired"), &with(""));
    let archived = data("candidateArchiveChange");
    check(&archived, &with("fromArchived:o? toArchived:o?"));
    assert!(archived["fromArchived"].is_null());
    check(&archived["toArchived"], "archivedAt:n reason:s");
    check(&data("candidateDeleted"), "opportunityId:s contactId:s deletedBy:s?");
    for (event, when) in [
        ("interviewCreated", "createdAt"),
        ("interviewUpdated", "updatedAt"),
        ("interviewDeleted", "deletedAt"),
    ] {
        check(&data(event), &format!("interviewId:s panelId:s opportunityId:s {when}:n"));
    }
    for (event, when) in [("contactCreated", "createdAt"), ("contactUpdated", "updatedAt")] {
        check(&data(event), &format!("contactId:s {when}:n accountId:s"));
    }
}

#[tokio::test]
async fn s6_the_events_toggle_gates_and_origins_limit() {
    let lever = Lever::start().await;
    let receiver = Receiver::start();
    let body = json!({
        "event": "candidateStageChange", "url": receiver.url,
        "configuration": {"conditions": {"origins": ["sourced"]}},
    });
    assert_eq!(lever.post("/v1/webhooks", body).await.0, 201);
    let applied = lever.candidate(json!({"origin": "applied"})).await;
    let sourced = lever.candidate(json!({"origin": "sourced"})).await;
    lever.order("events", json!({"candidateStageChange": false})).await;
    let offer = json!({"stage": "offer"});
    lever.order(&format!("opportunities/{sourced}/move"), offer.clone()).await;
    lever.order("events", json!({"candidateStageChange": true})).await;
    lever.order(&format!("opportunities/{applied}/move"), offer).await;
    let back = json!({"stage": "lead-new"});
    lever.order(&format!("opportunities/{sourced}/move"), back).await;
    lever.deliveries(1).await;
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 1);
    assert_eq!(bodies[0]["data"]["opportunityId"], sourced.as_str());
    assert_eq!(bodies[0]["data"]["toStageId"], "lead-new");
}

#[tokio::test]
async fn s6_one_token_for_the_account_in_the_old_mode() {
    let lever = Lever::with(Options { token_mode: TokenMode::Account, ..options() }).await;
    let url = "https://example.com/hook";
    let one = hook(&lever, "candidateHired", url).await;
    let other = hook(&lever, "candidateDeleted", url).await;
    let token = |hook: &Value| hook["configuration"]["signatureToken"].clone();
    assert_eq!(token(&one), token(&other));
    let fresh = lever.order("regenerate", json!({})).await["signatureToken"].clone();
    assert_ne!(fresh, token(&one));
    let third = hook(&lever, "candidateStageChange", url).await;
    assert_eq!(token(&third), fresh);
}

#[tokio::test]
async fn s6_each_webhook_has_its_own_token_today() {
    let lever = Lever::start().await;
    let url = "https://example.com/hook";
    let one = hook(&lever, "candidateHired", url).await;
    let other = hook(&lever, "candidateDeleted", url).await;
    let token = |hook: &Value| hook["configuration"]["signatureToken"].clone();
    assert_ne!(token(&one), token(&other));
}

#[tokio::test]
async fn s8_verify_connection_is_five_fields_and_no_id() {
    let lever = Lever::start().await;
    let receiver = Receiver::start();
    let body = json!({"event": "candidateHired", "url": receiver.url});
    let hook = lever.order("webhooks", body).await;
    let id = hook["id"].as_str().unwrap();
    lever.order(&format!("webhooks/{id}/verify"), json!({})).await;
    let text = receiver.texts()[0].clone();
    let body = receiver.bodies()[0].clone();
    check(&body, "triggeredAt:n event:s data:o signature:s token:s");
    assert_eq!(body["data"], json!({}));
    assert_eq!(body["event"], "candidateHired");
    // Compact, in Lever's order; 202 bytes, as its documentation prints the length.
    assert_eq!(text.len(), 202);
    let at = &body["triggeredAt"];
    assert!(
        text.starts_with(&format!(
            r#"{{"triggeredAt":{at},"event":"candidateHired","data":{{}},"signature":""#
        ))
    );
    assert_eq!(receiver.agents()[0], "lever-webhooks");
    let key = hook["signatureToken"].as_str().unwrap();
    assert_eq!(body["signature"], expected_signature(key, &body));
    assert!(lever.seen("webhooks").await[0]["verifiedAt"].is_i64());
}

#[tokio::test]
async fn s8_without_a_signing_token_nothing_is_signed() {
    let lever = Lever::start().await;
    let receiver = Receiver::start();
    let body = json!({"event": "candidateHired", "url": receiver.url, "signed": false});
    let hook = lever.order("webhooks", body).await;
    assert!(hook["signatureToken"].is_null());
    let id = hook["id"].as_str().unwrap();
    lever.order(&format!("webhooks/{id}/verify"), json!({})).await;
    check(&receiver.bodies()[0], "triggeredAt:n event:s data:o token:s");
    let candidate = lever.candidate(json!({})).await;
    lever.order(&format!("opportunities/{candidate}/hire"), json!({})).await;
    lever.deliveries(1).await;
    assert!(receiver.bodies()[1].get("signature").is_none());
    // A token that is generated later signs from then on.
    let token = lever.order(&format!("webhooks/{id}/regenerate"), json!({})).await["signatureToken"].clone();
    lever.order(&format!("webhooks/{id}/verify"), json!({})).await;
    let body = receiver.bodies()[2].clone();
    assert_eq!(body["signature"], expected_signature(token.as_str().unwrap(), &body));
}

#[tokio::test]
async fn s6_anything_but_2xx_is_tried_again_by_the_sandboxs_clock() {
    let lever = Lever::start().await;
    // Nobody listens there.
    hook(&lever, "candidateHired", "http://127.0.0.1:9/hook").await;
    let id = lever.candidate(json!({})).await;
    lever.order(&format!("opportunities/{id}/hire"), json!({})).await;
    lever.deliveries(1).await;
    for (tries, wait) in [(2, 1), (3, 5), (4, 25), (5, 125), (6, 625)] {
        lever.advance(wait * 1_000 + 100).await;
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        loop {
            let all = lever.seen("deliveries").await;
            let attempts = all[0]["attempts"].as_array().unwrap().len();
            if attempts == tries {
                break;
            }
            assert!(attempts < tries && std::time::Instant::now() < deadline, "{all}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}
