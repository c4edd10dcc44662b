//! The pages of an object in Lever.

use serde::{Deserialize, Serialize};

use crate::types::lenient;

/// The pages of an object, where they are web addresses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShowUrl {
    /// Where people see it in Lever.
    #[serde(default, deserialize_with = "lenient::link")]
    pub show: Option<String>,
    /// Where people see it among others.
    #[serde(default, deserialize_with = "lenient::link")]
    pub list: Option<String>,
    /// Where candidates apply; of postings only.
    #[serde(default, deserialize_with = "lenient::link")]
    pub apply: Option<String>,
}
