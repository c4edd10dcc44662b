//! A candidacy and what belongs to it: the person, the application, how it ended.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::types::ids::{
    ApplicationId, ArchiveReasonId, ContactId, Expandable, OpportunityId, PostingId, StageId, UserId,
};
use crate::types::lenient;
use crate::types::person::{Contact, Phone};
use crate::types::pipeline::{Stage, User};
use crate::types::show_url::ShowUrl;
use crate::types::vocabulary::{Confidentiality, Origin};

/// A person's candidacy, Lever's unit of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opportunity {
    /// The one id to key on.
    pub id: OpportunityId,
    /// The person's name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Option<String>,
    /// What the person does, often the employer.
    #[serde(default, deserialize_with = "lenient::title")]
    pub headline: Option<String>,
    /// The person, with `expand=contact` in full.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub contact: Option<Expandable<ContactId, Contact>>,
    /// E-mail addresses, the preferred one first.
    #[serde(default, deserialize_with = "lenient::addresses")]
    pub emails: Vec<String>,
    /// Telephone numbers.
    #[serde(default, deserialize_with = "lenient::list")]
    pub phones: Vec<Phone>,
    /// Who may see it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub confidentiality: Option<Confidentiality>,
    /// Where the person lives.
    #[serde(default, deserialize_with = "lenient::name")]
    pub location: Option<String>,
    /// Links, those added by integrations among them.
    #[serde(default, deserialize_with = "lenient::links")]
    pub links: Vec<String>,
    /// Set when archived, hired included.
    #[serde(default)]
    pub archived: Option<Archived>,
    /// When it was made.
    #[serde(default, with = "lenient::millis")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default, with = "lenient::millis")]
    pub updated_at: Option<Timestamp>,
    /// When somebody last did something with it.
    #[serde(default, with = "lenient::millis")]
    pub last_interaction_at: Option<Timestamp>,
    /// When it was last moved to a later stage.
    #[serde(default, with = "lenient::millis")]
    pub last_advanced_at: Option<Timestamp>,
    /// Set aside until then.
    #[serde(default, with = "lenient::millis")]
    pub snoozed_until: Option<Timestamp>,
    /// The stage it is in, with `expand=stage` in full.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub stage: Option<Expandable<StageId, Stage>>,
    /// The stages that it entered, in order.
    #[serde(default, deserialize_with = "lenient::list")]
    pub stage_changes: Vec<StageChange>,
    /// How the person came to Lever.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub origin: Option<Origin>,
    /// The user who looks after it, with `expand=owner` in full.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub owner: Option<Expandable<UserId, User>>,
    /// The candidate's tags, the posting's among them.
    #[serde(default, deserialize_with = "lenient::tags")]
    pub tags: Vec<String>,
    /// Where the person was found.
    #[serde(default, deserialize_with = "lenient::tags")]
    pub sources: Vec<String>,
    /// At most one, with `expand=applications` in full.
    #[serde(default, deserialize_with = "applications")]
    pub applications: Vec<Expandable<ApplicationId, Application>>,
    /// Its pages in Lever.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub urls: ShowUrl,
    /// Whether the person's data was removed.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub is_anonymized: bool,
    /// Who deleted it; only in the list of deleted ones.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub deleted_by: Option<UserId>,
    /// When it was deleted; only in the list of deleted ones.
    #[serde(default, with = "lenient::millis")]
    pub deleted_at: Option<Timestamp>,
}

impl Opportunity {
    /// The stage's id.
    pub fn stage_id(&self) -> Option<&StageId> {
        self.stage.as_ref().map(Expandable::id)
    }

    /// When it entered the stage that it is in; the nearest that Lever tells where it does not say.
    pub fn entered_stage_at(&self) -> Option<Timestamp> {
        let stage = self.stage_id()?;
        let changes = self.stage_changes.iter().filter(|change| change.to_stage_id == *stage);
        changes.filter_map(|change| change.updated_at).max().or(self.last_advanced_at).or(self.created_at)
    }

    /// The person's id.
    pub fn contact_id(&self) -> Option<&ContactId> {
        self.contact.as_ref().map(Expandable::id)
    }

    /// The id of the user who looks after it.
    pub fn owner_id(&self) -> Option<&UserId> {
        self.owner.as_ref().map(Expandable::id)
    }

    /// The application's id; none where it can't be read.
    pub fn application_id(&self) -> Option<&ApplicationId> {
        self.applications.first().map(Expandable::id).filter(|id| id.as_str() != UNREADABLE)
    }

    /// The application, where Lever expanded it.
    pub fn application(&self) -> Option<&Application> {
        self.applications.iter().find_map(Expandable::full)
    }

    /// The posting applied for, where the application was expanded; see [`Opportunity::applied_for`].
    pub fn posting_id(&self) -> Option<&PostingId> {
        self.applications.iter().filter_map(Expandable::full).find_map(|one| one.posting.as_ref())
    }

    /// What Lever says of the posting applied for: an application that came as a bare id is not *no posting*.
    pub fn applied_for(&self) -> AppliedFor<'_> {
        let bare = self.applications.iter().find_map(|one| match one {
            Expandable::Id(id) => Some(id),
            Expandable::Full(_) => None,
        });
        match (self.posting_id(), bare) {
            (Some(posting), _) => AppliedFor::Posting(posting),
            (None, Some(application)) => AppliedFor::Unexpanded(application),
            (None, None) => AppliedFor::Nothing,
        }
    }

    /// The address to write to.
    pub fn email(&self) -> Option<&str> {
        self.emails.first().map(String::as_str)
    }

    /// Whether Lever says that it is confidential.
    pub fn is_confidential(&self) -> bool {
        self.confidentiality == Some(Confidentiality::Confidential)
    }
}

/// What an opportunity says of the posting applied for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppliedFor<'a> {
    /// This posting.
    Posting(&'a PostingId),
    /// Lever named the application and not its posting, often by its id alone, so the posting is not known:
    /// [`Api::application`](crate::Api::application) asks for it.
    Unexpanded(&'a ApplicationId),
    /// No posting: the person did not apply, or the application is for none.
    Nothing,
}

/// That an opportunity entered a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageChange {
    /// The stage.
    pub to_stage_id: StageId,
    /// When.
    #[serde(default, with = "lenient::millis")]
    pub updated_at: Option<Timestamp>,
}

/// How an opportunity left the pipeline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct Archived {
    /// When.
    #[serde(with = "lenient::millis")]
    pub archived_at: Option<Timestamp>,
    /// Why; a reason of the kind *hired* means hired.
    pub reason: Option<ArchiveReasonId>,
}

/// Whatever its shape, a value that is not null means archived: nobody is invited by mistake.
impl From<Value> for Archived {
    fn from(value: Value) -> Self {
        Self {
            archived_at: value
                .get("archivedAt")
                .and_then(|at| lenient::millis::deserialize(at).ok().flatten()),
            reason: value.get("reason").and_then(|reason| ArchiveReasonId::deserialize(reason).ok()),
        }
    }
}

/// An application for a posting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// `posting`, `referral` or `user`.
    #[serde(default, rename = "type", deserialize_with = "lenient::word")]
    pub kind: Option<String>,
    /// The candidacy it belongs to.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub opportunity_id: Option<OpportunityId>,
    /// The posting applied for.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub posting: Option<PostingId>,
    /// The posting's owner.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub posting_owner: Option<UserId>,
    /// The posting's hiring manager.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub posting_hiring_manager: Option<UserId>,
    /// The name given when applying.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Option<String>,
    /// The address given when applying.
    #[serde(default, deserialize_with = "lenient::address")]
    pub email: Option<String>,
    /// When it was made.
    #[serde(default, with = "lenient::millis")]
    pub created_at: Option<Timestamp>,
    /// Set when archived.
    #[serde(default)]
    pub archived: Option<Archived>,
}

/// Stands for the id of an application whose own can't be read. It is never sent: no call takes an empty id.
const UNREADABLE: &str = "";

/// The applications of an opportunity, each by its id or in full; a single one counts as a list.
fn applications<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Expandable<ApplicationId, Application>>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => items.into_iter().filter_map(application_in).collect(),
        single => application_in(single).into_iter().collect(),
    })
}

/// An application in whatever dress: what does not say its posting, in words that can be read, is no more than an id. A
/// posting that can be read counts whatever its application's id is.
pub(crate) fn application_in(mut value: Value) -> Option<Expandable<ApplicationId, Application>> {
    let id = ApplicationId::deserialize(&value).ok();
    if let Value::Object(fields) = &mut value {
        let posting = fields.get("posting");
        let is_readable = posting.is_some_and(|posting| PostingId::deserialize(posting).is_ok());
        // That it is for no posting is believed of an application that can be told from others.
        let is_for_none = posting.is_some_and(Value::is_null) && id.is_some();
        if is_readable || is_for_none {
            if id.is_none() {
                fields.insert("id".to_owned(), "unreadable".into());
            }
            let mut full = Application::deserialize(value).ok()?;
            if id.is_none() {
                full.id = UNREADABLE.into();
            }
            return Some(Expandable::Full(Box::new(full)));
        }
    }
    id.map(Expandable::Id)
}

impl AsRef<ApplicationId> for Application {
    fn as_ref(&self) -> &ApplicationId {
        &self.id
    }
}
