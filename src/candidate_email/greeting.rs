//! A candidate's name and a posting's title in the company's mail. Whoever applies types the name, so it must not
//! become a message of somebody else's in the company's name.

use crate::mail::links::as_read;
use std::borrow::Cow;

/// Characters of a name that somebody is greeted by.
const LONGEST: usize = 60;

/// Digits that a name may have; more are a number to call.
const DIGITS: usize = 4;

/// The name as it is greeted by; empty when it is none: longer than names are, or with an address of a page or a mail, or a
/// number to call. In `St.John` a space comes behind the dot: mail programs know more ends of links than anybody here.
pub fn name(name: &str) -> Cow<'_, str> {
    let is_number = name.chars().filter(|c| c.is_numeric()).count() > DIGITS;
    let seen: Vec<char> = as_read(name).collect();
    // `tel:12`, and `127.1/x`.
    let is_scheme = seen.windows(2).any(|pair| pair[0] == ':' && !pair[1].is_whitespace());
    let is_part = seen.windows(3).any(|part| part[0].is_numeric() && part[1] == '.' && part[2].is_numeric());
    if name.chars().count() > LONGEST || is_number || is_scheme || is_part || is_message(&seen) {
        return Cow::Borrowed("");
    }
    without_address(name)
}

/// Words of a name; more are a sentence.
const WORDS: usize = 7;

/// Whether it reads as a message and not as a name: with brackets or signs that no name has, a number before its end
/// (`Henry 8` has one), a sentence that ends and goes on, or more words than names have.
fn is_message(seen: &[char]) -> bool {
    let text: String = seen.iter().collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let has_number = |word: &&str| word.chars().any(char::is_numeric);
    // `Jr.` and `Prof.` are short, and so are initials; `locked.` ends a sentence.
    let ends_sentence = |word: &&str| {
        let letters = word.trim_end_matches('.').rsplit('.').next().unwrap_or_default().chars().count();
        word.ends_with(['!', '?', ':', ';']) || (word.ends_with('.') && letters > SHORT_FORM)
    };
    let before_last = words.len().saturating_sub(1);
    text.contains(['[', ']', '{', '}', '|', '\\', '=', '#', '$', '€', '£', '%', '*', '!', '?'])
        || words.len() > WORDS
        || words.iter().take(before_last).any(has_number)
        || words.iter().take(before_last).any(ends_sentence)
}

/// A title without what leads elsewhere; empty when it holds an address.
pub fn title(title: &str) -> Cow<'_, str> {
    without_address(title)
}

/// The text, in which mail programs make a link of nothing; empty when it holds an address.
fn without_address(text: &str) -> Cow<'_, str> {
    let seen: Vec<char> = as_read(text).collect();
    let lower = seen.iter().collect::<String>().to_lowercase();
    if lower.contains("://") || lower.contains("www.") || lower.contains('@') || has_numbers(&lower) {
        return Cow::Borrowed("");
    }
    let mut spaced = String::new();
    let mut is_changed = false;
    for (place, c) in seen.iter().enumerate() {
        spaced.push(*c);
        if *c != '.' {
            continue;
        }
        match join(&seen[..place], &seen[place + 1..]) {
            Join::None => {}
            Join::Name => {
                is_changed = true;
                spaced.push(' ');
            }
            Join::Host => return Cow::Borrowed(""),
        }
    }
    if is_changed { Cow::Owned(spaced) } else { Cow::Borrowed(text) }
}

/// What a dot stands between.
enum Join {
    /// The end of something: `Jr.`, `2.0`, `J.R.`.
    None,
    /// An initial or a short form, and a name: `J.Smith`, `St.John`.
    Name,
    /// The parts of a host's name.
    Host,
}

/// Letters of a short form, such as `Prof`.
const SHORT_FORM: usize = 4;

/// What a dot between these is. A host's name is written small, or has longer parts than a short form; where that cannot be
/// told apart (`X.Photography`) it is taken for a name, and is no link any more with a space in it.
fn join(before: &[char], after: &[char]) -> Join {
    let is_part = |c: &&char| c.is_alphanumeric() || is_mark(**c);
    // `xn--…` has hyphens, and no alphabet's letters alone.
    let last: Vec<char> =
        before.iter().rev().take_while(is_part).filter(|c| !is_mark(**c)).copied().collect();
    let next: Vec<char> = after.iter().take_while(is_part).filter(|c| !is_mark(**c)).copied().collect();
    let (Some(end), Some(first)) = (last.first(), next.first()) else { return Join::None };
    if next.len() < 2 && after.get(next.len()).is_none_or(|c| *c != '-') {
        // No end of a host's name has one letter.
        return Join::None;
    }
    if end.is_numeric() && first.is_numeric() {
        return Join::None;
    }
    let is_short = last.len() <= SHORT_FORM && last.iter().all(|c| c.is_alphabetic());
    let mut letters = last.iter().rev();
    let is_capital = letters.next().is_some_and(|c| c.is_uppercase()) && letters.all(|c| c.is_lowercase());
    if is_short && is_capital && first.is_uppercase() { Join::Name } else { Join::Host }
}

/// Whether four numbers with dots stand somewhere, as in the address of a machine.
fn has_numbers(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit() && c != '.').any(|word| {
        let numbers: Vec<&str> = word.split('.').filter(|number| !number.is_empty()).collect();
        numbers.len() == 4 && numbers.iter().all(|number| number.parse::<u8>().is_ok())
    })
}

/// A mark above or below the letter before it.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

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
            "J.R. Smith",
            "J.R.R.",
            "A.-M. Dupont",
            "Henry VIII.",
            "Louis 14",
            "O'Brien-Smith",
            "Zoë Ångström",
            "Ravi s/o Kumar",
            "李 明",
            "",
        ] {
            assert_eq!(name(good), good);
        }
        // With a space no mail program makes a link of them, whatever ends of links there are.
        for (typed, greeted) in [
            ("J.Smith", "J. Smith"),
            ("J.R.Li", "J.R. Li"),
            ("St.John", "St. John"),
            ("O.Neill", "O. Neill"),
            ("Univ.Prof.Dr.Zoë Ångström", "Univ. Prof. Dr. Zoë Ångström"),
            ("Jean-P.Martin", "Jean-P. Martin"),
            ("X.Photography", "X. Photography"),
            ("T.Me/evil", "T. Me/evil"),
            ("J\u{2024}Blog", "J. Blog"),
        ] {
            assert_eq!(name(typed), greeted);
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
            "x.photography",
            "x.museum",
            "A.photos",
            "a.b.museum",
            "J.R.photos",
            "EVIL.COM",
            "ST.JOHN",
            "evil.com-",
            "evil-1.com",
            "e.xn--p1ai",
            "x.中国",
            "mailto:x",
            "tel:12",
            "tel\u{ff1a}12",
            "127.1/x",
            "http:/evil/login",
            "Pay 500 EUR now. Your account is locked. Reply to this mail",
            "Your account is locked. Reply now",
            "hxxp evil[.]com",
            "Reply to this mail with your bank details please now",
            "You won! Ada",
            "Ada (call 555) now",
            "Win $500",
            long.as_str(),
        ] {
            assert_eq!(name(bad), "", "{bad}");
        }
        assert_eq!(title("Engineer (m/f/d), Team 2.0"), "Engineer (m/f/d), Team 2.0");
        for posting in
            ["Prize at evil.example", "Prize at x.photography", "Engineer, 192.0.2.7", "x.museum: guide"]
        {
            assert_eq!(title(posting), "", "{posting}");
        }
        assert_eq!(title("Nurse: St.Mary"), "Nurse: St. Mary");
    }
}
