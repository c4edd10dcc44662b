//! Candidates and their invitations, as people look at them. The worker writes them; see
//! [`crate::invitations`].

pub mod held_deletion;
pub mod invited;
pub mod view;
pub mod waiting;
pub mod why;
