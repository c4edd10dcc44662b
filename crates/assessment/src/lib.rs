//! The tests: a logic test and a personality test, and what their results mean for a posting.
//!
//! The module computes and keeps nothing: no database, no clock, no web. Whoever runs a test
//! keeps its state ([`session::Sitting`], as JSON) and gives the time. To the rest of the
//! portal the tests are a [`provider::Provider`]: *invite*, *progress*, *result*, so that an
//! outside test provider can take their place.
//!
//! What the figures rest on, and what has not been validated, is in `docs/assessment-manual.md`.

pub mod calibrate;
#[cfg(test)]
mod calibrate_tests;
pub mod calibration;
pub mod caution;
pub mod charts;
pub mod http_provider;
pub mod interview;
pub mod irt;
pub mod logic;
pub mod personality;
mod posterior;
pub mod provider;
mod random;
pub mod rolefit;
pub mod scale;
pub mod session;
pub mod simulate;
mod stats;
mod svg;
pub mod texts;

pub use calibration::Calibration;
pub use caution::{Caution, Sign};
pub use provider::Provider;
pub use rolefit::{Profile, RoleFit};
pub use scale::ScaleScore;
pub use session::{Plan, Sitting};
pub use texts::Texts;

/// The example of the README is run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
