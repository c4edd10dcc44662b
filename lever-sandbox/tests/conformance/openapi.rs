//! The OpenAPI document, and whether what comes fits it.

use std::collections::HashSet;

use serde_json::Value;

use super::support::Lever;

#[tokio::test]
async fn the_document_is_openapi_3_1_with_unique_operations() {
    let lever = Lever::start().await;
    let document: Value =
        lever.http.get(lever.url("/sandbox/openapi.json")).send().await.unwrap().json().await.unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document["servers"][0]["url"], lever.running.url.as_str());
    let mut ids = HashSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with("/v1/"));
        for (_, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            assert!(ids.insert(id), "{path}");
            for status in ["400", "401", "403", "404", "429"] {
                assert!(operation["responses"].get(status).is_some(), "{path}");
            }
        }
    }
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer} leads nowhere");
    }
}

#[tokio::test]
async fn every_documented_path_answers() {
    let lever = Lever::start().await;
    let document = lever
        .http
        .get(lever.url("/sandbox/openapi.json"))
        .send()
        .await
        .unwrap()
        .json::<Value>()
        .await
        .unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, _) in methods.as_object().unwrap() {
            let path = path.replace(['{', '}'], "");
            let method = method.to_uppercase().parse().unwrap();
            let request = lever.key(method, &path).json(&serde_json::json!({}));
            let status = super::support::reply(request).await.0;
            assert!(status != 405 && status < 500, "{path}: {status}");
        }
    }
}
