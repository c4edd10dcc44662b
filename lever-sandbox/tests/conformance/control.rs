//! The control API: everything a test orders.

use lever_sandbox::Options;
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Lever, assert_error, options};

#[tokio::test]
async fn reset_starts_over_with_the_same_account_for_the_same_seed() {
    let lever = Lever::start().await;
    let before = lever.all("/v1/opportunities").await;
    lever.candidate(json!({})).await;
    lever.fault(json!({"target": "oauth", "kind": "status", "status": 500})).await;
    lever.order("reset", json!({})).await;
    let ids = |all: &[Value]| -> Vec<Value> { all.iter().map(|one| one["id"].clone()).collect() };
    let after = lever.all("/v1/opportunities").await;
    assert_eq!(ids(&after), ids(&before));
    assert_eq!(lever.seen("faults").await, json!([]));

    let other = json!({"seed": 7, "opportunities": 3, "postings": 2});
    let account = lever.order("reset", other).await;
    assert_eq!(account["opportunities"], 3);
    assert_eq!(account["postings"].as_array().unwrap().len(), 2);
    assert_eq!(account["admin"]["email"], "dana@acme.example");
    let request = lever
        .http
        .get(lever.url("/v1/opportunities?confidentiality=all"))
        .basic_auth(account["apiKey"].as_str().unwrap(), Some(""));
    let (status, body) = super::support::reply(request).await;
    assert_eq!(status, 200);
    assert_eq!(body["data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn two_sandboxes_of_one_seed_are_the_same() {
    let (one, other) = (Lever::start().await, Lever::start().await);
    assert_eq!(one.running.api_key, other.running.api_key);
    let id = |lever: Value| lever[0]["id"].clone();
    assert_eq!(id(one.data("/v1/opportunities").await), id(other.data("/v1/opportunities").await));
    one.running.stop().await;
    other.running.stop().await;
}

#[tokio::test]
async fn candidates_are_made_moved_hired_archived_and_deleted() {
    let lever = Lever::start().await;
    let made = lever
        .order(
            "opportunities",
            json!({
                "name": "Ada", "email": "ada@example.com", "origin": "agency",
                "stage": "Assessment", "posting": "Backend Engineer", "tags": ["x"],
            }),
        )
        .await;
    assert_eq!(made["stage"], lever.stage("Assessment").await.as_str());
    assert_eq!(made["origin"], "agency");
    let id = made["id"].as_str().unwrap();
    let order =
        async |verb: &str, body: Value| lever.order(&format!("opportunities/{id}/{verb}"), body).await;
    assert_eq!(order("move", json!({"stage": "offer"})).await["stage"], "offer");
    let hired = lever.reason("Hired").await;
    assert_eq!(order("hire", json!({})).await["archived"]["reason"], hired.as_str());
    assert!(order("unarchive", json!({})).await["archived"].is_null());
    assert!(order("archive", json!({})).await["archived"]["reason"].is_string());
    let reason = order("archive", json!({"reason": "Withdrew"})).await;
    let withdrew = lever.reason("Withdrew").await;
    assert_eq!(reason["archived"]["reason"], withdrew.as_str());
    assert_eq!(order("anonymize", json!({})).await["isAnonymized"], true);
    let path = format!("opportunities/{id}");
    assert_eq!(lever.control(Method::DELETE, &path, json!({})).await.0, 204);
    let gone = lever.control(Method::DELETE, &path, json!({})).await;
    assert_error(&gone, 404);

    let many = lever.order("opportunities", json!({"count": 5})).await;
    assert_eq!(many.as_array().unwrap().len(), 5);
    let wrong = lever.control(Method::POST, "opportunities", json!({"nmae": "Ada"})).await;
    assert_error(&wrong, 400);
}

#[tokio::test]
async fn the_clock_is_set_and_advanced() {
    let lever = Lever::start().await;
    let set = lever.order("clock", json!({"now": 1_900_000_000_000_i64})).await;
    let now = set["now"].as_i64().unwrap();
    assert!((1_900_000_000_000..1_900_000_060_000).contains(&now));
    let text = lever.order("clock", json!({"now": "2030-01-01T00:00:00Z"})).await;
    assert!(text["now"].as_i64().unwrap() >= 1_893_456_000_000);
    let wrong = lever.control(Method::POST, "clock", json!({})).await;
    assert_error(&wrong, 400);
}

#[tokio::test]
async fn the_rate_limit_can_be_set() {
    let lever = Lever::start().await;
    lever.order("limits", json!({"per_second": 1, "burst": 2})).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(lever.get("/v1/stages").await.0);
    }
    assert_eq!(statuses, [200, 200, 429]);
    lever.order("limits", json!({"enabled": false})).await;
    assert_eq!(lever.get("/v1/stages").await.0, 200);
}

#[tokio::test]
async fn a_state_file_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lever.json");
    let with_file = || Options { state_file: Some(file.clone()), ..options() };
    let lever = Lever::with(with_file()).await;
    let id = lever.candidate(json!({"name": "Kept"})).await;
    let token = lever.token("opportunities:read:admin").await;
    let hook = json!({"event": "candidateHired", "url": "https://example.com/hook"});
    lever.post("/v1/webhooks", hook).await;
    let hook = json!({"event": "candidateStageChange", "url": "http://127.0.0.1:1/hook"});
    lever.post("/v1/webhooks", hook).await;
    let moved = format!("opportunities/{id}/move");
    lever.order(&moved, json!({"stage": lever.stage("Assessment").await})).await;
    let before = lever.deliveries(1).await[0]["id"].clone();
    lever.running.stop().await;

    let lever = Lever::with(with_file()).await;
    lever.order(&moved, json!({"stage": lever.stage("Offer").await})).await;
    assert_ne!(lever.deliveries(1).await[0]["id"], before, "another delivery has another id");
    let path = format!("/v1/opportunities/{id}");
    assert_eq!(lever.data(&path).await["name"], "Kept");
    assert_eq!(lever.status_for(&token, &path).await, 200);
    assert_eq!(lever.all("/v1/webhooks").await.len(), 2);
    lever.running.stop().await;
}

/// People's data and keys are in it: it is the owner's alone, whatever lay there before.
#[cfg(unix)]
#[tokio::test]
async fn a_state_file_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lever.json");
    for left in ["lever.json", "lever.new"] {
        std::fs::write(folder.path().join(left), "{}").unwrap();
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(folder.path().join(left), open).unwrap();
    }
    std::fs::remove_file(&file).unwrap();
    let lever = Lever::with(Options { state_file: Some(file.clone()), ..options() }).await;
    lever.candidate(json!({"name": "Kept"})).await;
    lever.running.stop().await;
    let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600, "{mode:o}");
}

#[tokio::test]
async fn a_stopped_sandbox_frees_its_ports() {
    let lever = Lever::start().await;
    let address = lever.running.url.strip_prefix("http://").unwrap().to_owned();
    let smtp = lever.running.smtp_addr;
    lever.running.stop().await;
    std::net::TcpListener::bind(address).unwrap();
    std::net::TcpListener::bind(smtp).unwrap();
}
