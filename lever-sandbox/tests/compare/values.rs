//! No value of an account, and no key, is ever in a report.

use serde_json::json;

use crate::support::{FAST, Proxy, data, order, sandbox, try_through};

/// In every value that is put into the account or its answers.
const MARK: &str = "zqxv";

#[tokio::test]
async fn compare_never_shows_a_value() {
    let sandbox = sandbox().await;
    let person = json!({
        "name": "Zqxv Zqxvson",
        "email": "zqxv@zqxv.example",
        "phone": "+46 zqxv",
        "headline": "zqxv headline",
        "location": "zqxv city",
        "tags": ["zqxv tag"],
        "sources": ["zqxv source"],
        "links": ["https://zqxv.example/"],
    });
    order(&sandbox, "opportunities", person).await;
    let users = data(&sandbox, "/v1/users").await;
    let opportunity = data(&sandbox, "/v1/opportunities?limit=1").await;
    let path = format!(
        "{}/v1/opportunities/{}/notes?perform_as={}",
        sandbox.url,
        opportunity[0]["id"].as_str().unwrap(),
        users[0]["id"].as_str().unwrap()
    );
    let note = reqwest::Client::new().post(path).basic_auth(&sandbox.api_key, Some(""));
    assert_eq!(note.json(&json!({"value": "zqxv note"})).send().await.unwrap().status(), 201);

    // And whatever a server may say besides: as a key, a word, a code, a type, a token.
    let proxy = Proxy::start(&sandbox.url, |asked, answer| {
        answer.header("x-lever-trace", Some("zqxv"));
        if asked.path == "/v1/stages" {
            answer.header("x-zqxv-9f8e", Some("zqxv"));
        }
        if asked.path == "/v1/opportunities" {
            // A table of people: nothing but its keys says so, and each looks like a field.
            let mut names = (b'a'..=b'z').cycle().map(|letter| format!("zqxv{}", char::from(letter)));
            answer.each(|object| {
                object["people"] = names.by_ref().take(2).map(|name| (name, json!(1))).collect();
            });
        }
        if answer.status == 200 && asked.path.starts_with("/v1/") {
            answer.each(|object| {
                object["zqxv@zqxv.example"] = json!("zqxv");
                object["Zqxv Zqxvson"] = json!({"zqxv zqxv": "zqxv"});
                object["extra"] = json!("zqxv");
                object["confidentiality"] = json!("zqxv");
            });
            answer.edit(|body| {
                if body["next"].is_string() {
                    body["next"] = json!("[\"zqxv\", {\"zqxv\": 1}]");
                }
            });
        } else {
            answer.edit(|body| {
                body["code"] = json!("Zqxv");
                body["message"] = json!("zqxv was not found");
                body["more"] = json!(["zqxv"]);
            });
            answer.header("content-type", Some("application/zqxv"));
        }
    });
    let report = try_through(&sandbox, &proxy, FAST).await.unwrap();
    let (text, json) = (report.to_string(), serde_json::to_string_pretty(&report).unwrap());
    assert!(report.differences.len() > 20, "{report}");
    assert!(
        text.contains("extra") && text.contains("another word") && text.contains("x-lever-trace"),
        "{text}"
    );
    for out in [&text, &json, &format!("{report:?}")] {
        let found = out.to_lowercase();
        assert!(
            !found.contains(MARK),
            "{}",
            found.lines().find(|line| line.contains(MARK)).unwrap_or_default()
        );
        assert!(!out.contains(&sandbox.api_key));
        let seeded = ["acme.example", "example.com", "Lindqvist", "Globex", "LinkedIn", "Account Executive"];
        for value in seeded.into_iter().chain([users[0]["id"].as_str().unwrap()]) {
            assert!(!out.contains(value), "{value}");
        }
    }
}
