//! The pieces of a list or an object whose document can't be parsed as a whole: what is broken in one
//! piece must not cost the others.
//!
//! A text begins at a quotation mark after what may stand before a text, and ends at one that is followed
//! by what may follow it. So a quotation mark that
//! somebody forgot to escape does not turn the rest of the document inside out, and in a sound document
//! nothing is read otherwise than by the grammar.

use serde_json::Value;

/// Pieces of one document; more are nothing that Lever sends.
const MOST: usize = 10_000;

/// A list that was split.
pub(crate) struct Pieces<'a> {
    /// Its rows as they came, each parsed by whoever reads it.
    pub rows: Vec<&'a str>,
    /// `hasNext` beside it; null where it is missing or can't be read.
    pub has_next: Value,
    /// `next` beside it.
    pub next: Value,
}

/// Splits a bare list, or the one in `data`. None where the brackets don't match either, or there is no list.
pub(crate) fn split(document: &str) -> Option<Pieces<'_>> {
    let document = document.trim();
    if document.starts_with('[') {
        return Some(Pieces { rows: pieces(document)?, has_next: Value::Null, next: Value::Null });
    }
    let fields: Vec<(&str, &str)> =
        pieces(document).filter(|_| document.starts_with('{'))?.into_iter().filter_map(field).collect();
    let field = |name: &str| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let value = |name: &str| field(name).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let list = field("data").filter(|list| list.starts_with('['))?;
    Some(Pieces { rows: pieces(list)?, has_next: value("hasNext"), next: value("next") })
}

/// The name and the value of a field.
fn field(piece: &str) -> Option<(&str, &str)> {
    let (name, rest) = piece.strip_prefix('"')?.split_once('"')?;
    Some((name, rest.trim_start().strip_prefix(':')?.trim()))
}

/// What stands between the commas of the outermost list or object.
fn pieces(text: &str) -> Option<Vec<&str>> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let (mut at, mut begin) = (0, 1);
    let (mut open, mut before) = (Vec::new(), 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' if matches!(before, b'[' | b'{' | b',' | b':') => at = end_of_string(bytes, at + 1)?,
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' if open.pop() != Some(byte) => return None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
        let is_end = open.is_empty();
        if is_end || (byte == b',' && open.len() == 1) {
            let piece = text.get(begin..at)?.trim();
            // Nothing stands within `[]` and after a comma too many.
            if !is_end || !piece.is_empty() {
                pieces.push(piece);
            }
            begin = at + 1;
        }
        at += 1;
        if pieces.len() > MOST {
            return None;
        }
        if is_end {
            return bytes[at..].iter().all(u8::is_ascii_whitespace).then_some(pieces);
        }
    }
    None
}

/// Where the quotation mark stands that ends the string whose text begins at `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'\\' => at += 1,
            b'"' => {
                let follows = bytes[at + 1..].iter().find(|b| !b.is_ascii_whitespace());
                if matches!(follows, None | Some(b',' | b':' | b'}' | b']')) {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn rows_around_a_broken_one_are_found() {
        for broken in [
            r#"{"id":"b","name":"Ada "the one" Byron"}"#,
            r#"{"id":"b","name":"say "hi", then go"}"#,
            r#"{"id":"b","n":0x1F}"#,
            r#"{"id":"b" "n":1}"#,
            r#"{"id":"b","n":}"#,
            r#"{"id":"b",n:1}"#,
            "",
        ] {
            let document =
                format!(r#"{{"hasNext":true,"data":[ {{"id":"a"}}, {broken} ,{{"id":"c"}}] , "next":"x"}}"#);
            let split = split(&document).unwrap_or_else(|| panic!("{broken}"));
            assert_eq!(split.rows, [r#"{"id":"a"}"#, broken, r#"{"id":"c"}"#]);
            assert_eq!((split.has_next, split.next), (json!(true), json!("x")));
        }
        assert_eq!(split("[1, {\"a\":[1,2]}, \"b,c\"]").unwrap().rows, ["1", "{\"a\":[1,2]}", "\"b,c\""]);
        assert!(split("{\"data\":[]}").unwrap().rows.is_empty());
    }

    #[test]
    fn what_has_no_shape_is_not_guessed_at() {
        for none in [
            "",
            "x",
            "{}",
            "[",
            "[}",
            "[1]]",
            "[1] 2",
            "{\"data\":{}}",
            "{\"data\":[1}",
            "<html>",
            "\"",
            "[\"",
        ] {
            assert!(split(none).is_none(), "{none}");
        }
        assert!(split(&format!("[{}1]", "1,".repeat(MOST + 1))).is_none());
    }

    proptest! {
        #[test]
        fn sound_rows_are_as_they_are(texts in proptest::collection::vec(any::<String>(), 0..6)) {
            let rows: Vec<Value> = texts.iter().map(|text| json!({"id": text, "l": [text, {"t": text}]})).collect();
            let document = json!({"data": rows, "next": "n"}).to_string();
            let split = split(&document).unwrap();
            let read: Vec<Value> = split.rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn never_panics(text in "[\\[\\]{}\",:\\\\a1 é]{0,60}") {
            let _ = split(&text);
        }
    }
}
