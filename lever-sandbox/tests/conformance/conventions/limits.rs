//! §3 and §8: errors, writes, rate limits and scopes.

use super::*;

#[tokio::test]
async fn s8_one_status_has_several_codes() {
    let lever = Lever::start().await;
    let code = async |path: &str| lever.get(path).await.1["code"].as_str().unwrap().to_owned();
    assert_eq!(code("/v1/stages/a80bbbe0").await, "ResourceNotFound");
    let stage = lever.get("/v1/stages/a80bbbe0").await.1;
    assert_eq!(stage["message"], "stages a80bbbe0 was not found");
    let field = lever.get("/v1/requisition_fields/none").await;
    assert_error(&field, 404);
    assert_eq!(field.1["code"], "NotFoundError");
    assert_eq!(field.1["message"], "That requisition field doesn't exist on your account");
    assert_eq!(code("/v1/opportunities?limit=0").await, "BadRequestError");
    let id = lever.candidate(json!({})).await;
    let path = lever.performed(&format!("/v1/opportunities/{id}/addTags")).await;
    assert_eq!(lever.post(&path, json!({"tags": 5})).await.1["code"], "InvalidRequest");
}

#[tokio::test]
async fn s8_unknown_paths_answer_json_everywhere() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    for path in [
        "/v1/nothing".to_owned(),
        format!("/v1/opportunities/{id}/nothing"),
        format!("/v1/opportunities/{id}/notes/x/y"),
        format!("/v1/candidates/{id}/nothing"),
        "/v1/postings/x/nothing".to_owned(),
    ] {
        assert_error(&lever.get(&path).await, 404);
    }
}

#[tokio::test]
async fn s8_slashes_too_many_are_taken() {
    let lever = Lever::start().await;
    for path in ["/v1/webhooks/", "/v1//users", "//v1/stages//", "/v1/opportunities/?limit=1"] {
        let (status, body) = lever.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(body["data"].is_array());
    }
    let hook = json!({"event": "candidateHired", "url": "https://example.com/hook"});
    assert_eq!(lever.post("/v1/webhooks/", hook).await.0, 201);
}

#[tokio::test]
async fn s3_errors_have_code_and_message() {
    let lever = Lever::start().await;
    let reply = lever.get("/v1/opportunities/none").await;
    assert_error(&reply, 404);
    assert_eq!(reply.1["code"], "ResourceNotFound");
    assert_error(&lever.get("/v1/nothing").await, 404);
    assert_error(&lever.delete("/v1/stages").await, 405);
    let answer = lever.key(Method::DELETE, "/v1/webhooks").send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "GET, PUT, POST");
    let token = lever.token("stages:read:admin").await;
    let forbidden = lever.bearer(&token, Method::GET, "/v1/users");
    assert_error(&crate::support::reply(forbidden).await, 403);
}

#[tokio::test]
async fn s3_every_answer_has_a_request_id() {
    let lever = Lever::start().await;
    let answer = lever.key(Method::GET, "/v1/stages").send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let log = lever.seen("requests").await;
    assert_eq!(log[0]["id"], Value::String(id));
    assert_eq!(log[0]["path"], "/v1/stages");
    assert_eq!(log[0]["status"], 200);
    let shown = log[0]["authorization"].as_str().unwrap();
    assert!(!shown.contains(&lever.running.api_key));
}

#[tokio::test]
async fn s8_writes_are_json_or_forms() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let path = format!("/v1/opportunities/{id}/addTags");
    let body = r#"{"tags": ["x"]}"#;
    let typed = |kind: &'static str| lever.key(Method::POST, &path).header("content-type", kind).body(body);
    assert_error(&reply(typed("text/plain")).await, 415);
    assert_eq!(reply(typed("application/json; charset=utf-8")).await.0, 200);
    assert_error(&reply(lever.key(Method::POST, &path).body(body)).await, 415);
    let broken = lever.key(Method::POST, &path).header("content-type", "application/json").body("{");
    assert_error(&reply(broken).await, 400);
    assert_error(&lever.post(&path, json!({"tags": "x"})).await, 400);

    let tags = async || lever.data(&format!("/v1/opportunities/{id}")).await["tags"].clone();
    let form = lever.key(Method::POST, &path).form(&[("tags[]", "a"), ("tags[]", "b c")]);
    assert_eq!(reply(form).await.0, 200);
    assert_eq!(tags().await, json!(["x", "a", "b c"]));
    let parts = reqwest::multipart::Form::new().text("tags[]", "d");
    assert_eq!(reply(lever.key(Method::POST, &path).multipart(parts)).await.0, 200);
    assert_eq!(tags().await, json!(["x", "a", "b c", "d"]));
    // As a widely used client posts notes.
    let notes = format!("/v1/opportunities/{id}/notes");
    let form = [("value", "Hello"), ("secret", "true"), ("score", "2")];
    let (status, note) = reply(lever.key(Method::POST, &notes).form(&form)).await;
    assert_eq!(status, 201, "{note}");
    assert_eq!(note["data"]["fields"][0]["value"], "Hello");
    assert_eq!(note["data"]["secret"], true);
    assert_eq!(note["data"]["fields"][0]["score"], 2);
    let wrong = lever.key(Method::POST, &notes).form(&[("value", "x"), ("score", "many")]);
    assert_error(&reply(wrong).await, 400);
    // A reason left empty takes out of the archive, as `null` does.
    let archive = format!("/v1/opportunities/{id}/archived");
    let reason = lever.reason("Withdrew").await;
    let form = [("reason", reason.as_str())];
    let (_, archived) = reply(lever.key(Method::PUT, &archive).form(&form)).await;
    assert_eq!(archived["data"]["archived"]["reason"], reason.as_str());
    let (_, back) = reply(lever.key(Method::PUT, &archive).form(&[("reason", "")])).await;
    assert!(back["data"]["archived"].is_null());
}

#[tokio::test]
async fn s3_ten_calls_a_second_in_bursts_of_twenty() {
    let lever = Lever::with(Options { rate_limit: RateLimit::default(), ..options() }).await;
    // A clock that doesn't run on by itself would be better; the burst is quick enough
    // that fewer than ten tokens come back meanwhile.
    let calls = async |count: usize, says: bool| {
        let mut statuses = Vec::new();
        for _ in 0..count {
            let answer = lever.key(Method::GET, "/v1/stages").send().await.unwrap();
            statuses.push(answer.status().as_u16());
            // Lever's answers say nothing of limits (§8), unless the setting is on.
            let header =
                |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(header("x-ratelimit-remaining").is_some(), says);
            if answer.status() == 429 {
                let wait = header("retry-after");
                assert_eq!(wait.is_some(), says);
                assert!(wait.is_none_or(|wait| wait.parse::<u64>().unwrap() >= 1));
                assert_error(&read(answer).await, 429);
            } else {
                assert_eq!(answer.status(), 200);
            }
        }
        statuses
    };
    let statuses = calls(40, false).await;
    assert!(statuses[..20].iter().all(|status| *status == 200));
    assert!(statuses.contains(&429));
    lever.advance(2_000).await;
    for _ in 0..20 {
        assert_eq!(lever.get("/v1/stages").await.0, 200);
    }
    lever.order("limits", json!({"per_second": 1, "burst": 2, "retry_after": true})).await;
    assert!(calls(5, true).await.contains(&429));
}

#[tokio::test]
async fn s3_two_applications_a_second() {
    let lever = Lever::with(Options { rate_limit: RateLimit::default(), ..options() }).await;
    let posting = lever.data("/v1/postings").await[0]["id"].clone();
    let path = format!("/v1/postings/{}/apply", posting.as_str().unwrap());
    let mut statuses = Vec::new();
    for nth in 0..3 {
        let body = json!({"personalInformation": [
            {"name": "fullName", "value": "Ada"},
            {"name": "email", "value": format!("ada{nth}@example.com")},
        ]});
        statuses.push(lever.post(&path, body).await.0);
    }
    assert_eq!(statuses, [201, 201, 429]);
}

#[tokio::test]
async fn s3_scopes_are_enforced_per_endpoint_and_write_includes_read() {
    let lever = Lever::start().await;
    let one = lever.data("/v1/opportunities").await[0].clone();
    let id = one["id"].as_str().unwrap();
    let contact = one["contact"].as_str().unwrap();
    let endpoints = [
        ("/v1/opportunities".to_owned(), "opportunities"),
        ("/v1/opportunities/deleted".to_owned(), "opportunities"),
        ("/v1/applications/deleted".to_owned(), "applications"),
        (format!("/v1/opportunities/{id}/file_actions"), "files"),
        (format!("/v1/opportunities/{id}"), "opportunities"),
        ("/v1/candidates".to_owned(), "opportunities"),
        (format!("/v1/opportunities/{id}/notes"), "notes"),
        (format!("/v1/opportunities/{id}/files"), "files"),
        (format!("/v1/opportunities/{id}/applications"), "applications"),
        (format!("/v1/opportunities/{id}/resumes"), "resumes"),
        (format!("/v1/opportunities/{id}/offers"), "offers"),
        (format!("/v1/opportunities/{id}/referrals"), "referrals"),
        (format!("/v1/opportunities/{id}/interviews"), "interviews"),
        (format!("/v1/opportunities/{id}/panels"), "panels"),
        (format!("/v1/opportunities/{id}/feedback"), "feedback"),
        (format!("/v1/contacts/{contact}"), "contact"),
        ("/v1/stages".to_owned(), "stages"),
        ("/v1/archive_reasons".to_owned(), "archive_reasons"),
        ("/v1/sources".to_owned(), "sources"),
        ("/v1/tags".to_owned(), "tags"),
        ("/v1/users".to_owned(), "users"),
        ("/v1/postings".to_owned(), "postings"),
        ("/v1/postings/deleted".to_owned(), "postings"),
        ("/v1/disposition_stages".to_owned(), "stages"),
        ("/v1/requisition_fields".to_owned(), "requisition_fields"),
        ("/v1/feedback_templates".to_owned(), "feedback_templates"),
        ("/v1/eeo/responses".to_owned(), "eeo_responses"),
        ("/v1/eeo/responses/pii".to_owned(), "eeo_responses_pii"),
        ("/v1/requisitions".to_owned(), "requisitions"),
        ("/v1/webhooks".to_owned(), "webhooks"),
    ];
    let none = lever.token("offline_access").await;
    for (path, scope) in endpoints {
        assert_eq!(lever.status_for(&none, &path).await, 403, "{path}");
        let read = lever.token(&format!("{scope}:read:admin")).await;
        assert_eq!(lever.status_for(&read, &path).await, 200, "{path}");
        if scope.starts_with("eeo_") {
            continue;
        }
        let write = lever.token(&format!("{scope}:write:admin")).await;
        assert_eq!(lever.status_for(&write, &path).await, 200, "{path}");
    }
    // Reading doesn't include writing.
    let read = lever.token("opportunities:read:admin").await;
    let path = format!("/v1/opportunities/{id}/addTags");
    let write = lever.bearer(&read, Method::POST, &path).json(&json!({"tags": ["x"]}));
    assert_error(&reply(write).await, 403);
}
