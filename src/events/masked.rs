//! Bodies for auditors: what proves that a delivery is Lever's is not theirs, since from it another could be made.

use serde_json::Value;

/// What stands in the place of a value.
const MASK: &str = "shown to admins";

/// The keys whose values are masked, wherever they stand.
const KEYS: [&str; 2] = ["token", "signature"];

/// The body without token and signature: as it came where it has neither, and not at all where it cannot be read.
pub fn masked(body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => match mask(&mut value) {
            true => serde_json::to_vec(&value).unwrap_or_default(),
            false => body.to_vec(),
        },
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

/// Masks a value; answers whether there was something to mask.
fn mask(value: &mut Value) -> bool {
    match value {
        Value::Object(fields) => {
            let mut found = false;
            for (name, value) in fields.iter_mut() {
                if KEYS.iter().any(|key| name.eq_ignore_ascii_case(key)) {
                    *value = MASK.into();
                    found = true;
                } else {
                    found |= mask(value);
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
        Value::Array(list) => list.iter_mut().fold(false, |found, value| mask(value) | found),
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
        // Who cannot read it cannot mask it.
        let utf16: Vec<u8> = r#"{"token":"t-1"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for odd in [b"\xff\x00".as_slice(), b"\x1f\x8b\x08\x00", &utf16] {
            assert!(masked(odd).ends_with(b"It is shown to admins."), "{odd:?}");
        }
        let nested = masked(br#"{"data":"{\"token\":\"t-1\"}"}"#);
        assert!(!String::from_utf8(nested).expect("it was text").contains("t-1"));
    }
}
