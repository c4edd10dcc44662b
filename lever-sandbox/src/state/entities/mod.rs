//! The things an account of Lever is made of, as the sandbox keeps them. What they
//! look like on the wire is `views`' business.

mod opportunity;
mod papers;
mod posting;
mod settings;
mod templates;
mod webhook;

pub use opportunity::*;
pub use papers::*;
pub use posting::*;
pub use settings::*;
pub use templates::*;
pub use webhook::*;
