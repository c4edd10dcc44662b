//! The account's data, and everything that can be done to it.
//!
//! Operations are plain methods without I/O. Those that Lever tells the world about
//! return the webhook events they caused; who calls one hands them to
//! `delivery::Deliverer::publish`.

mod account;
mod entities;
mod events;
mod grants;
mod jwt;
mod operations;
mod opportunities;
mod scopes;
mod seed;

pub use account::{Actor, Events, OpError, State};
pub use entities::*;
pub use grants::{ACCESS_LIFE_MS, Code, Grant, Tokens};
pub use operations::*;
pub use opportunities::{Key, Place, Select};
pub use scopes::{MOST_SCOPES, granted, known};
pub use seed::Seed;
