//! Room and speed: many opportunities, many sandboxes, a quick start.

use std::time::{Duration, Instant};

use lever_sandbox::Options;
use serde_json::json;

use super::support::{Lever, encoded, options};

#[tokio::test]
async fn dozens_of_sandboxes_run_side_by_side() {
    let mut all = Vec::new();
    for _ in 0..24 {
        all.push(Lever::start().await);
    }
    for lever in &all {
        assert_eq!(lever.get("/v1/stages").await.0, 200);
    }
    for lever in all {
        lever.running.stop().await;
    }
}

/// 20,000 here, so that a debug build is quick enough; what is measured is that the
/// time of a page doesn't grow with the account.
#[tokio::test]
async fn lists_of_a_large_account_are_quick() {
    let lever = Lever::with(Options { opportunities: 20_000, postings: 50, ..options() }).await;
    let screen = lever.stage("Recruiter screen").await;
    let deep = lever.get("/v1/opportunities?limit=100").await.1["next"].clone();
    for path in [
        "/v1/opportunities?limit=100".to_owned(),
        format!("/v1/opportunities?limit=100&offset={}", encoded(deep.as_str().unwrap())),
        format!("/v1/opportunities?limit=100&stage_id={screen}"),
        "/v1/opportunities?tag=Rust&origin=applied".to_owned(),
        "/v1/opportunities?email=ada.lindqvist.0@example.com".to_owned(),
        "/v1/opportunities?confidentiality=confidential".to_owned(),
        "/v1/tags".to_owned(),
    ] {
        let started = Instant::now();
        assert_eq!(lever.get(&path).await.0, 200);
        let took = started.elapsed();
        assert!(took < Duration::from_millis(500), "{path}: {took:?}");
    }
    let id = lever.candidate(json!({})).await;
    let found = lever
        .all(&format!(
            "/v1/opportunities?updated_at_start={}",
            lever.data(&format!("/v1/opportunities/{id}")).await["updatedAt"]
        ))
        .await;
    assert_eq!(found.len(), 1);
}
