//! The integration tests: one binary, so that the portal is linked once.
#![allow(clippy::unwrap_used)]

mod connect;
mod helpers;
mod house;
mod journey;
mod life;
mod lists;
mod people;
mod settings;
mod support;
mod webhooks;
