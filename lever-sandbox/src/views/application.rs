//! Applications.

use serde::Serialize;
use utoipa::ToSchema;

use super::person::PhoneView;
use crate::call::Listed;
use crate::state::{Application, Archived, DeletedOpportunity, Opportunity, State};

/// When and why something was archived.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArchivedView {
    /// Id of an archive reason.
    reason: String,
    archived_at: i64,
}

impl From<&Archived> for ArchivedView {
    fn from(archived: &Archived) -> Self {
        Self { archived_at: archived.at, reason: archived.reason.clone() }
    }
}

/// What a hire was made for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequisitionForHireView {
    id: String,
    requisition_code: String,
    hiring_manager_on_hire: Option<String>,
}

/// A form that applicants filled in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomQuestionsView {}

/// Somebody's application to a posting.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationView {
    id: String,
    /// `posting`, `referral` or `user`.
    #[serde(rename = "type")]
    kind: &'static str,
    candidate_id: String,
    opportunity_id: String,
    posting: String,
    posting_hiring_manager: Option<String>,
    posting_owner: Option<String>,
    name: Option<String>,
    company: Option<String>,
    phone: Option<PhoneView>,
    email: Option<String>,
    links: Vec<String>,
    comments: Option<String>,
    user: Option<String>,
    custom_questions: Vec<CustomQuestionsView>,
    created_at: i64,
    archived: Option<ArchivedView>,
    requisition_for_hire: Option<RequisitionForHireView>,
    ip_address: Option<String>,
    referer: Option<String>,
    user_agent: Option<String>,
    accept_language: Option<String>,
    timezone: Option<String>,
    /// Only on deleted ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    deleted_at: Option<i64>,
}

impl ApplicationView {
    pub fn new(state: &State, opportunity: &Opportunity, application: &Application) -> Self {
        let posting = state.posting(&application.posting);
        let archived = opportunity.archived.as_ref();
        let requisition = archived
            .and_then(|archived| archived.requisition.as_ref())
            .and_then(|id| state.requisitions.iter().find(|there| there.id == *id));
        Self {
            id: application.id.clone(),
            kind: application.kind.as_str(),
            opportunity_id: opportunity.id.clone(),
            candidate_id: opportunity.id.clone(),
            created_at: application.created_at,
            posting: application.posting.clone(),
            posting_owner: posting.map(|posting| posting.owner.clone()),
            posting_hiring_manager: posting.and_then(|posting| posting.hiring_manager.clone()),
            user: application.user.clone(),
            name: application.name.clone(),
            email: application.email.clone(),
            phone: application.phone.as_ref().map(Into::into),
            company: application.company.clone(),
            links: application.links.clone(),
            comments: application.comments.clone(),
            custom_questions: Vec::new(),
            archived: archived.map(Into::into),
            requisition_for_hire: requisition.map(|requisition| RequisitionForHireView {
                id: requisition.id.clone(),
                requisition_code: requisition.code.clone(),
                hiring_manager_on_hire: requisition.hiring_manager.clone(),
            }),
            ip_address: application.ip_address.clone(),
            referer: None,
            user_agent: None,
            accept_language: None,
            timezone: None,
            deleted_at: None,
        }
    }

    /// The application that went with an opportunity, if there was one.
    pub fn deleted(state: &State, gone: &DeletedOpportunity) -> Option<Self> {
        let application = gone.opportunity.application.as_ref()?;
        let deleted_at = Some(gone.deleted_at);
        Some(Self { deleted_at, ..Self::new(state, &gone.opportunity, application) })
    }
}

impl Listed for ApplicationView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}
