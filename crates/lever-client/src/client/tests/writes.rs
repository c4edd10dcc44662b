use secrecy::ExposeSecret;

use crate::client::tests::*;

fn sent(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

async fn last(server: &MockServer) -> Request {
    requests(server).await.pop().unwrap()
}

#[tokio::test]
async fn changes_are_sent_as_lever_wants_them() {
    let (server, api) = answering(data(json!({"id": "o"}))).await;
    let (id, user) = ("o".into(), "u".into());
    let texts = ["one".to_owned(), "two".to_owned()];
    let user: Option<&UserId> = Some(&user);

    api.add_tags(&id, &texts, user).await.unwrap();
    let request = last(&server).await;
    assert_eq!(request.method.as_str(), "POST");
    assert_eq!(request.url.path(), "/v1/opportunities/o/addTags");
    assert_eq!(request.url.query(), Some("perform_as=u"));
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(sent(&request), json!({"tags": ["one", "two"]}));

    api.remove_tags(&id, &texts, None).await.unwrap();
    let request = last(&server).await;
    assert_eq!(request.url.path(), "/v1/opportunities/o/removeTags");
    assert_eq!(request.url.query(), None);
    assert_eq!(sent(&request), json!({"tags": ["one", "two"]}));

    api.add_links(&id, &texts, None).await.unwrap();
    let request = last(&server).await;
    assert_eq!(request.url.path(), "/v1/opportunities/o/addLinks");
    assert_eq!(sent(&request), json!({"links": ["one", "two"]}));

    api.remove_links(&id, &texts, None).await.unwrap();
    assert_eq!(last(&server).await.url.path(), "/v1/opportunities/o/removeLinks");

    api.set_stage(&id, &"lead-new".into(), user).await.unwrap();
    let request = last(&server).await;
    assert_eq!(request.method.as_str(), "PUT");
    assert_eq!(request.url.path(), "/v1/opportunities/o/stage");
    assert_eq!(request.url.query(), Some("perform_as=u"));
    assert_eq!(sent(&request), json!({"stage": "lead-new"}));

    let calls = api.trace().drain();
    assert_eq!(calls[0].request.as_deref(), Some(r#"{"tags":["one","two"]}"#));
    assert_eq!(calls[0].path, "/opportunities/o/addTags?perform_as=u");
}

#[tokio::test]
async fn a_note_is_written_and_deleted() {
    let made = ResponseTemplate::new(201).set_body_json(json!({"data": {"id": "n"}}));
    let (server, api) = answering(made).await;
    let note = NewNote { text: "Results".to_owned(), ..NewNote::default() };
    let id = api.add_note(&"o".into(), &note, None).await.unwrap();
    assert_eq!(id, Some("n".into()));
    assert_eq!(sent(&last(&server).await), json!({"value": "Results"}));

    let note = NewNote {
        secret: true,
        notify_followers: true,
        created_at: jiff::Timestamp::from_millisecond(5).ok(),
        ..note
    };
    api.add_note(&"o".into(), &note, Some(&"u".into())).await.unwrap();
    let request = last(&server).await;
    assert_eq!(request.url.query(), Some("perform_as=u"));
    assert_eq!(
        sent(&request),
        json!({"value": "Results", "secret": true, "notifyFollowers": true, "createdAt": 5})
    );

    let (server, api) = answering(ResponseTemplate::new(204)).await;
    api.delete_note(&"o".into(), &"n".into()).await.unwrap();
    let request = last(&server).await;
    assert_eq!(request.method.as_str(), "DELETE");
    assert_eq!(request.url.path(), "/v1/opportunities/o/notes/n");
}

#[tokio::test]
async fn what_was_made_without_an_id_was_made_all_the_same() {
    for body in ["", "<html>", r#"{"data":{}}"#, r#"{"data":[]}"#] {
        let (_server, api) = answering(ResponseTemplate::new(201).set_body_string(body)).await;
        let id = api.add_note(&"o".into(), &NewNote::default(), None).await;
        assert_eq!(id.unwrap(), None, "{body}");
    }
}

#[tokio::test]
async fn a_file_is_uploaded_in_parts() {
    let made = ResponseTemplate::new(201).set_body_json(json!({"data": {"id": "f"}}));
    let (server, api) = answering(made).await;
    let upload = Upload {
        name: "Rapport Åsa.pdf".to_owned(),
        mime: "application/pdf".to_owned(),
        bytes: b"%PDF-1.7 the report".to_vec(),
    };
    let id = api.upload_file(&"o".into(), upload.clone(), Some(&"u".into())).await;
    assert_eq!(id.unwrap(), Some("f".into()));
    let request = last(&server).await;
    assert_eq!(request.url.path(), "/v1/opportunities/o/files");
    assert_eq!(request.url.query(), Some("perform_as=u"));
    let kind = request.headers["content-type"].to_str().unwrap();
    assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
    let body = String::from_utf8(request.body).unwrap();
    assert!(body.contains("name=\"file\""), "{body}");
    assert!(body.contains("application/pdf") && body.contains("%PDF-1.7 the report"));
    let call = &api.trace().drain()[0];
    assert_eq!(call.request.as_deref(), Some("Rapport Åsa.pdf, 19 bytes"));

    api.delete_file(&"o".into(), &"f".into()).await.unwrap();
    let request = last(&server).await;
    assert_eq!((request.method.as_str(), request.url.path()), ("DELETE", "/v1/opportunities/o/files/f"));

    let wrong = Upload { mime: "no media type".to_owned(), ..upload };
    let error = api.upload_file(&"o".into(), wrong, None).await.unwrap_err();
    assert!(matches!(error, Error::OurFault { status: None, .. }));
}

#[tokio::test]
async fn webhooks_are_made_changed_and_deleted_without_showing_their_token() {
    let webhook = json!({"id": "w", "event": "candidateHired", "url": "https://portal.test/w/k3y",
        "configuration": {"conditions": {"origins": Origin::KNOWN}, "signatureToken": "s3cret"}});
    let made = ResponseTemplate::new(201).set_body_json(json!({"data": webhook}));
    let (server, api) = answering(made).await;
    let url = "https://portal.test/w/k3y";
    let webhook = api.create_webhook(&Event::CandidateHired, url, Origin::KNOWN).await.unwrap();
    assert_eq!(webhook.signature_token.unwrap().expose_secret(), "s3cret");
    let request = last(&server).await;
    assert_eq!((request.method.as_str(), request.url.path()), ("POST", "/v1/webhooks"));
    assert_eq!(
        sent(&request),
        json!({"event": "candidateHired", "url": url, "configuration": {"conditions": {"origins":
            ["applied", "sourced", "referred", "university", "agency", "internal"]}}})
    );

    // Events that know no conditions are made without.
    api.create_webhook(&Event::CandidateDeleted, url, Origin::KNOWN).await.unwrap();
    assert_eq!(sent(&last(&server).await), json!({"event": "candidateDeleted", "url": url}));

    api.update_webhook(&"w".into(), &Event::CandidateHired, url, &[Origin::Applied]).await.unwrap();
    let request = last(&server).await;
    assert_eq!((request.method.as_str(), request.url.path()), ("PUT", "/v1/webhooks/w"));

    api.delete_webhook(&"w".into()).await.unwrap();
    assert_eq!(last(&server).await.method.as_str(), "DELETE");

    let calls = format!("{:?}", api.trace().drain());
    assert!(!calls.contains("s3cret") && !calls.contains("k3y"), "{calls}");
    assert!(calls.contains("candidateHired"));
}

#[tokio::test]
async fn a_webhook_whose_answer_is_lost_may_have_been_made() {
    let (_server, api) = answering(ResponseTemplate::new(201).set_body_string("s3cret and more")).await;
    let error = api.create_webhook(&Event::CandidateHired, "https://portal.test/w", &[]).await.unwrap_err();
    assert!(error.maybe_done(), "{error:?}");
    assert!(!format!("{:?}{error:?}", api.trace().drain()).contains("s3cret"));
}
