//! `/settings/company/api-tokens/reference`: the description of the API for people, made from the OpenAPI document.

use crate::state::AppState;
use crate::web::api::document::document;
use crate::web::{Layout, PageError, PageResult, Section, SignedIn, render};
use actix_web::web::Data;
use askama::Template;
use serde_json::Value;

#[derive(Template)]
#[template(path = "api_reference.html")]
struct ReferencePage {
    layout: Layout,
    operations: Vec<Operation>,
    schemas: Vec<Schema>,
}

/// An address that is read, or that something is asked of.
struct Operation {
    method: String,
    path: String,
    scope: String,
    summary: String,
    parameters: Vec<Described>,
    /// What the body is: a schema; empty where it takes none.
    body: String,
    /// What it answers with: a schema.
    answer: String,
}

/// What an answer, or a part of one, has in it.
struct Schema {
    name: String,
    fields: Vec<Described>,
}

/// A parameter or a field.
struct Described {
    name: String,
    kind: String,
    text: String,
    is_required: bool,
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// The name of a schema that is pointed to.
fn pointed(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}

/// What a value is: `string`, `number or null`, `list of Score`.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return pointed(reference);
    }
    let joined = |parts: Vec<String>| parts.join(" or ");
    if let Some(choices) = schema["oneOf"].as_array() {
        let mut parts: Vec<String> = choices.iter().map(kind).collect();
        parts.sort_by_key(|part| part == "null");
        return joined(parts);
    }
    match &schema["type"] {
        Value::String(word) if word == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(word) => word.clone(),
        Value::Array(words) => joined(words.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        _ => "anything".to_owned(),
    }
}

/// The fields of a schema, those of the schemas that it is made of as well.
fn fields(schema: &Value, all: &Value) -> Vec<Described> {
    let mut found = Vec::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        match part["$ref"].as_str() {
            Some(reference) => found.extend(fields(&all[pointed(reference)], all)),
            None => found.extend(fields(part, all)),
        }
    }
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    found.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, field)| Described {
        name: name.clone(),
        kind: kind(field),
        text: text(field, "description"),
        is_required: required.contains(&name.as_str()),
    }));
    found
}

/// The schema of a body that is sent or comes.
fn schema_of(content: &Value) -> &Value {
    &content["content"]["application/json"]["schema"]
}

fn operation(path: &str, method: &str, described: &Value) -> Operation {
    let parameter = |parameter: &Value| Described {
        name: text(parameter, "name"),
        kind: kind(&parameter["schema"]),
        text: text(parameter, "description"),
        is_required: parameter["required"].as_bool().unwrap_or_default(),
    };
    let body = schema_of(&described["requestBody"]);
    let answers = &described["responses"];
    let answer = ["200", "202"].iter().map(|status| &answers[*status]).find(|answer| answer.is_object());
    let about = ["summary", "description"].map(|part| text(described, part));
    Operation {
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        scope: described["tags"][0].as_str().unwrap_or_default().to_owned(),
        summary: about.join(" ").trim_end().to_owned(),
        parameters: described["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
        body: if body.is_object() { kind(body) } else { String::new() },
        answer: answer.map(|answer| kind(schema_of(answer))).unwrap_or_default(),
    }
}

/// The operations of an address.
fn operations((path, methods): (&String, &Value)) -> Vec<Operation> {
    let all = methods.as_object().into_iter().flatten();
    all.map(|(method, described)| operation(path, method, described)).collect()
}

/// Everything that can be asked for, and what comes.
pub(super) async fn page(app: Data<AppState>, who: SignedIn) -> PageResult {
    let document = serde_json::to_value(document(&app.base_url)).map_err(PageError::internal)?;
    let all = &document["components"]["schemas"];
    let schemas = all.as_object().into_iter().flatten();
    let schemas = schemas.map(|(name, schema)| Schema { name: name.clone(), fields: fields(schema, all) });
    render(&ReferencePage {
        layout: who.layout("API reference", Section::Company)?,
        operations: document["paths"].as_object().into_iter().flatten().flat_map(operations).collect(),
        schemas: schemas.collect(),
    })
}
