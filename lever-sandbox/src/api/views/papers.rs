//! Notes, files, resumes, feedback, offers, referrals.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Show;
use crate::state::{File, Form, FormField, Note, Offer};

/// One field of a note.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteFieldView {
    #[serde(rename = "type")]
    kind: &'static str,
    text: &'static str,
    /// Text of the note, or the score's number.
    value: Value,
    score: Option<i64>,
    user: Option<String>,
    created_at: i64,
    stage: Option<String>,
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteView {
    id: String,
    text: String,
    fields: Vec<NoteFieldView>,
    user: Option<String>,
    secret: bool,
    completed_at: Option<i64>,
    created_at: i64,
    deleted_at: Option<i64>,
}

impl From<&Note> for NoteView {
    fn from(note: &Note) -> Self {
        let field = |kind, text, value| NoteFieldView {
            kind,
            text,
            value,
            score: note.score,
            user: note.user.clone(),
            created_at: note.created_at,
            stage: None,
        };
        let mut fields = vec![field("note", "note", note.text.clone().into())];
        if let Some(score) = note.score {
            fields.push(field("score", "Rating", score.into()));
        }
        Self {
            id: note.id.clone(),
            text: note.text.clone(),
            fields,
            user: note.user.clone(),
            secret: note.secret,
            completed_at: note.completed_at,
            created_at: note.created_at,
            deleted_at: note.deleted_at,
        }
    }
}

/// A file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileView {
    id: String,
    name: String,
    ext: String,
    download_url: String,
    uploaded_at: i64,
    status: &'static str,
    size: usize,
}

impl FileView {
    /// `kind` is the list the file is in: `files` or `resumes`.
    pub fn new(opportunity: &str, kind: &str, file: &File, show: &Show) -> Self {
        Self {
            id: file.id.clone(),
            name: file.name.clone(),
            ext: file.ext.clone(),
            download_url: format!("{}/v1/opportunities/{opportunity}/{kind}/{}/download", show.url, file.id),
            uploaded_at: file.uploaded_at,
            status: "processed",
            size: file.content.len(),
        }
    }
}

/// What was read out of a resume.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParsedResumeView {
    positions: Vec<PositionView>,
    schools: Vec<SchoolView>,
}

/// A position in a resume.
#[derive(Debug, Serialize, ToSchema)]
pub struct PositionView {
    org: String,
    title: String,
}

/// A school in a resume.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolView {
    org: String,
    degree: String,
}

/// A resume.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResumeView {
    id: String,
    created_at: i64,
    file: FileView,
    parsed_data: ParsedResumeView,
}

impl ResumeView {
    pub fn new(opportunity: &str, resume: &File, show: &Show) -> Self {
        Self {
            id: resume.id.clone(),
            created_at: resume.uploaded_at,
            file: FileView::new(opportunity, "resumes", resume, show),
            parsed_data: ParsedResumeView {
                positions: vec![PositionView { org: "Globex".into(), title: "Specialist".into() }],
                schools: vec![SchoolView { org: "Example University".into(), degree: "BSc".into() }],
            },
        }
    }
}

/// A field of a form.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormFieldView {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    text: String,
    description: Option<String>,
    required: bool,
    value: Value,
}

impl From<&FormField> for FormFieldView {
    fn from(field: &FormField) -> Self {
        Self {
            id: field.id.clone(),
            kind: field.kind.clone(),
            text: field.text.clone(),
            description: None,
            required: false,
            value: field.value.clone(),
        }
    }
}

/// Feedback to an interview.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackView {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
    instructions: String,
    fields: Vec<FormFieldView>,
    base_template_id: String,
    interview: Option<String>,
    panel: Option<String>,
    user: String,
    created_at: i64,
    completed_at: Option<i64>,
    updated_at: i64,
    deleted_at: Option<i64>,
}

impl From<&Form> for FeedbackView {
    fn from(form: &Form) -> Self {
        Self {
            id: form.id.clone(),
            kind: "interview",
            text: form.text.clone(),
            instructions: form.instructions.clone(),
            fields: form.fields.iter().map(Into::into).collect(),
            base_template_id: form.template.clone(),
            interview: form.interview.clone(),
            panel: form.panel.clone(),
            user: form.user.clone(),
            created_at: form.created_at,
            completed_at: form.completed_at,
            updated_at: form.completed_at.unwrap_or(form.created_at),
            deleted_at: None,
        }
    }
}

/// A referral.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferralView {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
    instructions: String,
    fields: Vec<FormFieldView>,
    base_template_id: String,
    user: String,
    referrer: String,
    stage: Option<String>,
    created_at: i64,
    completed_at: Option<i64>,
}

impl From<&Form> for ReferralView {
    fn from(form: &Form) -> Self {
        Self {
            id: form.id.clone(),
            kind: "referral",
            text: form.text.clone(),
            instructions: form.instructions.clone(),
            fields: form.fields.iter().map(Into::into).collect(),
            base_template_id: form.template.clone(),
            user: form.user.clone(),
            referrer: form.user.clone(),
            stage: form.stage.clone(),
            created_at: form.created_at,
            completed_at: form.completed_at,
        }
    }
}

/// A field of an offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferFieldView {
    text: String,
    identifier: String,
    value: Value,
}

/// A job offer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferView {
    id: String,
    posting: Option<String>,
    status: String,
    creator: String,
    fields: Vec<OfferFieldView>,
    sent_document: Option<FileView>,
    signed_document: Option<FileView>,
    created_at: i64,
    sent_at: Option<i64>,
    approved: bool,
    approved_at: Option<i64>,
}

impl From<&Offer> for OfferView {
    fn from(offer: &Offer) -> Self {
        Self {
            id: offer.id.clone(),
            posting: offer.posting.clone(),
            status: offer.status.clone(),
            creator: offer.creator.clone(),
            fields: offer
                .fields
                .iter()
                .map(|field| OfferFieldView {
                    text: field.text.clone(),
                    identifier: field.text.to_lowercase().replace(' ', "_"),
                    value: field.value.clone(),
                })
                .collect(),
            sent_document: None,
            signed_document: None,
            created_at: offer.created_at,
            sent_at: offer.sent_at,
            approved: offer.approved_at.is_some(),
            approved_at: offer.approved_at,
        }
    }
}
