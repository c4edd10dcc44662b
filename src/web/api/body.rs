//! Bodies of the API: small JSON objects, whose fields are all known.

use super::problem::{Problem, Wrong};
use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use actix_web::web::{Bytes, Payload};
use serde_json::{Map, Value};
use std::time::Duration;

/// No body of ours is longer (bytes).
pub const LONGEST: usize = 64 * 1024;

/// A body that comes more slowly holds a place that others need.
const PATIENCE: Duration = Duration::from_secs(20);

/// Fields that are named as unknown: one is enough to say what is wrong, and a body may hold thousands.
const NAMED: usize = 10;

/// A body that was read to its end.
pub struct Body {
    /// As it came.
    pub bytes: Bytes,
    fields: Map<String, Value>,
    wrong: Vec<Wrong>,
}

/// Whether the type of a body is another one than JSON. One that says nothing may be empty.
fn is_other(headers: &HeaderMap, is_empty: bool) -> bool {
    let Some(kind) = headers.get(CONTENT_TYPE) else { return !is_empty };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    !kind.trim().eq_ignore_ascii_case("application/json")
}

fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity")
}

impl Body {
    /// Reads a body. An empty one is one without fields.
    ///
    /// # Errors
    /// When it is no JSON object of at most [`LONGEST`] bytes, or has other fields than these.
    pub async fn read(request: &HttpRequest, payload: Payload, known: &[&str]) -> Result<Self, Problem> {
        let headers = request.headers();
        // A type that is named and another one: then the body is not even read.
        if is_other(headers, true) || is_encoded(headers) {
            return Err(Problem::other_type());
        }
        let bytes = match tokio::time::timeout(PATIENCE, payload.to_bytes_limited(LONGEST)).await {
            Ok(Ok(Ok(bytes))) => bytes,
            Ok(Ok(Err(_))) | Err(_) => return Err(Problem::too_slow(PATIENCE.as_secs())),
            Ok(Err(_too_large)) => return Err(Problem::too_large(LONGEST)),
        };
        if is_other(headers, bytes.is_empty()) {
            return Err(Problem::other_type());
        }
        Self::parse(bytes, known)
    }

    fn parse(bytes: Bytes, known: &[&str]) -> Result<Self, Problem> {
        let fields = match bytes.is_empty() {
            true => Map::new(),
            false => match serde_json::from_slice(&bytes) {
                Ok(Value::Object(fields)) => fields,
                Ok(_) => return Err(Problem::bad_json("The body is a JSON object: {…}.")),
                Err(cause) => return Err(Problem::bad_json(format!("The body is no JSON: {cause}."))),
            },
        };
        let unknown = fields.keys().filter(|name| !known.contains(&name.as_str())).take(NAMED);
        let all = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let wrong = unknown.map(|name| Wrong {
            parameter: name.clone(),
            detail: format!("There is no field {name} here. Known here: {all}."),
        });
        Ok(Self { wrong: wrong.collect(), fields, bytes })
    }

    /// The field that a word stands in; what `parse` does not know is wrong, and so is its absence.
    pub fn word<T>(&mut self, name: &str, all: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let found = self.fields.get(name).and_then(Value::as_str).and_then(parse);
        if found.is_none() {
            self.is_wrong(name, format!("{name} is one of {all}."));
        }
        found
    }

    /// A field that is true or false; false where it is not there.
    pub fn flag(&mut self, name: &str) -> bool {
        match self.fields.get(name) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(set)) => *set,
            Some(_) => {
                self.is_wrong(name, format!("{name} is true or false."));
                false
            }
        }
    }

    fn is_wrong(&mut self, name: &str, detail: String) {
        self.wrong.push(Wrong { parameter: name.to_owned(), detail });
    }

    /// The body as it came, once all its fields were asked for.
    ///
    /// # Errors
    /// Names what is wrong.
    pub fn bytes(self) -> Result<Bytes, Problem> {
        if self.wrong.is_empty() { Ok(self.bytes) } else { Err(Problem::bad_fields(self.wrong)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let read = Body::parse(Bytes::copy_from_slice(text.as_bytes()), &["tests", "invite_again"]);
        let taken = read.and_then(|mut body| {
            let word = body.word("tests", "both, logic", |word| (word == "both").then_some(()));
            let flag = body.flag("invite_again");
            body.bytes().map(|_| format!("{} {flag}", word.is_some()))
        });
        taken.unwrap_or_else(|problem| problem.to_string())
    }

    #[test]
    fn a_body_is_an_object_of_known_fields() {
        for (text, expected) in [
            (r#"{"tests": "both"}"#, "true false"),
            (r#"{"tests": "both", "invite_again": true}"#, "true true"),
            ("{}", "bad_field: tests is one of both, logic."),
            ("", "bad_field: tests is one of both, logic."),
            (r#"{"tests": "all"}"#, "bad_field: tests is one of both, logic."),
            (r#"{"tests": 1}"#, "bad_field: tests is one of both, logic."),
            (r#"{"tests": "both", "invite_again": "yes"}"#, "bad_field: invite_again is true or false."),
            (
                r#"{"tests": "both", "test": 1}"#,
                "bad_field: There is no field test here. Known here: tests, invite_again.",
            ),
            ("[]", "bad_json: The body is a JSON object: {…}."),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
        for broken in ["{", r#"{"tests": "both"}{}"#, "\u{0}", "\u{feff}{}", &"[".repeat(1000)] {
            assert!(said(broken).starts_with("bad_json: The body is no JSON: "), "{broken}");
        }
    }
}
