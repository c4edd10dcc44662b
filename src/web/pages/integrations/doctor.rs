//! What about an account wants looking at, and how its pipeline changed in Lever: a part of its page.

use crate::db::{Conn, DbResult};
use crate::integrations::stages::{self, StageChange};
use crate::integrations::{Integration, State};
use crate::monitoring::check;
use crate::monitoring::check::Checkup;
use crate::monitoring::diagnostics;
use crate::monitoring::diagnostics::Advice;

/// What the part shows.
pub(super) struct Watching {
    /// What wants looking at, with the remedy.
    pub(super) advice: Vec<Advice>,
    /// What changed about the stages in Lever within a month.
    pub(super) changes: Vec<StageChange>,
    /// The last test.
    pub(super) checkup: Option<Checkup>,
}

impl Watching {
    pub(super) fn of(conn: &mut Conn, integration: &Integration) -> DbResult<Self> {
        let advice = match integration.state {
            State::Disconnected => Vec::new(),
            _ => diagnostics::diagnose(conn, integration)?,
        };
        Ok(Self {
            advice,
            changes: stages::lately(conn, &integration.id)?,
            checkup: check::last(conn, &integration.id)?,
        })
    }
}
