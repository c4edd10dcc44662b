//! The portal that connects Alva's assessments to the applicant tracking system Lever.
//!
//! `web`, `cli` and `worker` call the rooms of the domain, which call `db`, `secrets`, `lever` and
//! `mail`; never the other way round.

pub mod app;
pub mod assessment;
pub mod audit;
pub mod candidates;
pub mod cli;
pub mod completeness;
pub mod config;
pub mod db;
pub mod events;
pub mod export;
pub mod hooks;
pub mod ids;
pub mod integrations;
pub mod invitations;
pub mod letters;
pub mod lever;
pub mod mail;
pub mod metrics;
pub mod orders;
pub mod people;
pub mod postings;
pub mod profiles;
pub mod reconcile;
pub mod report;
pub mod secrets;
pub mod sittings;
pub mod time;
pub mod web;
pub mod webhooks;
pub mod words;
pub mod worker;
