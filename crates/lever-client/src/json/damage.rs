//! Which places of a document make it no JSON though what is meant is plain, and what to put there:
//!
//! - within texts: halves of surrogate pairs (U+FFFD), control characters (their escapes), escapes that
//!   JSON does not know (`\x41`; the backslash is meant as one, but `\'` is an apostrophe);
//! - between them: numbers that no float holds, and what other languages write for no number (null),
//!   `007`, `+5`, `.5` and `5.` (the number), `True` and `False`, and a comma before a closing bracket;
//! - what is nested deeper than a reader follows (null).

use std::borrow::Cow;

/// U+FFFD, the replacement character, as an escape.
const REPLACED: &str = "\\ufffd";

/// Repairs in one document; what needs more is something else.
pub(super) const MOST: usize = 1_000_000;

/// Lists and objects within each other; what is deeper is left out. Lever's own are five deep, and the reader stops at 128.
const DEEPEST: usize = 100;

/// What other languages write where there is no number or nothing at all.
const NOTHING: [&str; 7] = ["NaN", "nan", "Infinity", "infinity", "inf", "undefined", "None"];

/// The document after its repair; none where it needs none, or more than [`MOST`].
pub(super) fn repaired(text: &str) -> Option<String> {
    let (mut at, mut place) = (0, Place::default());
    let mut next = damage_from(text, at, &mut place);
    next.as_ref()?;
    let mut repaired = String::with_capacity(text.len() + text.len() / 8);
    let mut repairs = 0;
    while let Some((start, end, instead)) = next {
        repairs += 1;
        if repairs > MOST {
            return None;
        }
        repaired.push_str(&text[at..start]);
        repaired.push_str(&instead);
        at = end;
        next = damage_from(text, at, &mut place);
    }
    repaired.push_str(&text[at..]);
    Some(repaired)
}

/// A place in the document that needs repair: where it begins and ends, and what to put there.
type Damage = (usize, usize, Cow<'static, str>);

/// Where in the document one is.
#[derive(Default)]
struct Place {
    /// Within a text.
    in_string: bool,
    /// Within so many lists and objects.
    depth: usize,
    /// What is too deep has no end.
    is_cut: bool,
}

/// The next damage from `at` on; `place` is kept up to date.
fn damage_from(text: &str, mut at: usize, place: &mut Place) -> Option<Damage> {
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        if place.in_string {
            match byte {
                b'"' => {
                    place.in_string = false;
                    at += 1;
                }
                b'\\' => match escape(bytes, at) {
                    Ok(length) => at += length,
                    Err(damage) => return Some(damage),
                },
                0..0x20 => return Some((at, at + 1, control(byte))),
                _ => at += 1,
            }
            continue;
        }
        match byte {
            b'"' => {
                place.in_string = true;
                at += 1;
            }
            b'[' | b'{' => {
                if place.depth >= DEEPEST && !place.is_cut {
                    match end_of_nested(bytes, at) {
                        Some(end) => return Some((at, end, "null".into())),
                        None => place.is_cut = true,
                    }
                }
                place.depth += 1;
                at += 1;
            }
            b']' | b'}' => {
                place.depth = place.depth.saturating_sub(1);
                at += 1;
            }
            b',' => {
                let blank = bytes[at + 1..].iter().take_while(|b| b.is_ascii_whitespace()).count();
                if matches!(bytes.get(at + 1 + blank), Some(b'}' | b']')) {
                    return Some((at, at + 1, "".into()));
                }
                at += 1 + blank;
            }
            _ if is_of_word(byte) => {
                let length = bytes[at..].iter().take_while(|b| is_of_word(**b)).count();
                if let Some(instead) = word(&text[at..at + length]) {
                    return Some((at, at + length, instead));
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    None
}

/// Where the list or the object ends that begins at `begin`; none where it does not.
fn end_of_nested(bytes: &[u8], begin: usize) -> Option<usize> {
    let (mut open, mut in_string, mut at) = (0_usize, false, begin);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => open += 1,
            b']' | b'}' if !in_string => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// How long the escape at `at` is, or its damage.
fn escape(bytes: &[u8], at: usize) -> Result<usize, Damage> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
        Some(b'u') => match code_unit(bytes, at) {
            Some(0xd800..=0xdbff) => match code_unit(bytes, at + 6) {
                Some(0xdc00..=0xdfff) => Ok(12),
                _ => Err((at, at + 6, REPLACED.into())),
            },
            Some(0xdc00..=0xdfff) => Err((at, at + 6, REPLACED.into())),
            Some(_) => Ok(6),
            None => Err((at, at + 1, "\\\\".into())),
        },
        Some(b'\'') => Err((at, at + 2, "'".into())),
        Some(_) => Err((at, at + 1, "\\\\".into())),
        // The document was cut.
        None => Ok(1),
    }
}

/// The number of the escape `\uXXXX` at `at`, if there is one.
fn code_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// A control character as its escape.
fn control(byte: u8) -> Cow<'static, str> {
    match byte {
        b'\n' => "\\n".into(),
        b'\r' => "\\r".into(),
        b'\t' => "\\t".into(),
        _ => format!("\\u{byte:04x}").into(),
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_')
}

/// What is meant by a number or a word that JSON does not know; none where it knows it, or nothing is meant.
fn word(word: &str) -> Option<Cow<'static, str>> {
    if matches!(word, "true" | "false" | "null") {
        return None;
    }
    if is_number(word) {
        return word.parse::<f64>().is_ok_and(f64::is_infinite).then_some("null".into());
    }
    let (sign, rest) = match word.as_bytes().first() {
        Some(b'-') => ("-", &word[1..]),
        Some(b'+') => ("", &word[1..]),
        _ => ("", word),
    };
    if NOTHING.contains(&rest) {
        return Some("null".into());
    }
    match rest {
        "True" => return Some("true".into()),
        "False" => return Some("false".into()),
        _ => {}
    }
    let digits = rest.trim_start_matches('0');
    let before = if digits.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "0" };
    let after = if digits.ends_with('.') { "0" } else { "" };
    let number = format!("{sign}{before}{digits}{after}");
    (rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') && rest != "." && is_number(&number))
        .then_some(number.into())
}

/// JSON's grammar of a number (RFC 8259 §6).
fn is_number(word: &str) -> bool {
    fn digits(text: &str) -> (usize, &str) {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        (text.len() - rest.len(), rest)
    }
    let word = word.strip_prefix('-').unwrap_or(word);
    let (whole, mut rest) = digits(word);
    if whole == 0 || (whole > 1 && word.starts_with('0')) {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        let (count, after) = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = after;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let (count, after) = digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
        if count == 0 {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}
