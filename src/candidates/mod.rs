//! Candidates and their invitations, as people look at them. The worker writes them; see
//! [`crate::invitations`].

pub(crate) mod labels;
pub mod view;
pub mod why;

pub use labels::{action, action_state, invitation};
