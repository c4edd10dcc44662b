//! What about a posting wants looking at, with the mend.

use super::tags::{Tag, TagMeaning};

/// Something about a posting that keeps it from doing what somebody expects of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A tag is nearly one of Alva's.
    NearMiss {
        /// As it stands in Lever.
        tag: String,
        /// As it would be right.
        right: String,
    },
    /// A tag names a test that this portal does not give.
    NoSuchTest {
        /// As it stands in Lever.
        tag: String,
    },
    /// It is confidential, so nobody is invited, whatever its tags say.
    Confidential,
}

impl Finding {
    /// In words, of “the posting”.
    pub fn words(&self) -> String {
        match self {
            Self::NearMiss { tag, right } => {
                format!("carries \u{201c}{tag}\u{201d}, which is not \u{201c}{right}\u{201d}")
            }
            Self::NoSuchTest { tag } => {
                format!("carries \u{201c}{tag}\u{201d}, which names a test that this portal does not have")
            }
            Self::Confidential => {
                "is confidential in Lever, so nobody who applies to it is invited".to_owned()
            }
        }
    }

    /// What to do about it.
    pub fn mend(&self) -> String {
        match self {
            Self::NearMiss { right, .. } => format!(
                "In Lever, remove the tag from the posting and add \u{201c}{right}\u{201d} instead: capital letters \
                 and spaces count."
            ),
            Self::NoSuchTest { .. } => {
                "Remove the tag in Lever, or pass over it: candidates get the logic and the personality test."
                    .to_owned()
            }
            Self::Confidential => {
                "Switch the posting's confidential setting off in Lever, or remove Alva's tag.".to_owned()
            }
        }
    }
}

/// What wants looking at in a posting with these tags.
pub fn findings<T: AsRef<str>>(tags: &[T], is_confidential: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut is_for_alva = false;
    for tag in tags {
        let text = tag.as_ref();
        let read = Tag::read(text);
        is_for_alva |= read.is_for_alva();
        match read {
            Tag::Near(meant) => {
                found.push(Finding::NearMiss { tag: text.to_owned(), right: meant.written() });
            }
            Tag::Exact(TagMeaning::CodingTest(_) | TagMeaning::CodingStack(_)) => {
                found.push(Finding::NoSuchTest { tag: text.to_owned() });
            }
            Tag::Exact(TagMeaning::Screening) | Tag::Other => {}
        }
    }
    if is_confidential && is_for_alva {
        found.push(Finding::Confidential);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_keeps_a_tag_from_working_is_named() {
        assert_eq!(findings(&["Alva: Screening", "Remote"], false), []);
        assert_eq!(findings(&["Alva: Screening"], true), [Finding::Confidential]);
        assert_eq!(findings(&["Remote"], true), []);
        let near = findings(&["alva: screening"], false);
        assert_eq!(
            near[0].words(),
            "carries \u{201c}alva: screening\u{201d}, which is not \u{201c}Alva: Screening\u{201d}"
        );
        let coding = findings(&["Alva Coding Test: Lookup"], false);
        assert_eq!(coding, [Finding::NoSuchTest { tag: "Alva Coding Test: Lookup".into() }]);
        assert_eq!(findings(&["Alva Coding stack: Python"], true).len(), 2);
    }
}
