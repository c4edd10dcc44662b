//! What an admin sets: stages, origins, tests and rules; checked, previewed and confirmed before they are saved.

pub mod configure;
pub mod confirmation;
pub mod preview;
pub mod rules;
pub mod values;
