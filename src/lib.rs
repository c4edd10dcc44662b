//! The portal that connects Alva's assessments to the applicant tracking system Lever.
//!
//! The rooms stand in one order, from the command line and the pages down to ids: each names only rooms
//! below it. `docs/ARCHITECTURE.md` shows the order, and `tests/it/house` keeps it.

#![allow(missing_docs, reason = "the portal publishes no library: names that say it all need no second line")]

pub mod alert_webhooks;
pub mod api_tokens;
pub mod app;
pub mod audit;
pub mod blocking;
pub mod candidate_email;
pub mod candidates;
pub mod checkpoints;
pub mod cli;
pub mod clock;
pub mod completeness;
pub mod config;
pub mod db;
pub mod events;
pub mod evidence;
pub mod export;
pub mod forms;
pub mod i18n;
pub mod ids;
pub mod integration_state;
pub mod integrations;
pub mod invitations;
pub mod job_queue;
pub mod jobs;
pub mod mail;
pub mod metrics;
pub mod monitoring;
pub mod people;
pub mod postings;
pub mod profiles;
pub mod reasons;
pub mod reconciliation;
pub mod report;
pub mod secrets;
pub mod sso;
pub mod state;
pub mod test_selection;
pub mod test_sessions;
pub mod time;
pub mod web;
pub mod webhooks;
