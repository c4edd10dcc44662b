//! The postings of connected accounts: what Lever says of each, which of its tags are meant for
//! Alva, and what about them needs attention.
//!
//! Nothing here decides who is invited; a tag counts only when it is written exactly. But a tag that
//! is nearly right tells that somebody expects something that will not happen, so it is found and
//! named.

mod findings;
mod store;
mod tags;

pub use findings::{Finding, findings};
pub use store::{
    Cursor, KnownPosting, PAGE, Visibility, Which, choices, count_with_findings, get, keep_hidden, list,
    remove_unseen, save, unseen_with_tags,
};
pub use tags::{CODING_STACK, CODING_TEST, SCREENING, Tag, TagMeaning, near_miss};
