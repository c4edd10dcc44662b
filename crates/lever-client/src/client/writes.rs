//! The calls that change an opportunity. Each is tried once, in the name of the user whom
//! [`Api::acting_as`] names: there is one way to begin such a call, and it adds `perform_as`.
//!
//! Tags, links, sources and the stage are idempotent by nature; of notes and files there would be
//! two, so look before writing again.

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::client::api::Api;
use crate::client::request::Call;
pub use crate::client::request::Upload;
use crate::error::Error;
use crate::types::{ArchiveReasonId, FileId, NoteId, OpportunityId, StageId};

/// A note to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewNote {
    /// What it says. `@username` mentions that user and mails them.
    pub text: String,
    /// Whether few may see it.
    pub secret: bool,
    /// Whether the candidate's followers are told.
    pub notify_followers: bool,
    /// When it is said to be made, not in the future; now where none.
    pub created_at: Option<Timestamp>,
}

impl Api {
    /// Adds tags; those that are there already stay as they are.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn add_tags(&self, id: &OpportunityId, tags: &[String]) -> Result<(), Error> {
        self.change(id, "addTags", json!({"tags": tags})).await
    }

    /// Removes tags; those that are not there are no fault.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn remove_tags(&self, id: &OpportunityId, tags: &[String]) -> Result<(), Error> {
        self.change(id, "removeTags", json!({"tags": tags})).await
    }

    /// Adds links.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn add_links(&self, id: &OpportunityId, links: &[String]) -> Result<(), Error> {
        self.change(id, "addLinks", json!({"links": links})).await
    }

    /// Removes links.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn remove_links(&self, id: &OpportunityId, links: &[String]) -> Result<(), Error> {
        self.change(id, "removeLinks", json!({"links": links})).await
    }

    /// Adds sources.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn add_sources(&self, id: &OpportunityId, sources: &[String]) -> Result<(), Error> {
        self.change(id, "addSources", json!({"sources": sources})).await
    }

    /// Removes sources.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn remove_sources(&self, id: &OpportunityId, sources: &[String]) -> Result<(), Error> {
        self.change(id, "removeSources", json!({"sources": sources})).await
    }

    /// Moves the opportunity to a stage. An archived one stays archived.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn set_stage(&self, id: &OpportunityId, stage: &StageId) -> Result<(), Error> {
        let call = self.below(id, Method::PUT, &["stage"]).json(json!({"stage": stage}));
        self.once(&call).await.map(drop)
    }

    /// Archives the opportunity for this reason; a reason that means hired hires the person. Without
    /// a reason it is taken back from the archive.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn set_archived(
        &self,
        id: &OpportunityId,
        reason: Option<&ArchiveReasonId>,
    ) -> Result<(), Error> {
        let call = self.below(id, Method::PUT, &["archived"]).json(json!({"reason": reason}));
        self.once(&call).await.map(drop)
    }

    /// Writes a note. Its id is none when Lever made it without saying which.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn add_note(&self, id: &OpportunityId, note: &NewNote) -> Result<Option<NoteId>, Error> {
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
        let call = self.below(id, Method::POST, &["notes"]).json(body.into());
        self.once(&call).await.map(|answer| answer.made(&["id", "noteId"]))
    }

    /// Deletes a note.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_note(&self, id: &OpportunityId, note: &NoteId) -> Result<(), Error> {
        self.once(&self.below(id, Method::DELETE, &["notes", note.as_str()])).await.map(drop)
    }

    /// Uploads a file. Its id is none when Lever took it without saying which.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn upload_file(&self, id: &OpportunityId, upload: Upload) -> Result<Option<FileId>, Error> {
        let call = self.below(id, Method::POST, &["files"]).file(upload);
        self.once(&call).await.map(|answer| answer.made(&["id", "fileId"]))
    }

    /// Deletes a file.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_file(&self, id: &OpportunityId, file: &FileId) -> Result<(), Error> {
        self.once(&self.below(id, Method::DELETE, &["files", file.as_str()])).await.map(drop)
    }

    async fn change(&self, id: &OpportunityId, how: &str, body: Value) -> Result<(), Error> {
        self.once(&self.below(id, Method::POST, &[how]).json(body)).await.map(drop)
    }

    /// Begins a change below an opportunity.
    fn below(&self, id: &OpportunityId, method: Method, path: &[&str]) -> Call {
        let segments = ["opportunities", id.as_str()].into_iter().chain(path.iter().copied());
        Call::new(method, segments).perform_as(self.acting_as.as_ref())
    }
}
