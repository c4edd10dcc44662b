//! §6: webhooks made through the API, and what is sent to them.

mod sent;

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
