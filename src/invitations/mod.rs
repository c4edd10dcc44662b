//! Who is invited to the tests and why, and the invitations themselves.

pub mod actions;
pub mod batch_end;
pub mod batch_letter;
pub mod batch_view;
pub mod batches;
pub mod burst;
pub mod candidates;
pub mod erasure;
pub mod follow_up;
pub mod letter;
pub mod reuse;
pub mod rules;
pub mod store;

pub use rules::{Cause, Decision, Facts, Refusal, Rule, Settings, decide};
pub use store::{Invitation, InvitationState};
