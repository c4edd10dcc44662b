//! Feedback templates and fields of requisitions.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::settings::StageView;
use crate::call::Listed;
use crate::state::{FeedbackTemplate, FormField, RequisitionField};

/// Something that can be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub struct OptionView {
    text: String,
}

/// A question of a form.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionView {
    description: &'static str,
    required: bool,
    text: String,
    #[serde(rename = "type")]
    kind: String,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    prompt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    options: Option<Vec<OptionView>>,
}

impl From<&FormField> for QuestionView {
    fn from(field: &FormField) -> Self {
        let options = field.options.iter().map(|text| OptionView { text: text.clone() });
        Self {
            description: "",
            required: field.required,
            text: field.text.clone(),
            kind: field.kind.clone(),
            id: field.id.clone(),
            prompt: field.prompt.clone(),
            options: (!field.options.is_empty()).then(|| options.collect()),
        }
    }
}

/// A question of a form, and its answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormFieldView {
    #[serde(flatten)]
    question: QuestionView,
    value: Value,
}

impl From<&FormField> for FormFieldView {
    fn from(field: &FormField) -> Self {
        Self { question: field.into(), value: field.value.clone() }
    }
}

/// A group of templates.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupView {
    id: String,
    name: String,
}

/// A form that interviewers fill in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackTemplateView {
    id: String,
    text: String,
    group: Option<GroupView>,
    instructions: String,
    fields: Vec<QuestionView>,
    created_at: Option<i64>,
    stage: Option<StageView>,
    updated_at: Option<i64>,
}

impl From<&FeedbackTemplate> for FeedbackTemplateView {
    fn from(template: &FeedbackTemplate) -> Self {
        let group = template.group.as_ref();
        Self {
            id: template.id.clone(),
            text: template.text.clone(),
            group: group.map(|(id, name)| GroupView { id: id.clone(), name: name.clone() }),
            instructions: template.instructions.clone(),
            fields: template.fields.iter().map(Into::into).collect(),
            created_at: template.created_at,
            stage: None,
            updated_at: template.updated_at,
        }
    }
}

impl Listed for FeedbackTemplateView {
    fn id(&self) -> &str {
        &self.id
    }
}

/// A field of requisitions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequisitionFieldView {
    id: String,
    text: String,
    #[serde(rename = "type")]
    kind: String,
    is_required: bool,
}

impl From<&RequisitionField> for RequisitionFieldView {
    fn from(field: &RequisitionField) -> Self {
        Self {
            id: field.id.clone(),
            text: field.text.clone(),
            kind: field.kind.clone(),
            is_required: field.required,
        }
    }
}
