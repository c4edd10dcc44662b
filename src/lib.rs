//! placeholder
pub mod assessment;
