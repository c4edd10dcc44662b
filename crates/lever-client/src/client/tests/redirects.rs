use crate::client::tests::*;

fn redirect(status: u16, to: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).insert_header("location", to)
}

#[tokio::test]
async fn a_call_goes_on_with_method_body_and_credentials() {
    for status in [301, 307, 308] {
        let (there, _) =
            answering(ResponseTemplate::new(201).set_body_json(json!({"data": {"id": "n"}}))).await;
        let (here, api) = start().await;
        let to = format!("{}/v1/opportunities/o/notes?perform_as=u", there.uri());
        Mock::given(path("/v1/opportunities/o/notes")).respond_with(redirect(status, &to)).mount(&here).await;
        let note = NewNote { text: "Results".to_owned(), ..NewNote::default() };
        let id = api.acting_as("u".into()).add_note(&"o".into(), &note).await.unwrap();
        assert_eq!(id, Some("n".into()));
        let arrived = &requests(&there).await[0];
        assert_eq!(arrived.method.as_str(), "POST", "{status}");
        assert_eq!(arrived.headers["authorization"], "Bearer an access token");
        assert_eq!(arrived.headers["content-type"], "application/json");
        assert_eq!(arrived.body, br#"{"value":"Results"}"#);
    }
}

#[tokio::test]
async fn files_and_deletions_go_on_as_well() {
    let (there, _) = answering(ResponseTemplate::new(201).set_body_json(json!({"data": {"id": "f"}}))).await;
    let (here, api) = start().await;
    Mock::given(any()).respond_with(redirect(307, &format!("{}/v1/x", there.uri()))).mount(&here).await;
    let upload =
        Upload { name: "r.pdf".to_owned(), mime: "application/pdf".to_owned(), bytes: b"%PDF".to_vec() };
    assert_eq!(api.upload_file(&"o".into(), upload).await.unwrap(), Some("f".into()));
    api.delete_file(&"o".into(), &"f".into()).await.unwrap();
    let arrived = requests(&there).await;
    assert!(arrived[0].body.windows(4).any(|part| part == b"%PDF"));
    assert_eq!(arrived[1].method.as_str(), "DELETE");
}

#[tokio::test]
async fn a_read_follows_302_and_303_and_a_write_does_not() {
    for status in [302, 303] {
        let (there, _) = answering(data(json!([{"id": "s"}]))).await;
        let (here, api) = start().await;
        let to = format!("{}/v1/stages", there.uri());
        Mock::given(any()).respond_with(redirect(status, &to)).mount(&here).await;
        assert_eq!(api.stages().await.unwrap().len(), 1);
        let error = api.add_tags(&"o".into(), &["t".to_owned()]).await.unwrap_err();
        assert!(error.is_transient() && !error.maybe_done(), "{error:?}");
        assert_eq!(requests(&there).await.len(), 1, "{status}");
    }
}

#[tokio::test]
async fn three_redirects_are_followed_and_no_more() {
    for (hops, arrives) in [(3, true), (4, false)] {
        let (server, api) = start().await;
        for hop in 0..hops {
            let at = if hop == 0 { "/v1/stages".to_owned() } else { format!("/hop/{hop}") };
            let to = format!("/hop/{}", hop + 1);
            Mock::given(path(at)).respond_with(redirect(301, &to)).mount(&server).await;
        }
        Mock::given(path(format!("/hop/{hops}")))
            .respond_with(data(json!([{"id": "s"}])))
            .mount(&server)
            .await;
        let answer = api.stages().await;
        assert_eq!(answer.is_ok(), arrives);
        if let Err(error) = answer {
            assert!(error.is_transient() && error.to_string().contains("too many redirects"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_token_never_goes_to_strangers_and_the_call_is_tried_again() {
    for to in
        ["https://lever.example/v1/stages", "http://lever.example/v1", "ftp://api.lever.co/", "", "https://"]
    {
        let (server, api) = answering(redirect(307, to)).await;
        let error = api.stages().await.unwrap_err();
        assert!(matches!(error, Error::TryAgain { maybe_done: false, .. }), "{to}: {error:?}");
        assert_eq!(requests(&server).await.len(), 1);
        assert_eq!(api.trace().drain()[0].status, Some(307));
    }
}
