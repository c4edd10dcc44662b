//! The portal.

pub mod lever;
