//! The portal that connects Alva's assessments to the applicant tracking system Lever.
//!
//! `web`, `cli` and `worker` call the rooms of the domain, which call `db`, `secrets`, `lever` and
//! `mail`; never the other way round.

#![allow(missing_docs, reason = "the portal publishes no library: names that say it all need no second line")]

pub mod alert_webhooks;
pub mod app;
pub mod audit;
pub mod candidate_email;
pub mod candidates;
pub mod cli;
pub mod completeness;
pub mod config;
pub mod db;
pub mod events;
pub mod export;
pub mod i18n;
pub mod ids;
pub mod integration_state;
pub mod integrations;
pub mod invitations;
pub mod jobs;
pub mod mail;
pub mod metrics;
pub mod monitoring;
pub mod people;
pub mod postings;
pub mod profiles;
pub mod reconciliation;
pub mod report;
pub mod secrets;
pub mod state;
pub mod test_selection;
pub mod test_sessions;
pub mod time;
pub mod web;
pub mod webhooks;
