//! §3: whose name a write is done in.

use lever_sandbox::{Options, Switches};
use reqwest::{Method, multipart};
use serde_json::{Value, json};

use super::support::{Lever, Reply, assert_error, options, reply};

fn assert_missing(reply: &Reply, call: &str) {
    assert_error(reply, 400);
    let expected = json!({"code": "BadRequestError", "message": "Missing required parameter: perform_as"});
    assert_eq!(reply.1, expected, "{call}");
}

fn pdf() -> multipart::Form {
    let part = multipart::Part::bytes(b"%PDF-1.7".to_vec()).file_name("report.pdf");
    multipart::Form::new().part("file", part)
}

/// An opportunity with a file, feedback and an interview that the API made.
struct Scene {
    lever: Lever,
    path: String,
    admin: String,
    file: String,
    feedback: String,
    panel: String,
    interview: String,
    template: String,
}

impl Scene {
    async fn new() -> Self {
        let lever = Lever::start().await;
        let path = format!("/v1/opportunities/{}", lever.candidate(json!({})).await);
        let admin = lever.admin().await;
        let named = |below: &str| format!("{path}/{below}?perform_as={admin}");
        let file = reply(lever.key(Method::POST, &named("files")).multipart(pdf())).await;
        let template = lever.data("/v1/feedback_templates").await[0]["id"].as_str().unwrap().to_owned();
        let feedback = lever.post(&named("feedback"), json!({"baseTemplateId": template})).await;
        let panel = lever.post(&named("panels"), panel(&admin)).await;
        let id = |reply: &Reply| {
            assert_eq!(reply.0, 201, "{}", reply.1);
            reply.1["data"]["id"].as_str().unwrap().to_owned()
        };
        let (file, feedback, made) = (id(&file), id(&feedback), id(&panel));
        let interview = panel.1["data"]["interviews"][0]["id"].as_str().unwrap().to_owned();
        Self { lever, path, admin, file, feedback, panel: made, interview, template }
    }
}

fn panel(user: &str) -> Value {
    json!({"timezone": "Europe/Oslo", "interviews": [interview(user)]})
}

fn interview(user: &str) -> Value {
    json!({"subject": "Talk", "interviewers": [{"id": user}], "date": 1_900_000_000_000_i64, "duration": 30})
}

#[tokio::test]
async fn s3_files_opportunities_feedback_interviews_and_panels_need_perform_as() {
    let Scene { lever, path, admin, file, feedback, panel: made, interview: talk, template } =
        Scene::new().await;
    let files = format!("{path}/files");
    assert_missing(&reply(lever.key(Method::POST, &files).multipart(pdf())).await, "POST files");
    let one = format!("{files}/{file}");
    for (method, path, body) in [
        (Method::DELETE, one.clone(), json!({})),
        (Method::POST, "/v1/opportunities".into(), json!({"name": "Ada"})),
        (Method::POST, format!("{path}/feedback"), json!({"baseTemplateId": template})),
        (Method::PUT, format!("{path}/feedback/{feedback}"), json!({})),
        (Method::DELETE, format!("{path}/feedback/{feedback}"), json!({})),
        (Method::POST, format!("{path}/interviews"), interview(&admin)),
        (Method::PUT, format!("{path}/interviews/{talk}"), json!({})),
        (Method::DELETE, format!("{path}/interviews/{talk}"), json!({})),
        (Method::POST, format!("{path}/panels"), panel(&admin)),
        (Method::PUT, format!("{path}/panels/{made}"), panel(&admin)),
        (Method::DELETE, format!("{path}/panels/{made}"), json!({})),
    ] {
        for given in ["", "?perform_as="] {
            let call = format!("{method} {path}{given}");
            let without = lever.key(method.clone(), &format!("{path}{given}")).json(&body);
            assert_missing(&reply(without).await, &call);
        }
    }
    // Nothing came of any of it.
    assert_eq!(lever.all(&files).await.len(), 1);
    assert_eq!(lever.all(&format!("{path}/feedback")).await.len(), 1);
    assert_eq!(lever.all(&format!("{path}/interviews")).await.len(), 1);
    assert_eq!(lever.delete(&format!("{one}?perform_as={admin}")).await.0, 204);
}

#[tokio::test]
async fn s3_perform_as_names_an_active_user() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let gone = lever.all("/v1/users?includeDeactivated=true").await;
    let gone = gone.iter().find(|user| !user["deactivatedAt"].is_null()).unwrap()["id"].clone();
    for wrong in ["nobody", gone.as_str().unwrap()] {
        for path in [
            "/v1/opportunities".to_owned(),
            format!("/v1/opportunities/{id}/addTags"),
            format!("/v1/opportunities/{id}/notes"),
        ] {
            let path = format!("{path}?perform_as={wrong}");
            assert_error(&lever.post(&path, json!({"name": "Ada", "tags": ["x"], "value": "x"})).await, 400);
        }
    }
    let admin = lever.admin().await;
    let (status, made) = lever.post(&format!("/v1/opportunities?perform_as={admin}"), json!({})).await;
    assert_eq!(status, 201);
    assert_eq!(made["data"]["owner"], admin);
    assert_eq!(made["data"]["sourcedBy"], admin);
}

#[tokio::test]
async fn s3_the_rest_needs_it_only_at_some_accounts() {
    let require_perform_as = true;
    let switches = Switches { require_perform_as, ..Switches::default() };
    let lever = Lever::with(Options { switches, ..options() }).await;
    let id = lever.candidate(json!({})).await;
    let admin = lever.admin().await;
    let below = |what: &str| format!("/v1/opportunities/{id}/{what}");
    let note = json!({"value": "x"});
    let calls = [
        (Method::PUT, below("stage"), json!({"stage": "offer"})),
        (Method::PUT, below("archived"), json!({"reason": null})),
        (Method::POST, below("addTags"), json!({"tags": ["x"]})),
        (Method::POST, below("removeTags"), json!({"tags": ["x"]})),
        (Method::POST, below("addLinks"), json!({"links": ["x"]})),
        (Method::POST, below("removeLinks"), json!({"links": ["x"]})),
        (Method::POST, below("addSources"), json!({"sources": ["x"]})),
        (Method::POST, below("removeSources"), json!({"sources": ["x"]})),
        (Method::POST, below("notes"), note.clone()),
    ];
    for (method, path, body) in &calls {
        let call = format!("{method} {path}");
        let without = lever.key(method.clone(), path).json(body);
        assert_missing(&reply(without).await, &call);
        let with = lever.key(method.clone(), &format!("{path}?perform_as={admin}")).json(body);
        assert!(reply(with).await.0 < 300, "{call}");
    }
    // Reading and deleting, and what is elsewhere, needs nobody.
    let one = lever.all(&below("notes")).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(lever.delete(&below(&format!("notes/{one}"))).await.0, 204);
    let hook = json!({"event": "candidateHired", "url": "https://example.com/hook"});
    assert_eq!(lever.post("/v1/webhooks", hook).await.0, 201);
    // Switched off while it runs, these go without.
    lever.order("switches", json!({"require_perform_as": false})).await;
    for (method, path, body) in &calls {
        assert!(reply(lever.key(method.clone(), path).json(body)).await.0 < 300, "{method} {path}");
    }
}
