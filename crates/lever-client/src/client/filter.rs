//! Which opportunities a list holds (Lever's wire notes §5).

use jiff::Timestamp;

use crate::types::{ContactId, Origin, PostingId, StageId};

/// What Lever puts in the place of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expand {
    /// The application, and with it the posting.
    Applications,
    /// The person.
    Contact,
    /// The stage.
    Stage,
    /// The user who looks after it.
    Owner,
}

impl Expand {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Applications => "applications",
            Self::Contact => "contact",
            Self::Stage => "stage",
            Self::Owner => "owner",
        }
    }

    pub(super) fn query(expand: &[Self]) -> impl Iterator<Item = (&'static str, String)> {
        expand.iter().map(|expand| ("expand", expand.as_str().to_owned()))
    }
}

/// A span of time; an open end means no bound. Sent in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// Not before.
    pub start: Option<Timestamp>,
    /// Not after.
    pub end: Option<Timestamp>,
}

impl TimeRange {
    /// From `start` on.
    pub fn since(start: Timestamp) -> Self {
        Self { start: Some(start), end: None }
    }

    pub(super) fn query(
        self,
        start: &'static str,
        end: &'static str,
    ) -> impl Iterator<Item = (&'static str, String)> {
        [(start, self.start), (end, self.end)]
            .into_iter()
            .filter_map(|(name, at)| Some((name, at?.as_millisecond().to_string())))
    }
}

/// Which opportunities to list; the default lists all. Every condition must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpportunityFilter {
    /// In any of these stages.
    pub stages: Vec<StageId>,
    /// For any of these postings.
    pub postings: Vec<PostingId>,
    /// Of this person.
    pub contact: Option<ContactId>,
    /// With this address.
    pub email: Option<String>,
    /// With this tag.
    pub tag: Option<String>,
    /// Of this origin.
    pub origin: Option<Origin>,
    /// Archived or not; both where none.
    pub archived: Option<bool>,
    /// With the confidential ones that the scope allows.
    pub confidential: bool,
    /// Made then.
    pub created: TimeRange,
    /// Changed then.
    pub updated: TimeRange,
    /// Moved to a later stage then.
    pub advanced: TimeRange,
    /// Archived then.
    pub archived_at: TimeRange,
    /// What to expand; several are sent as `expand=…&expand=…`, as production clients do.
    pub expand: Vec<Expand>,
}

impl OpportunityFilter {
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = Vec::new();
        query.extend(self.stages.iter().map(|id| ("stage_id", id.to_string())));
        query.extend(self.postings.iter().map(|id| ("posting_id", id.to_string())));
        query.extend(self.contact.iter().map(|id| ("contact_id", id.to_string())));
        query.extend(self.email.iter().map(|email| ("email", email.clone())));
        query.extend(self.tag.iter().map(|tag| ("tag", tag.clone())));
        query.extend(self.origin.iter().map(|origin| ("origin", origin.to_string())));
        query.extend(self.archived.map(|archived| ("archived", archived.to_string())));
        query.extend(self.confidential.then(|| ("confidentiality", "all".to_owned())));
        query.extend(self.created.query("created_at_start", "created_at_end"));
        query.extend(self.updated.query("updated_at_start", "updated_at_end"));
        query.extend(self.advanced.query("advanced_at_start", "advanced_at_end"));
        query.extend(self.archived_at.query("archived_at_start", "archived_at_end"));
        query.extend(Expand::query(&self.expand));
        query
    }
}
