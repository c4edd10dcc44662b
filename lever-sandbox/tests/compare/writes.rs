//! The write half, and that it clears up.

use lever_sandbox::compare::{Aspect, CompareError, Limits, With, compare, compare_until};
use lever_sandbox::{Running, start};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{FAST, Proxy, data, only, options, sandbox, target, try_through};

const WRITING: Limits = Limits { write: true, ..FAST };

/// Everything that was there before, and what the write half left.
async fn account(sandbox: &Running) -> (Vec<Value>, Vec<Value>) {
    let mut all = data(sandbox, "/v1/opportunities?confidentiality=all").await.as_array().unwrap().clone();
    let ours = all.extract_if(.., |one| one["name"] == "lever-sandbox compare").collect();
    all.extend(data(sandbox, "/v1/webhooks").await.as_array().unwrap().clone());
    all.extend(data(sandbox, "/v1/postings").await.as_array().unwrap().clone());
    all.extend(data(sandbox, "/v1/users").await.as_array().unwrap().clone());
    (all, ours)
}

async fn assert_cleared_up(sandbox: &Running, before: &[Value]) {
    let (after, ours) = account(sandbox).await;
    assert_eq!(after, before);
    assert!(!ours.is_empty());
    for one in &ours {
        assert!(one["archived"].is_object(), "{one}");
        let notes = format!("/v1/opportunities/{}/notes", one["id"].as_str().unwrap());
        assert_eq!(data(sandbox, &notes).await, json!([]));
        assert_eq!(data(sandbox, &notes.replace("notes", "files")).await, json!([]));
    }
}

#[tokio::test]
async fn compare_writes_when_told_to_and_clears_up() {
    let (one, other) = (sandbox().await, sandbox().await);
    let before = account(&one).await.0;
    let with = With::Target(target(&other.url, &other.api_key));
    let report = compare(target(&one.url, &one.api_key), with, WRITING).await.unwrap();
    assert!(report.same, "{report}");
    for kind in ["created opportunity", "opportunity in a write's answer", "webhook in a write's answer"] {
        assert!(report.not_seen.iter().all(|missing| missing.what != kind), "{kind}");
    }
    assert!(report.against.left[0].ends_with("archived"), "{:?}", report.against.left);
    assert_cleared_up(&one, &before).await;
}

#[tokio::test]
async fn compare_finds_blank_people_in_the_answers_to_writes() {
    let sandbox = sandbox().await;
    let proxy = Proxy::start(&sandbox.url, |asked, answer| {
        let blank = ["/stage", "/archived", "/addTags", "/removeTags", "/addSources", "/removeSources"];
        if !asked.is_get() && blank.iter().any(|end| asked.path.ends_with(end)) {
            // The sandbox leaves the person out, as Lever does; another one may not.
            answer.each(|object| object["name"] = json!("Ada Byron"));
        }
    });
    let report = try_through(&sandbox, &proxy, WRITING).await.unwrap();
    let one = only(&report);
    assert_eq!((one.subject.as_str(), one.path.as_str()), ("opportunity in a write's answer", "name"));
    assert_eq!(one.aspect, Aspect::Empty);
}

#[tokio::test]
async fn compare_clears_up_when_it_fails_half_way() {
    let sandbox = sandbox().await;
    let before = account(&sandbox).await.0;
    let proxy = Proxy::start(&sandbox.url, |asked, answer| {
        if asked.method == "DELETE" && asked.path.contains("/webhooks/0000") {
            answer.status = 429;
            answer.header("retry-after", Some("3600"));
        }
    });
    let against = target(&proxy.url, &sandbox.api_key);
    let other = start(options()).await.unwrap();
    let with = With::Target(target(&other.url, &other.api_key));
    let error = compare(against, with, WRITING).await.unwrap_err();
    assert!(matches!(error, CompareError::Limited { .. }), "{error:?}");
    assert_cleared_up(&sandbox, &before).await;
}

#[tokio::test]
async fn compare_clears_up_when_it_is_stopped() {
    let sandbox = sandbox().await;
    let before = account(&sandbox).await.0;
    let stop = CancellationToken::new();
    let told = stop.clone();
    let proxy = Proxy::start(&sandbox.url, move |asked, answer| {
        if asked.method == "POST" && asked.path == "/v1/webhooks" && answer.status == 201 {
            told.cancel();
        }
    });
    let other = self::sandbox().await;
    let with = With::Target(target(&other.url, &other.api_key));
    let against = target(&proxy.url, &sandbox.api_key);
    let error = compare_until(stop, against, with, WRITING).await.unwrap_err();
    assert!(matches!(error, CompareError::Interrupted), "{error:?}");
    assert_cleared_up(&sandbox, &before).await;
}
