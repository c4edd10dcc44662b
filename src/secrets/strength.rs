//! How strong a new password is, apart from what anybody would try first: words of the product, of the company and of
//! the person, however they are written, and well-known passwords with something appended.

use super::refusal::{LONGEST, PasswordError, SHORTEST};
use crate::db::search::name_key;
use secrecy::{ExposeSecret as _, SecretString};
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::Score;

/// Words of so many letters are taken out of a password.
const WORD: usize = 3;

/// So many letters are looked at by themselves: fewer, among figures and marks, say little.
const COMMON: usize = 6;

/// The product's own words.
const PRODUCT: [&str; 6] = ["alva", "lever", "portal", "assessment", "demo", "admin"];

/// What people append a year to, and examples from well-known texts about passwords.
const USUAL: [&str; 22] = [
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
    "willkommen",
    "bienvenue",
    "valkommen",
    "velkommen",
    "passwort",
    "losenord",
    "motdepasse",
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
    let estimate = zxcvbn::zxcvbn(once(&rest), about);
    if estimate.score() < Score::Three {
        let advice = estimate.feedback().and_then(|f| f.warning()).map(|w| w.to_string());
        return Err(PasswordError::TooWeak(
            advice.unwrap_or_else(|| "A few uncommon words make a good password.".into()),
        ));
    }
    // Figures and marks at the ends (`letmein2026!!`) are what everybody appends.
    let core = core(text);
    if zxcvbn::zxcvbn(core, about).score() < Score::Two {
        return Err(PasswordError::TooWeak(
            "A common word with numbers and symbols added is easy to guess.".into(),
        ));
    }
    // Figures in the midst of a word (`su2026mmer`) hide it from all of that.
    let letters: String = plain_letters(text).chars().filter(|c| c.is_alphabetic()).collect();
    let count = letters.chars().count();
    let is_common = count >= COMMON && zxcvbn::zxcvbn(once(&letters), about).score() < Score::Two;
    if is_common || (count >= WORD && without_known_words(&letters, about).is_empty()) {
        return Err(PasswordError::TooWeak(
            "Don't use your own name, your company's, or common words.".into(),
        ));
    }
    let is_listed = |text: &str| super::breached::is_breached(text);
    let texts = [text, core, letters.as_str(), once(&letters)];
    if texts.into_iter().any(is_listed) || is_listed(&text.nfkc().collect::<String>()) {
        return Err(PasswordError::Breached);
    }
    Ok(())
}

/// A password without the figures and marks at its ends.
fn core(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphabetic())
}

/// What a text repeats, when it is one piece several times.
fn once(text: &str) -> &str {
    let repeats = |end: &usize| {
        let (piece, whole) = (&text[..*end], text.len());
        whole % end == 0 && text.as_bytes().chunks(*end).all(|part| part == piece.as_bytes())
    };
    let mut ends = text.char_indices().map(|(start, letter)| start + letter.len_utf8());
    ends.find(repeats).map_or(text, |end| &text[..end])
}

/// Small letters without their marks (`Nörthwind`); what has no mark that can be taken off is written as usual.
fn plain_letters(text: &str) -> String {
    let bare = |c: char| match c {
        'ø' => "o".to_owned(),
        'ł' => "l".to_owned(),
        'đ' | 'ð' => "d".to_owned(),
        'æ' => "ae".to_owned(),
        'œ' => "oe".to_owned(),
        'ß' => "ss".to_owned(),
        'ı' => "i".to_owned(),
        other => other.to_string(),
    };
    let key = name_key(text);
    let unmarked = key.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    unmarked.flat_map(char::to_lowercase).map(bare).collect()
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
    plain_letters(text).chars().filter_map(letter).collect()
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
            "N\u{f6}rthwind2026!",
            "N\u{f8}rthwind2026!",
            "\u{15a}ummer2026!!",
            "su2026mmer!!",
            "letme2026in!!",
            "let!me!in!2026",
            "football football",
            "Zx9#zx9#zx9#",
            "Bienvenue2026!",
            "V\u{e4}lkommen2026",
        ] {
            assert!(check(weak).is_err(), "{weak}");
        }
    }

    #[test]
    fn good_ones_are_taken() {
        for good in [
            "Str\u{f6}mming \u{e4}ter kr\u{e5}kb\u{e4}r 4",
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
