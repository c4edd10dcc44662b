//! Opportunities, contacts, applications.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Expandable, Show, StageView, UserView};
use crate::state::{
    Application, Archived, Contact, DataProtection, DeletedOpportunity, Opportunity, Permission, Phone, State,
};

/// A telephone number.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhoneView {
    #[serde(rename = "type")]
    kind: Option<String>,
    value: String,
}

impl From<&Phone> for PhoneView {
    fn from(phone: &Phone) -> Self {
        Self { kind: phone.kind.clone(), value: phone.value.clone() }
    }
}

/// When and why something was archived.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArchivedView {
    archived_at: i64,
    /// Id of an archive reason.
    reason: String,
}

impl From<&Archived> for ArchivedView {
    fn from(archived: &Archived) -> Self {
        Self { archived_at: archived.at, reason: archived.reason.clone() }
    }
}

/// A step in an opportunity's history.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StageChangeView {
    to_stage_id: String,
    to_stage_index: usize,
    updated_at: i64,
    user_id: Option<String>,
}

/// Where Lever shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UrlsView {
    list: String,
    show: String,
}

/// A permission to do something with somebody's data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PermissionView {
    allowed: bool,
    expires_at: Option<i64>,
}

impl From<&Permission> for PermissionView {
    fn from(permission: &Permission) -> Self {
        Self { allowed: permission.allowed, expires_at: permission.expires_at }
    }
}

/// What may be done with somebody's data.
#[derive(Debug, Serialize, ToSchema)]
pub struct DataProtectionView {
    store: PermissionView,
    contact: PermissionView,
}

impl From<&DataProtection> for DataProtectionView {
    fn from(protection: &DataProtection) -> Self {
        Self { store: (&protection.store).into(), contact: (&protection.contact).into() }
    }
}

/// A person's candidacy.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpportunityView {
    id: String,
    name: Option<String>,
    headline: Option<String>,
    contact: Expandable<ContactView>,
    emails: Vec<String>,
    phones: Vec<PhoneView>,
    /// `confidential` or `non-confidential`.
    confidentiality: &'static str,
    location: Option<String>,
    links: Vec<String>,
    archived: Option<ArchivedView>,
    created_at: i64,
    updated_at: i64,
    last_interaction_at: i64,
    last_advanced_at: i64,
    snoozed_until: Option<i64>,
    archived_at: Option<i64>,
    archive_reason: Option<String>,
    stage: Option<Expandable<StageView>>,
    stage_changes: Vec<StageChangeView>,
    owner: Option<Expandable<UserView>>,
    tags: Vec<String>,
    sources: Vec<String>,
    /// How the person came to be a candidate.
    origin: &'static str,
    sourced_by: Option<Expandable<UserView>>,
    applications: Vec<Expandable<ApplicationView>>,
    resume: Option<String>,
    /// Only with `include=followers` or `expand=followers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    followers: Option<Vec<Expandable<UserView>>>,
    urls: UrlsView,
    data_protection: Option<DataProtectionView>,
    is_anonymized: bool,
    opportunity_location: Option<String>,
    /// Only on deleted ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    deleted_at: Option<i64>,
    /// Only on deleted ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    deleted_by: Option<String>,
}

impl OpportunityView {
    pub fn new(state: &State, opportunity: &Opportunity, show: &Show) -> Self {
        Self::with_contact(state, opportunity, state.contact_of(opportunity), show)
    }

    pub fn deleted(state: &State, deleted: &DeletedOpportunity, show: &Show) -> Self {
        Self {
            deleted_at: Some(deleted.deleted_at),
            deleted_by: deleted.deleted_by.clone(),
            ..Self::with_contact(state, &deleted.opportunity, &deleted.contact, show)
        }
    }

    fn with_contact(state: &State, opportunity: &Opportunity, contact: &Contact, show: &Show) -> Self {
        let user = |id: &String, name: &str| {
            Expandable::of(id, show.expands(name), || state.user(id).map(Into::into))
        };
        let archived = opportunity.archived.as_ref();
        Self {
            id: opportunity.id.clone(),
            name: contact.name.clone(),
            headline: contact.headline.clone(),
            contact: Expandable::of(&contact.id, show.expands("contact"), || Some(contact.into())),
            emails: contact.emails.clone(),
            phones: contact.phones.iter().map(Into::into).collect(),
            confidentiality: confidentiality(opportunity.confidential),
            location: contact.location.clone(),
            links: opportunity.links.clone(),
            archived: archived.map(Into::into),
            created_at: opportunity.created_at,
            updated_at: opportunity.updated_at,
            last_interaction_at: opportunity.last_interaction_at,
            last_advanced_at: opportunity.last_advanced_at,
            snoozed_until: opportunity.snoozed_until,
            archived_at: archived.map(|archived| archived.at),
            archive_reason: archived.map(|archived| archived.reason.clone()),
            stage: opportunity
                .stage
                .as_ref()
                .map(|id| Expandable::of(id, show.expands("stage"), || state.stage(id).map(Into::into))),
            stage_changes: opportunity
                .stage_changes
                .iter()
                .map(|change| StageChangeView {
                    to_stage_id: change.to_stage.clone(),
                    to_stage_index: change.to_index,
                    updated_at: change.at,
                    user_id: change.user.clone(),
                })
                .collect(),
            owner: opportunity.owner.as_ref().map(|id| user(id, "owner")),
            tags: opportunity.tags.clone(),
            sources: opportunity.sources.clone(),
            origin: opportunity.origin.as_str(),
            sourced_by: opportunity.sourced_by.as_ref().map(|id| user(id, "sourcedBy")),
            applications: opportunity
                .application
                .iter()
                .map(|application| {
                    Expandable::of(&application.id, show.expands("applications"), || {
                        Some(ApplicationView::new(state, opportunity, application))
                    })
                })
                .collect(),
            resume: opportunity.resume.clone(),
            followers: show.includes("followers").then(|| {
                let followers = opportunity.followers.iter();
                followers.map(|id| user(id, "followers")).collect()
            }),
            urls: UrlsView {
                list: format!("{}/", show.url),
                show: format!("{}/opportunities/{}", show.url, opportunity.id),
            },
            data_protection: opportunity.data_protection.as_ref().map(Into::into),
            is_anonymized: contact.is_anonymized,
            opportunity_location: opportunity.location.clone(),
            deleted_at: None,
            deleted_by: None,
        }
    }
}

/// The word for a confidential flag.
pub fn confidentiality(confidential: bool) -> &'static str {
    if confidential { "confidential" } else { "non-confidential" }
}

/// Where a person lives.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationView {
    name: String,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactView {
    id: String,
    name: Option<String>,
    headline: Option<String>,
    is_anonymized: bool,
    location: Option<LocationView>,
    emails: Vec<String>,
    phones: Vec<PhoneView>,
}

impl From<&Contact> for ContactView {
    fn from(contact: &Contact) -> Self {
        Self {
            id: contact.id.clone(),
            name: contact.name.clone(),
            headline: contact.headline.clone(),
            is_anonymized: contact.is_anonymized,
            location: contact.location.clone().map(|name| LocationView { name }),
            emails: contact.emails.clone(),
            phones: contact.phones.iter().map(Into::into).collect(),
        }
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
    opportunity_id: String,
    candidate_id: String,
    created_at: i64,
    posting: String,
    posting_owner: Option<String>,
    posting_hiring_manager: Option<String>,
    user: Option<String>,
    name: Option<String>,
    email: Option<String>,
    phone: Option<PhoneView>,
    company: Option<String>,
    links: Vec<String>,
    comments: Option<String>,
    custom_questions: Vec<CustomQuestionsView>,
    archived: Option<ArchivedView>,
    requisition_for_hire: Option<RequisitionForHireView>,
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
        }
    }
}
