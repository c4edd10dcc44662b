use tokio::{io::AsyncReadExt, net::TcpListener};

use crate::client::tests::*;

#[tokio::test]
async fn each_status_has_its_error() {
    for (status, expected) in [
        (400, "ours"),
        (401, "gone"),
        (403, "forbidden"),
        (404, "missing"),
        (410, "missing"),
        (422, "ours"),
        (300, "again"),
        (307, "again"),
        (429, "again"),
        (500, "again"),
        (503, "again"),
    ] {
        let (_server, api) = answering(refused(status, "Code", "words")).await;
        let error = api.opportunity(&"o".into(), &[]).await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        let sorted = match error {
            Error::TryAgain { .. } => "again",
            Error::Unreadable { .. } | Error::Certificate { .. } => "not expected",
            Error::AccessGone { .. } => "gone",
            Error::Forbidden { .. } => "forbidden",
            Error::NotFound { .. } => "missing",
            Error::OurFault { .. } => "ours",
        };
        assert_eq!(sorted, expected, "{status}");
        let call = &api.trace().drain()[0];
        assert_eq!(call.status, Some(status));
        assert!(call.excerpt.contains("words"));
    }
}

#[tokio::test]
async fn an_answer_that_can_not_be_read_is_tried_again() {
    for body in ["", "<html>", "{}", "[]", r#"{"data": null}"#, r#"{"data": {"name": "no id"}}"#] {
        let answer = ResponseTemplate::new(200).set_body_string(body);
        let (_server, api) = answering(answer).await;
        let error = api.opportunity(&"o".into(), &[]).await.unwrap_err();
        assert!(error.is_transient(), "{body}: {error:?}");
        assert!(matches!(error, Error::Unreadable { status: 200, .. }));
        assert!(error.to_string().contains("Lever's answer can't be read"));
    }
}

#[tokio::test]
async fn nobody_there_is_passing_and_nothing_was_done() {
    let api = api_at(&nobody());
    let tags = ["t".to_owned()];
    let error = api.add_tags(&"o".into(), &tags).await.unwrap_err();
    assert!(error.is_transient() && !error.maybe_done(), "{error:?}");
    assert_eq!(error.status(), None);
    let call = &api.trace().drain()[0];
    assert_eq!(call.status, None);
    assert!(call.excerpt.starts_with("no connection"), "{}", call.excerpt);
}

#[tokio::test]
async fn a_connection_that_breaks_after_sending_may_have_done_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = api_at(&format!("http://{}", listener.local_addr().unwrap()));
    let lever = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let (mut request, mut chunk) = (Vec::new(), [0; 1024]);
        while !request.ends_with(b"}") {
            let read = socket.read(&mut chunk).await.unwrap();
            request.extend_from_slice(&chunk[..read]);
        }
    });
    let note = NewNote { text: "results".to_owned(), ..NewNote::default() };
    let error = api.add_note(&"o".into(), &note).await.unwrap_err();
    lever.await.unwrap();
    assert!(error.is_transient() && error.maybe_done(), "{error:?}");
    let call = &api.trace().drain()[0];
    assert_eq!((call.method.as_str(), call.status), ("POST", None));
    assert!(call.request.as_ref().unwrap().contains("results"));
    assert!(!call.excerpt.is_empty());
}

#[tokio::test]
async fn an_answer_that_takes_too_long_may_have_done_it() {
    let (server, _) = answering(data(json!({"id": "n"})).set_delay(Duration::from_secs(30))).await;
    let http = http::client(Duration::from_millis(100)).unwrap();
    let url = Url::parse(&format!("{}/v1", server.uri())).unwrap();
    let api = Client::new(http, url, RateLimit::default()).with_token(&"t".into());
    let error = api.set_stage(&"o".into(), &"s".into()).await.unwrap_err();
    assert!(error.is_transient() && error.maybe_done(), "{error:?}");
    assert_eq!(api.trace().drain()[0].excerpt, "no answer in time");
}

fn retrying(server: &MockServer, times: usize) -> Api {
    let http = http::client(Duration::from_secs(5)).unwrap();
    let url = Url::parse(&format!("{}/v1", server.uri())).unwrap();
    Client::new(http, url, RateLimit::default()).read_retries(times).with_token(&"t".into())
}

#[tokio::test]
async fn reads_are_tried_a_few_times() {
    let (server, _) = start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(500)).up_to_n_times(1).mount(&server).await;
    Mock::given(any()).respond_with(data(json!([{"id": "s", "text": "Screen"}]))).mount(&server).await;
    let api = retrying(&server, 1);
    assert_eq!(api.stages().await.unwrap()[0].text, "Screen");
    let statuses: Vec<_> = api.trace().drain().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [Some(500), Some(200)]);
}

#[tokio::test]
async fn a_read_is_given_back_when_trying_is_in_vain_or_would_take_long() {
    for (answer, calls) in [
        (ResponseTemplate::new(500), 2),
        (ResponseTemplate::new(404), 1),
        (ResponseTemplate::new(401), 1),
        (ResponseTemplate::new(503).insert_header("retry-after", "30"), 1),
        (ResponseTemplate::new(429).insert_header("retry-after", "30"), 1),
    ] {
        let (server, _) = answering(answer).await;
        let api = retrying(&server, 1);
        api.user(&"u".into()).await.unwrap_err();
        assert_eq!(requests(&server).await.len(), calls);
    }
}

#[tokio::test]
async fn writes_are_tried_once() {
    let (server, _) = answering(ResponseTemplate::new(503)).await;
    let api = retrying(&server, 5);
    let error = api.add_note(&"o".into(), &NewNote::default()).await.unwrap_err();
    assert!(error.maybe_done());
    assert_eq!(requests(&server).await.len(), 1);
}

#[tokio::test]
async fn long_answers_are_kept_in_part() {
    let (_server, api) = answering(data(json!({"id": "o", "name": "é".repeat(5000)}))).await;
    api.opportunity(&"o".into(), &[]).await.unwrap();
    let excerpt = &api.trace().drain()[0].excerpt;
    assert!(excerpt.len() > 4000 && excerpt.len() <= 4096 + '…'.len_utf8());
}

#[tokio::test]
async fn a_secret_that_lever_repeats_is_not_shown() {
    let words = "the token an access token may not do this";
    let (_server, api) = answering(refused(403, "Forbidden", words)).await;
    let error = api.opportunity(&"o".into(), &[]).await.unwrap_err();
    let shown = format!("{error} {error:?} {:?}", api.trace().drain());
    assert!(shown.contains("may not do this") && !shown.contains("an access token"), "{shown}");
}
