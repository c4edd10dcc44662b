//! Opportunities, as recorded answers of Lever have them.

use serde::Serialize;
use utoipa::ToSchema;

use super::application::{ApplicationView, ArchivedView};
use super::person::{ContactView, PermissionView, PhoneView, UserView};
use super::settings::StageView;
use super::show::{Expandable, Show, confidentiality};
use crate::call::Listed;
use crate::state::{Contact, DataProtection, DeletedOpportunity, Opportunity, State};

/// 2020-06-01: what nobody touched since before it has no time of its last update.
const UPDATES_KEPT_SINCE: i64 = 1_590_969_600_000;

/// A step in an opportunity's history.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StageChangeView {
    to_stage_id: String,
    to_stage_index: usize,
    updated_at: i64,
    /// Not there when nobody did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user_id: Option<String>,
}

/// Where Lever shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UrlsView {
    list: String,
    show: String,
}

impl UrlsView {
    /// The pages of an opportunity.
    pub fn of(url: &str, opportunity: &str) -> Self {
        let list = format!("{url}/candidates");
        Self { show: format!("{list}/{opportunity}"), list }
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
    /// Empty, not null, when it isn't known; so are `headline` and `location`.
    name: String,
    contact: Expandable<ContactView>,
    headline: String,
    stage: Option<Expandable<StageView>>,
    /// `confidential` or `non-confidential`.
    confidentiality: &'static str,
    location: String,
    phones: Vec<PhoneView>,
    emails: Vec<String>,
    links: Vec<String>,
    archived: Option<ArchivedView>,
    tags: Vec<String>,
    sources: Vec<String>,
    stage_changes: Vec<StageChangeView>,
    /// How the person came to be a candidate.
    origin: &'static str,
    sourced_by: Option<Expandable<UserView>>,
    owner: Option<Expandable<UserView>>,
    followers: Vec<Expandable<UserView>>,
    applications: Vec<Expandable<ApplicationView>>,
    created_at: i64,
    /// Null on those that were not touched since before June 2020.
    updated_at: Option<i64>,
    last_interaction_at: i64,
    last_advanced_at: i64,
    snoozed_until: Option<i64>,
    urls: UrlsView,
    is_anonymized: bool,
    data_protection: Option<DataProtectionView>,
    /// Where the posting is; not there without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
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

    /// As the answers to most writes have it: without the person, and without its place.
    pub fn blank(state: &State, opportunity: &Opportunity, show: &Show) -> Self {
        Self {
            name: String::new(),
            headline: String::new(),
            location: String::new(),
            phones: Vec::new(),
            emails: Vec::new(),
            links: Vec::new(),
            opportunity_location: None,
            ..Self::new(state, opportunity, show)
        }
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
        Self {
            id: opportunity.id.clone(),
            name: contact.name.clone().unwrap_or_default(),
            headline: contact.headline.clone().unwrap_or_default(),
            contact: Expandable::of(&contact.id, show.expands("contact"), || Some(contact.into())),
            emails: contact.emails.clone(),
            phones: contact.phones.iter().map(Into::into).collect(),
            confidentiality: confidentiality(opportunity.confidential),
            location: contact.location.clone().unwrap_or_default(),
            links: opportunity.links.clone(),
            archived: opportunity.archived.as_ref().map(Into::into),
            created_at: opportunity.created_at,
            updated_at: kept_update(opportunity),
            last_interaction_at: opportunity.last_interaction_at,
            last_advanced_at: opportunity.last_advanced_at,
            snoozed_until: opportunity.snoozed_until,
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
            followers: opportunity.followers.iter().map(|id| user(id, "followers")).collect(),
            applications: opportunity
                .application
                .iter()
                .map(|application| {
                    Expandable::of(&application.id, show.expands("applications"), || {
                        Some(ApplicationView::new(state, opportunity, application))
                    })
                })
                .collect(),
            urls: UrlsView::of(&show.url, &opportunity.id),
            data_protection: opportunity.data_protection.as_ref().map(Into::into),
            is_anonymized: contact.is_anonymized,
            opportunity_location: opportunity.location.clone(),
            deleted_at: None,
            deleted_by: None,
        }
    }
}

/// When it was updated last, as far as that was kept.
pub fn kept_update(opportunity: &Opportunity) -> Option<i64> {
    Some(opportunity.updated_at).filter(|at| *at >= UPDATES_KEPT_SINCE)
}

impl Listed for OpportunityView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}
