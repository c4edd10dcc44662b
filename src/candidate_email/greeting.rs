//! A candidate's name and a posting's title in the company's mail. Whoever applies types the name, so it must not
//! become a message of somebody else's in the company's name.

use crate::mail::address::is_invisible;
use unicode_normalization::UnicodeNormalization as _;

/// Characters of a name that somebody is greeted by.
const LONGEST: usize = 60;

/// Digits that a name may have; more are a number to call.
const DIGITS: usize = 4;

/// The name as it is greeted by; empty when it is none: longer than names are, or with an address of a page or a mail,
/// or a number to call.
pub fn name(name: &str) -> &str {
    let is_number = name.chars().filter(|c| c.is_numeric()).count() > DIGITS;
    if name.chars().count() > LONGEST || is_number || has_address(name) { "" } else { name }
}

/// A title without what leads elsewhere; empty when it holds an address.
pub fn title(title: &str) -> &str {
    if has_address(title) { "" } else { title }
}

/// Whether mail programs would make a link of something in it.
fn has_address(text: &str) -> bool {
    // Other full stops and wide letters are what mail programs and browsers read as the usual ones.
    let seen = text.chars().filter(|c| !is_invisible(*c)).nfkc();
    let lower: String = seen.map(|c| if c == '\u{3002}' { '.' } else { c }).collect();
    let lower = lower.to_lowercase();
    lower.contains("://")
        || lower.contains("www.")
        || lower.contains('@')
        || lower.split(|c: char| !is_in_host(c)).any(is_host)
}

/// What stands in the name of a host, in any alphabet. All else ends it, as it does for a mail program.
fn is_in_host(c: char) -> bool {
    c.is_alphanumeric() || c == '.' || c == '-' || is_mark(c)
}

/// A mark above or below the letter before it.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Such as `evil.example`, `t.me`, `xn--80ak6aa92e.com` or `192.0.2.7`. A full stop at the end (`Jr.`) makes none,
/// nor do initials: single letters, up to a last name of more (`J.R.Tolkien`), unless there is but one of them and
/// what follows is as short as the end of a link (`t.me`).
fn is_host(word: &str) -> bool {
    let labels: Vec<&str> = word.split('.').filter(|label| !label.is_empty()).collect();
    let Some((last, before)) = labels.split_last() else { return false };
    if before.is_empty() {
        return false;
    }
    let length = |label: &str| label.chars().filter(|c| !is_mark(*c)).count();
    let is_address = labels.len() == 4 && labels.iter().all(|label| label.parse::<u8>().is_ok());
    let is_end = last.starts_with("xn--")
        || (length(last) >= 2 && last.chars().all(|c| c.is_alphabetic() || is_mark(c)));
    let initials = before.iter().all(|label| length(label) == 1);
    let is_short_link = before.len() == 1 && length(last) <= SHORT_END;
    is_address || (is_end && (!initials || is_short_link))
}

/// Letters of the end of a short link: `t.me`, `t.co`, `x.com`, `w.wiki`; names behind one initial (`J.Smith`) are mostly
/// longer, and who is `J.Li` is greeted without a name.
const SHORT_END: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_greet_and_messages_do_not() {
        for good in [
            "Ada Lovelace",
            "J.R.R. Tolkien",
            "Martin Luther King Jr.",
            "St. John",
            "J.Smith",
            "J.R.Li",
            "Henry VIII.",
            "Louis 14",
            "O'Brien-Smith",
            "Zoë Ångström",
            "李 明",
            "",
        ] {
            assert_eq!(name(good), good);
        }
        let long = "a".repeat(61);
        for bad in [
            "Your account is locked. Go to http://evil.example/login",
            "See www.evil.example",
            "evil.example/login",
            "Ada (evil.example)",
            "\u{ff25}\u{ff56}\u{ff49}\u{ff4c}\u{3002}\u{ff43}\u{ff4f}\u{ff4d}",
            "www\u{2024}evil\u{2024}com",
            "write to eve@evil.example",
            "Login at evil.com! Ada",
            "See t.me/evil now",
            "Visit:evil.com",
            "Go x/evil.com",
            "[evil.com]",
            "Pay at evil.com*",
            "evil.xn--p1ai",
            "ev\u{ad}il.com",
            "evil\u{200b}.com",
            "\u{201c}evil.com\u{201d}",
            "evil.com\u{2019}s",
            "пример.рф",
            "198.51.100.7/login",
            "CALL +1 900 555 0100 NOW",
            long.as_str(),
        ] {
            assert_eq!(name(bad), "", "{bad}");
        }
        assert_eq!(title("Engineer (m/f/d), Team 2.0"), "Engineer (m/f/d), Team 2.0");
        assert_eq!(title("Prize at evil.example"), "");
    }
}
