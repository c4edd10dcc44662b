//! A person and how to reach them.

use serde::{Deserialize, Serialize};

use crate::types::ids::ContactId;
use crate::types::lenient;

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The person's name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Option<String>,
    /// What the person does.
    #[serde(default, deserialize_with = "lenient::title")]
    pub headline: Option<String>,
    /// Whether the person's data was removed.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub is_anonymized: bool,
    /// Where the person lives.
    #[serde(default, deserialize_with = "lenient::name")]
    pub location: Option<String>,
    /// E-mail addresses.
    #[serde(default, deserialize_with = "lenient::addresses")]
    pub emails: Vec<String>,
    /// Telephone numbers.
    #[serde(default, deserialize_with = "lenient::list")]
    pub phones: Vec<Phone>,
}

/// A telephone number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phone {
    /// Such as `mobile`.
    #[serde(default, rename = "type", deserialize_with = "lenient::word")]
    pub kind: Option<String>,
    /// The number as somebody typed it.
    #[serde(deserialize_with = "lenient::word_or_empty")]
    pub value: String,
}

impl AsRef<ContactId> for Contact {
    fn as_ref(&self) -> &ContactId {
        &self.id
    }
}
