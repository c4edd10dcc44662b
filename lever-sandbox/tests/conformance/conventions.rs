//! §3: conventions of `/v1`.

mod limits;

use std::collections::HashSet;

use lever_sandbox::{Options, RateLimit};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Lever, assert_error, encoded, options, read, reply};

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
    let rest = lever.get(&format!("/v1/opportunities?limit=100&offset={}", encoded(next))).await.1;
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
    let of_stages = encoded(&next("/v1/stages?limit=1").await);
    refused(format!("/v1/opportunities?offset={of_stages}")).await;
    let of_users = encoded(&next("/v1/users?limit=1").await);
    refused(format!("/v1/opportunities?offset={of_users}")).await;
    let of_all = encoded(&next("/v1/opportunities?limit=1").await);
    lever.control(Method::POST, "offsets/expire", json!({})).await;
    refused(format!("/v1/opportunities?limit=1&offset={of_all}")).await;
}

#[tokio::test]
async fn s8_offsets_are_percent_encoded_json_that_is_encoded_once_more() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities").await;
    let page = lever.get("/v1/opportunities?limit=5").await.1;
    let next = page["next"].as_str().unwrap();
    // `[n, ms, id]` names the first of the next page.
    let (created, id) = (&all[5]["createdAt"], all[5]["id"].as_str().unwrap());
    assert_eq!(next, format!("%5B3%2C{created}%2C%22{id}%22%5D"));
    assert_error(&lever.get(&format!("/v1/opportunities?offset={next}")).await, 400);
    let rest = lever.get(&format!("/v1/opportunities?limit=1&offset={}", encoded(next))).await.1;
    assert_eq!(rest["data"][0], all[5]);
    // Of users, `[ms, id]`.
    let users = lever.all("/v1/users").await;
    let page = lever.get("/v1/users?limit=1").await.1;
    let (created, id) = (&users[1]["createdAt"], users[1]["id"].as_str().unwrap());
    assert_eq!(page["next"], format!("%5B{created}%2C%22{id}%22%5D").as_str());
}

#[tokio::test]
async fn s8_an_offset_lives_long_and_is_not_bound_to_filters() {
    let lever = Lever::start().await;
    let page = lever.get("/v1/opportunities?limit=5").await.1;
    let next = encoded(page["next"].as_str().unwrap());
    lever.advance(30 * 24 * 60 * 60 * 1_000).await;
    let go_on = async |query: &str| lever.get(&format!("/v1/opportunities?{query}&offset={next}")).await;
    assert_eq!(go_on("limit=5").await.0, 200);
    assert_eq!(go_on("origin=applied").await.0, 200);
    // The one it names may be gone meanwhile: the others follow.
    let (_, rest) = go_on("limit=2").await;
    let gone = format!("opportunities/{}", rest["data"][0]["id"].as_str().unwrap());
    assert_eq!(lever.control(Method::DELETE, &gone, json!({})).await.0, 204);
    assert_eq!(go_on("limit=1").await.1["data"][0], rest["data"][1]);
}

#[tokio::test]
async fn s3_times_are_integers_in_milliseconds() {
    let lever = Lever::start().await;
    let now = lever.seen("clock").await["now"].as_i64().unwrap();
    for one in lever.all("/v1/opportunities").await {
        for field in ["createdAt", "updatedAt", "lastInteractionAt", "lastAdvancedAt"] {
            // Null on those untouched since before June 2020 (§8).
            if field == "updatedAt" && one[field].is_null() {
                assert!(one["createdAt"].as_i64().unwrap() < 1_590_969_600_000);
                continue;
            }
            let at = one[field].as_i64().unwrap();
            assert!(at > 1_500_000_000_000 && at < now, "{field} {at}");
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
async fn s3_what_cannot_be_expanded_is_refused() {
    let lever = Lever::start().await;
    let one = lever.data("/v1/opportunities?limit=1").await[0]["id"].as_str().unwrap().to_owned();
    let posting = lever.data("/v1/postings?limit=1").await[0]["id"].as_str().unwrap().to_owned();
    for path in [
        "/v1/opportunities?expand=posting".to_owned(),
        "/v1/opportunities?expand=stage,posting".to_owned(),
        format!("/v1/opportunities/{one}?expand=posting"),
        "/v1/opportunities/deleted?expand=posting".to_owned(),
        "/v1/candidates?expand=posting".to_owned(),
    ] {
        let reply = lever.get(&path).await;
        assert_error(&reply, 400);
        assert_eq!(reply.1["code"], "BadRequestError");
        assert_eq!(reply.1["message"], "posting is not expandable", "{path}");
    }
    for path in ["/v1/postings?expand=stage".to_owned(), format!("/v1/postings/{posting}?expand=stage")] {
        assert_eq!(lever.get(&path).await.1["message"], "stage is not expandable");
    }
    let admin = lever.admin().await;
    let write = format!("/v1/opportunities/{one}/addTags?expand=posting&perform_as={admin}");
    assert_error(&lever.post(&write, json!({"tags": ["never"]})).await, 400);
    let tags = lever.data(&format!("/v1/opportunities/{one}")).await["tags"].clone();
    assert!(!tags.as_array().unwrap().contains(&json!("never")));
}

#[tokio::test]
async fn s3_followers_come_unasked_and_include_keeps_only_what_it_names() {
    let lever = Lever::start().await;
    let plain = lever.data("/v1/opportunities").await;
    let all = plain.as_array().unwrap();
    assert!(all.iter().all(|one| one["followers"].is_array()));
    assert!(all.iter().any(|one| one["followers"][0].is_string()));
    let fields = |one: &Value| one.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let with = lever.data("/v1/opportunities?include=followers&include=name&limit=1").await;
    assert_eq!(fields(&with[0]), ["followers", "name"]);
    // What is expanded comes along.
    let id = plain[0]["id"].as_str().unwrap();
    let one = lever.data(&format!("/v1/opportunities/{id}?include=id,name&expand=stage")).await;
    assert_eq!(fields(&one), ["id", "name", "stage"]);
    assert!(one["stage"].is_object());
    for list in ["/v1/postings?include=text", "/v1/stages?include=text", "/v1/users?include=email"] {
        let name = list.rsplit_once('=').unwrap().1;
        assert_eq!(fields(&lever.data(list).await[0]), [name], "{list}");
    }
}
