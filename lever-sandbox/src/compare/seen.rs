//! What one side answered: per call its statuses, headers and bodies, per kind the
//! shape of all objects.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::client::{Answer, Body};
use super::shape::{ANY_FIELD, Shape, Type};
use super::words::{Vocabulary, media};

/// Headers that say how an answer travelled, not what it is.
const OF_THE_WAY: [&str; 10] = [
    "alt-svc",
    "connection",
    "content-encoding",
    "content-length",
    "content-type", // compared by its value
    "date",
    "keep-alive",
    "transfer-encoding",
    "vary",
    "via",
];

/// Everything one side answered.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub calls: BTreeMap<String, CallSeen>,
    /// Of each kind of object the shapes, by the calls that brought them.
    pub kinds: BTreeMap<&'static str, BTreeMap<String, Shape>>,
}

/// What one call answered, over all the times it was made.
#[derive(Debug, Default)]
pub(super) struct CallSeen {
    /// By status.
    pub answers: BTreeMap<u16, AnswerSeen>,
    /// What `next` was like beside which `hasNext`.
    pub paging: BTreeMap<&'static str, BTreeSet<&'static str>>,
    /// What offset tokens look like.
    pub offsets: BTreeSet<String>,
    /// What came of each question that the suite asked of the answer.
    pub outcomes: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

/// The answers of one call with one status.
#[derive(Debug, Default)]
pub(super) struct AnswerSeen {
    pub times: u64,
    pub bodies: BTreeSet<&'static str>,
    pub media: BTreeSet<&'static str>,
    pub headers: BTreeMap<String, u64>,
    /// The body around its data; of an error all of it.
    pub envelope: Shape,
}

impl Seen {
    /// Takes in an answer, but for the objects it brings.
    pub fn answer(&mut self, call: &str, answer: &Answer) {
        let seen = self.calls.entry(call.to_owned()).or_default();
        let of_status = seen.answers.entry(answer.status).or_default();
        of_status.times += 1;
        of_status.bodies.insert(answer.body.form());
        of_status.media.insert(match &answer.body {
            Body::Empty => "missing",
            _ => media(answer.header("content-type")),
        });
        for name in answer.header_names() {
            if !OF_THE_WAY.contains(&name.as_str()) {
                *of_status.headers.entry(name).or_default() += 1;
            }
        }
        let Body::Json(body) = &answer.body else { return };
        if (200..300).contains(&answer.status) {
            of_status.envelope.learn(&envelope(body), Vocabulary::None);
            if let (Value::Object(fields), true) = (body, body["data"].is_array()) {
                let (has_next, next) = paging(fields);
                seen.paging.entry(has_next).or_default().insert(next);
                if let Some(token) = fields.get("next").and_then(Value::as_str) {
                    seen.offsets.insert(offset_form(token));
                }
            }
        } else {
            of_status.envelope.learn(body, Vocabulary::Errors);
        }
    }

    /// Takes in an object.
    pub fn object(&mut self, kind: &'static str, call: &str, object: &Value) {
        let shapes = self.kinds.entry(kind).or_default();
        shapes.entry(call.to_owned()).or_default().learn(object, Vocabulary::Kind(kind));
    }

    /// Notes what came of a question.
    pub fn outcome(&mut self, call: &str, question: &'static str, outcome: &'static str) {
        let seen = self.calls.entry(call.to_owned()).or_default();
        seen.outcomes.entry(question).or_default().insert(outcome);
    }
}

/// The body with its data and paging cut out.
fn envelope(body: &Value) -> Value {
    let Value::Object(fields) = body else {
        return hollow(body);
    };
    let is_list = fields.get("data").is_some_and(Value::is_array);
    let kept = fields.iter().filter(|(name, _)| !(is_list && matches!(name.as_str(), "next" | "hasNext")));
    let kept: Map<_, _> = kept
        .map(|(name, value)| {
            let value = if name == "data" { hollow(value) } else { value.clone() };
            (name.clone(), value)
        })
        .collect();
    Value::Object(kept)
}

/// The type of a value and nothing in it.
fn hollow(value: &Value) -> Value {
    match value {
        Value::Array(_) => Value::Array(Vec::new()),
        Value::Object(fields) if fields.contains_key("data") => envelope(value),
        Value::Object(_) => Value::Object(Map::new()),
        other => other.clone(),
    }
}

fn paging(fields: &Map<String, Value>) -> (&'static str, &'static str) {
    let has_next = match fields.get("hasNext") {
        None => "missing",
        Some(Value::Bool(true)) => "true",
        Some(Value::Bool(false)) => "false",
        Some(_) => "no boolean",
    };
    let next = match fields.get("next") {
        None => "missing",
        Some(value) => Type::of(value).map_or("null", Type::word),
    };
    (has_next, next)
}

/// What an offset token looks like, without what it says.
pub(super) fn offset_form(token: &str) -> String {
    if let Some(parts) = json_parts(token) {
        return format!("JSON: {parts}");
    }
    let once = percent_decoded(token);
    if let Some(parts) = once.as_deref().filter(|text| *text != token).and_then(json_parts) {
        return format!("percent-encoded JSON: {parts}");
    }
    let is_all = |wanted: fn(&u8) -> bool| token.bytes().all(|byte| wanted(&byte));
    let form = if is_all(u8::is_ascii_digit) {
        "a number"
    } else if uuid::Uuid::try_parse(token).is_ok() {
        "a UUID"
    } else if is_all(u8::is_ascii_hexdigit) {
        "hexadecimal"
    } else if BASE64_URL_SAFE_NO_PAD.decode(token.trim_end_matches('=')).is_ok() {
        "base64 for URLs"
    } else {
        "other text"
    };
    form.to_owned()
}

/// The types in a list or object of JSON.
fn json_parts(text: &str) -> Option<String> {
    match serde_json::from_str(text).ok()? {
        Value::Array(parts) => {
            let words: Vec<_> =
                parts.iter().take(9).map(|part| Type::of(part).map_or("null", Type::word)).collect();
            Some(format!("[{}]", words.join(", ")))
        }
        Value::Object(_) => Some("object".to_owned()),
        _ => None,
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let pair = format!("a={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
}

/// The rows of a list: `data`, or a bare list.
pub(super) fn rows(body: &Value) -> Vec<Value> {
    match body {
        Value::Array(rows) => rows.clone(),
        body => body["data"].as_array().cloned().unwrap_or_default(),
    }
}

/// The one object of an answer, also when it is nested twice.
pub(super) fn single(body: &Value) -> Option<&Value> {
    let data = body.get("data")?;
    let inner = data.get("data").filter(|inner| inner.is_object());
    Some(inner.unwrap_or(data)).filter(|data| data.is_object())
}

/// A header's name, if it can't be anybody's data.
pub(super) fn shown_header(name: &str) -> String {
    let plain = name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if plain { name.to_owned() } else { ANY_FIELD.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_form_of_an_offset_token_says_nothing_of_its_content() {
        let known = [
            ("%5B3%2C1491435120000%2C%225599cc20%22%5D", "percent-encoded JSON: [integer, integer, text]"),
            ("[1,\"x\"]", "JSON: [integer, text]"),
            ("1491435120000", "a number"),
            ("5599cc20-aaaa-4bbb-8ccc-121212121212", "a UUID"),
            ("eyJjcmVhdGVkX2F0IjoxfQ", "base64 for URLs"),
            ("deadbeef", "hexadecimal"),
            ("a token!", "other text"),
        ];
        for (token, form) in known {
            assert_eq!(offset_form(token), form, "{token}");
        }
    }

    #[test]
    fn the_envelope_has_no_data() {
        let list = json!({"data": [{"name": "Dana"}], "hasNext": true, "next": "x", "more": 1});
        assert_eq!(envelope(&list), json!({"data": [], "more": 1}));
        assert_eq!(envelope(&json!({"data": {"name": "Dana"}})), json!({"data": {}}));
        assert_eq!(envelope(&json!({"data": {"data": {"name": "Dana"}}})), json!({"data": {"data": {}}}));
        assert_eq!(envelope(&json!([1])), json!([]));
    }
}
