//! Lever's objects as the portal reads them (Lever's wire notes §4).
//!
//! Reading is lenient: only an object's own `id` is required. A field that is missing, null, or of
//! a shape nobody documented is empty; an id may be text or the expanded object; an e-mail address
//! may be text or `{"value": …}`. Enumerations keep words that they don't know.

mod ids;
mod lenient;
mod opportunity;
mod pipeline;
mod records;
pub(crate) mod vocabulary;
mod webhook;

pub use ids::{
    AccountId, ApplicationId, ArchiveReasonId, ContactId, Expandable, FileId, InterviewId, NoteId,
    OpportunityId, PanelId, PostingId, StageId, UserId, WebhookId,
};
pub use opportunity::{Application, Archived, Contact, Opportunity, Phone, ShowUrl, StageChange};
pub use pipeline::{ArchiveReason, Categories, Posting, Source, Stage, Tag, User};
pub use records::{File, Note};
pub use vocabulary::{ArchiveReasonKind, Confidentiality, Event, Origin, PostingState};
pub use webhook::Webhook;

pub(super) use lenient::instant;

#[cfg(test)]
mod tests;
