//! What can be done to the account, by a person or through the API.

mod edit;
mod papers;
mod people;
mod pipeline;
mod webhooks;

pub use edit::ListChange;
pub use papers::NewInterview;
pub use people::{ContactPatch, NewApplication, NewOpportunity};
pub use webhooks::{WebhookPatch, check_webhook_url};
