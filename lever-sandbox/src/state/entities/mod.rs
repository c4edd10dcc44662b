//! The things an account of Lever is made of, as the sandbox keeps them. What they
//! look like on the wire is `api::views`' business.

mod account;
mod opportunity;
mod papers;
mod posting;
mod webhook;

pub use account::*;
pub use opportunity::*;
pub use papers::*;
pub use posting::*;
pub use webhook::*;
