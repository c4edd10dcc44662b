//! Files, resumes, feedback, offers, referrals.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::show::Show;
use super::templates::FormFieldView;
use crate::call::Listed;
use crate::state::{File, Form, Offer};

/// A file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileView {
    id: String,
    name: String,
    /// With its dot.
    ext: String,
    download_url: String,
    /// Ms since 1970 UTC, as text.
    uploaded_at: String,
    /// `processed`, or `error` for a file that isn't what its name says.
    status: &'static str,
    /// Bytes, as text.
    size: String,
    #[serde(skip)]
    at: i64,
}

impl FileView {
    /// `kind` is the list the file is in: `files` or `resumes`.
    pub fn new(opportunity: &str, kind: &str, file: &File, show: &Show) -> Self {
        Self {
            id: file.id.clone(),
            name: file.name.clone(),
            ext: format!(".{}", file.ext),
            download_url: format!("{}/v1/opportunities/{opportunity}/{kind}/{}/download", show.url, file.id),
            uploaded_at: file.uploaded_at.to_string(),
            status: if file.is_sound() { "processed" } else { "error" },
            size: file.content.len().to_string(),
            at: file.uploaded_at,
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
    updated_at: Option<i64>,
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
            updated_at: form.updated_at,
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

/// Who signed an offer; offers are signed outside of the sandbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignaturesView {}

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
    approved: Option<String>,
    signatures: Option<SignaturesView>,
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
            approved: None,
            signatures: None,
            approved_at: offer.approved_at,
        }
    }
}

impl Listed for FileView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.at
    }
}

impl Listed for ResumeView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}

impl Listed for FeedbackView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}

impl Listed for ReferralView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}

impl Listed for OfferView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}
