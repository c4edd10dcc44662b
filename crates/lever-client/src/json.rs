//! JSON from outside, made readable: what is damaged in one text must not cost the document.
//!
//! A text that was cut in the middle of an emoji holds half of a surrogate pair (`"\ud83d"`), which
//! JSON's grammar allows and Rust's strings don't. Of the same kind are a byte that is no UTF-8, a mark
//! of byte order, a number beyond all bounds, and what writers of JSON forget to write otherwise:
//! control characters within texts, escapes that JSON does not know, `NaN`, `007`, a comma too many. What is
//! nested too deeply for any reader is left out, and of a key that comes twice the last one counts, as JavaScript,
//! in which Lever is written, has it.
//!
//! What is broken beyond that is left as it is: [`split`] still finds the rows of a list around it, and
//! [`named`] a single text.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::{Value, value::RawValue};

mod damage;
mod named;
mod split;

pub(crate) use named::named;
pub(crate) use split::{Pieces, split};

/// The document as text that can be parsed, see [`damage`]. What is sound is not copied.
pub(crate) fn repaired(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    match damage::repaired(&text) {
        None => text,
        Some(repaired) => Cow::Owned(repaired),
    }
}

/// Parses the document, after it was repaired where it has to be.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    parse(&repaired(bytes))
}

/// Parses a document that needs no repair. Of a key that comes twice the last one counts.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    let error = match serde_json::from_str(text) {
        // What the derives refuse is a key that comes twice, or a shape, which stays what it is.
        Err(error) if error.is_data() => error,
        read => return read,
    };
    serde_json::from_str::<Value>(text).and_then(T::deserialize).map_err(|_| error)
}

/// The fields of an object as they were sent, which are nothing that is kept: of one that comes twice the last, and none
/// that is null.
#[derive(Default)]
pub(crate) struct Fields<'a>(HashMap<Cow<'a, str>, &'a RawValue>);

impl<'a> Fields<'a> {
    /// Reads an object.
    pub fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).map(Self)
    }

    /// A field as it was sent.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(name).copied().filter(|raw| raw.get() != "null")
    }
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
    fn what_writers_forget_is_put_right() {
        for (text, expected) in [
            ("{\"a\":\"x\u{1}y\"}", json!({"a": "x\u{1}y"})),
            ("{\"a\":\"x\ny\tz\r\"}", json!({"a": "x\ny\tz\r"})),
            ("{\"a\":\"x\0y\"}", json!({"a": "x\u{0}y"})),
            ("{\"a\nb\":1}", json!({"a\nb": 1})),
            (r#"["\x41","\'","\ ","C:\temp\q"]"#, json!(["\\x41", "'", "\\ ", "C:\temp\\q"])),
            (r#"["\u","\uZZZZ","\u12"]"#, json!(["\\u", "\\uZZZZ", "\\u12"])),
            ("[\"a\\\nb\"]", json!(["a\\\nb"])),
            ("[NaN,-NaN,Infinity,-Infinity,+Infinity,nan,inf,undefined,None]", json!(vec![Value::Null; 9])),
            ("[True,False,true,false,null]", json!([true, false, true, false, null])),
            ("[007,-007,00,+5,.5,5.,-.5,007.50,0,-0]", json!([7, -7, 0, 5, 0.5, 5.0, -0.5, 7.5, 0, -0.0])),
            ("{\"a\":[1,2,],\"b\":{\"c\":1 , } , }", json!({"a": [1, 2], "b": {"c": 1}})),
            // The same within texts is what somebody wrote.
            (r#"["NaN, 007, True, [1,]"]"#, json!(["NaN, 007, True, [1,]"])),
        ] {
            assert_eq!(read::<Value>(text.as_bytes()).unwrap(), expected, "{text}");
        }
        for broken in
            ["[0x1F]", "[1.2.3]", "[1,,2]", "[NaNa]", "{a:1}", "['a']", "[1 2]", "[--1]", "[1", "{\"a\" 1}"]
        {
            assert!(read::<Value>(broken.as_bytes()).is_err(), "{broken}");
        }
        // What needs more repairs than any document is no JSON at all.
        let noise = format!("\"{}\"", "\u{1}".repeat(damage::MOST + 1));
        assert!(read::<Value>(noise.as_bytes()).is_err());
    }

    #[test]
    fn of_a_key_that_comes_twice_the_last_counts() {
        #[derive(serde::Deserialize, Debug, PartialEq)]
        struct Named {
            name: Option<String>,
            #[serde(default)]
            inner: Option<Box<Named>>,
        }
        let text = r#"{"name":"a","name":7,"n\u0061me":"b","inner":{"name":"x","name":null}}"#;
        let inner = Some(Box::new(Named { name: None, inner: None }));
        assert_eq!(read::<Named>(text.as_bytes()).unwrap(), Named { name: Some("b".into()), inner });
        assert!(read::<Named>(br#"{"name":"a","name":7}"#).is_err(), "the last one is no text");
        let fields = Fields::read(r#"{"t":1,"t": 1.50 ,"u":null,"v":"x","v":null}"#).unwrap();
        assert_eq!(fields.get("t").map(RawValue::get), Some("1.50"));
        assert!(fields.get("u").is_none() && fields.get("v").is_none() && fields.get("w").is_none());
    }

    #[test]
    fn what_is_nested_too_deeply_is_left_out_and_costs_nothing_else() {
        for (open, close) in [("[", "]"), ("{\"x\":", "}"), ("[1,{\"]\\\"\":", ",\"y\":2},3]")] {
            for n in [101, 150, 10_000, 100_000] {
                let text =
                    format!(r#"{{"id":"a","deep":{}0{},"after":[1,]}}"#, open.repeat(n), close.repeat(n));
                let value = read::<Value>(text.as_bytes()).unwrap_or_else(|e| panic!("{open} {n}: {e}"));
                assert_eq!((&value["id"], &value["after"]), (&json!("a"), &json!([1])), "{open} {n}");
            }
        }
        for cut in ["[".repeat(100_000), "{\"x\":".repeat(100_000), format!("{}\"", "[".repeat(100_000))] {
            assert!(read::<Value>(cut.as_bytes()).is_err());
        }
        let kept = format!("{}7{}", "[".repeat(100), "]".repeat(100));
        assert!(matches!(repaired(kept.as_bytes()), Cow::Borrowed(_)), "as it came");
    }

    #[test]
    fn sound_documents_are_not_copied() {
        let sound = br#"{"a":"\u00e9\n\/","b":[-1.5e3,0,-0.5,10,1E+2,0e1],"c":true,"d":null, "e" : [ ] }"#;
        assert!(matches!(repaired(sound), Cow::Borrowed(_)));
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
