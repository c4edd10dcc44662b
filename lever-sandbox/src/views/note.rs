//! Notes.

use serde::Serialize;
use utoipa::ToSchema;

use crate::call::Listed;
use crate::state::{Comment, Note};

/// One comment in a note's thread.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteFieldView {
    created_at: i64,
    score: Option<i64>,
    stage: Option<String>,
    /// Always `Comment`.
    text: &'static str,
    /// Always `note`.
    #[serde(rename = "type")]
    kind: &'static str,
    user: Option<String>,
    /// What was written.
    value: String,
}

impl NoteFieldView {
    fn new(comment: &Comment, score: Option<i64>) -> Self {
        Self {
            created_at: comment.created_at,
            score,
            stage: comment.stage.clone(),
            text: "Comment",
            kind: "note",
            user: comment.user.clone(),
            value: comment.text.clone(),
        }
    }
}

/// A note; what was written is in its fields.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteView {
    id: String,
    /// Always `Note`.
    text: &'static str,
    fields: Vec<NoteFieldView>,
    user: Option<String>,
    secret: bool,
    completed_at: Option<i64>,
    deleted_at: Option<i64>,
    created_at: i64,
    /// The id once more; only in the answer to `POST`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    note_id: Option<String>,
}

impl From<&Note> for NoteView {
    fn from(note: &Note) -> Self {
        Self {
            id: note.id.clone(),
            text: "Note",
            fields: note.comments.iter().map(|comment| NoteFieldView::new(comment, note.score)).collect(),
            user: note.user.clone(),
            secret: note.secret,
            completed_at: note.completed_at,
            deleted_at: note.deleted_at,
            created_at: note.created_at,
            note_id: None,
        }
    }
}

impl NoteView {
    /// As the answer to `POST` shows it.
    pub fn created(note: &Note) -> Self {
        Self { note_id: Some(note.id.clone()), ..Self::from(note) }
    }
}

impl Listed for NoteView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}

/// What a changed note is answered with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteIdView {
    pub note_id: String,
}
