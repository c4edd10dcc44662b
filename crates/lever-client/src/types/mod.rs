//! Lever's objects (Lever's wire notes §4).
//!
//! Texts are cleaned and bounded as [`text`](crate::text) says, so that a database and a page can take
//! them. Reading is lenient: only an object's own `id` is required. A field that is missing, null, or of
//! a shape nobody documented is empty; an id may be text or the expanded object; an e-mail address
//! may be text or `{"value": …}`. Enumerations keep words that they don't know.

mod ids;
mod lenient;
mod opportunity;
mod person;
mod pipeline;
mod records;
mod show_url;
mod vocabulary;
mod webhook;

pub use ids::{
    AccountId, ApplicationId, ArchiveReasonId, ContactId, Expandable, FileId, InterviewId, NotAnId, NoteId,
    OpportunityId, PanelId, PostingId, StageId, UserId, WebhookId,
};
pub use opportunity::{Application, AppliedFor, Archived, Opportunity, StageChange};
pub use person::{Contact, Phone};
pub use pipeline::{ArchiveReason, Categories, Posting, Source, Stage, Tag, User};
pub use records::{File, Note};
pub use show_url::ShowUrl;
pub use vocabulary::{ArchiveReasonKind, Confidentiality, Event, Origin, PostingState};
pub use webhook::Webhook;

pub(crate) use lenient::instant;
pub(crate) use opportunity::application_in;

#[cfg(test)]
mod tests;
