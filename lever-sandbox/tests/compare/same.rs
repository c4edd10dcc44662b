//! What answers alike has no differences.

use lever_sandbox::compare::{Limits, With, compare};
use lever_sandbox::{Options, start};
use serde_json::Value;

use crate::support::{FAST, options, sandbox, target, through};

#[tokio::test]
async fn compare_finds_nothing_between_two_sandboxes() {
    let sandbox = sandbox().await;
    let against = target(&sandbox.url, &sandbox.api_key);
    let report = compare(against, With::Sandbox(Box::new(options())), FAST).await.unwrap();
    assert!(report.same, "{report}");
    assert!(report.differences.is_empty());
    assert!(report.with.started && !report.against.started);
    assert!(report.against.calls > 250, "{}", report.against.calls);
    assert!(report.to_string().contains("No differences."));
}

#[tokio::test]
async fn compare_finds_nothing_through_a_proxy_that_changes_nothing() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |_, _| {}).await;
    assert!(report.same, "{report}");
    // What is documented and there was seen.
    let missing: Vec<_> = report.not_seen.iter().map(|missing| missing.what.as_str()).collect();
    for kind in [
        "opportunity",
        "deleted opportunity",
        "candidate",
        "contact",
        "application",
        "note",
        "file",
        "resume",
        "offer",
        "referral",
        "interview",
        "feedback",
        "panel",
        "posting",
        "stage",
        "archive reason",
        "user",
        "source",
        "tag",
        "requisition",
        "webhook",
    ] {
        assert!(!missing.contains(&kind), "{kind} was not seen");
    }
}

#[tokio::test]
async fn compare_finds_nothing_certain_between_accounts_with_other_data() {
    let other = start(Options { seed: 23, opportunities: 90, postings: 9, ..options() }).await.unwrap();
    let against = target(&other.url, &other.api_key);
    let report = compare(against, With::Sandbox(Box::new(options())), FAST).await.unwrap();
    let certain: Vec<_> = report.differences.iter().filter(|one| one.certain).collect();
    assert!(certain.is_empty(), "{report}");
    // The other account has no webhook: that is said, and is no difference.
    let webhook = report.not_seen.iter().find(|missing| missing.what == "webhook").unwrap();
    assert!(!webhook.against && webhook.with);
    assert!(report.to_string().contains("webhook: not there"), "{report}");
}

#[tokio::test]
async fn compare_only_reads_unless_told_to_write() {
    let sandbox = sandbox().await;
    let requests = format!("{}/sandbox/requests", sandbox.url);
    reqwest::Client::new().delete(&requests).send().await.unwrap();
    let limits = Limits { write: false, ..FAST };
    let with = With::Target(target(&sandbox.url, &sandbox.api_key));
    compare(target(&sandbox.url, &sandbox.api_key), with, limits).await.unwrap();
    let log: Value = reqwest::get(&requests).await.unwrap().json().await.unwrap();
    let log = log["data"].as_array().unwrap();
    assert!(log.len() > 250);
    for one in log {
        let method = one["method"].as_str().unwrap();
        assert!(["GET", "HEAD", "OPTIONS"].contains(&method), "{one}");
    }
}
