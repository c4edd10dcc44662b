//! How an account's pipeline changed in Lever, and its last test: a part of its page.

use crate::db::{Conn, DbResult};
use crate::integrations::Integration;
use crate::integrations::stages::{self, StageChange};
use crate::monitoring::check;
use crate::monitoring::check::Checkup;

/// What the part shows beside the verdict.
pub(super) struct Diagnostics {
    /// What changed about the stages in Lever within a month.
    pub(super) changes: Vec<StageChange>,
    /// The last test.
    pub(super) checkup: Option<Checkup>,
}

impl Diagnostics {
    pub(super) fn load(conn: &mut Conn, integration: &Integration) -> DbResult<Self> {
        Ok(Self {
            changes: stages::lately(conn, &integration.id)?,
            checkup: check::last(conn, &integration.id)?,
        })
    }
}
