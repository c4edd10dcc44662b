//! What an account made up for itself: forms for feedback, fields of requisitions.

use serde::{Deserialize, Serialize};

use super::papers::FormField;

/// A form that interviewers fill in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FeedbackTemplate {
    pub id: String,
    pub text: String,
    pub instructions: String,
    /// Id and name of the group it is filed under.
    pub group: Option<(String, String)>,
    /// The questions; their values are empty.
    pub fields: Vec<FormField>,
    pub created_at: Option<i64>,
    pub updated_at: Option<i64>,
}

/// A field of requisitions that the account added.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RequisitionField {
    /// In snake_case.
    pub id: String,
    pub text: String,
    /// `number`, `text`, `date`, `object` or `dropdown`.
    pub kind: String,
    pub required: bool,
}
