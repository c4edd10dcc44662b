//! The OAuth server (Lever's wire notes §2).

mod grants;

pub use grants::{Code, Grant, Grants, Tokens};

use actix_web::web;

/// Consents that wait for a decision.
#[derive(Debug, Default)]
pub struct Transactions;

impl Transactions {
    pub fn clear(&self) {}
}

pub fn configure(_cfg: &mut web::ServiceConfig) {}
