//! Takes the results of tests that were just completed over to the person's other open invitations: who was invited for two
//! postings takes the tests once, whichever link was opened first. Tests that were begun are left to the candidate.

use super::JobContext;
use super::job::{Job, JobResult, Needs, Next};
use crate::db::schema::{candidates, invitations};
use crate::db::{Conn, DbResult, dialect};
use crate::events::StepKind;
use crate::events::steps::{self, NewStep};
use crate::ids::{CandidateId, InvitationId};
use crate::invitations::candidates::{Candidate, candidate};
use crate::invitations::identity::same_person;
use crate::invitations::{Invitation, InvitationState, follow_up, reuse as rules, store};
use crate::job_queue::{JobKind, JobRow};
use crate::people;
use crate::reasons::Reason;
use crate::secrets::Sealer;
use crate::test_sessions::reuse;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde::Deserialize;

/// Nothing was begun, and a mail went out or is about to. What is held is decided again when it is let go.
const WAITING: [InvitationState; 3] =
    [InvitationState::Pending, InvitationState::Sent, InvitationState::Opened];

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct ReuseResults {
    candidate: CandidateId,
}

impl Job for ReuseResults {
    const KIND: JobKind = JobKind::ReuseResults;
    const NEEDS: Needs = Needs::Nothing;
    const ONE_PER: &'static str = "candidate";
    const TRIGGER: &'static str = "a candidate completed the tests";

    async fn run(&self, ctx: &JobContext, _: &JobRow) -> JobResult {
        let (id, sealer) = (self.candidate, ctx.sealer.clone());
        for open in ctx.db.read(move |conn| waiting(conn, &id)).await? {
            let sealer = sealer.clone();
            ctx.db.write(move |conn| complete(conn, &sealer, &open)).await?;
        }
        Ok(Next::Done)
    }
}

/// The invitations of this person, in the whole company, that nothing was done about yet.
fn waiting(conn: &mut Conn, id: &CandidateId) -> DbResult<Vec<InvitationId>> {
    // Erased since then?
    let known = candidates::table.find(id).select(Candidate::as_select()).first(conn).optional()?;
    let Some(known) = known else { return Ok(Vec::new()) };
    let people = same_person(conn, &known)?;
    let of_people = invitations::table
        .filter(invitations::candidate_id.eq_any(people).and(invitations::company_id.eq(known.company_id)))
        .filter(invitations::state.eq_any(WAITING));
    Ok(of_people.order(invitations::id.asc()).select(invitations::id).load(conn)?)
}

/// Completes one of them with the newest results that count, where there are any.
fn complete(conn: &mut Conn, sealer: &Sealer, id: &InvitationId) -> DbResult<()> {
    dialect::lock_test_session(conn, id)?;
    let is_waiting = |open: &Invitation| WAITING.contains(&open.state);
    let Some(open) = store::invitation(conn, id)?.filter(is_waiting) else { return Ok(()) };
    let company = people::company(conn, &open.company_id)?;
    let months = people::invitation_policy(conn, &company.id)?.reuse_months;
    let person = candidate(conn, &open.candidate_id)?;
    let kept = reuse::Kept::load(conn, sealer, &person)?;
    let Some(found) = kept.own(rules::Needs::of_tests(open.tests), months, Timestamp::now()) else {
        return Ok(());
    };
    if !reuse::take_over(conn, sealer, &open, &found)? {
        return Ok(());
    }
    follow_up::completed(conn, &open)?;
    let (Some(event), Reason::Invited(why)) = (&open.event_id, open.reason) else { return Ok(()) };
    let reuse = Reason::Reuse { results: found.describe(&company.zone()), why };
    steps::add(conn, event, NewStep::good(StepKind::Decided, reuse))
}
