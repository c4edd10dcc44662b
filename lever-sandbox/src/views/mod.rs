//! What things look like on the wire (Lever's wire notes §4, §8).

mod application;
mod candidate;
mod eeo;
mod interview;
mod note;
mod opportunity;
mod papers;
mod person;
mod posting;
mod settings;
mod show;
mod templates;
mod webhook;

pub use application::*;
pub use candidate::*;
pub use eeo::*;
pub use interview::*;
pub use note::*;
pub use opportunity::*;
pub use papers::*;
pub use person::*;
pub use posting::*;
pub use settings::*;
pub use show::Show;
pub use templates::*;
pub use webhook::*;
