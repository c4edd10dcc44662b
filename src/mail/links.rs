//! Text of somebody else's choice in a mail, of which mail programs make no link.

use super::address::is_invisible;
use unicode_normalization::UnicodeNormalization as _;

/// The text as mail programs and browsers read it: other full stops and wide letters are the usual ones.
pub fn as_read(text: &str) -> impl Iterator<Item = char> {
    let seen = text.chars().filter(|c| !is_invisible(*c)).nfkc();
    seen.map(|c| if c == '\u{3002}' { '.' } else { c })
}

/// The text with a space behind each dot, colon and at sign that has none: `Booking. com`.
pub fn spaced(text: &str) -> String {
    let mut seen = as_read(text).peekable();
    let mut spaced = String::with_capacity(text.len());
    while let Some(c) = seen.next() {
        spaced.push(c);
        if matches!(c, '.' | ':' | '@')
            && seen.peek().is_some_and(|next| next.is_alphanumeric() || *next == '/')
        {
            spaced.push(' ');
        }
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_is_a_link() {
        for (typed, sent) in [
            ("Acme Inc.", "Acme Inc."),
            ("Dr. Oetker & Co. KG", "Dr. Oetker & Co. KG"),
            ("Booking.com", "Booking. com"),
            ("Locked: http://evil.example/login", "Locked: http: //evil. example/login"),
            ("eve@evil.example", "eve@ evil. example"),
            ("evil\u{3002}com, evil\u{200b}.com, \u{ff45}vil.com", "evil. com, evil. com, evil. com"),
        ] {
            assert_eq!(spaced(typed), sent);
        }
    }
}
