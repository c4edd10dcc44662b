//! What applicants were asked about equal opportunity. The sandbox's applicants answer nothing, so
//! that only the frame of each response is there, as recorded from Lever.

use serde::Serialize;
use utoipa::ToSchema;

use crate::call::Listed;
use crate::state::{Application, Opportunity, State};

/// A response without the person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EeoView {
    #[serde(skip)]
    application: String,
    application_archived_at: Option<i64>,
    application_archived_by: Option<String>,
    application_archive_reason: Option<String>,
    application_title: Option<String>,
    applied_at: i64,
    current_stage: Option<String>,
}

impl EeoView {
    pub fn new(state: &State, row: &Opportunity, application: &Application) -> Self {
        let archived = row.archived.as_ref();
        Self {
            application: application.id.clone(),
            application_archived_at: archived.map(|archived| archived.at),
            application_archived_by: None,
            application_archive_reason: archived.map(|archived| archived.reason.clone()),
            application_title: state.posting(&application.posting).map(|posting| posting.text.clone()),
            applied_at: application.created_at,
            current_stage: row.stage.clone(),
        }
    }
}

impl Listed for EeoView {
    fn id(&self) -> &str {
        &self.application
    }

    fn at(&self) -> i64 {
        self.applied_at
    }
}

/// A response with the person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EeoPiiView {
    id: String,
    #[serde(flatten)]
    response: EeoView,
    application_id: String,
    contact: String,
    eeo_response_source: &'static str,
    eeo_survey_responded_at: Option<i64>,
    hired_date: Option<i64>,
    hiring_manager: Option<String>,
    opportunity_id: String,
    opportunity_owner: Option<String>,
    origin: &'static str,
    posting: String,
    sources: Vec<String>,
}

impl EeoPiiView {
    pub fn new(state: &State, row: &Opportunity, application: &Application) -> Self {
        let posting = state.posting(&application.posting);
        Self {
            id: application.id.clone(),
            response: EeoView::new(state, row, application),
            application_id: application.id.clone(),
            contact: row.contact.clone(),
            eeo_response_source: "api",
            eeo_survey_responded_at: Some(application.created_at),
            hired_date: row.archived.as_ref().filter(|_| state.is_hired(row)).map(|archived| archived.at),
            hiring_manager: posting.and_then(|posting| posting.hiring_manager.clone()),
            opportunity_id: row.id.clone(),
            opportunity_owner: row.owner.clone(),
            origin: row.origin.as_str(),
            posting: application.posting.clone(),
            sources: row.sources.clone(),
        }
    }
}

impl Listed for EeoPiiView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.response.at()
    }
}
