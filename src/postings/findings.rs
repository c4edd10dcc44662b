//! What about a posting needs attention.

use super::tags::{Tag, TagMeaning};
pub use crate::reasons::Finding;

/// What needs attention in a posting with these tags.
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
            near[0].sentence(crate::i18n::portal()),
            "carries \u{201c}alva: screening\u{201d}, which is not \u{201c}Alva: Screening\u{201d}"
        );
        let coding = findings(&["Alva Coding Test: Lookup"], false);
        assert_eq!(coding, [Finding::NoSuchTest { tag: "Alva Coding Test: Lookup".into() }]);
        assert_eq!(findings(&["Alva Coding stack: Python"], true).len(), 2);
    }
}
