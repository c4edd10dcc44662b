//! Tags that are meant for Alva. Written exactly they work; nearly exactly they do nothing, which
//! nobody sees in Lever.

/// Invites whoever applies to a posting that carries it. Case and spacing matter (Alva's guide).
pub const SCREENING: &str = "Alva: Screening";

/// Begins a tag that names a coding test.
pub const CODING_TEST: &str = "Alva Coding Test: ";

/// Begins a tag that names the tech stack of a coding test.
pub const CODING_STACK: &str = "Alva Coding Stack: ";

/// So many letters may be wrong in a tag that is nearly right.
const TYPOS: usize = 2;

/// What a tag is meant to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagMeaning {
    /// Invite whoever applies.
    Screening,
    /// Add the coding test of this title.
    CodingTest(String),
    /// Add this tech stack to the coding test.
    CodingStack(String),
}

impl TagMeaning {
    /// The tag as it would be right.
    pub fn written(&self) -> String {
        match self {
            Self::Screening => SCREENING.to_owned(),
            Self::CodingTest(title) => format!("{CODING_TEST}{title}"),
            Self::CodingStack(title) => format!("{CODING_STACK}{title}"),
        }
    }
}

/// How a tag is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// It is meant for Alva, and written as it must be.
    Exact(TagMeaning),
    /// It was probably meant for Alva, and is not written so.
    Near(TagMeaning),
    /// It has nothing to do with Alva.
    Other,
}

impl Tag {
    /// Reads a tag as it stands in Lever.
    pub fn read(text: &str) -> Self {
        let Some(meant) = meant(text) else { return Self::Other };
        if meant.written() == text { Self::Exact(meant) } else { Self::Near(meant) }
    }

    /// Whether it has anything to do with Alva.
    pub fn is_for_alva(&self) -> bool {
        *self != Self::Other
    }
}

/// What a tag was probably meant to be, when it is not written exactly.
pub fn near_miss(tag: &str) -> Option<TagMeaning> {
    match Tag::read(tag) {
        Tag::Near(meant) => Some(meant),
        Tag::Exact(_) | Tag::Other => None,
    }
}

fn meant(text: &str) -> Option<TagMeaning> {
    let letters = letters_of(text);
    if is_nearly(&letters, &letters_of(SCREENING)) {
        return Some(TagMeaning::Screening);
    }
    // Alva's other tags end in a title, so only what stands before the colon can be compared.
    let (before, title) = text.split_once([':', '\u{ff1a}'])?;
    let (before, title) = (letters_of(before), title.trim().to_owned());
    if title.is_empty() {
        return None;
    }
    if is_nearly(&before, &letters_of(CODING_TEST)) {
        return Some(TagMeaning::CodingTest(title));
    }
    is_nearly(&before, &letters_of(CODING_STACK)).then_some(TagMeaning::CodingStack(title))
}

/// Letters and digits only, in lower case: what is left when case, spaces and signs do not count.
fn letters_of(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_nearly(letters: &str, wanted: &str) -> bool {
    strsim::damerau_levenshtein(letters, wanted) <= TYPOS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_exactly_is_no_near_miss() {
        assert_eq!(Tag::read("Alva: Screening"), Tag::Exact(TagMeaning::Screening));
        let test = TagMeaning::CodingTest("Lookup Service - Level 2".into());
        assert_eq!(Tag::read("Alva Coding Test: Lookup Service - Level 2"), Tag::Exact(test));
        let stack = TagMeaning::CodingStack("Python(Backend)/Javascript(Frontend)".into());
        assert_eq!(Tag::read("Alva Coding Stack: Python(Backend)/Javascript(Frontend)"), Tag::Exact(stack));
        assert_eq!(near_miss("Alva: Screening"), None);
    }

    #[test]
    fn what_differs_in_case_spaces_signs_or_two_letters_is_a_near_miss() {
        for tag in [
            "alva: screening",
            "Alva:Screening",
            "Alva: Screening ",
            " Alva: Screening",
            "Alva:  Screening",
            "Alva - Screening",
            "Alva Screening",
            "Alva\u{ff1a}Screening",
            "Alva:\u{a0}Screening",
            "Alva: Screenning",
            "Avla: Screening",
            "ALVA: SCREENING",
        ] {
            assert_eq!(near_miss(tag), Some(TagMeaning::Screening), "{tag:?}");
        }
        for (tag, meant) in [
            ("Alva Coding stack: Python", TagMeaning::CodingStack("Python".into())),
            ("Alva Coding Test:Lookup", TagMeaning::CodingTest("Lookup".into())),
            ("alva coding test: Lookup", TagMeaning::CodingTest("Lookup".into())),
            ("Alva Coding Test: Lookup ", TagMeaning::CodingTest("Lookup".into())),
        ] {
            assert_eq!(near_miss(tag), Some(meant), "{tag:?}");
        }
    }

    #[test]
    fn other_tags_are_left_alone() {
        for tag in [
            "",
            "Alva",
            "Screening",
            "Alva: Invited",
            "Alva: Completed",
            "Alva: Not invited",
            "Phone screening",
            "Remote",
            "Team: Alva",
            "Coding Test: Lookup",
            "Alva Coding Test:",
        ] {
            assert_eq!(Tag::read(tag), Tag::Other, "{tag:?}");
        }
    }
}
