use secrecy::ExposeSecret;

use crate::client::tests::*;

fn sent(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

async fn last(server: &MockServer) -> Request {
    requests(server).await.pop().unwrap()
}

/// Every change below an opportunity, with what it sends.
async fn each_change(api: &Api) -> Vec<(&'static str, &'static str, Value)> {
    let (id, texts) = ("o".into(), ["one".to_owned(), "two".to_owned()]);
    let note = NewNote { text: "Results".to_owned(), ..NewNote::default() };
    let new = NewOpportunity { name: Some("Ada".to_owned()), ..NewOpportunity::default() };
    let file = Upload { name: "r.pdf".to_owned(), mime: "application/pdf".to_owned(), bytes: vec![1] };
    api.add_tags(&id, &texts).await.unwrap();
    api.remove_tags(&id, &texts).await.unwrap();
    api.add_links(&id, &texts).await.unwrap();
    api.remove_links(&id, &texts).await.unwrap();
    api.add_sources(&id, &texts).await.unwrap();
    api.remove_sources(&id, &texts).await.unwrap();
    api.set_stage(&id, &"lead-new".into()).await.unwrap();
    api.set_archived(&id, Some(&"r".into())).await.unwrap();
    api.set_archived(&id, None).await.unwrap();
    api.add_note(&id, &note).await.unwrap();
    api.delete_note(&id, &"n".into()).await.unwrap();
    api.upload_file(&id, file).await.unwrap();
    api.delete_file(&id, &"f".into()).await.unwrap();
    api.create_opportunity(&new).await.unwrap();
    vec![
        ("POST", "/v1/opportunities/o/addTags", json!({"tags": ["one", "two"]})),
        ("POST", "/v1/opportunities/o/removeTags", json!({"tags": ["one", "two"]})),
        ("POST", "/v1/opportunities/o/addLinks", json!({"links": ["one", "two"]})),
        ("POST", "/v1/opportunities/o/removeLinks", json!({"links": ["one", "two"]})),
        ("POST", "/v1/opportunities/o/addSources", json!({"sources": ["one", "two"]})),
        ("POST", "/v1/opportunities/o/removeSources", json!({"sources": ["one", "two"]})),
        ("PUT", "/v1/opportunities/o/stage", json!({"stage": "lead-new"})),
        ("PUT", "/v1/opportunities/o/archived", json!({"reason": "r"})),
        ("PUT", "/v1/opportunities/o/archived", json!({"reason": null})),
        ("POST", "/v1/opportunities/o/notes", json!({"value": "Results"})),
        ("DELETE", "/v1/opportunities/o/notes/n", Value::Null),
        ("POST", "/v1/opportunities/o/files", Value::Null),
        ("DELETE", "/v1/opportunities/o/files/f", Value::Null),
        ("POST", "/v1/opportunities", json!({"name": "Ada"})),
    ]
}

#[tokio::test]
async fn each_change_is_made_in_the_users_name() {
    let (server, api) = answering(data(json!({"id": "o"}))).await;
    for user in [Some("u-1"), None] {
        server.reset().await;
        Mock::given(any()).respond_with(data(json!({"id": "o"}))).mount(&server).await;
        let api = match user {
            Some(user) => api.clone().acting_as(user.into()),
            None => api.clone(),
        };
        assert_eq!(api.acts_as().map(UserId::as_str), user);
        let expected = each_change(&api).await;
        let arrived = requests(&server).await;
        assert_eq!(arrived.len(), expected.len());
        for (request, (method, path, body)) in arrived.iter().zip(expected) {
            assert_eq!((request.method.as_str(), request.url.path()), (method, path));
            let query = user.map(|user| format!("perform_as={user}"));
            assert_eq!(request.url.query(), query.as_deref(), "{method} {path}");
            if !body.is_null() {
                assert_eq!(request.headers["content-type"], "application/json");
                assert_eq!(sent(request), body);
            }
        }
    }
}

#[tokio::test]
async fn nobody_is_acted_for_where_lever_knows_no_such_thing() {
    let (server, api) = answering(data(json!({"id": "w"}))).await;
    let api = api.acting_as("u-1".into());
    api.create_webhook(&Event::CandidateHired, "https://portal.test/w", &[]).await.unwrap();
    api.delete_webhook(&"w".into()).await.unwrap();
    api.contact(&"c".into()).await.unwrap();
    api.user(&"u".into()).await.unwrap();
    api.opportunity(&"o".into(), &[]).await.unwrap();
    assert!(requests(&server).await.iter().all(|request| request.url.query().is_none()));
}

#[tokio::test]
async fn an_opportunity_is_created_with_what_was_given() {
    let body = json!({"data": {"id": "o-9", "name": ""}, "deduped": true});
    let (server, api) = answering(ResponseTemplate::new(201).set_body_json(body)).await;
    let text = |text: &str| vec![text.to_owned()];
    let new = NewOpportunity {
        name: Some("Ada".to_owned()),
        headline: Some("Engineer".to_owned()),
        stage: Some("applicant-new".into()),
        location: Some("Uppsala".to_owned()),
        emails: text("ada@x.test"),
        phones: text("1"),
        links: text("https://x.test"),
        tags: text("t"),
        sources: text("s"),
        origin: Some(Origin::Sourced),
        owner: Some("u".into()),
        posting: Some("p".into()),
    };
    let created = api.acting_as("u".into()).create_opportunity(&new).await.unwrap();
    assert_eq!((created.id, created.is_of_known_person), (Some("o-9".into()), true));
    assert_eq!(
        sent(&last(&server).await),
        json!({"name": "Ada", "headline": "Engineer", "stage": "applicant-new", "location": "Uppsala",
            "emails": ["ada@x.test"], "phones": [{"value": "1"}], "links": ["https://x.test"], "tags": ["t"],
            "sources": ["s"], "origin": "sourced", "owner": "u", "postings": ["p"]})
    );
}

#[tokio::test]
async fn a_change_is_noted_with_what_was_sent() {
    let (_server, api) = answering(data(json!({"id": "o"}))).await;
    let api = api.acting_as("u".into());
    api.add_tags(&"o".into(), &["one".to_owned(), "two".to_owned()]).await.unwrap();
    let calls = api.trace().drain();
    assert_eq!(calls[0].request.as_deref(), Some(r#"{"tags":["one","two"]}"#));
    assert_eq!(calls[0].path, "/opportunities/o/addTags?perform_as=u");
}

#[tokio::test]
async fn a_note_is_written_and_deleted() {
    let made = ResponseTemplate::new(201).set_body_json(json!({"data": {"id": "n"}}));
    let (server, api) = answering(made).await;
    let note = NewNote { text: "Results".to_owned(), ..NewNote::default() };
    let id = api.add_note(&"o".into(), &note).await.unwrap();
    assert_eq!(id, Some("n".into()));
    assert_eq!(sent(&last(&server).await), json!({"value": "Results"}));

    let note = NewNote {
        secret: true,
        notify_followers: true,
        created_at: jiff::Timestamp::from_millisecond(5).ok(),
        ..note
    };
    api.add_note(&"o".into(), &note).await.unwrap();
    let request = last(&server).await;
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
        let id = api.add_note(&"o".into(), &NewNote::default()).await;
        assert_eq!(id.unwrap(), None, "{body}");
    }
    for body in [
        r#"{"data":{"id":"n"}}"#,
        r#"{"data":{"noteId":"n"}}"#,
        r#"{"data":{"data":{"id":"n"}}}"#,
        r#"{"data":{"data":{"noteId":"n","text":"\ud83d"}}}"#,
        r#"{"data":{"id":null,"noteId":"n"}}"#,
    ] {
        let (_server, api) = answering(ResponseTemplate::new(201).set_body_string(body)).await;
        let id = api.add_note(&"o".into(), &NewNote::default()).await;
        assert_eq!(id.unwrap(), Some("n".into()), "{body}");
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
    let id = api.upload_file(&"o".into(), upload.clone()).await;
    assert_eq!(id.unwrap(), Some("f".into()));
    let request = last(&server).await;
    assert_eq!(request.url.path(), "/v1/opportunities/o/files");
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
    let error = api.upload_file(&"o".into(), wrong).await.unwrap_err();
    assert!(matches!(error, Error::OurFault { status: None, .. }));
}

#[tokio::test]
async fn webhooks_are_made_and_deleted_without_showing_their_token() {
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

    // The address holds a key, and Lever may repeat it.
    let url = "https://portal.test/w/k3y";
    let (_server, api) = answering(refused(400, "BadRequestError", &format!("{url} is in use"))).await;
    let error = api.create_webhook(&Event::CandidateHired, url, &[]).await.unwrap_err();
    let shown = format!("{:?}{error:?}{error}", api.trace().drain());
    assert!(!shown.contains("k3y") && shown.contains("is in use"), "{shown}");
}

#[tokio::test]
async fn a_webhook_comes_wrapped_once_or_twice() {
    let webhook = json!({"id": "w", "configuration": {"signatureToken": "s3cret"}});
    for body in [json!({"data": webhook}), json!({"data": {"data": webhook}})] {
        let (_server, api) = answering(ResponseTemplate::new(201).set_body_json(&body)).await;
        let made = api.create_webhook(&Event::CandidateHired, "https://portal.test/w", &[]).await.unwrap();
        assert_eq!(made.id.as_str(), "w");
        assert_eq!(made.signature_token.unwrap().expose_secret(), "s3cret");
    }
}
