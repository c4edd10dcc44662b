//! How strong a new password is, apart from what anybody would try first: words of the product, of the company and of
//! the person, however they are written, and well-known passwords with something appended.

use super::refusal::{LONGEST, PasswordError, SHORTEST};
use crate::db::search::name_key;
use secrecy::{ExposeSecret as _, SecretString};
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::Score;

/// Words of so many letters are taken out of a password.
const WORD: usize = 3;

/// The product's own words.
const PRODUCT: [&str; 6] = ["alva", "lever", "portal", "assessment", "demo", "admin"];

/// What people append a year to, and examples from well-known texts about passwords.
const USUAL: [&str; 15] = [
    "password",
    "welcome",
    "spring",
    "summer",
    "autumn",
    "winter",
    "monday",
    "friday",
    "january",
    "september",
    "october",
    "november",
    "december",
    "correcthorsebatterystaple",
    "troubador",
];

/// Looks at a new password. `about` holds words that the person is likely to use: name, address.
///
/// # Errors
/// Says what to do better.
pub fn check_strength(password: &SecretString, about: &[&str]) -> Result<(), PasswordError> {
    let text = password.expose_secret();
    match text.chars().count() {
        n if n < SHORTEST => return Err(PasswordError::TooShort),
        n if n > LONGEST => return Err(PasswordError::TooLong),
        _ => {}
    }
    // A word of one's own surroundings adds nothing: what is left must be strong by itself.
    let rest = without_known_words(text, about);
    let estimate = zxcvbn::zxcvbn(&rest, about);
    if estimate.score() < Score::Three {
        let advice = estimate.feedback().and_then(|f| f.warning()).map(|w| w.to_string());
        return Err(PasswordError::TooWeak(
            advice.unwrap_or_else(|| "A few uncommon words make a good one.".into()),
        ));
    }
    // Figures and marks at the ends (`letmein2026!!`) are what everybody appends.
    let core = core(text);
    if zxcvbn::zxcvbn(core, about).score() < Score::Two {
        return Err(PasswordError::TooWeak(
            "A common word with figures and marks around it is tried early.".into(),
        ));
    }
    let is_listed = |text: &str| super::breached::is_breached(text);
    if is_listed(text) || is_listed(&text.nfkc().collect::<String>()) || is_listed(core) {
        return Err(PasswordError::Breached);
    }
    Ok(())
}

/// A password without the figures and marks at its ends.
fn core(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphabetic())
}

/// Letters and figures alone, in small letters, with the letters for which figures and marks stand (`N0rthw1nd`).
fn plain(text: &str) -> String {
    let letter = |c: char| match c {
        '0' => Some('o'),
        '1' | '!' | '|' => Some('i'),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' => Some('t'),
        other => other.is_alphanumeric().then_some(other),
    };
    name_key(text).chars().filter_map(letter).collect()
}

/// The password without the words that anybody would try first, whatever stands between their letters, forwards and
/// backwards; the password as it is where it has none of them.
fn without_known_words(password: &str, about: &[&str]) -> String {
    let whole = plain(password);
    let mut words: Vec<String> = Vec::new();
    for text in about {
        let parts = text.split(|c: char| !c.is_alphanumeric());
        words.extend(parts.map(plain).chain([plain(text)]));
    }
    words.extend(PRODUCT.iter().chain(&USUAL).map(|word| plain(word)));
    words.retain(|word| word.chars().count() >= WORD);
    // "north" must not hide the rest of "northwind".
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let mut rest = whole.clone();
    for word in &words {
        let backwards: String = word.chars().rev().collect();
        rest = rest.replace(word.as_str(), "").replace(&backwards, "");
    }
    if rest.len() == whole.len() { password.nfkc().collect() } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), PasswordError> {
        let about = ["Ada Admin", "ada@north.example", "Northwind Traders"];
        check_strength(&SecretString::from(password.to_owned()), &about)
    }

    #[test]
    fn words_of_ones_own_and_usual_ones_are_refused_however_they_are_written() {
        for weak in [
            "Northwind2026!",
            "Northw1nd2026!",
            "N0rthw1nd-2026!",
            "n.o.r.t.h.w.i.n.d",
            "dniwhtroN2026!",
            "A1va-portal-2026",
            "adaadmin2026!!",
            "letmein2026!!",
            "Sommer2026!!",
            "sunshine2026!!",
            "football2026!!",
            "princess2026!!",
            "Monkey123456!!",
            "Company2026!!",
            "Changeme2026!!",
            "correct horse battery staple",
            "Tr0ub4dor&3xyz",
            "northwind-traders-1",
        ] {
            assert!(check(weak).is_err(), "{weak}");
        }
    }

    #[test]
    fn good_ones_are_taken() {
        for good in [
            "walrus-lantern-orbit-77",
            "k8Fz!q2Lw9rT",
            "seven tall purple giraffes",
            "Zinnober.Kahn.Efeu.3",
            "\u{441}\u{43b}\u{43e}\u{43d} \u{43a}\u{443}\u{43f}\u{438}\u{43b} \u{437}\u{43e}\u{43d}\u{442}\u{438}\u{43a}",
        ] {
            assert!(check(good).is_ok(), "{good}: {:?}", check(good));
        }
    }
}
