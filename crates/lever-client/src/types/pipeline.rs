//! What an account is made of: stages, postings, users, reasons, sources, tags.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::types::ids::{ArchiveReasonId, PostingId, StageId, UserId};
use crate::types::lenient;
use crate::types::show_url::ShowUrl;
use crate::types::vocabulary::{ArchiveReasonKind, Confidentiality, PostingState};

/// A stage of the pipeline. The list is in the pipeline's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Its id, of this account only and not always a UUID.
    pub id: StageId,
    /// What people call it.
    #[serde(default, deserialize_with = "lenient::stage_or_empty")]
    pub text: String,
}

impl AsRef<StageId> for Stage {
    fn as_ref(&self) -> &StageId {
        &self.id
    }
}

/// A job posting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Posting {
    /// Its id.
    pub id: PostingId,
    /// The job's title.
    #[serde(default, deserialize_with = "lenient::title_or_empty")]
    pub text: String,
    /// Where it is in its life.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub state: Option<PostingState>,
    /// Who may see it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub confidentiality: Option<Confidentiality>,
    /// The user who made it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub user: Option<UserId>,
    /// The user who looks after it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub owner: Option<UserId>,
    /// The hiring manager.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub hiring_manager: Option<UserId>,
    /// Team, department, location and the like.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub categories: Categories,
    /// Its tags; Lever copies them to each opportunity linked to it.
    #[serde(default, deserialize_with = "lenient::tags")]
    pub tags: Vec<String>,
    /// The country's two-letter code.
    #[serde(default, deserialize_with = "lenient::word")]
    pub country: Option<String>,
    /// Its pages.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub urls: ShowUrl,
    /// When it was made.
    #[serde(default, with = "lenient::millis")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default, with = "lenient::millis")]
    pub updated_at: Option<Timestamp>,
}

impl Posting {
    /// Whether Lever says that it is confidential.
    pub fn is_confidential(&self) -> bool {
        self.confidentiality == Some(Confidentiality::Confidential)
    }
}

/// Where a posting belongs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Categories {
    /// The team.
    #[serde(default, deserialize_with = "lenient::name")]
    pub team: Option<String>,
    /// The department.
    #[serde(default, deserialize_with = "lenient::name")]
    pub department: Option<String>,
    /// The place of work.
    #[serde(default, deserialize_with = "lenient::name")]
    pub location: Option<String>,
    /// Full-time and the like.
    #[serde(default, deserialize_with = "lenient::name")]
    pub commitment: Option<String>,
    /// The level of experience.
    #[serde(default, deserialize_with = "lenient::name")]
    pub level: Option<String>,
}

/// A user of the Lever account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The user's name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Option<String>,
    /// The user's address.
    #[serde(default, deserialize_with = "lenient::address")]
    pub email: Option<String>,
    /// Such as `super admin`.
    #[serde(default, deserialize_with = "lenient::word")]
    pub access_role: Option<String>,
    /// When it was made.
    #[serde(default, with = "lenient::millis")]
    pub created_at: Option<Timestamp>,
    /// Set when the user can no longer log in.
    #[serde(default, with = "lenient::millis")]
    pub deactivated_at: Option<Timestamp>,
}

impl AsRef<UserId> for User {
    fn as_ref(&self) -> &UserId {
        &self.id
    }
}

/// A reason for archiving.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveReason {
    /// Its id.
    pub id: ArchiveReasonId,
    /// What people call it.
    #[serde(default, deserialize_with = "lenient::stage_or_empty")]
    pub text: String,
    /// Such as `active`.
    #[serde(default, deserialize_with = "lenient::word")]
    pub status: Option<String>,
    /// Whether it means hired.
    #[serde(default, rename = "type", deserialize_with = "lenient::or_default")]
    pub kind: Option<ArchiveReasonKind>,
}

impl ArchiveReason {
    /// Whether archiving with this reason means that the candidate was hired.
    pub fn is_hired(&self) -> bool {
        self.kind == Some(ArchiveReasonKind::Hired)
    }
}

/// Where candidates are found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    #[serde(deserialize_with = "lenient::tag_or_empty")]
    pub text: String,
    /// How many candidates carry it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub count: u64,
}

/// A tag in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The tag.
    #[serde(deserialize_with = "lenient::tag_or_empty")]
    pub text: String,
    /// How many candidates carry it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub count: u64,
}
