//! What things look like on the wire (Lever's wire notes §4).

mod candidate;
mod interview;
mod opportunity;
mod papers;
mod posting;
mod settings;

pub use candidate::*;
pub use interview::*;
pub use opportunity::*;
pub use papers::*;
pub use posting::*;
pub use settings::*;

use serde::Serialize;
use utoipa::ToSchema;

use super::Params;

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
    include: Vec<String>,
    /// Where the sandbox answers, for links.
    pub url: String,
}

impl Show {
    /// Nothing more than what is always there.
    pub fn plain(url: &str) -> Self {
        Self { url: url.to_owned(), ..Self::default() }
    }

    pub fn of(params: &Params, url: &str) -> Self {
        Self { expand: params.listed("expand"), include: params.listed("include"), url: url.to_owned() }
    }

    pub fn expands(&self, name: &str) -> bool {
        self.expand.iter().any(|there| there == name)
    }

    pub fn includes(&self, name: &str) -> bool {
        self.expands(name) || self.include.iter().any(|there| there == name)
    }
}
