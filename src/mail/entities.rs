//! The entities of web pages in texts that were copied from there.

use std::borrow::Cow;

/// With the letters that a web page's entities stand for, such as `&lt;`: addresses are copied from there, also out of one
/// that shows another's text. What is no entity, as in `a&b@x.example`, stays.
pub(super) fn without_entities(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..2 {
        let Some(decoded) = decoded_once(&text) else { break };
        text = Cow::Owned(decoded);
    }
    text
}

/// The text with the letters for its entities; none where it has no entity.
fn decoded_once(text: &str) -> Option<String> {
    let (mut decoded, mut at) = (String::new(), 0);
    for (begin, _) in text.match_indices('&') {
        if begin < at {
            continue;
        }
        let Some((name, _)) = text[begin + 1..].split_once(';') else { break };
        let Some(letter) = entity(name) else { continue };
        decoded.push_str(&text[at..begin]);
        decoded.push(letter);
        at = begin + name.len() + 2;
    }
    if at == 0 {
        return None;
    }
    decoded.push_str(&text[at..]);
    Some(decoded)
}

/// What an entity stands for: one of those that can stand in or around an address, or any by its number.
fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter)
}

const ENTITIES: [(&str, char); 12] = [
    ("lt", '<'),
    ("gt", '>'),
    ("amp", '&'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("commat", '@'),
    ("period", '.'),
    ("comma", ','),
    ("semi", ';'),
    ("plus", '+'),
    ("lowbar", '_'),
];
