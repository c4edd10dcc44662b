//! The account as a whole: what it holds, and how things in it are found.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Deserializer, Serialize};

use super::entities::{
    AccessRole, Account, ApiKey, ArchiveReason, Contact, DeletedOpportunity, DeletedPosting,
    FeedbackTemplate, Opportunity, Papers, Posting, Requisition, RequisitionField, Stage, User, WebhookEvent,
    WebhookSettings,
};
use super::grants::Grants;
use super::opportunities::Opportunities;
use crate::draw::Draw;

/// Everything the sandbox knows; what `--state` keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    pub draw: Draw,
    pub account: Account,
    pub users: Vec<User>,
    pub stages: Vec<Stage>,
    pub archive_reasons: Vec<ArchiveReason>,
    pub postings: Vec<Posting>,
    #[serde(default)]
    pub deleted_postings: Vec<DeletedPosting>,
    pub requisitions: Vec<Requisition>,
    #[serde(default)]
    pub requisition_fields: Vec<RequisitionField>,
    #[serde(default)]
    pub feedback_templates: Vec<FeedbackTemplate>,
    pub contacts: HashMap<String, Contact>,
    /// Contact ids by e-mail address in lower case.
    pub contacts_by_email: HashMap<String, Vec<String>>,
    pub opportunities: Opportunities,
    pub deleted: Vec<DeletedOpportunity>,
    /// By opportunity; missing where there are none.
    pub papers: HashMap<String, Papers>,
    /// Every tag ever used, sorted by its letters. Capital ones make another tag.
    #[serde(deserialize_with = "sorted")]
    pub tags: BTreeMap<String, String>,
    /// Every source ever used, sorted by its letters.
    #[serde(deserialize_with = "sorted")]
    pub sources: BTreeMap<String, String>,
    pub webhooks: WebhookSettings,
    pub api_keys: Vec<ApiKey>,
    pub grants: Grants,
}

/// By what tags and sources are sorted: their letters, and then which of them are capital ones.
pub(super) fn alphabetical(text: &str) -> String {
    format!("{}\0{text}", text.to_lowercase())
}

/// Reads tags or sources, whatever an older file sorted them by.
fn sorted<'de, D: Deserializer<'de>>(input: D) -> Result<BTreeMap<String, String>, D::Error> {
    let saved = BTreeMap::<String, String>::deserialize(input)?;
    Ok(saved.into_values().map(|text| (alphabetical(&text), text)).collect())
}

/// Why an operation was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpError {
    /// There is no such thing.
    #[error("{what} {id} was not found")]
    NotFound { what: &'static str, id: String },
    /// The input makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// Not by this caller.
    #[error("{0}")]
    Forbidden(String),
}

impl OpError {
    pub fn not_found(what: &'static str, id: &str) -> Self {
        Self::NotFound { what, id: id.to_owned() }
    }
}

/// The events an operation caused.
pub type Events = Vec<WebhookEvent>;

/// Who does something, and when.
#[derive(Clone, Copy, Debug)]
pub struct Actor<'a> {
    /// The user it is done by or for, if known.
    pub user: Option<&'a str>,
    /// Milliseconds since 1970 UTC.
    pub now: i64,
}

impl<'a> Actor<'a> {
    pub fn new(user: Option<&'a str>, now: i64) -> Self {
        Self { user, now }
    }
}

impl State {
    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub fn user_by_email(&self, email: &str) -> Option<&User> {
        self.users.iter().find(|user| user.email.eq_ignore_ascii_case(email))
    }

    /// The first Super Admin, who made the account.
    pub fn admin(&self) -> &User {
        self.users
            .iter()
            .find(|user| user.access_role == AccessRole::SuperAdmin)
            .expect("every seed makes a Super Admin and none can be removed")
    }

    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    pub fn stage_index(&self, id: &str) -> Option<usize> {
        self.stages.iter().position(|stage| stage.id == id)
    }

    pub fn posting(&self, id: &str) -> Option<&Posting> {
        self.postings.iter().find(|posting| posting.id == id)
    }

    pub fn archive_reason(&self, id: &str) -> Option<&ArchiveReason> {
        self.archive_reasons.iter().find(|reason| reason.id == id)
    }

    pub fn opportunity(&self, id: &str) -> Result<&Opportunity, OpError> {
        self.opportunities.get(id).ok_or_else(|| OpError::not_found("Opportunity", id))
    }

    /// The person behind an opportunity.
    pub fn contact_of(&self, opportunity: &Opportunity) -> &Contact {
        self.contacts.get(&opportunity.contact).expect("a contact stays as long as one of its opportunities")
    }

    /// What hangs on an opportunity.
    pub fn papers(&self, opportunity: &str) -> &Papers {
        static NONE: Papers = Papers::NONE;
        self.papers.get(opportunity).unwrap_or(&NONE)
    }

    pub fn is_hired(&self, opportunity: &Opportunity) -> bool {
        opportunity
            .archived
            .as_ref()
            .and_then(|archived| self.archive_reason(&archived.reason))
            .is_some_and(|reason| reason.hired)
    }
}
