//! Webhooks: which events go where, and what an event says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::opportunity::Origin;

/// The events Lever tells about (Lever's wire notes §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum EventKind {
    ApplicationCreated,
    CandidateStageChange,
    CandidateHired,
    CandidateArchiveChange,
    CandidateDeleted,
    InterviewCreated,
    InterviewUpdated,
    InterviewDeleted,
    ContactCreated,
    ContactUpdated,
}

impl EventKind {
    pub const ALL: [Self; 10] = [
        Self::ApplicationCreated,
        Self::CandidateStageChange,
        Self::CandidateHired,
        Self::CandidateArchiveChange,
        Self::CandidateDeleted,
        Self::InterviewCreated,
        Self::InterviewUpdated,
        Self::InterviewDeleted,
        Self::ContactCreated,
        Self::ContactUpdated,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApplicationCreated => "applicationCreated",
            Self::CandidateStageChange => "candidateStageChange",
            Self::CandidateHired => "candidateHired",
            Self::CandidateArchiveChange => "candidateArchiveChange",
            Self::CandidateDeleted => "candidateDeleted",
            Self::InterviewCreated => "interviewCreated",
            Self::InterviewUpdated => "interviewUpdated",
            Self::InterviewDeleted => "interviewDeleted",
            Self::ContactCreated => "contactCreated",
            Self::ContactUpdated => "contactUpdated",
        }
    }

    /// The name on the settings page.
    pub fn title(self) -> &'static str {
        match self {
            Self::ApplicationCreated => "Application Created",
            Self::CandidateStageChange => "Candidate Stage Change",
            Self::CandidateHired => "Candidate Hired",
            Self::CandidateArchiveChange => "Candidate Archive State Change",
            Self::CandidateDeleted => "Candidate Deleted",
            Self::InterviewCreated => "Interview Created",
            Self::InterviewUpdated => "Interview Updated",
            Self::InterviewDeleted => "Interview Deleted",
            Self::ContactCreated => "Contact Created",
            Self::ContactUpdated => "Contact Updated",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether webhooks of this event can be limited to some origins.
    pub fn has_conditions(self) -> bool {
        matches!(
            self,
            Self::ApplicationCreated
                | Self::CandidateHired
                | Self::CandidateStageChange
                | Self::CandidateArchiveChange
        )
    }
}

/// Who made a webhook; only the same side can change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Maker {
    /// A user, on the settings page.
    Person(String),
    /// A client of the API: its OAuth client id, or the id of an API key.
    Api(String),
}

impl Maker {
    pub fn is_person(&self) -> bool {
        matches!(self, Self::Person(_))
    }
}

/// Calls of one event to one URL.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Webhook {
    pub id: String,
    pub event: EventKind,
    pub url: String,
    /// Only for opportunities of these origins; `None` means all.
    pub origins: Option<Vec<Origin>>,
    /// Own signing token; none where a person never generated one. In the account mode, see
    /// [`WebhookSettings::account_token`].
    pub signature_token: Option<String>,
    /// The token before the last regeneration.
    pub previous_token: Option<String>,
    pub made_by: Maker,
    pub verified_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Everything on the Webhooks tab.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct WebhookSettings {
    /// Events whose toggle is on.
    pub enabled: std::collections::BTreeSet<EventKind>,
    /// Events whose toggle somebody turned off; a new webhook doesn't turn those on.
    #[serde(default)]
    pub switched_off: std::collections::BTreeSet<EventKind>,
    /// The one signing token of the account-wide mode.
    pub account_token: String,
    /// The account's token before the last regeneration.
    pub previous_account_token: Option<String>,
    pub hooks: Vec<Webhook>,
}

/// Something that happened, to be told to the webhooks that wait for it.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookEvent {
    pub kind: EventKind,
    /// The envelope's `data`.
    pub data: serde_json::Value,
    /// Origin of the opportunity concerned, for conditions.
    pub origin: Option<Origin>,
}
