//! Who is invited to the tests and why, and the invitations themselves.

pub mod actions;
pub mod batch_end;
pub mod batch_letter;
pub mod batch_view;
pub mod batches;
pub mod battery;
pub mod burst;
pub mod by_hand;
pub mod candidates;
pub mod erasure;
pub mod follow_up;
pub mod lookup;
pub mod mail_by_hand;
pub mod post;
pub mod progression;
pub mod reminders;
pub mod reuse;
pub mod rules;
pub mod store;
pub mod unseen;

pub use battery::Tests;
pub use rules::{Cause, Decision, Facts, Invite, Refusal, Rule, Settings, decide};
pub use store::{Invitation, InvitationState};
