//! A body as people read it: JSON with line breaks, or bytes as they are.

use serde::de::IgnoredAny;
use std::fmt::Write as _;

/// Lists and objects within each other; deeper ones are no page to read, and their indentation would grow beyond all bounds.
const DEEPEST: usize = 128;

/// The JSON with line breaks and indentation. Every token stays as it was sent, in its order:
/// repeated keys, long numbers, escapes. `None` when it is no JSON, or nested too deeply to read.
pub fn json(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0;
    let (mut in_string, mut escaped) = (false, false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            ' ' | '\t' | '\r' | '\n' => {}
            '"' => {
                out.push(c);
                in_string = true;
            }
            '{' | '[' => {
                out.push(c);
                while rest.next_if(|c| c.is_ascii_whitespace()).is_some() {}
                if let Some(closing) = rest.next_if(|c| matches!(c, '}' | ']')) {
                    out.push(closing);
                } else {
                    depth += 1;
                    if depth > DEEPEST {
                        return None;
                    }
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth -= 1;
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            other => out.push(other),
        }
    }
    Some(out)
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    (0..depth).for_each(|_| out.push_str("  "));
}

/// Offset, sixteen bytes in hexadecimal, and what is readable of them, a line.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (line, chunk) in bytes.chunks(16).enumerate() {
        let digits: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
        let readable: String =
            chunk.iter().map(|&b| if b.is_ascii_graphic() { char::from(b) } else { '.' }).collect();
        let _ = writeln!(out, "{:06x}  {:<47}  {readable}", line * 16, digits.join(" "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_tokens_and_their_order() {
        let sent = r#"{"b":1e400,"a":[],"b":{ },"c":["x\"{,:",-0.10, null]}"#;
        let read = "{\n  \"b\": 1e400,\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    \"x\\\"{,:\",\n    -0.10,\n    null\n  ]\n}";
        assert_eq!(json(sent.as_bytes()).as_deref(), Some(read));
    }

    #[test]
    fn is_none_for_what_is_no_json() {
        for body in [&b""[..], b"{", b"hello", b"\xff", "[".repeat(100_000).as_bytes()] {
            assert_eq!(json(body), None);
        }
    }

    #[test]
    fn is_none_for_what_is_nested_too_deeply() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(json(nested(128).as_bytes()).is_some());
        for depth in [129, 100_000] {
            assert_eq!(json(nested(depth).as_bytes()), None, "{depth}");
        }
    }

    #[test]
    fn shows_bytes() {
        assert_eq!(
            hex(b"{\"a\": \xff\x00}"),
            "000000  7b 22 61 22 3a 20 ff 00 7d                       {\"a\":...}\n"
        );
    }

    proptest! {
        #[test]
        fn means_the_same_as_before(keys in proptest::collection::vec(("\\PC*", any::<i64>()), 0..6)) {
            let value: serde_json::Value = keys.into_iter().map(|(k, v)| (k.clone(), serde_json::json!([v, k]))).collect::<serde_json::Map<_, _>>().into();
            let pretty = json(value.to_string().as_bytes()).expect("it is JSON");
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&pretty).expect("still JSON"), value);
        }
    }
}
