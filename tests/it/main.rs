//! The integration tests: one binary, so that the portal is linked once.
#![allow(clippy::unwrap_used)]

mod accessible;
mod alert_webhooks;
mod api;
mod assessment;
mod attacks;
mod candidate_email;
mod connect;
mod effects;
mod example_config;
mod help;
mod helpers;
mod hold;
mod house;
mod journey;
mod life;
mod lists;
mod migration;
mod operations;
mod overview;
mod people;
mod plans;
mod postings;
mod process;
mod rules;
mod settings;
mod sso;
mod support;
mod webhooks;
