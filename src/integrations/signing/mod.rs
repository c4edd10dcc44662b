//! Signing tokens: how they are kept and pasted, and which deliveries they verify.

pub(crate) mod pasted;
pub mod reverify;
pub mod tokens;
pub mod verdict;
