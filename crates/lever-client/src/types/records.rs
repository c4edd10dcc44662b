//! What is written to an opportunity: notes and files.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::types::ids::{FileId, NoteId, UserId};
use crate::types::lenient;

/// A note. Lever lets an app change or delete those that came by the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// Its kind or its first line, as it was sent: Lever itself always says *Note* here.
    #[serde(default, deserialize_with = "lenient::exact")]
    pub text: Option<String>,
    /// Its parts, of which the first holds what was written; see [`Note::contains`].
    #[serde(default, deserialize_with = "lenient::list")]
    pub fields: Vec<Value>,
    /// Who wrote it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub user: Option<UserId>,
    /// Whether few may see it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub secret: bool,
    /// When it was made.
    #[serde(default, with = "lenient::millis")]
    pub created_at: Option<Timestamp>,
    /// Set when it was deleted.
    #[serde(default, with = "lenient::millis")]
    pub deleted_at: Option<Timestamp>,
}

impl Note {
    /// All that is written in the note: its text, and each text in its parts, however deep they are.
    pub fn texts(&self) -> Vec<&str> {
        let mut left: Vec<&Value> = self.fields.iter().collect();
        let mut texts: Vec<&str> = self.text.as_deref().into_iter().collect();
        while let Some(part) = left.pop() {
            match part {
                Value::String(text) => texts.push(text),
                Value::Array(parts) => left.extend(parts),
                Value::Object(parts) => left.extend(parts.values()),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        texts
    }

    /// Whether `needle` (such as a link that only this note has) stands in the note and the note still stands.
    pub fn contains(&self, needle: &str) -> bool {
        self.deleted_at.is_none() && self.texts().iter().any(|text| text.contains(needle))
    }
}

/// A file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// Its id.
    pub id: FileId,
    /// Its name, as it was uploaded.
    #[serde(default, deserialize_with = "lenient::title")]
    pub name: Option<String>,
    /// Its name's extension.
    #[serde(default, deserialize_with = "lenient::word")]
    pub ext: Option<String>,
    /// Where it can be fetched.
    #[serde(default, deserialize_with = "lenient::link")]
    pub download_url: Option<String>,
    /// Whether Lever has processed it.
    #[serde(default, deserialize_with = "lenient::word")]
    pub status: Option<String>,
    /// In bytes.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub size: Option<u64>,
    /// When it came.
    #[serde(default, with = "lenient::millis")]
    pub uploaded_at: Option<Timestamp>,
}
