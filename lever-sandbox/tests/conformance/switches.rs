//! §1, §3, §6: what differs from account to account, by a switch.

use lever_sandbox::{Options, Redirect, Switches};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{CLIENT, Lever, SECRET, assert_error, options, read, reply};

async fn location(lever: &Lever, method: Method, path: &str) -> (u16, String) {
    let answer = lever.key(method, path).json(&json!({"stage": "offer"})).send().await.unwrap();
    let place = answer.headers().get("location").map(|place| place.to_str().unwrap().to_owned());
    (answer.status().as_u16(), place.unwrap_or_default())
}

#[tokio::test]
async fn s1_calls_are_sent_on_to_another_address() {
    for status in [301, 302, 303, 307, 308] {
        let redirect = Some(Redirect { status, to: None, hops: 1 });
        let switches = Switches { redirect, ..Switches::default() };
        let lever = Lever::with(Options { switches, ..options() }).await;
        let id = lever.candidate(json!({"stage": "lead-new"})).await;
        let call = format!("/v1/opportunities/{id}/stage?x=1");
        let (answered, place) = location(&lever, Method::PUT, &call).await;
        assert_eq!(answered, status);
        assert_eq!(place, format!("{}/eu{call}", lever.running.url));
        let moved = lever.key(Method::PUT, &format!("/eu{call}")).json(&json!({"stage": "offer"}));
        assert_eq!(reply(moved).await.1["data"]["stage"], "offer");
        // The token endpoint too; people at the consent page stay where they are.
        let token = lever.http.post(lever.url("/oauth/token")).send().await.unwrap();
        assert_eq!(token.status(), status);
        let fields = [("grant_type", "refresh_token"), ("client_id", CLIENT), ("client_secret", SECRET)];
        let sent_on = token.headers()["location"].to_str().unwrap().to_owned();
        let there = lever.http.post(sent_on).form(&fields).send().await.unwrap();
        assert_eq!(read(there).await.1["error"], "invalid_request");
        assert_eq!(lever.http.get(lever.url("/authorize")).send().await.unwrap().status(), 403);
    }
}

#[tokio::test]
async fn s1_calls_can_be_sent_on_often_or_elsewhere() {
    let lever = Lever::start().await;
    lever.order("switches", json!({"redirect": {"status": 307, "hops": 2}})).await;
    let here = &lever.running.url;
    assert_eq!(location(&lever, Method::GET, "/v1/stages").await, (307, format!("{here}/eu/v1/stages")));
    assert_eq!(
        location(&lever, Method::GET, "/eu/v1/stages").await,
        (307, format!("{here}/eu/eu/v1/stages"))
    );
    assert_eq!(lever.get("/eu/eu/v1/stages").await.0, 200);
    let there = json!({"redirect": {"status": 301, "to": "https://eu.example"}});
    lever.order("switches", there).await;
    assert_eq!(
        location(&lever, Method::GET, "/v1/stages?limit=1").await,
        (301, "https://eu.example/v1/stages?limit=1".into())
    );
    for wrong in [
        json!({"redirect": {"status": 200}}),
        json!({"redirect": {"status": 301, "to": "nowhere"}}),
        json!({"redirect": {"status": 301, "hops": 0}}),
        json!({"redirekt": null}),
    ] {
        assert_error(&lever.control(Method::POST, "switches", wrong).await, 400);
    }
    lever.order("switches", json!({"nested_create": true})).await;
    assert_eq!(location(&lever, Method::GET, "/v1/stages").await.0, 301, "what isn't named stays");
    lever.order("switches", json!({"redirect": null})).await;
    assert_eq!(lever.get("/v1/stages").await.0, 200);
    assert_eq!(
        lever.seen("switches").await,
        json!({
            "require_perform_as": false, "redirect": null, "refresh_leeway": 0, "nested_create": true,
            "bare_files": false,
        })
    );
}

#[tokio::test]
async fn s6_what_was_created_can_come_nested() {
    let lever = Lever::start().await;
    lever.order("switches", json!({"nested_create": true})).await;
    let id = lever.candidate(json!({})).await;
    let admin = lever.admin().await;
    let hook = json!({"event": "candidateHired", "url": "https://example.com/hook"});
    let (status, made) = lever.post("/v1/webhooks", hook).await;
    assert_eq!(status, 201);
    // As the documentation prints it, with the token alone.
    let configuration = made["data"]["data"]["configuration"].as_object().unwrap();
    assert_eq!(configuration.len(), 1);
    assert_eq!(configuration["signatureToken"].as_str().unwrap().len(), 48);
    let note = lever.post(&format!("/v1/opportunities/{id}/notes"), json!({"value": "x"})).await.1;
    assert!(note["data"]["data"]["noteId"].is_string());
    let opportunity = lever.post(&format!("/v1/opportunities?perform_as={admin}"), json!({})).await.1;
    assert!(opportunity["data"]["data"]["id"].is_string());
    let user = json!({"name": "New", "email": "new@acme.example"});
    assert!(lever.post("/v1/users", user).await.1["data"]["data"]["id"].is_string());
    // What is read or changed is as ever.
    assert!(lever.data(&format!("/v1/opportunities/{id}")).await["id"].is_string());
}

#[tokio::test]
async fn s5_the_list_of_files_can_be_a_bare_array() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities").await;
    let mut found = Value::Null;
    lever.order("switches", json!({"bare_files": true})).await;
    for one in all {
        let path = format!("/v1/opportunities/{}/files", one["id"].as_str().unwrap());
        let (status, body) = lever.get(&path).await;
        assert_eq!(status, 200);
        assert!(body.is_array());
        if body[0].is_object() {
            found = body[0].clone();
        }
    }
    assert_eq!(found["ext"], ".txt");
}
