//! What people type about themselves, checked once and typed from then on.

use crate::mail::address;
use std::fmt;
use unicode_normalization::UnicodeNormalization as _;

/// Why a typed value is not taken; says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Nothing was typed.
    #[error("This can't be empty.")]
    Missing,
    /// Too many characters.
    #[error("Use at most {most} characters; this has {has}.")]
    TooLong {
        /// How many are taken.
        most: usize,
        /// How many there were.
        has: usize,
    },
    /// Line breaks or other characters that cannot be seen.
    #[error("Use one line, without control characters.")]
    Control,
    /// No mail address.
    #[error("Enter an email address, such as ada@example.com.")]
    NoAddress,
    /// Something else; says what.
    #[error("{0}")]
    Other(&'static str),
}

/// One line of text, without white space around it.
pub(super) fn line(text: &str, most: usize) -> Result<String, ValueError> {
    let text = text.trim();
    let has = text.chars().count();
    if has > most {
        return Err(ValueError::TooLong { most, has });
    }
    if text.chars().any(char::is_control) {
        return Err(ValueError::Control);
    }
    Ok(text.to_owned())
}

/// What a person or a company is called: one line, 1 to 120 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Takes what was typed.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        match line(text, 120)? {
            name if name.is_empty() => Err(ValueError::Missing),
            name => Ok(Self(name)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The form of an address that a person is known by, whatever the keyboard made of its letters: in small ones,
/// without the difference between composed, decomposed and full-width ones (NFKC).
pub fn known_as(email: &str) -> String {
    email.trim().nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// A mail address in the form that people are known by ([`known_as`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Takes what was typed.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        // RFC 5321 allows 254 characters.
        let text = known_as(&line(text, 254)?);
        if text.is_empty() {
            return Err(ValueError::Missing);
        }
        address::parse(&text).ok_or(ValueError::NoAddress)?;
        // As it is read by people: its domain becomes punycode on the way out.
        Ok(Self(address::best([text.as_str()])))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_of_bounded_length() {
        assert_eq!(Name::parse("  Ada Byron ").map(|n| n.to_string()), Ok("Ada Byron".to_owned()));
        assert_eq!(Name::parse(" \t "), Err(ValueError::Missing));
        assert_eq!(Name::parse("Ada\nByron"), Err(ValueError::Control));
        assert!(Name::parse(&"é".repeat(120)).is_ok());
        assert_eq!(Name::parse(&"x".repeat(10_240)), Err(ValueError::TooLong { most: 120, has: 10_240 }));
    }

    #[test]
    fn addresses_are_known_in_lower_case() {
        assert_eq!(
            Email::parse(" Ada@Example.COM ").map(|e| e.to_string()),
            Ok("ada@example.com".to_owned())
        );
        for (typed, known) in [
            ("Ada <ada@example.com>", "ada@example.com"),
            ("mailto:ada@example.com", "ada@example.com"),
            ("ada@example.com\u{200b}", "ada@example.com"),
            ("ada@bücher.example", "ada@bücher.example"),
            ("ADA@bu\u{308}cher.example", "ada@bücher.example"),
            ("Ａｄａ＠example.com", "ada@example.com"),
        ] {
            assert_eq!(Email::parse(typed).map(|e| e.to_string()), Ok(known.to_owned()), "{typed}");
        }
        for wrong in ["ada", "ada@", "@example.com", "ada@example.com, eve@example.com", "ada @example.com"] {
            assert_eq!(Email::parse(wrong), Err(ValueError::NoAddress), "{wrong}");
        }
    }
}
