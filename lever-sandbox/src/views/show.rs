//! How much of a thing is shown: ids, or the things that they name.

use serde::Serialize;
use utoipa::ToSchema;

use crate::call::{ApiError, Params};

/// An id, or with `expand` the thing itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Expandable<T> {
    Id(String),
    Object(Box<T>),
}

impl<T> Expandable<T> {
    /// The object if it was asked for and is there, otherwise its id.
    pub fn of(id: &str, expand: bool, object: impl FnOnce() -> Option<T>) -> Self {
        match expand.then(object).flatten() {
            Some(object) => Self::Object(Box::new(object)),
            None => Self::Id(id.to_owned()),
        }
    }
}

/// What a call asked to see more of.
#[derive(Clone, Debug, Default)]
pub struct Show {
    expand: Vec<String>,
    /// Where the sandbox answers, for links.
    pub url: String,
}

impl Show {
    /// What of opportunities can be expanded.
    pub const OPPORTUNITY: &[&str] = &["applications", "stage", "owner", "followers", "sourcedBy", "contact"];
    /// What of postings can be expanded.
    pub const POSTING: &[&str] = &["user", "owner", "hiringManager", "followers"];

    /// Nothing more than what is always there.
    pub fn plain(url: &str) -> Self {
        Self { url: url.to_owned(), ..Self::default() }
    }

    /// Reads `expand`.
    ///
    /// # Errors
    /// When it names what isn't among `expandable`.
    pub fn read(params: &Params, url: &str, expandable: &[&str]) -> Result<Self, ApiError> {
        let expand = params.listed("expand");
        match expand.iter().find(|name| !expandable.contains(&name.as_str())) {
            Some(name) => Err(ApiError::bad(format!("{name} is not expandable"))),
            None => Ok(Self { expand, url: url.to_owned() }),
        }
    }

    pub fn expands(&self, name: &str) -> bool {
        self.expand.iter().any(|there| there == name)
    }
}

/// The word for it.
pub fn confidentiality(confidential: bool) -> &'static str {
    if confidential { "confidential" } else { "non-confidential" }
}
