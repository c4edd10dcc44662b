//! Bodies for auditors: what proves that a delivery is Lever's is not theirs, since from it another could be made.

use serde_json::Value;

/// What stands in the place of a value.
const MASK: &str = "shown to admins";

/// The keys whose values are masked, wherever they stand.
const KEYS: [&str; 2] = ["token", "signature"];

/// A value that is as long is no word that stands elsewhere by chance.
const TELLING: usize = 8;

/// The body without token and signature: as it came where it has neither, and not at all where it cannot be read, or
/// repeats one of them elsewhere.
pub fn masked(body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => {
            let mut hidden = Vec::new();
            match mask(&mut value, &mut hidden) {
                true if repeats(&value, &hidden) => {
                    b"This body repeats its token or its signature. It is shown to admins.".to_vec()
                }
                true => serde_json::to_vec(&value).unwrap_or_default(),
                false => body.to_vec(),
            }
        }
        Err(_) => {
            let Ok(text) = std::str::from_utf8(body) else {
                // Another encoding, or packed: nobody can say what it holds.
                return b"This body is no text in UTF-8. It is shown to admins.".to_vec();
            };
            let text = text.to_lowercase();
            // A key may be written with escapes, or letters of two bytes each.
            match text.contains("\\u") || text.contains('\0') || KEYS.iter().any(|key| text.contains(key)) {
                true => {
                    b"This body is no JSON and names a token or a signature. It is shown to admins.".to_vec()
                }
                false => body.to_vec(),
            }
        }
    }
}

/// Masks a value; answers whether there was something to mask. The texts that are hidden are put into `hidden`.
fn mask(value: &mut Value, hidden: &mut Vec<String>) -> bool {
    match value {
        Value::Object(fields) => {
            let mut found = false;
            for (name, value) in fields.iter_mut() {
                if KEYS.iter().any(|key| name.eq_ignore_ascii_case(key)) {
                    if let Value::String(text) = value.take()
                        && text.len() >= TELLING
                    {
                        hidden.push(text);
                    }
                    *value = MASK.into();
                    found = true;
                } else {
                    found |= mask(value, hidden);
                }
            }
            found
        }
        // JSON within a text.
        Value::String(text)
            if text.contains('{') && KEYS.iter().any(|key| text.to_lowercase().contains(key)) =>
        {
            *value = MASK.into();
            true
        }
        Value::Array(list) => list.iter_mut().fold(false, |found, value| mask(value, hidden) | found),
        _ => false,
    }
}

/// Whether a name or a text holds one of these.
fn repeats(value: &Value, hidden: &[String]) -> bool {
    let holds = |text: &str| hidden.iter().any(|hidden| text.contains(hidden.as_str()));
    match value {
        Value::Object(fields) => fields.iter().any(|(name, value)| holds(name) || repeats(value, hidden)),
        Value::Array(list) => list.iter().any(|value| repeats(value, hidden)),
        Value::String(text) => holds(text),
        _ => false,
    }
}

/// The key by which a delivery is recognised. Earlier versions used Lever's token itself, which is long.
pub fn masked_key(key: String) -> String {
    if key.contains(':') || key.len() < 16 { key } else { MASK.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_and_signature_are_masked_wherever_they_stand() {
        let body =
            br#"{"token":"t-1","Signature":"s-1","data":{"list":[{"token":"t-2"}],"opportunityId":"o1"}}"#;
        let shown = String::from_utf8(masked(body)).expect("it was text");
        for secret in ["t-1", "s-1", "t-2"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("o1"), "{shown}");
        assert_eq!(masked(b"{ \"event\": 1 }"), b"{ \"event\": 1 }", "as it came");
        assert!(!String::from_utf8(masked(br#"{"token":"t-1""#)).expect("it was text").contains("t-1"));
        // A sender who repeats it elsewhere is shown to admins alone.
        for repeating in [
            r#"{"token":"t-1-of-lever","note":"see t-1-of-lever"}"#,
            r#"{"list":["s-1-of-lever"],"signature":"s-1-of-lever"}"#,
            r#"{"t-1-of-lever":[{"token":"t-1-of-lever"}]}"#,
            r#"{"token":"t\"1 of lever","note":"t\u00221 of lever"}"#,
        ] {
            let shown = masked(repeating.as_bytes());
            assert!(
                shown.ends_with(b"It is shown to admins."),
                "{repeating}: {}",
                String::from_utf8_lossy(&shown)
            );
        }
        // Who cannot read it cannot mask it.
        let utf16: Vec<u8> = r#"{"token":"t-1"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for odd in [b"\xff\x00".as_slice(), b"\x1f\x8b\x08\x00", &utf16] {
            assert!(masked(odd).ends_with(b"It is shown to admins."), "{odd:?}");
        }
        let nested = masked(br#"{"data":"{\"token\":\"t-1\"}"}"#);
        assert!(!String::from_utf8(nested).expect("it was text").contains("t-1"));
    }
}
