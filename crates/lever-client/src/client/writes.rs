//! The calls that change an opportunity. Each is tried once.
//!
//! `perform_as` names the user in whose name Lever does it; send it when the granting user is known
//! (Lever's wire notes §3). Tags, links and the stage are idempotent by nature; of notes and files
//! there would be two, so look before writing again.

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::Error;
use crate::client::Api;
use crate::client::request::{Answer, Call, Data};
use crate::types::{FileId, NoteId, OpportunityId, StageId, UserId};

/// A note to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewNote {
    /// What it says.
    pub text: String,
    /// Whether few may see it.
    pub secret: bool,
    /// Whether the candidate's followers are told.
    pub notify_followers: bool,
    /// When it is said to be made; now where none.
    pub created_at: Option<Timestamp>,
}

/// A file to be uploaded. Lever takes docx, doc, jpg, png, pdf and txt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its name, with the extension.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What Lever says of an object that it made.
#[derive(Deserialize)]
struct Made<Id> {
    id: Id,
}

/// The id, if the answer has one: the object was made in any case, and an error would make two.
fn made<Id: serde::de::DeserializeOwned>(answer: &Answer) -> Option<Id> {
    let made: Data<Made<Id>> = answer.json().ok()?;
    Some(made.data.id)
}

impl Api {
    /// Adds tags; those that are there already stay as they are.
    pub async fn add_tags(
        &self,
        id: &OpportunityId,
        tags: &[String],
        perform_as: Option<&UserId>,
    ) -> Result<(), Error> {
        self.change(id, "addTags", json!({"tags": tags}), perform_as).await
    }

    /// Removes tags; those that are not there are no fault.
    pub async fn remove_tags(
        &self,
        id: &OpportunityId,
        tags: &[String],
        perform_as: Option<&UserId>,
    ) -> Result<(), Error> {
        self.change(id, "removeTags", json!({"tags": tags}), perform_as).await
    }

    /// Adds links.
    pub async fn add_links(
        &self,
        id: &OpportunityId,
        links: &[String],
        perform_as: Option<&UserId>,
    ) -> Result<(), Error> {
        self.change(id, "addLinks", json!({"links": links}), perform_as).await
    }

    /// Removes links.
    pub async fn remove_links(
        &self,
        id: &OpportunityId,
        links: &[String],
        perform_as: Option<&UserId>,
    ) -> Result<(), Error> {
        self.change(id, "removeLinks", json!({"links": links}), perform_as).await
    }

    /// Moves the opportunity to a stage.
    pub async fn set_stage(
        &self,
        id: &OpportunityId,
        stage: &StageId,
        perform_as: Option<&UserId>,
    ) -> Result<(), Error> {
        let call = Call::new(Method::PUT, ["opportunities", id.as_str(), "stage"])
            .perform_as(perform_as)
            .json(json!({"stage": stage}));
        self.once(&call).await.map(drop)
    }

    /// Writes a note. Its id is none when Lever made it without saying which.
    pub async fn add_note(
        &self,
        id: &OpportunityId,
        note: &NewNote,
        perform_as: Option<&UserId>,
    ) -> Result<Option<NoteId>, Error> {
        let mut body = Map::from_iter([("value".to_owned(), Value::from(note.text.as_str()))]);
        if note.secret {
            body.insert("secret".to_owned(), true.into());
        }
        if note.notify_followers {
            body.insert("notifyFollowers".to_owned(), true.into());
        }
        if let Some(at) = note.created_at {
            body.insert("createdAt".to_owned(), at.as_millisecond().into());
        }
        let call = Call::new(Method::POST, ["opportunities", id.as_str(), "notes"])
            .perform_as(perform_as)
            .json(body.into());
        self.once(&call).await.map(|answer| made(&answer))
    }

    /// Deletes a note.
    pub async fn delete_note(&self, id: &OpportunityId, note: &NoteId) -> Result<(), Error> {
        let path = ["opportunities", id.as_str(), "notes", note.as_str()];
        self.once(&Call::new(Method::DELETE, path)).await.map(drop)
    }

    /// Uploads a file. Its id is none when Lever took it without saying which.
    pub async fn upload_file(
        &self,
        id: &OpportunityId,
        upload: Upload,
        perform_as: Option<&UserId>,
    ) -> Result<Option<FileId>, Error> {
        let call = Call::new(Method::POST, ["opportunities", id.as_str(), "files"])
            .perform_as(perform_as)
            .file(upload);
        self.once(&call).await.map(|answer| made(&answer))
    }

    /// Deletes a file.
    pub async fn delete_file(&self, id: &OpportunityId, file: &FileId) -> Result<(), Error> {
        let path = ["opportunities", id.as_str(), "files", file.as_str()];
        self.once(&Call::new(Method::DELETE, path)).await.map(drop)
    }

    async fn change(
        &self,
        id: &OpportunityId,
        how: &str,
        body: Value,
        perform_as: Option<&UserId>,
    ) -> Result<(), Error> {
        let call =
            Call::new(Method::POST, ["opportunities", id.as_str(), how]).perform_as(perform_as).json(body);
        self.once(&call).await.map(drop)
    }
}
