#![allow(clippy::unwrap_used)]

use std::{num::NonZeroU32, time::Duration};

use reqwest::Url;
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{any, header, method, path, query_param, query_param_is_missing},
};

use crate::client::*;
use crate::types::*;
use crate::{Error, http};

mod certificates;
mod failures;
mod lists;
mod redirects;
mod rows;
mod writes;

fn api_at(address: &str) -> Api {
    let http = http::client(Duration::from_secs(5)).unwrap();
    let url = Url::parse(&format!("{address}/v1")).unwrap();
    Client::new(http, url, RateLimit::default()).read_retries(0).with_token(&"an access token".into())
}

/// Without the pauses that Lever's rate limit asks for.
fn hurried_api_at(address: &str) -> Api {
    let http = http::client(Duration::from_secs(30)).unwrap();
    let url = Url::parse(&format!("{address}/v1")).unwrap();
    let many = NonZeroU32::new(10_000).unwrap();
    Client::new(http, url, RateLimit::new(many, many)).read_retries(0).with_token(&"an access token".into())
}

async fn start() -> (MockServer, Api) {
    let server = MockServer::start().await;
    let api = api_at(&server.uri());
    (server, api)
}

async fn answering(answer: ResponseTemplate) -> (MockServer, Api) {
    let (server, api) = start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    (server, api)
}

fn data(value: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"data": value}))
}

fn refused(status: u16, code: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"code": code, "message": message}))
}

async fn requests(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

/// An address where nothing listens: bound and let go again.
fn nobody() -> String {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", socket.local_addr().unwrap())
}

#[tokio::test]
async fn reads_an_opportunity_with_its_application() {
    let (server, api) = start().await;
    Mock::given(method("GET"))
        .and(path("/v1/opportunities/o-1"))
        .and(query_param("expand", "applications"))
        .and(header("authorization", "Bearer an access token"))
        .respond_with(data(json!({"id": "o-1", "stage": "lead-new",
            "applications": [{"id": "a", "posting": "p"}]})))
        .mount(&server)
        .await;
    let opportunity = api.opportunity(&"o-1".into(), &[Expand::Applications]).await.unwrap();
    assert_eq!(opportunity.posting_id().unwrap().as_str(), "p");

    let calls = api.trace().drain();
    assert_eq!(calls.len(), 1);
    let call = &calls[0];
    assert_eq!(call.method, "GET");
    assert_eq!(call.path, "/opportunities/o-1?expand=applications");
    assert_eq!(call.status, Some(200));
    assert_eq!(call.request, None);
    assert!(call.excerpt.contains("lead-new"));
    assert!(!format!("{call:?}{api:?}").contains("an access token"));
    assert!(api.trace().drain().is_empty());
    let stored = serde_json::to_string(call).unwrap();
    let back: CallRecord = serde_json::from_str(&stored).unwrap();
    assert_eq!(back.at.as_millisecond(), call.at.as_millisecond());
}

#[tokio::test]
async fn reads_single_objects() {
    for (at, body) in [
        ("/v1/users/u", json!({"id": "u"})),
        ("/v1/postings/p", json!({"id": "p"})),
        ("/v1/contacts/c", json!({"id": "c"})),
    ] {
        let (server, api) = start().await;
        Mock::given(path(at)).respond_with(data(body)).mount(&server).await;
        let found = match at {
            "/v1/users/u" => api.user(&"u".into()).await.map(drop),
            "/v1/postings/p" => api.posting(&"p".into()).await.map(drop),
            _ => api.contact(&"c".into()).await.map(drop),
        };
        found.unwrap();
    }
}

#[tokio::test]
async fn an_api_key_goes_as_the_users_name() {
    let (server, api) = answering(data(json!([]))).await;
    let key = secrecy::SecretString::from("s3cret-key");
    let api = api.client.with_api_key(&key);
    api.stages().await.unwrap();
    // RFC 7617: base64 of "s3cret-key:".
    assert_eq!(requests(&server).await[0].headers["authorization"], "Basic czNjcmV0LWtleTo=");
    assert!(!format!("{api:?}{:?}", api.trace().drain()).contains("s3cret"));
}

#[tokio::test]
async fn single_objects_come_wrapped_once_or_twice_and_with_damaged_texts() {
    for body in [
        r#"{"data":{"id":"o","name":"Ada"}}"#,
        r#"{"data":{"data":{"id":"o","name":"Ada"}}}"#,
        r#"{"data":{"id":"o","name":"Ada","headline":"Dev \ud83d"}}"#,
        r#"{"data":{"id":"o","name":"Ada","unknown":1e999,"more":[[["\udc00"]]]}}"#,
    ] {
        let (_server, api) = answering(ResponseTemplate::new(200).set_body_string(body)).await;
        let opportunity = api.opportunity(&"o".into(), &[]).await.unwrap();
        assert_eq!(opportunity.name.as_deref(), Some("Ada"), "{body}");
    }
    let bytes = b"{\"data\":{\"id\":\"o\",\"name\":\"Ada\",\"headline\":\"\xff\"}}";
    let (_server, api) = answering(ResponseTemplate::new(200).set_body_bytes(&bytes[..])).await;
    assert_eq!(api.opportunity(&"o".into(), &[]).await.unwrap().name.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn an_application_can_be_asked_for() {
    let (server, api) = start().await;
    Mock::given(path("/v1/opportunities/o/applications/a"))
        .respond_with(data(json!({"id": "a", "posting": "p"})))
        .mount(&server)
        .await;
    let application = api.application(&"o".into(), &"a".into()).await.unwrap();
    assert_eq!(application.posting, Some("p".into()));

    let mut bare: Opportunity = serde_json::from_value(json!({"id": "o", "applications": ["a"]})).unwrap();
    api.complete_application(&mut bare).await.unwrap();
    assert_eq!(bare.applied_for(), AppliedFor::Posting(&"p".into()));
    let calls = requests(&server).await.len();
    api.complete_application(&mut bare).await.unwrap();
    assert_eq!(requests(&server).await.len(), calls, "there is nothing to ask for");
    // Not shown: it stays what it is, which is not "no posting".
    let mut hidden: Opportunity = serde_json::from_value(json!({"id": "o", "applications": ["b"]})).unwrap();
    api.complete_application(&mut hidden).await.unwrap();
    assert_eq!(hidden.applied_for(), AppliedFor::Unexpanded(&"b".into()));
}

#[tokio::test]
async fn what_is_asked_for_is_the_application_only_if_it_says_its_posting() {
    for answered in [json!({"id": "a"}), json!({"id": "a", "posting": 7}), json!({"posting": null})] {
        let (_server, api) = answering(data(answered.clone())).await;
        let mut bare: Opportunity = serde_json::from_value(json!({"id": "o", "applications": "a"})).unwrap();
        api.complete_application(&mut bare).await.unwrap();
        assert_eq!(bare.applied_for(), AppliedFor::Unexpanded(&"a".into()), "{answered}");
    }
    let (_server, api) = answering(data(json!({"id": 7, "posting": "p"}))).await;
    let mut bare: Opportunity =
        serde_json::from_value(json!({"id": "o", "applications": [{"id": "a"}]})).unwrap();
    api.complete_application(&mut bare).await.unwrap();
    assert_eq!(bare.applied_for(), AppliedFor::Posting(&"p".into()));
}

#[tokio::test]
async fn a_list_where_one_object_is_meant_is_unreadable() {
    for list in
        [json!([{"id": "o", "name": "Ada"}]), json!(["o", "Ada"]), json!([]), json!({"data": [{"id": "o"}]})]
    {
        let (_server, api) = answering(data(list.clone())).await;
        let (o, p, u, c) = ("o".into(), "p".into(), "u".into(), "c".into());
        let answers = [
            api.opportunity(&o, &[]).await.map(drop),
            api.posting(&p).await.map(drop),
            api.user(&u).await.map(drop),
            api.contact(&c).await.map(drop),
            api.application(&o, &"a".into()).await.map(drop),
            api.create_webhook(&Event::CandidateHired, "https://x.example/", &[]).await.map(drop),
        ];
        for answer in answers {
            let error = answer.unwrap_err();
            assert!(matches!(error, Error::Unreadable { .. }) && error.is_transient(), "{list}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_id_stays_one_segment_of_the_path() {
    let (server, api) = answering(data(json!({"id": "o"}))).await;
    api.opportunity(&"a/../b?c#d %2e".into(), &[]).await.unwrap();
    let sent = &requests(&server).await[0];
    assert_eq!(sent.url.path(), "/v1/opportunities/a%2F..%2Fb%3Fc%23d%20%252e");
    for id in ["", ".", ".."] {
        let error = api.opportunity(&id.into(), &[]).await.unwrap_err();
        assert!(matches!(error, Error::OurFault { status: None, .. }), "{error:?}");
    }
    assert_eq!(requests(&server).await.len(), 1);
}

#[tokio::test]
async fn the_rate_limit_is_shared_and_can_be_read() {
    let number = |n| NonZeroU32::new(n).unwrap();
    let limit = RateLimit::new(number(1), number(3));
    assert_eq!((limit.headroom(), limit.burst()), (3, 3));
    limit.turn().await.unwrap();
    limit.clone().turn().await.unwrap();
    assert!(limit.headroom() <= 2 && limit.headroom() >= 1);

    // Three calls at 20 a second in bursts of one: the third waits for two intervals.
    let limit = RateLimit::new(number(20), number(1));
    let started = std::time::Instant::now();
    for _ in 0..3 {
        limit.turn().await.unwrap();
    }
    assert!(started.elapsed() >= Duration::from_millis(95), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_pause_that_lever_asks_for_holds_for_the_account() {
    let (server, api) =
        answering(refused(429, "TooManyRequests", "slow down").insert_header("retry-after", "60")).await;
    let error = api.stages().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert!(!error.maybe_done());
    assert_eq!(api.limit().headroom(), 0);
    // The next call is given back at once, unsent.
    let error = api.users().await.unwrap_err();
    assert!(error.retry_after().unwrap() > Duration::from_secs(50));
    assert_eq!(requests(&server).await.len(), 1);
    // A shorter pause does not shorten it, and other accounts are not held.
    api.limit().pause(Duration::from_secs(1));
    assert!(api.limit().pause_left() > Duration::from_secs(50));
    assert_eq!(RateLimit::default().headroom(), 20);
}

#[tokio::test]
async fn a_trace_forgets_the_oldest() {
    let trace = Trace::default();
    let record = CallRecord {
        at: jiff::Timestamp::UNIX_EPOCH,
        method: "GET".to_owned(),
        path: "/stages".to_owned(),
        request: None,
        status: None,
        duration_ms: 0,
        lever_time: None,
        excerpt: String::new(),
        skipped: Vec::new(),
        skipped_count: 0,
    };
    for n in 0..300 {
        trace.push(CallRecord { duration_ms: n, ..record.clone() });
    }
    let kept = trace.drain();
    assert_eq!(kept.len(), 256);
    assert_eq!((kept[0].duration_ms, kept[255].duration_ms), (44, 299));
}

/// A worker spawns these.
#[test]
fn calls_can_move_between_threads() {
    fn movable<T: Send>(_: T) {}
    let api = api_at("http://127.0.0.1:9");
    let id: OpportunityId = "o".into();
    movable(api.opportunity(&id, &[]));
    movable(api.add_note(&id, &NewNote::default()));
    movable(api.opportunities(&OpportunityFilter::default()).all());
    let oauth =
        crate::OAuth::new(crate::Hosts::production(), "id", "secret".into(), "https://portal.test/back")
            .unwrap();
    movable(oauth.refresh(&"token".into()));
    movable(oauth.exchange("code", &"verifier".into()));
    movable(oauth.revoke(&"token".into()));
}
