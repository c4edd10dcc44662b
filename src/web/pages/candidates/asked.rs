//! What a colleague is asked about one candidate.

use crate::candidates::view::Full;
use crate::db::{Conn, DbResult};
use crate::invitations::Tests;
use crate::invitations::questions::{self, Question};
use crate::invitations::reuse::Needs;
use crate::people;
use crate::secrets::Sealer;
use crate::test_sessions::reuse::{self, Doubtful};
use crate::time::Timestamp;

/// What is asked about a candidate.
pub(super) struct Asked {
    /// Somebody else with the same address has results: these tests, and whose.
    pub doubtful: Option<(Tests, Doubtful)>,
    /// Whether nobody has decided about that yet.
    pub same_address: bool,
    /// Whether an admin is to decide about a deletion.
    pub deletion: bool,
}

impl Asked {
    /// Reads it.
    pub fn load(conn: &mut Conn, sealer: &Sealer, full: &Full) -> DbResult<Self> {
        let id = &full.candidate.id;
        Ok(Self {
            doubtful: doubtful(conn, sealer, full)?,
            same_address: questions::is_open(conn, Question::SameAddress, id)?,
            deletion: questions::is_open(conn, Question::DeletionHeld, id)?,
        })
    }
}

/// Results of somebody else with the same address, for a candidate who is not invited in this job.
fn doubtful(conn: &mut Conn, sealer: &Sealer, full: &Full) -> DbResult<Option<(Tests, Doubtful)>> {
    let candidate = &full.candidate;
    let posting = candidate.posting_id.as_deref().unwrap_or_default();
    if full.invitations.iter().any(|(invitation, _)| invitation.posting_id == posting) {
        return Ok(None);
    }
    let months = people::invitation_policy(conn, &candidate.company_id)?.reuse_months;
    let (kept, now) = (reuse::Kept::load(conn, sealer, candidate)?, Timestamp::now());
    let of = |tests: &Tests| Some((*tests, kept.doubtful(Needs::of_tests(*tests), months, now)?));
    Ok(Tests::ALL.iter().find_map(of))
}
