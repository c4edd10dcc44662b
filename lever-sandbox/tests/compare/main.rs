//! `lever-sandbox compare`: two accounts that answer alike, and a proxy that changes one
//! thing at a time.

#![allow(clippy::unwrap_used, missing_docs)]

mod changes;
mod command;
mod refusals;
mod same;
mod support;
mod values;
mod writes;
