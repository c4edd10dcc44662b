//! When an integration is checked, reconciled and looked after by night.

pub mod nightly;
pub mod runs;
pub mod unreadable;
pub mod watch;
