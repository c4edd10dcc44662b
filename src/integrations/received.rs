//! What waits for a token: which deliveries new tokens would verify, and verifying them.

use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::secrets::Sealer;
use crate::webhooks;
use secrecy::SecretString;

/// How tokens fit what was received and is not verified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Matching {
    /// Deliveries that are not verified.
    pub waiting: usize,
    /// Those among them that one of the tokens verifies.
    pub matched: usize,
}

/// Looks how these tokens fit, without saving anything.
///
/// # Errors
/// When the database cannot be asked.
pub fn matching(conn: &mut Conn, id: &IntegrationId, tokens: &[SecretString]) -> DbResult<Matching> {
    if tokens.is_empty() {
        return Ok(Matching::default());
    }
    let report = webhooks::matching(conn, id, tokens)?;
    Ok(Matching { waiting: report.total(), matched: report.matched() })
}

/// Verifies what the tokens that are valid now can verify, in the transaction that saves them.
/// Answers how many deliveries it verified.
///
/// # Errors
/// When the database refuses.
pub fn reverify(conn: &mut Conn, sealer: &Sealer, id: &IntegrationId) -> DbResult<usize> {
    Ok(webhooks::reverify(conn, sealer, id)?.verified)
}
