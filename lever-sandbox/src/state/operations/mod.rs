//! What can be done to the account, by a person or through the API.

mod access;
mod edit;
mod feedback;
mod notes;
mod panels;
mod papers;
mod people;
mod pipeline;
mod users;
mod webhooks;

pub use edit::ListChange;
pub use feedback::{FeedbackPatch, NewFeedback};
pub use notes::{CommentPatch, NewNote, NotePatch};
pub use panels::{NewPanel, PanelInterview};
pub use papers::NewInterview;
pub use people::{ContactPatch, NewApplication, NewOpportunity};
pub use users::UserFields;
pub use webhooks::{WebhookPatch, check_webhook_url};
