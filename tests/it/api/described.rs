//! The OpenAPI document is that of the routes, and answers are what it says.

use super::{Answer, Program, furnished, program};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The routes of the API, from its source. A route that this does not see is one that is written in another way.
fn routes() -> BTreeSet<(&'static str, String)> {
    let source = include_str!("../../../src/web/api/mod.rs");
    let of = |mark: &'static str, method| {
        let paths = source.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap());
        paths.map(move |path| (method, format!("/api{path}")))
    };
    of("reading(\"", "get").chain(of("writing(\"", "post")).collect()
}

/// What a value breaks of its schema: types, fields that must be there, and fields that nobody described.
fn faults(value: &Value, schema: &Value, all: &Value, at: &str) -> Vec<String> {
    let mut known = BTreeSet::new();
    let mut found = parts(value, schema, all, at, &mut known);
    if let Some(fields) = value.as_object() {
        let more = fields.keys().filter(|name| !known.contains(*name));
        found.extend(more.map(|name| format!("{at}/{name} is not described")));
    }
    found
}

fn parts(value: &Value, schema: &Value, all: &Value, at: &str, known: &mut BTreeSet<String>) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.strip_prefix("#/components/schemas/").unwrap();
        assert!(all[name].is_object(), "{reference} leads nowhere");
        return parts(value, &all[name], all, at, known);
    }
    let mut found = Vec::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        found.extend(parts(value, part, all, at, known));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let mut ways = choices.iter().map(|choice| parts(value, choice, all, at, known));
        let fits = ways.by_ref().any(|way| way.is_empty());
        return if fits { found } else { vec![format!("{at} is {value}, which is none of {schema}")] };
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(word) => vec![word],
        Value::Array(words) => words.iter().map(|word| word.as_str().unwrap()).collect(),
        _ => vec![],
    };
    let is_of = |word: &&str| match *word {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the type {other}"),
    };
    if !types.is_empty() && !types.iter().any(is_of) {
        found.push(format!("{at} is {value}, and should be {types:?}"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.is_object() && value.get(name).is_none() {
            found.push(format!("{at}/{name} is not there"));
        }
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        known.insert(name.clone());
        if let Some(value) = value.get(name) {
            found.extend(faults(value, field, all, &format!("{at}/{name}")));
        }
    }
    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(faults(item, &schema["items"], all, &format!("{at}/{n}")));
    }
    found
}

async fn document(portal: &Portal) -> Value {
    let answer = Program::of(portal, None).get("/api/v1/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

on_both_databases!(Portal::start => the_document_has_every_route_and_no_other);
async fn the_document_has_every_route_and_no_other(portal: Portal) {
    let document = document(&portal).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let (mut described, mut operations) = (BTreeSet::new(), BTreeSet::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(operations.insert(operation["operationId"].as_str().unwrap()), "{method} {path}");
            assert!(super::ALL.contains(&operation["tags"][0].as_str().unwrap()), "{path}: its scope");
            let answers = &operation["responses"];
            for status in ["400", "401", "403", "404", "405", "421", "429", "500", "503"] {
                assert!(answers[status].is_object(), "{method} {path}: {status}");
            }
            assert!(answers["200"].is_object() || answers["202"].is_object(), "{method} {path}");
            for status in ["408", "409", "413", "415", "422"] {
                assert_eq!(answers[status].is_object(), method == "post", "{method} {path}: {status}");
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let has_key = parameters.clone().any(|known| known["name"] == "Idempotency-Key");
            assert_eq!(has_key, method == "post", "{method} {path}");
            described.insert((method.clone(), path.clone()));
        }
    }
    let mut routes: BTreeSet<(String, String)> =
        routes().into_iter().map(|(method, path)| (method.to_owned(), path)).collect();
    assert!(routes.remove(&("get".to_owned(), "/api/v1/openapi.json".to_owned())), "{routes:?}");
    assert_eq!(described, routes);
}

#[track_caller]
fn fits(document: &Value, method: &str, path: &str, answer: &Answer) {
    let all = &document["components"]["schemas"];
    let status = answer.status.as_str();
    let content = &document["paths"][path][method]["responses"][status]["content"];
    let schema = &content[answer.header("content-type")]["schema"];
    assert!(schema.is_object(), "{path}: {status} is not described");
    let found = faults(&answer.json(), schema, all, path);
    assert_eq!(found, Vec::<String>::new(), "{}", answer.text);
}

on_both_databases!(Portal::start => answers_are_as_they_are_described);
async fn answers_are_as_they_are_described(portal: Portal) {
    let (acme, routes) = furnished(&portal, "Acme").await;
    let (program, document) = (program(&acme).await, document(&portal).await);
    for ((path, _), (route, _)) in routes.iter().zip(super::ROUTES) {
        let route = route.split('?').next().unwrap();
        let route = route.replace("{event}", "{id}").replace("{candidate}", "{id}");
        let route = route.replace("{invitation}", "{id}");
        let answer = program.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        fits(&document, "get", &route, &answer);
        let mark = if path.contains('?') { '&' } else { '?' };
        fits(&document, "get", &route, &program.get(&format!("{path}{mark}wrong=1")).await);
        fits(&document, "get", &route, &Program::of(&portal, None).get(path).await);
    }
    let of = |number: usize| routes[number].0.clone();
    let (candidate, invitation) = (of(4), of(6));
    for (path, route, body) in [
        (format!("{candidate}/invitations"), "/api/v1/candidates/{id}/invitations", json!({"tests": "both"})),
        (format!("{candidate}/invitations"), "/api/v1/candidates/{id}/invitations", json!({"test": "both"})),
        (format!("{invitation}/resend"), "/api/v1/invitations/{id}/resend", json!({})),
        (format!("{invitation}/cancel"), "/api/v1/invitations/{id}/cancel", json!({})),
        (format!("{invitation}/resend"), "/api/v1/invitations/{id}/resend", json!([])),
    ] {
        fits(&document, "post", route, &program.post(&path, &body).await);
    }
    // What is not as described is seen.
    let all = &document["components"]["schemas"];
    let problem = &all["Problem"];
    for wrong in [r#"{"type": 1}"#, r#"{}"#, r#"{"more": 1}"#] {
        assert!(!faults(&serde_json::from_str(wrong).unwrap(), problem, all, "").is_empty(), "{wrong}");
    }
}

on_both_databases!(Portal::start => people_read_the_same_as_a_page);
async fn people_read_the_same_as_a_page(portal: Portal) {
    let (acme, _) = furnished(&portal, "Acme").await;
    let page = acme.member().await.get("/settings/company/api-tokens/reference").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let heads = page.text("main h2");
    for (method, path) in routes().iter().filter(|(_, path)| !path.ends_with("openapi.json")) {
        let head = format!("{} {path}", method.to_uppercase());
        assert!(heads.contains(&head), "{head} is not in {heads}");
    }
    let text = page.text("main");
    for part in [
        "limit",
        "Rows of a page, from 1 to 100",
        "candidates:read",
        "string or null",
        "list of Score",
        "InvitationToMake",
        "Idempotency-Key",
        "invited_already",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    // Every link to a schema leads to it.
    for link in page.html.split("href=\"#schema-").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(page.html.contains(&format!("id=\"schema-{link}\"")), "{link}");
    }
    assert!(!page.html.contains("<script src=\"http"), "no script from elsewhere");
}
