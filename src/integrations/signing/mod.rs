//! Signing tokens: how they are kept and pasted, and which deliveries they verify.

pub mod catch_up;
pub mod compact;
mod kept;
pub mod open;
mod parts;
pub(crate) mod pasted;
pub mod reverify;
pub mod ring;
mod room;
pub mod tokens;
pub mod verdict;
pub mod watch;
