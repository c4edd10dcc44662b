//! A candidate's name and a posting's title in the company's mail. Whoever applies types the name, so it must not
//! become a message of somebody else's in the company's name.

use unicode_normalization::UnicodeNormalization as _;

/// Characters of a name that somebody is greeted by.
const LONGEST: usize = 60;

/// The name as it is greeted by; empty when it is none: longer than names are, or with an address of a page or a mail.
pub fn name(name: &str) -> &str {
    if name.chars().count() > LONGEST || has_address(name) { "" } else { name }
}

/// A title without what leads elsewhere; empty when it holds an address.
pub fn title(title: &str) -> &str {
    if has_address(title) { "" } else { title }
}

/// Whether mail programs would make a link of something in it.
fn has_address(text: &str) -> bool {
    // Other full stops and wide letters are what mail programs and browsers read as the usual ones.
    let lower: String = text.nfkc().map(|c| if c == '\u{3002}' { '.' } else { c }).collect();
    let lower = lower.to_lowercase();
    lower.contains("://")
        || lower.contains("www.")
        || lower.contains('@')
        || lower.split(|c: char| c.is_whitespace() || ",;()<>\"'".contains(c)).any(is_host)
}

/// A word such as `evil.example/x`: names with a full stop at the end (`Jr.`) or initials (`J.R.`) are none.
fn is_host(word: &str) -> bool {
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or_default().trim_end_matches('.');
    let Some((before, last)) = host.rsplit_once('.') else { return false };
    let longest = before.split('.').map(|label| label.chars().count()).max().unwrap_or(0);
    longest >= 2 && last.chars().count() >= 2 && last.chars().all(char::is_alphabetic)
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
            long.as_str(),
        ] {
            assert_eq!(name(bad), "", "{bad}");
        }
        assert_eq!(title("Engineer (m/f/d), Team 2.0"), "Engineer (m/f/d), Team 2.0");
        assert_eq!(title("Prize at evil.example"), "");
    }
}
