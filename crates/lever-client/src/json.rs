//! JSON from outside, made readable: what is damaged in one text must not cost the document.
//!
//! A text that was cut in the middle of an emoji holds half of a surrogate pair (`"\ud83d"`), which
//! JSON's grammar allows and Rust's strings don't. A byte that is no UTF-8, a mark of byte order and a
//! number beyond all bounds are of the same kind.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// U+FFFD, the replacement character, as an escape.
const REPLACED: &str = "\\ufffd";

/// The document as text that can be parsed: bytes that are no UTF-8 and halves of surrogate pairs
/// become U+FFFD, numbers that no float holds become null, a mark of byte order goes.
pub(crate) fn repaired(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    match first_damage(&text) {
        None => text,
        Some(_) => Cow::Owned(repaired_text(&text)),
    }
}

/// Parses the document after it was repaired.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_str(&repaired(bytes))
}

/// What lies within `{"data": …}`, wrapped once or several times: Lever's documentation prints some
/// answers with the wrapping twice. None when there is no wrapping, or no end of it.
pub(crate) fn unwrapped(document: Value) -> Option<Value> {
    let mut inner = take_data(document).ok()?;
    for _ in 0..3 {
        match take_data(inner) {
            Ok(deeper) => inner = deeper,
            Err(object) => return Some(object),
        }
    }
    None
}

/// The `data` of an object that is a wrapping: it has that key, and no id of its own.
fn take_data(value: Value) -> Result<Value, Value> {
    match value {
        Value::Object(mut fields) if !fields.contains_key("id") => match fields.remove("data") {
            Some(data) => Ok(data),
            None => Err(Value::Object(fields)),
        },
        other => Err(other),
    }
}

/// A place in the document that needs repair: where it begins and ends, and what to put there.
type Damage = (usize, usize, &'static str);

fn first_damage(text: &str) -> Option<Damage> {
    damage_from(text, 0, &mut false)
}

fn repaired_text(text: &str) -> String {
    let mut repaired = String::with_capacity(text.len());
    let (mut at, mut in_string) = (0, false);
    while let Some((start, end, instead)) = damage_from(text, at, &mut in_string) {
        repaired.push_str(&text[at..start]);
        repaired.push_str(instead);
        at = end;
    }
    repaired.push_str(&text[at..]);
    repaired
}

/// The next damage from `at` on. `in_string` says whether `at` lies within a string, and is kept up to date.
fn damage_from(text: &str, mut at: usize, in_string: &mut bool) -> Option<Damage> {
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        if !*in_string {
            match byte {
                b'"' => *in_string = true,
                b'0'..=b'9' | b'-' => {
                    let end = bytes[at..]
                        .iter()
                        .position(|b| !matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
                        .map_or(bytes.len(), |length| at + length);
                    if text[at..end].parse::<f64>().is_ok_and(f64::is_infinite) {
                        return Some((at, end, "null"));
                    }
                    at = end;
                    continue;
                }
                _ => {}
            }
            at += 1;
            continue;
        }
        match byte {
            b'"' => *in_string = false,
            b'\\' if bytes.get(at + 1) == Some(&b'u') => match code_unit(bytes, at) {
                Some(0xd800..=0xdbff) => match code_unit(bytes, at + 6) {
                    Some(0xdc00..=0xdfff) => {
                        at += 12;
                        continue;
                    }
                    _ => return Some((at, at + 6, REPLACED)),
                },
                Some(0xdc00..=0xdfff) => return Some((at, at + 6, REPLACED)),
                _ => {
                    at += 2;
                    continue;
                }
            },
            b'\\' => {
                at += 2;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The number of the escape `\uXXXX` at `at`, if there is one.
fn code_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::json::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn halves_of_surrogate_pairs_are_replaced_and_pairs_are_kept() {
        for (text, expected) in [
            (r#""Dev \ud83d""#, json!("Dev \u{fffd}")),
            (r#""\ude00 Dev""#, json!("\u{fffd} Dev")),
            (r#""\ud83d\ude00""#, json!("😀")),
            (r#""\uD83D\uDE00""#, json!("😀")),
            (r#""\ud83d\ud83d\ude00""#, json!("\u{fffd}😀")),
            (r#""\ude00\ud83d""#, json!("\u{fffd}\u{fffd}")),
            (r#""\\ud83d""#, json!("\\ud83d")),
            (r#""\\\ud83d""#, json!("\\\u{fffd}")),
            (r#""\ud83d\n""#, json!("\u{fffd}\n")),
            (r#""\"\ud83d""#, json!("\"\u{fffd}")),
            (r#"{"\ud83d": ["\udc00"]}"#, json!({"\u{fffd}": ["\u{fffd}"]})),
        ] {
            assert_eq!(read::<Value>(text.as_bytes()).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn odd_bytes_and_numbers_do_not_cost_the_document() {
        assert_eq!(read::<Value>(b"{\"a\":\"x\xffy\"}").unwrap(), json!({"a": "x\u{fffd}y"}));
        assert_eq!(read::<Value>("\u{feff}[1]".as_bytes()).unwrap(), json!([1]));
        assert_eq!(
            read::<Value>(b"[1e999,-1e999,1e3,\"1e999\",2]").unwrap(),
            json!([null, null, 1e3, "1e999", 2])
        );
        for broken in ["", "{", "\"\\ud83d", "\"\\", "\"\\u", "\"\\ud83", "1e", "-", "<html>"] {
            assert!(read::<Value>(broken.as_bytes()).is_err(), "{broken}");
        }
    }

    #[test]
    fn sound_documents_are_not_copied() {
        assert!(matches!(repaired(br#"{"a":"\u00e9","b":[-1.5e3]}"#), Cow::Borrowed(_)));
    }

    #[test]
    fn wrapping_comes_off_once_or_twice() {
        assert_eq!(unwrapped(json!({"data": {"id": "n"}})), Some(json!({"id": "n"})));
        assert_eq!(unwrapped(json!({"data": {"data": {"id": "n"}}})), Some(json!({"id": "n"})));
        // An object's own field of that name is no wrapping.
        assert_eq!(unwrapped(json!({"data": {"id": "n", "data": 1}})), Some(json!({"id": "n", "data": 1})));
        assert_eq!(unwrapped(json!({"id": "n"})), None);
        assert_eq!(unwrapped(json!([])), None);
    }

    proptest! {
        #[test]
        fn what_is_sound_stays_as_it_is(text in any::<String>()) {
            let document = serde_json::to_string(&json!({"t": text})).unwrap();
            let after = repaired(document.as_bytes());
            prop_assert_eq!(after.as_ref(), document.as_str());
        }

        #[test]
        fn any_escape_can_be_read(units in proptest::collection::vec(any::<u16>(), 0..8)) {
            let escapes: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let document = format!("\"{escapes}\"");
            let text: String = read(document.as_bytes()).unwrap();
            prop_assert_eq!(text, String::from_utf16_lossy(&units));
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = read::<Value>(&bytes);
        }
    }
}
