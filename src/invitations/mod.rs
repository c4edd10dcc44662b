//! Who is invited to the tests and why, and the invitations themselves.

pub mod actions;
pub mod bulk_moves;
pub mod candidates;
pub mod erasure;
pub mod evidence;
pub mod facts;
pub mod failed_writes;
pub mod follow_up;
pub mod funnel;
pub mod identity;
pub mod lifecycle;
pub mod manual_email;
pub mod manual_invite;
pub mod questions;
pub mod reminders;
pub mod reuse;
pub mod rules;
pub mod snapshot;
pub mod store;
pub mod test_orders;
pub mod unknown_candidates;
pub mod withdrawal_marks;

pub use crate::test_selection::Tests;
pub use facts::KnownInvitations;
pub use rules::{Cause, Decision, Facts, Invite, Refusal, Rule, Settings, decide};
pub use snapshot::{OpportunitySnapshot, SeenPosting};
pub use store::{Invitation, InvitationState};
