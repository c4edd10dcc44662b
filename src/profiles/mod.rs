//! What postings ask of candidates: a company's profiles by name, which of them is its default, and
//! which posting has which. Role fit is weighed by the profile of the invitation's posting.
//!
//! The weighing itself is [`assessment::rolefit`].

mod postings;
mod store;
mod weigh;

pub use postings::{PAGE, Posting, Selection, assign, page, seen};
pub use store::{
    Draft, MOST, RoleProfile, STANDARD, add, all, change, delete, find, get, set_default, using,
};
pub use weigh::{Named, Weighing, weighing};

use crate::db::DbError;

/// Why a profile was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfilesError {
    /// Another one of the company is called so.
    #[error("Another profile already has this name.")]
    NameTaken,
    /// The company has as many as there may be.
    #[error("You can have at most {MOST} profiles. Delete one first.")]
    TooMany,
    /// There is none of this id in the company.
    #[error("there is no such profile")]
    NoSuchProfile,
    /// The database refused.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for ProfilesError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Db(cause.into())
    }
}
