//! Temporary.
pub mod hosts;
pub use hosts::{Hosts, HostsError};
