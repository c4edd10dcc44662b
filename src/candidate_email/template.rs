//! Subject and text of a mail, with placeholders: checked when they are saved, filled when they are sent.

use super::EmailKind;
use crate::i18n::Messages;

/// Characters that a subject may have.
const LONGEST_SUBJECT: usize = 150;

/// Characters that a text may have.
const LONGEST_BODY: usize = 5_000;

/// What stands for something that differs from candidate to candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholder {
    /// Its name, as it is typed between braces.
    pub name: &'static str,
    /// What it stands for.
    pub about: &'static str,
}

pub const PLACEHOLDERS: [Placeholder; 7] = [
    Placeholder { name: "name", about: "the candidate\u{2019}s name; nothing when Lever has none" },
    Placeholder { name: "company", about: "your company\u{2019}s name" },
    Placeholder { name: "posting", about: "the posting\u{2019}s title, or \u{201c}your application\u{201d}" },
    Placeholder { name: "tests", about: "the names of the tests" },
    Placeholder { name: "minutes", about: "about how many minutes they take" },
    Placeholder { name: "until", about: "the last day of the link" },
    Placeholder {
        name: "support",
        about: "your support contact; lines with it are omitted if you have none",
    },
];

/// Why a subject or text is not taken; says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
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
    /// Line breaks in a subject, or other characters that cannot be seen.
    #[error("Use printable characters only, and keep the subject on one line.")]
    Control,
    /// No placeholder of ours.
    #[error("{{{0}}} is not a placeholder. Use: {known}.", known = known())]
    Unknown(String),
    /// A brace without its other half.
    #[error("There is an unmatched brace. Braces are reserved for placeholders such as {{name}}.")]
    Brace,
}

fn known() -> String {
    PLACEHOLDERS.map(|placeholder| format!("{{{}}}", placeholder.name)).join(", ")
}

/// What a mail says, with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// Paragraphs, with an empty line between two.
    pub body: String,
}

/// A part of a line.
enum Piece<'t> {
    Messages(&'t str),
    Value(usize),
}

impl Text {
    /// What is built in.
    pub fn built_in(kind: EmailKind, words: &Messages) -> Self {
        let stand_in: Vec<(&str, String)> = PLACEHOLDERS
            .iter()
            .map(|placeholder| (placeholder.name, format!("{{{}}}", placeholder.name)))
            .collect();
        let say = |part: &str| words.say_all(&format!("mail-{kind}-{part}"), &stand_in);
        Self { subject: say("subject"), body: say("body") }
    }

    /// Takes a subject as it was typed.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_subject(typed: &str) -> Result<String, TextError> {
        let subject = typed.trim().to_owned();
        if subject.chars().any(char::is_control) {
            return Err(TextError::Control);
        }
        checked(subject, LONGEST_SUBJECT)
    }

    /// Takes a text as it was typed.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_body(typed: &str) -> Result<String, TextError> {
        let lines: Vec<String> = typed
            .replace("\r\n", "\n")
            .split('\n')
            .map(|line| line.replace('\t', " ").trim_end().into())
            .collect();
        let body = lines.join("\n").trim().to_owned();
        if body.chars().any(|c| c.is_control() && c != '\n') {
            return Err(TextError::Control);
        }
        checked(body, LONGEST_BODY)
    }

    /// The subject with these values, in the order of [`PLACEHOLDERS`].
    pub(super) fn fill_subject(&self, values: &[String; 7]) -> String {
        fill_line(&self.subject, values).unwrap_or_default()
    }

    /// The paragraphs with these values, each with its lines.
    pub(super) fn fill_body(&self, values: &[String; 7]) -> Vec<Vec<String>> {
        let paragraph = |text: &str| -> Vec<String> {
            text.lines().filter_map(|line| fill_line(line, values)).filter(|line| !line.is_empty()).collect()
        };
        self.body.split("\n\n").map(paragraph).filter(|lines| !lines.is_empty()).collect()
    }
}

fn checked(text: String, most: usize) -> Result<String, TextError> {
    let has = text.chars().count();
    if text.is_empty() {
        return Err(TextError::Missing);
    }
    if has > most {
        return Err(TextError::TooLong { most, has });
    }
    for line in text.lines() {
        pieces(line)?;
    }
    Ok(text)
}

/// Takes a line apart.
fn pieces(line: &str) -> Result<Vec<Piece<'_>>, TextError> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(open) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(open);
        let inside = from.strip_prefix('{').ok_or(TextError::Brace)?;
        let (name, after) = inside.split_once('}').ok_or(TextError::Brace)?;
        if name.contains('{') {
            return Err(TextError::Brace);
        }
        let place = PLACEHOLDERS.iter().position(|placeholder| placeholder.name == name);
        found.push(Piece::Messages(before));
        found.push(Piece::Value(place.ok_or_else(|| TextError::Unknown(name.to_owned()))?));
        rest = after;
    }
    found.push(Piece::Messages(rest));
    Ok(found)
}

/// A line with its values; `None` when it is about a support contact that there is not.
fn fill_line(line: &str, values: &[String; 7]) -> Option<String> {
    let Ok(pieces) = pieces(line) else { return Some(line.to_owned()) };
    let mut filled = String::new();
    for piece in pieces {
        match piece {
            Piece::Messages(words) => filled.push_str(words),
            Piece::Value(place) if values[place].is_empty() => {
                if PLACEHOLDERS[place].name == "support" {
                    return None;
                }
                // "Hello {name}," without a name is "Hello,".
                filled.truncate(filled.trim_end().len());
            }
            Piece::Value(place) => filled.push_str(&values[place]),
        }
    }
    Some(filled.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(change: &[(&str, &str)]) -> [String; 7] {
        PLACEHOLDERS.map(|placeholder| {
            let changed = change.iter().find(|(name, _)| *name == placeholder.name);
            changed.map_or_else(|| placeholder.name.to_uppercase(), |(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn built_in_texts_are_texts_that_could_be_saved() {
        for words in Messages::all() {
            for kind in EmailKind::ALL {
                let text = Text::built_in(*kind, words);
                assert_eq!(
                    Text::parse_subject(&text.subject).as_ref(),
                    Ok(&text.subject),
                    "{}",
                    words.code()
                );
                assert_eq!(Text::parse_body(&text.body).as_ref(), Ok(&text.body), "{}", words.code());
                let filled = text.fill_body(&values(&[]));
                assert!(filled.len() >= 3, "{filled:?}");
                let all = format!("{filled:?}{}", text.fill_subject(&values(&[])));
                for placeholder in PLACEHOLDERS {
                    assert!(all.contains(&placeholder.name.to_uppercase()), "{} in {all}", placeholder.name);
                }
            }
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(Text::parse_subject(" \t "), Err(TextError::Missing));
        assert_eq!(Text::parse_subject("a\r\nBcc: eve@example.com"), Err(TextError::Control));
        assert_eq!(Text::parse_subject("Hi {nmae}"), Err(TextError::Unknown("nmae".into())));
        assert!(TextError::Unknown("nmae".into()).to_string().contains("{name}, {company}"));
        for wrong in ["{name", "name}", "{{name}}", "} {"] {
            assert_eq!(Text::parse_body(wrong), Err(TextError::Brace), "{wrong}");
        }
        assert_eq!(Text::parse_body("a\u{7}b"), Err(TextError::Control));
        assert_eq!(Text::parse_body(&"x".repeat(5_001)), Err(TextError::TooLong { most: 5_000, has: 5_001 }));
        assert_eq!(Text::parse_body("a  \r\n\r\nb\t{name} "), Ok("a\n\nb {name}".into()));
    }

    #[test]
    fn what_is_empty_leaves_no_hole() {
        let text = Text {
            subject: "For {name}: {posting}".into(),
            body: "Hello {name},\n\nA\nAsk {support}.".into(),
        };
        let none = values(&[("name", ""), ("support", "")]);
        assert_eq!(text.fill_body(&none), [vec!["Hello,"], vec!["A"]]);
        assert_eq!(text.fill_subject(&none), "For: POSTING");
        // What is filled in is not looked at again.
        assert_eq!(text.fill_subject(&values(&[("name", "{company}")])), "For {company}: POSTING");
    }
}
