//! The deprecated form of opportunities: e-mail addresses and resumes are objects there.

use serde::Serialize;
use utoipa::ToSchema;

use super::application::ArchivedView;
use super::opportunity::{UrlsView, kept_update};
use super::papers::ResumeView;
use super::person::PhoneView;
use super::show::{Show, confidentiality};
use crate::state::{Opportunity, State};

/// An e-mail address.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmailView {
    value: String,
}

/// An opportunity as the deprecated candidates API shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CandidateView {
    id: String,
    name: String,
    headline: String,
    contact: String,
    emails: Vec<EmailView>,
    phones: Vec<PhoneView>,
    confidentiality: &'static str,
    location: String,
    links: Vec<String>,
    archived: Option<ArchivedView>,
    created_at: i64,
    updated_at: Option<i64>,
    last_interaction_at: i64,
    last_advanced_at: i64,
    snoozed_until: Option<i64>,
    stage: Option<String>,
    owner: Option<String>,
    tags: Vec<String>,
    sources: Vec<String>,
    origin: &'static str,
    sourced_by: Option<String>,
    applications: Vec<String>,
    /// The resume itself, where opportunities have its id.
    resume: Option<ResumeView>,
    is_anonymized: bool,
    urls: UrlsView,
}

impl CandidateView {
    pub fn new(state: &State, opportunity: &Opportunity, show: &Show) -> Self {
        let contact = state.contact_of(opportunity);
        Self {
            id: opportunity.id.clone(),
            name: contact.name.clone().unwrap_or_default(),
            headline: contact.headline.clone().unwrap_or_default(),
            contact: contact.id.clone(),
            emails: contact.emails.iter().map(|value| EmailView { value: value.clone() }).collect(),
            phones: contact.phones.iter().map(PhoneView::from).collect(),
            confidentiality: confidentiality(opportunity.confidential),
            location: contact.location.clone().unwrap_or_default(),
            links: opportunity.links.clone(),
            archived: opportunity.archived.as_ref().map(Into::into),
            created_at: opportunity.created_at,
            updated_at: kept_update(opportunity),
            last_interaction_at: opportunity.last_interaction_at,
            last_advanced_at: opportunity.last_advanced_at,
            snoozed_until: opportunity.snoozed_until,
            stage: opportunity.stage.clone(),
            owner: opportunity.owner.clone(),
            tags: opportunity.tags.clone(),
            sources: opportunity.sources.clone(),
            origin: opportunity.origin.as_str(),
            sourced_by: opportunity.sourced_by.clone(),
            applications: opportunity.application.iter().map(|application| application.id.clone()).collect(),
            resume: opportunity.resume.as_ref().and_then(|id| {
                let mut resumes = state.papers(&opportunity.id).resumes.iter();
                let resume = resumes.find(|resume| resume.id == *id)?;
                Some(ResumeView::new(&opportunity.id, resume, show))
            }),
            is_anonymized: contact.is_anonymized,
            urls: UrlsView::of(&show.url, &opportunity.id),
        }
    }
}
