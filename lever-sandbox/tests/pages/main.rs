//! The sandbox's pages, deliveries and mails, as a person and a receiver meet them.
#![allow(clippy::unwrap_used, missing_docs)]

mod apps;
mod board;
mod deliveries;
mod inbox;
mod login;
mod receiver;
mod settings;
mod support;
mod webhooks;
