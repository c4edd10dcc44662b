//! Faults on order, for calls of the API and the OAuth server.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use super::support::{Lever, assert_error, read};

#[tokio::test]
async fn a_status_in_place_of_an_answer() {
    let lever = Lever::start().await;
    for status in [429, 500, 503] {
        let fault = json!({"target": "api", "kind": "status", "status": status, "next": 1});
        lever.fault(fault).await;
        assert_error(&lever.get("/v1/stages").await, status);
        assert_eq!(lever.get("/v1/stages").await.0, 200);
    }
    let fault = json!({
        "target": "api", "kind": "status", "status": 429, "retry_after": 7, "next": 1,
    });
    lever.fault(fault).await;
    let answer = lever.key(Method::GET, "/v1/stages").send().await.unwrap();
    assert_eq!(answer.headers()["retry-after"], "7");
}

#[tokio::test]
async fn only_the_paths_that_match() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    for pattern in ["/v1/opportunities/*/stage", "PUT /v1/*", "/stage"] {
        let fault = json!({
            "target": "api", "kind": "status", "status": 500, "match": pattern, "next": 1,
        });
        lever.fault(fault).await;
        assert_eq!(lever.get("/v1/users").await.0, 200);
        let path = format!("/v1/opportunities/{id}/stage");
        let body = json!({"stage": "offer"});
        assert_eq!(lever.put(&path, body.clone()).await.0, 500, "{pattern}");
        assert_eq!(lever.put(&path, body).await.0, 200);
    }
}

#[tokio::test]
async fn a_connection_closed_before_the_effect() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let fault = json!({"target": "api", "kind": "close_before", "match": "*/addTags", "next": 1});
    lever.fault(fault).await;
    let path = format!("/v1/opportunities/{id}/addTags");
    let call = lever.key(Method::POST, &path).json(&json!({"tags": ["x"]}));
    assert!(call.send().await.is_err());
    let tags = lever.data(&format!("/v1/opportunities/{id}")).await["tags"].clone();
    assert_eq!(tags, json!([]));
}

#[tokio::test]
async fn a_connection_closed_after_the_effect() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let fault = json!({"target": "api", "kind": "close_after", "match": "*/addTags", "next": 1});
    lever.fault(fault).await;
    let path = format!("/v1/opportunities/{id}/addTags");
    let call = lever.key(Method::POST, &path).json(&json!({"tags": ["x"]}));
    assert!(call.send().await.is_err());
    let tags = lever.data(&format!("/v1/opportunities/{id}")).await["tags"].clone();
    assert_eq!(tags, json!(["x"]));
    let log = lever.seen("requests").await;
    let call = log.as_array().unwrap().iter().find(|call| call["path"] == path.as_str());
    assert!(call.unwrap()["status"].is_null());
    assert_eq!(call.unwrap()["fault"], "close_after");
}

#[tokio::test]
async fn half_a_body() {
    let lever = Lever::start().await;
    lever.fault(json!({"target": "api", "kind": "truncate", "next": 1})).await;
    let answer = lever.key(Method::GET, "/v1/stages").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.is_err());
}

#[tokio::test]
async fn a_late_answer() {
    let lever = Lever::start().await;
    let fault = json!({"target": "api", "kind": "latency", "ms": 300, "next": 1});
    lever.fault(fault).await;
    let started = Instant::now();
    assert_eq!(lever.get("/v1/stages").await.0, 200);
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn the_token_endpoint_down() {
    let lever = Lever::start().await;
    lever.fault(json!({"target": "oauth", "kind": "status", "status": 503})).await;
    let call = || lever.http.post(lever.url("/oauth/token")).send();
    let reply = read(call().await.unwrap()).await;
    assert_eq!(reply.0, 503);
    assert!(reply.1["error"].is_string());
    assert_eq!(lever.get("/v1/stages").await.0, 200);
    lever.control(Method::DELETE, "faults", json!({})).await;
    assert_eq!(call().await.unwrap().status(), 400);
}

#[tokio::test]
async fn a_probability_repeats_with_the_seed() {
    let lever = Lever::start().await;
    let fault = json!({"target": "api", "kind": "status", "status": 500, "probability": 0.5});
    let run = async || {
        lever.order("reset", json!({})).await;
        lever.fault(fault.clone()).await;
        let mut statuses = Vec::new();
        for _ in 0..20 {
            statuses.push(lever.get("/v1/stages").await.0);
        }
        statuses
    };
    let first = run().await;
    assert!(first.contains(&200) && first.contains(&500));
    assert_eq!(run().await, first);
}

#[tokio::test]
async fn what_is_no_fault() {
    let lever = Lever::start().await;
    for wrong in [
        json!({"target": "api", "kind": "duplicate"}),
        json!({"target": "deliveries", "kind": "truncate"}),
        json!({"target": "api", "kind": "latency"}),
        json!({"target": "moon", "kind": "latency", "ms": 1}),
        json!({"target": "api", "kind": "status", "status": 500, "probability": 2}),
    ] {
        let reply = lever.control(Method::POST, "faults", wrong).await;
        assert_error(&reply, 400);
    }
}

#[tokio::test]
async fn answers_that_are_behind_or_damaged() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let path = format!("/v1/opportunities/{id}");
    let before = lever.data(&path).await;
    assert_eq!(lever.put(&format!("{path}/stage"), json!({"stage": "offer"})).await.0, 200);
    let now = lever.data(&path).await;
    assert_ne!(before["stage"], now["stage"]);
    for kind in ["absent", "stale"] {
        let fault = json!({"target": "api", "kind": kind, "match": path, "next": 2});
        lever.fault(fault).await;
        // What is below the opportunity is as it is.
        assert_eq!(lever.get(&format!("{path}/notes")).await.0, 200);
        match kind {
            "absent" => assert_error(&lever.get(&path).await, 404),
            _ => assert_eq!(lever.data(&path).await["stage"], before["stage"]),
        }
        assert_eq!(lever.data(&path).await["stage"], now["stage"]);
    }
    let sound = lever.get("/v1/stages").await.1["data"].as_array().unwrap().clone();
    lever.fault(json!({"target": "api", "kind": "odd_rows", "next": 1})).await;
    let rows = lever.get("/v1/stages").await.1["data"].as_array().unwrap().clone();
    assert_eq!(rows.len(), sound.len() + 3);
    assert!(sound.iter().all(|stage| rows.contains(stage)));
    // Made, and answered as what was made before.
    let first = lever.post(&format!("{path}/notes"), json!({"value": "one"})).await.1;
    lever.fault(json!({"target": "api", "kind": "repeat", "match": "POST *", "next": 1})).await;
    let again = lever.post(&format!("{path}/notes"), json!({"value": "two"})).await.1;
    assert_eq!(again, first);
    assert_eq!(lever.get(&format!("{path}/notes")).await.1["data"].as_array().unwrap().len(), 2);
}
