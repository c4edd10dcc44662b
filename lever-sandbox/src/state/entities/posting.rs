//! Postings and requisitions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a posting is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PostingState {
    Published,
    Internal,
    Closed,
    Draft,
    Pending,
    Rejected,
}

impl PostingState {
    const ALL: [Self; 6] =
        [Self::Published, Self::Internal, Self::Closed, Self::Draft, Self::Pending, Self::Rejected];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Internal => "internal",
            Self::Closed => "closed",
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
        }
    }
}

/// How postings are grouped.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Categories {
    pub team: Option<String>,
    pub department: Option<String>,
    pub location: Option<String>,
    pub commitment: Option<String>,
    pub level: Option<String>,
}

/// What the job pays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SalaryRange {
    pub min: i64,
    pub max: i64,
    pub currency: String,
    pub interval: String,
}

/// A job that people apply to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Posting {
    pub id: String,
    pub text: String,
    pub state: PostingState,
    pub distribution_channels: Vec<String>,
    pub user: String,
    pub owner: String,
    pub hiring_manager: Option<String>,
    pub confidential: bool,
    pub categories: Categories,
    pub description: String,
    pub closing: String,
    pub country: Option<String>,
    pub tags: Vec<String>,
    pub followers: Vec<String>,
    pub req_code: Option<String>,
    pub requisition_codes: Vec<String>,
    pub workplace_type: String,
    pub salary_range: Option<SalaryRange>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Posting {
    /// The words that Lever adds to the tags of each opportunity linked to the posting.
    pub fn words(&self) -> impl Iterator<Item = &String> {
        let categories = &self.categories;
        let named = [&categories.department, &categories.team, &categories.location, &categories.commitment];
        std::iter::once(&self.text).chain(named.into_iter().flatten())
    }
}

/// What is left of a posting that was deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeletedPosting {
    pub posting: Posting,
    pub deleted_at: i64,
}

/// The permission to hire for a posting.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Requisition {
    pub id: String,
    pub code: String,
    pub name: String,
    pub confidential: bool,
    pub creator: String,
    pub hiring_manager: Option<String>,
    pub owner: Option<String>,
    pub status: String,
    pub headcount_total: u32,
    pub headcount_hired: u32,
    pub location: Option<String>,
    pub team: Option<String>,
    pub department: Option<String>,
    pub employment_status: Option<String>,
    pub compensation: Option<SalaryRange>,
    pub postings: Vec<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub closed_at: Option<i64>,
}
