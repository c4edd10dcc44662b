//! Lever's wire notes, line by line, against a running sandbox. Each test names the
//! section it comes from.

#![allow(clippy::unwrap_used, missing_docs)]

mod control;
mod conventions;
mod edits;
mod endpoints;
mod faults;
mod foreign;
mod lists;
mod oauth;
mod objects;
mod openapi;
mod papers;
mod perform_as;
mod settings;
mod size;
mod support;
mod switches;
mod webhooks;
