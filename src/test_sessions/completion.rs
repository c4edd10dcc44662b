//! What comes of tests, whoever gave them: the state of the invitation, the result, and what follows from
//! it in Lever.

use super::kept_results::SealedPart;
use super::store;
use crate::audit::{self, Actor};
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::InvitationId;
use crate::invitations::candidates::candidate;
use crate::invitations::store as invitations;
use crate::invitations::{Invitation, InvitationState, follow_up, withdrawal_marks};
use crate::job_queue::{self, JobKind, NewJob};
use crate::secrets::Sealer;
use crate::test_sessions::{engine, reuse};
use crate::time::Timestamp;
use assessment::provider::TestResult;
use serde_json::json;

/// States in which nothing is known of a beginning. Who began in time is heard of late when a callback was
/// lost: then the invitation may have expired here meanwhile.
const WAITING: [InvitationState; 4] =
    [InvitationState::Pending, InvitationState::Sent, InvitationState::Opened, InvitationState::Expired];

/// The candidate began.
pub(super) fn begun(conn: &mut Conn, invitation: &Invitation) -> DbResult<()> {
    store::set_state(conn, &invitation.id, InvitationState::Started)?;
    follow_up::started(conn, invitation)
}

/// The candidate is done, for this posting; a job looks for others.
pub(super) fn done(conn: &mut Conn, invitation: &Invitation) -> DbResult<()> {
    store::set_state(conn, &invitation.id, InvitationState::Completed)?;
    follow_up::completed(conn, invitation)?;
    let job = NewJob {
        company: invitation.company_id,
        integration: None,
        kind: JobKind::ReuseResults,
        key: invitation.candidate_id.to_string(),
        payload: json!({"candidate": invitation.candidate_id}),
        due: Timestamp::now(),
    };
    job_queue::add(conn, job)
}

/// An outside provider says that the candidate began. `false`: nothing changed by it.
pub fn started(conn: &mut Conn, id: &InvitationId) -> DbResult<bool> {
    let Some(invitation) =
        held_invitation(conn, id)?.filter(|invitation| WAITING.contains(&invitation.state))
    else {
        return Ok(false);
    };
    begun(conn, &invitation)?;
    Ok(true)
}

/// An outside provider gives the result. `false`: it is here already, or nobody waits for it any more.
pub fn completed(conn: &mut Conn, sealer: &Sealer, id: &InvitationId, result: &TestResult) -> DbResult<bool> {
    let is_open = |invitation: &Invitation| {
        WAITING.contains(&invitation.state) || invitation.state == InvitationState::Started
    };
    let Some(invitation) = held_invitation(conn, id)?.filter(is_open) else { return Ok(false) };
    let now = Timestamp::now();
    let result_sealed = SealedPart::Result
        .seal(sealer, id, result)
        .map_err(|failure| DbError::Query(diesel::result::Error::SerializationError(Box::new(failure))))?;
    let row = store::Row {
        finished_at: Some(now),
        result_sealed: Some(result_sealed),
        ..store::Row::begun(*id, invitation.company_id, engine::no_answers(sealer, id), now)
    };
    store::add(conn, &row)?;
    done(conn, &invitation)?;
    Ok(true)
}

/// The candidate withdraws: answers and result are erased, also where other postings took them over, and
/// taken back from Lever. Who had a result leaves a mark without content. `actor` is who says so: whoever has the link,
/// or the portal, which heard it from an outside provider.
pub fn withdraw(conn: &mut Conn, invitation: &Invitation, actor: &Actor) -> DbResult<()> {
    dialect::lock_test_session(conn, &invitation.id)?;
    let has_result = store::find(conn, &invitation.id)?.is_some_and(|row| row.finished_at.is_some());
    if has_result {
        let person = candidate(conn, &invitation.candidate_id)?;
        withdrawal_marks::leave(conn, &person, Timestamp::now())?;
    }
    store::erase(conn, &invitation.id)?;
    store::set_state(conn, &invitation.id, InvitationState::Withdrawn)?;
    follow_up::withdrawn(conn, invitation)?;
    let copies = reuse::withdraw_copies(conn, &invitation.id)?;
    let detail = json!({
        "candidate": invitation.candidate_id,
        "invitation": invitation.id,
        "results_removed": usize::from(has_result) + copies,
    });
    let subject = audit::Subject::Tests.as_str();
    audit::record(conn, &invitation.company_id, actor, audit::Action::AssessmentWithdrawn, subject, &detail)
}

/// An outside provider says that the candidate withdrew. `false`: that is known.
pub fn withdrawn(conn: &mut Conn, id: &InvitationId) -> DbResult<bool> {
    let is_news = |invitation: &Invitation| {
        !matches!(invitation.state, InvitationState::Withdrawn | InvitationState::Cancelled)
    };
    let Some(invitation) = held_invitation(conn, id)?.filter(is_news) else { return Ok(false) };
    withdraw(conn, &invitation, &Actor::Portal)?;
    Ok(true)
}

/// The invitation as it is now, with its turn taken.
fn held_invitation(conn: &mut Conn, id: &InvitationId) -> DbResult<Option<Invitation>> {
    dialect::lock_test_session(conn, id)?;
    invitations::invitation(conn, id)
}
