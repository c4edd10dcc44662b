//! Contacts (people) and opportunities (a person's candidacy).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A telephone number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    pub kind: Option<String>,
    pub value: String,
}

/// A person. One contact can have several opportunities.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contact {
    pub id: String,
    pub name: Option<String>,
    pub headline: Option<String>,
    pub location: Option<String>,
    pub emails: Vec<String>,
    pub phones: Vec<Phone>,
    pub is_anonymized: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

/// How somebody came to be a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    Applied,
    Sourced,
    Referred,
    University,
    Agency,
    Internal,
}

impl Origin {
    pub const ALL: [Self; 6] =
        [Self::Applied, Self::Sourced, Self::Referred, Self::University, Self::Agency, Self::Internal];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Sourced => "sourced",
            Self::Referred => "referred",
            Self::University => "university",
            Self::Agency => "agency",
            Self::Internal => "internal",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text)
    }
}

/// That and why an opportunity is archived.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Archived {
    pub at: i64,
    /// Id of an archive reason; one of type hired means the person was hired.
    pub reason: String,
    pub requisition: Option<String>,
}

/// One step in an opportunity's history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StageChange {
    pub to_stage: String,
    pub to_index: usize,
    pub at: i64,
    pub user: Option<String>,
}

/// What may be done with somebody's data, and until when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DataProtection {
    pub store: Permission,
    pub contact: Permission,
}

/// One permission of [`DataProtection`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Permission {
    pub allowed: bool,
    pub expires_at: Option<i64>,
}

/// What made an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplicationType {
    Posting,
    Referral,
    User,
}

impl ApplicationType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Posting => "posting",
            Self::Referral => "referral",
            Self::User => "user",
        }
    }
}

/// A person's application to a posting; an opportunity has at most one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Application {
    pub id: String,
    pub kind: ApplicationType,
    pub posting: String,
    pub user: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<Phone>,
    pub company: Option<String>,
    pub links: Vec<String>,
    pub comments: Option<String>,
    /// Where the applicant's browser was, as far as the one who applied for them said so.
    #[serde(default)]
    pub ip_address: Option<String>,
    pub created_at: i64,
}

/// Somebody's candidacy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Opportunity {
    pub id: String,
    /// Place in the order of creation; never used twice.
    pub serial: u32,
    pub contact: String,
    pub confidential: bool,
    pub links: Vec<String>,
    pub archived: Option<Archived>,
    pub created_at: i64,
    pub updated_at: i64,
    pub last_interaction_at: i64,
    pub last_advanced_at: i64,
    pub snoozed_until: Option<i64>,
    pub stage: Option<String>,
    pub stage_changes: Vec<StageChange>,
    pub origin: Origin,
    pub sourced_by: Option<String>,
    pub owner: Option<String>,
    pub followers: Vec<String>,
    pub tags: Vec<String>,
    pub sources: Vec<String>,
    pub application: Option<Application>,
    pub resume: Option<String>,
    pub data_protection: Option<DataProtection>,
    /// Where the posting is, or which of its places was meant.
    pub location: Option<String>,
}

/// What is left of an opportunity that was deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeletedOpportunity {
    pub opportunity: Opportunity,
    pub contact: Contact,
    pub deleted_at: i64,
    pub deleted_by: Option<String>,
}
