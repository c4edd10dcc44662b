//! Lever's wire notes, line by line, against a running sandbox. Each test names the
//! section it comes from.

#![allow(clippy::unwrap_used, missing_docs)]

mod control;
mod conventions;
mod edits;
mod faults;
mod lists;
mod oauth;
mod objects;
mod openapi;
mod papers;
mod settings;
mod size;
mod support;
mod webhooks;
