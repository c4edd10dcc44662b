//! Lever's ids, a type for each kind. They are opaque text: a stage's need not be a UUID, and none
//! means anything in another account. What can be no id ([`text::is_id`]) is unreadable.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::text;

/// An id in the place of an object, as Lever sends it: text, or the expanded object with its id. Nothing else: a derived
/// reader would take the first text of a list for an object's id.
#[derive(Deserialize)]
#[serde(transparent)]
struct Reference(Value);

/// Text that can be no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is empty, too long, or holds what no id does")]
pub struct NotAnId;

impl TryFrom<Reference> for String {
    type Error = NotAnId;

    fn try_from(reference: Reference) -> Result<Self, NotAnId> {
        let id = match reference.0 {
            Value::Object(mut fields) => fields.remove("id"),
            other => Some(other),
        };
        match id {
            Some(Value::String(id)) if text::is_id(&id) => Ok(id),
            _ => Err(NotAnId),
        }
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "Reference", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as Lever writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<Reference> for $name {
            type Error = NotAnId;

            fn try_from(reference: Reference) -> Result<Self, NotAnId> {
                reference.try_into().map(Self)
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )*};
}

ids! {
    /// A Lever account, as some webhooks name it.
    AccountId;
    /// A candidate's application for a posting.
    ApplicationId;
    /// A reason for archiving, hired ones included.
    ArchiveReasonId;
    /// A person; one contact may have several opportunities.
    ContactId;
    /// A file on an opportunity.
    FileId;
    /// An interview.
    InterviewId;
    /// A note on an opportunity.
    NoteId;
    /// A candidacy: the one id to key on.
    OpportunityId;
    /// A panel of interviews.
    PanelId;
    /// A job posting.
    PostingId;
    /// A stage of the account's pipeline; built-in ones read like `applicant-new`.
    StageId;
    /// A user of Lever.
    UserId;
    /// A webhook.
    WebhookId;
}

/// A reference that Lever may have expanded (`expand=…`): the object itself, or only its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Expandable<Id, T> {
    /// The object.
    Full(Box<T>),
    /// Its id.
    Id(Id),
}

impl<Id, T> Expandable<Id, T> {
    /// The object, where Lever expanded it.
    pub fn full(&self) -> Option<&T> {
        match self {
            Self::Full(object) => Some(object),
            Self::Id(_) => None,
        }
    }
}

impl<Id, T: AsRef<Id>> Expandable<Id, T> {
    /// The id, in either form.
    pub fn id(&self) -> &Id {
        match self {
            Self::Full(object) => object.as_ref().as_ref(),
            Self::Id(id) => id,
        }
    }
}
