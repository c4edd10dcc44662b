//! Text from outside, cleaned and bounded. Pure: no state, no input but the text.
//!
//! What people type into an applicant tracking system comes with control characters from spreadsheets,
//! with letters that turn the direction of what follows, and at any length. Databases refuse some of
//! it, and pages are led astray by the rest. The readers of [`types`](crate::types) pass each text
//! through here:
//!
//! - Control characters are dropped, U+0000 among them; tabs and line breaks become spaces.
//! - Marks that turn the direction of text (U+202A–202E, U+2066–2069, U+200E, U+200F, U+061C) and
//!   characters without any width (U+200B, U+2060, U+FEFF) are dropped. The joiners U+200C and U+200D
//!   stay: Persian and emoji need them.
//! - Letters are composed (Unicode's form NFC), so that one name is one text.
//! - White space at both ends goes.
//! - What is longer than its limit is cut, and [`CUT`] says so. Limits count characters.

use unicode_normalization::UnicodeNormalization as _;

/// Longest name of a person, a company or a file.
pub const NAME: usize = 200;
/// Longest title of a posting, and longest headline.
pub const TITLE: usize = 300;
/// Longest e-mail address (RFC 5321 §4.5.3.1.3, less the angle brackets).
pub const ADDRESS: usize = 254;
/// Longest tag or source.
pub const TAG: usize = 200;
/// Longest text of a stage or a reason.
pub const STAGE: usize = 200;
/// Longest word of an enumeration, and longest telephone number.
pub const WORD: usize = 100;
/// Longest web address; a longer one is left out, since a part of it leads nowhere.
pub const LINK: usize = 2_048;
/// Longest id.
pub const ID: usize = 128;

/// Stands at the end of a text that was cut.
pub const CUT: char = '…';

/// The text without what nobody should store or show, at most `limit` characters of it.
///
/// ```
/// use lever_client::text;
/// assert_eq!(text::clean("Ada\u{0}\tByron ", text::NAME), "Ada Byron");
/// assert_eq!(text::clean("abcdef", 4), "abc…");
/// ```
pub fn clean(text: &str, limit: usize) -> String {
    let mut cleaned = String::with_capacity(text.len().min(limit.saturating_mul(4)));
    let (mut length, mut is_cut) = (0, false);
    for c in text.chars().filter_map(kept).nfc().skip_while(|c| c.is_whitespace()) {
        if length < limit {
            cleaned.push(c);
            length += 1;
        } else if !c.is_whitespace() {
            is_cut = true;
            break;
        }
    }
    if is_cut && length == limit {
        cleaned.pop();
    }
    let end = cleaned.trim_end().len();
    cleaned.truncate(end);
    if is_cut {
        cleaned.push(CUT);
    }
    cleaned
}

/// As [`clean`], but white space at the ends stays: for what is compared letter by letter, such as a tag.
pub fn clean_exact(text: &str, limit: usize) -> String {
    let mut letters = text.chars().filter_map(kept);
    let mut cleaned: String = letters.by_ref().take(limit).collect();
    if letters.next().is_some() {
        cleaned.pop();
        cleaned.push(CUT);
    }
    cleaned
}

/// An e-mail address, cleaned like any text; what else nobody sees goes as well, since no address needs it:
/// joiners, variation selectors, fillers.
pub fn clean_address(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_unseen_in_addresses(*c)).collect();
    clean(&seen, ADDRESS)
}

/// Letters without a width or a form that elsewhere have a meaning, and none in an address.
pub fn is_unseen_in_addresses(c: char) -> bool {
    matches!(
        c,
        '\u{200c}' | '\u{200d}' | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
    ) || matches!(c, '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// A web address, if it is one that a page may link to: `https` or `http`, whole, and without control
/// characters.
pub fn clean_link(text: &str) -> Option<String> {
    let text = text.trim();
    let scheme = text.split_once("://")?.0.to_ascii_lowercase();
    let fits = matches!(scheme.as_str(), "https" | "http")
        && text.chars().count() <= LINK
        && text.chars().all(|c| kept(c) == Some(c) && !c.is_whitespace());
    fits.then(|| text.to_owned())
}

/// Whether the text can be an id of Lever's: letters, digits and `-_.:~@`, at most [`ID`] of them,
/// and not only dots, which a path would swallow.
pub fn is_id(text: &str) -> bool {
    (1..=ID).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:~@".contains(&b))
        && text.bytes().any(|b| b != b'.')
}

/// What is kept of a character: itself, a space in its place, or nothing.
fn kept(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => None,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}' => None,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use crate::text::*;
    use proptest::prelude::*;

    #[test]
    fn a_tag_keeps_the_spaces_that_make_it_another_one() {
        assert_eq!(clean_exact("Alva: Screening ", TAG), "Alva: Screening ");
        assert_eq!(clean_exact("a\0bcdef", 4), "abc…");
        assert_eq!(clean_exact("abcd", 4), "abcd");
    }

    #[test]
    fn what_databases_and_pages_do_not_take_is_dropped() {
        for (text, expected) in [
            ("Ada\0Byron", "AdaByron"),
            ("Ada\tByron\r\n", "Ada Byron"),
            ("Ada\u{2028}Byron", "Ada Byron"),
            ("\u{1}\u{1f}\u{7f}\u{80}\u{9f}Ada", "Ada"),
            ("\u{202e}gnp.exe adA", "gnp.exe adA"),
            ("\u{2066}Ada\u{2069}\u{200e}\u{200f}\u{61c}", "Ada"),
            ("\u{200b}", ""),
            ("\u{feff}Ada\u{2060}", "Ada"),
            ("\u{a0} Ada \u{3000}", "Ada"),
            ("", ""),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}🔬", "👩\u{200d}🔬"),
            ("Zoe\u{308}", "Zo\u{eb}"),
            ("Žofia Ångström O’Neil 李", "Žofia Ångström O’Neil 李"),
        ] {
            assert_eq!(clean(text, NAME), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_and_marked() {
        assert_eq!(clean("abcd", 4), "abcd");
        assert_eq!(clean("abcd   ", 4), "abcd");
        assert_eq!(clean("abcd \u{0} ", 4), "abcd");
        assert_eq!(clean("abcde", 4), "abc…");
        assert_eq!(clean("ab cde", 4), "ab…");
        assert_eq!(clean("abcd      e", 4), "abc…");
        assert_eq!(clean("ééééé", 4), "ééé…");
        assert_eq!(clean("abc", 0), "…");
        assert_eq!(clean(&"x".repeat(1_000_000), TITLE).chars().count(), TITLE);
    }

    #[test]
    fn addresses_lose_what_nobody_sees() {
        assert_eq!(clean_address(" ada8@x.test\u{200b} "), "ada8@x.test");
        assert_eq!(clean_address("a\u{200d}da@x\u{ad}.test"), "ada@x.test");
        assert_eq!(clean_address("\u{3164}ada\u{fe0f}@x.test\u{e0001}\u{34f}"), "ada@x.test");
        assert!(clean_address(&"a".repeat(4_000)).ends_with(CUT));
    }

    #[test]
    fn only_web_addresses_are_links() {
        for link in ["https://hire.lever.co/candidates/1", "http://localhost:1/x", " HTTPS://x.test "] {
            assert_eq!(clean_link(link).as_deref(), Some(link.trim()));
        }
        for odd in [
            "javascript://%0aalert(1)",
            "javascript:alert(1)",
            "data:text/html,x",
            "x.test",
            "",
            "https://x.test/\u{202e}",
            "https://x.test/\0",
            "https://x.test/a b",
        ] {
            assert_eq!(clean_link(odd), None, "{odd}");
        }
        assert_eq!(clean_link(&format!("https://x.test/{}", "a".repeat(LINK))), None);
    }

    #[test]
    fn ids_have_a_sane_alphabet() {
        let long = "x".repeat(ID);
        for id in ["4d64f338-7a2c-4f6e-9a52-6d9a7f0e1b11", "lead-new", "o", "a.b_c:d~e@f", &long] {
            assert!(is_id(id), "{id}");
        }
        let longer = "x".repeat(ID + 1);
        for id in ["", ".", "..", "a/b", "a b", "a\0", "é", "a?b", "a%2e", "a\u{fffd}", "\u{ff21}", &longer]
        {
            assert!(!is_id(id), "{id}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_ends_and_is_idempotent(text in any::<String>(), limit in 1usize..50) {
            let once = clean(&text, limit);
            prop_assert!(once.chars().count() <= limit);
            prop_assert!(!once.contains(char::is_control));
            prop_assert_eq!(clean(&once, limit), once);
        }
    }
}
