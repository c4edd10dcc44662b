//! Who is invited to the tests and why, and the invitations themselves.

pub mod actions;
pub mod candidates;
pub mod erasure;
pub mod follow_up;
pub mod mail_by_hand;
pub mod post;
pub mod reminders;
pub mod rules;
pub mod store;

pub use rules::{Cause, Decision, Facts, Refusal, Rule, Settings, decide};
pub use store::{Invitation, InvitationState};
