//! §3: conventions of `/v1`.

use std::collections::HashSet;

use lever_sandbox::{Options, RateLimit};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Lever, assert_error, options, read, reply};

#[tokio::test]
async fn s3_a_key_is_the_user_of_basic_auth_with_an_empty_password() {
    let lever = Lever::start().await;
    let status = async |user: &str, password: &str| {
        let request = lever.http.get(lever.url("/v1/stages")).basic_auth(user, Some(password));
        reply(request).await
    };
    let key = lever.running.api_key.clone();
    assert_eq!(status(&key, "").await.0, 200);
    assert_error(&status(&key, "secret").await, 401);
    assert_error(&status("wrong", "").await, 401);
    let nobody = lever.http.get(lever.url("/v1/stages"));
    assert_error(&reply(nobody).await, 401);
    let token = lever.bearer("wrong", Method::GET, "/v1/stages");
    assert_error(&reply(token).await, 401);
}

#[tokio::test]
async fn s3_one_is_data_and_many_are_data_with_has_next() {
    let lever = Lever::start().await;
    let list = lever.get("/v1/stages").await.1;
    assert!(list["data"].is_array());
    assert_eq!(list["hasNext"], false);
    assert!(list.get("next").is_none());
    let id = list["data"][0]["id"].as_str().unwrap();
    let one = lever.get(&format!("/v1/stages/{id}")).await.1;
    assert_eq!(one["data"], list["data"][0]);
}

#[tokio::test]
async fn s3_pages_go_on_at_next() {
    let lever = Lever::start().await;
    let whole = lever.all("/v1/opportunities?confidentiality=all").await;
    let paged = lever.all("/v1/opportunities?confidentiality=all&limit=7").await;
    assert_eq!(whole.len(), 40);
    assert_eq!(paged, whole);
    let first = lever.get("/v1/opportunities?limit=7").await.1;
    assert_eq!(first["data"].as_array().unwrap().len(), 7);
    assert_eq!(first["hasNext"], true);
    assert!(first["next"].is_string());
    let ids: HashSet<&str> = paged.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 40);
    // Short lists are paged alike.
    assert_eq!(lever.all("/v1/stages?limit=3").await, lever.all("/v1/stages").await);
}

#[tokio::test]
async fn s3_a_page_stays_whole_when_something_new_comes_before_it() {
    let lever = Lever::start().await;
    let before = lever.all("/v1/opportunities?limit=100").await;
    let first = lever.get("/v1/opportunities?limit=5").await.1;
    lever.candidate(json!({"name": "Newest"})).await;
    let next = first["next"].as_str().unwrap();
    let rest = lever.get(&format!("/v1/opportunities?limit=100&offset={next}")).await.1;
    let seen = rest["data"].as_array().unwrap().len() + 5;
    assert_eq!(seen, before.len());
}

#[tokio::test]
async fn s3_limit_is_from_1_to_100() {
    let lever = Lever::start().await;
    for wrong in ["0", "101", "-1", "many", "1.5"] {
        let reply = lever.get(&format!("/v1/opportunities?limit={wrong}")).await;
        assert_error(&reply, 400);
    }
    let lever = Lever::with(Options { opportunities: 130, ..options() }).await;
    let page = lever.data("/v1/opportunities").await;
    assert_eq!(page.as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn s3_a_stale_or_foreign_offset_is_refused() {
    let lever = Lever::start().await;
    let next = async |path: &str| {
        let page = lever.get(path).await.1;
        page["next"].as_str().unwrap().to_owned()
    };
    let refused = async |path: String| {
        let reply = lever.get(&path).await;
        assert_error(&reply, 400);
        let message = reply.1["message"].as_str().unwrap();
        assert!(message.contains("Invalid offset token"), "{message}");
    };
    refused("/v1/opportunities?offset=nonsense".into()).await;
    let of_stages = next("/v1/stages?limit=1").await;
    refused(format!("/v1/opportunities?offset={of_stages}")).await;
    let of_all = next("/v1/opportunities?limit=1").await;
    refused(format!("/v1/opportunities?origin=applied&offset={of_all}")).await;
    lever.advance(25 * 60 * 60 * 1_000).await;
    refused(format!("/v1/opportunities?limit=1&offset={of_all}")).await;
}

#[tokio::test]
async fn s3_times_are_integers_in_milliseconds() {
    let lever = Lever::start().await;
    let now = lever.seen("clock").await["now"].as_i64().unwrap();
    for one in lever.all("/v1/opportunities").await {
        for field in ["createdAt", "updatedAt", "lastInteractionAt", "lastAdvancedAt"] {
            let at = one[field].as_i64().unwrap();
            assert!(at > 1_600_000_000_000 && at < now, "{field} {at}");
        }
    }
}

#[tokio::test]
async fn s3_expand_puts_the_object_in_place_of_its_id() {
    let lever = Lever::start().await;
    let plain = lever.data("/v1/opportunities").await;
    let names = "applications,stage,owner,sourcedBy,contact,followers";
    let full = lever.data(&format!("/v1/opportunities?expand={names}")).await;
    let pairs = plain.as_array().unwrap().iter().zip(full.as_array().unwrap());
    for (plain, full) in pairs {
        for name in ["stage", "owner", "contact", "sourcedBy"] {
            if plain[name].is_null() {
                assert!(full[name].is_null());
            } else {
                assert!(plain[name].is_string());
                assert_eq!(full[name]["id"], plain[name]);
            }
        }
        let applications = plain["applications"].as_array().unwrap();
        for (at, id) in applications.iter().enumerate() {
            assert_eq!(&full["applications"][at]["id"], id);
        }
    }
    // Given several times it works alike.
    let twice = lever.data("/v1/opportunities?expand=stage&expand=owner&limit=1").await;
    assert!(twice[0]["stage"].is_object() && twice[0]["owner"].is_object());
}

#[tokio::test]
async fn s3_include_followers_adds_the_field() {
    let lever = Lever::start().await;
    let plain = lever.data("/v1/opportunities").await;
    assert!(plain[0].get("followers").is_none());
    let with = lever.data("/v1/opportunities?include=followers").await;
    let all = with.as_array().unwrap();
    assert!(all.iter().all(|one| one["followers"].is_array()));
    assert!(all.iter().any(|one| one["followers"][0].is_string()));
}

#[tokio::test]
async fn s3_errors_have_code_and_message() {
    let lever = Lever::start().await;
    let reply = lever.get("/v1/opportunities/none").await;
    assert_error(&reply, 404);
    assert_eq!(reply.1["code"], "ResourceNotFound");
    assert_error(&lever.get("/v1/nothing").await, 404);
    assert_error(&lever.delete("/v1/stages").await, 405);
    let answer = lever.key(Method::PUT, "/v1/webhooks").send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "GET, POST");
    let token = lever.token("stages:read:admin").await;
    let forbidden = lever.bearer(&token, Method::GET, "/v1/users");
    assert_error(&super::support::reply(forbidden).await, 403);
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
async fn s3_writes_say_application_json() {
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
}

#[tokio::test]
async fn s3_ten_calls_a_second_in_bursts_of_twenty() {
    let lever = Lever::with(Options { rate_limit: RateLimit::default(), ..options() }).await;
    // A clock that doesn't run on by itself would be better; the burst is quick enough
    // that fewer than ten tokens come back meanwhile.
    let mut statuses = Vec::new();
    for _ in 0..40 {
        let answer = lever.key(Method::GET, "/v1/stages").send().await.unwrap();
        if answer.status() == 429 {
            let wait = answer.headers()["retry-after"].to_str().unwrap();
            assert!(wait.parse::<u64>().unwrap() >= 1);
            assert_error(&read(answer).await, 429);
            statuses.push(429);
        } else {
            assert_eq!(answer.status(), 200);
            statuses.push(200);
        }
    }
    assert!(statuses[..20].iter().all(|status| *status == 200));
    assert!(statuses.contains(&429));
    lever.advance(2_000).await;
    for _ in 0..20 {
        assert_eq!(lever.get("/v1/stages").await.0, 200);
    }
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
async fn s3_perform_as_must_be_a_user_and_is_required_to_create() {
    let lever = Lever::start().await;
    let body = json!({"name": "Ada"});
    assert_error(&lever.post("/v1/opportunities", body.clone()).await, 400);
    let nobody = "/v1/opportunities?perform_as=nobody";
    assert_error(&lever.post(nobody, body.clone()).await, 400);
    let admin = lever.admin().await;
    let path = format!("/v1/opportunities?perform_as={admin}");
    let (status, made) = lever.post(&path, body).await;
    assert_eq!(status, 201);
    assert_eq!(made["data"]["owner"], admin);
    assert_eq!(made["data"]["sourcedBy"], admin);
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
        ("/v1/requisitions".to_owned(), "requisitions"),
        ("/v1/webhooks".to_owned(), "webhooks"),
    ];
    let none = lever.token("offline_access").await;
    for (path, scope) in endpoints {
        assert_eq!(lever.status_for(&none, &path).await, 403, "{path}");
        let read = lever.token(&format!("{scope}:read:admin")).await;
        assert_eq!(lever.status_for(&read, &path).await, 200, "{path}");
        let write = lever.token(&format!("{scope}:write:admin")).await;
        assert_eq!(lever.status_for(&write, &path).await, 200, "{path}");
    }
    // Reading doesn't include writing.
    let read = lever.token("opportunities:read:admin").await;
    let path = format!("/v1/opportunities/{id}/addTags");
    let write = lever.bearer(&read, Method::POST, &path).json(&json!({"tags": ["x"]}));
    assert_error(&reply(write).await, 403);
}
