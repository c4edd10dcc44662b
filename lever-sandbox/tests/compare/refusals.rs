//! What can't be compared, and what the rate limit asks for.

use std::time::{Duration, Instant};

use lever_sandbox::compare::{CompareError, Limits, With, compare};

use crate::support::{FAST, Proxy, options, sandbox, target, through, try_through};

#[tokio::test]
async fn compare_says_that_a_host_is_unreachable() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let with = With::Sandbox(Box::new(options()));
    let error = compare(target(&url, "a-secret-key"), with, FAST).await.unwrap_err();
    assert!(matches!(error, CompareError::Unreachable { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(&url) && text.contains("can't be reached") && text.contains("refused"), "{text}");
    assert!(!text.contains("a-secret-key"));
}

#[tokio::test]
async fn compare_says_that_a_key_is_refused() {
    let sandbox = sandbox().await;
    let against = target(&sandbox.url, "a-secret-key");
    let error = compare(against, With::Sandbox(Box::new(options())), FAST).await.unwrap_err();
    assert!(matches!(error, CompareError::KeyRefused { status: 401, .. }), "{error:?}");
    assert!(!error.to_string().contains("a-secret-key"));
}

#[tokio::test]
async fn compare_says_where_an_account_is_instead() {
    let sandbox = sandbox().await;
    let proxy = Proxy::start(&sandbox.url, |_, answer| {
        answer.status = 301;
        answer.header("location", Some("https://api.eu.lever.co/v1/stages?limit=1"));
    });
    let error = try_through(&sandbox, &proxy, FAST).await.unwrap_err();
    assert!(matches!(&error, CompareError::Elsewhere { host, .. } if host == "api.eu.lever.co"), "{error:?}");
}

#[tokio::test]
async fn compare_says_that_something_else_answers() {
    let sandbox = sandbox().await;
    let proxy = Proxy::start(&sandbox.url, |_, answer| {
        answer.status = 404;
        answer.body = b"<h1>nginx</h1>".to_vec();
    });
    let error = try_through(&sandbox, &proxy, FAST).await.unwrap_err();
    assert!(matches!(error, CompareError::NotLever { status: 404, .. }), "{error:?}");
    let proxy = Proxy::start(&sandbox.url, |_, answer| answer.body = b"{}".to_vec());
    let error = try_through(&sandbox, &proxy, FAST).await.unwrap_err();
    assert!(matches!(error, CompareError::NotLever { status: 200, .. }), "{error:?}");
}

#[tokio::test]
async fn compare_waits_after_429_as_long_as_it_is_told() {
    let sandbox = sandbox().await;
    let proxy = Proxy::start(&sandbox.url, |asked, answer| {
        if [5, 6].contains(&asked.nth) {
            answer.status = 429;
            answer.header("retry-after", Some("1"));
            answer.body = b"{\"code\":\"TooManyRequests\"}".to_vec();
        }
    });
    let began = Instant::now();
    let report = try_through(&sandbox, &proxy, FAST).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(2));
    assert!(report.same, "{report}");
    assert_eq!(report.against.calls, report.with.calls + 2);

    let proxy = Proxy::start(&sandbox.url, |_, answer| {
        answer.status = 429;
        answer.header("retry-after", Some("3600"));
    });
    let error = try_through(&sandbox, &proxy, FAST).await.unwrap_err();
    assert!(matches!(error, CompareError::Limited { .. }), "{error:?}");
    assert_eq!(proxy.calls(), 1);
}

#[tokio::test]
async fn compare_tries_again_when_a_server_fails_once() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.nth == 7 {
            answer.status = 503;
        }
    })
    .await;
    assert!(report.same, "{report}");
}

#[tokio::test]
async fn compare_keeps_to_its_pace_and_number_of_calls() {
    let sandbox = sandbox().await;
    let proxy = Proxy::start(&sandbox.url, |_, _| {});
    let began = Instant::now();
    let limits = Limits { per_second: 10, calls: 21, write: false };
    let report = try_through(&sandbox, &proxy, limits).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!((proxy.calls(), report.against.calls), (21, 21));
    assert!(report.against.cut_short && report.with.cut_short);
    assert!(report.to_string().contains("ended early"));
}
