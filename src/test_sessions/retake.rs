//! **Allow retaking**: a person's results are removed for all jobs, and a fresh invitation is made.

use super::{answers, store};
use crate::audit::{self, Actor};
use crate::candidate_email;
use crate::db::schema::{candidates, invitations, sittings};
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::{CandidateId, CompanyId, InvitationId};
use crate::invitations::actions::{Action, ActionKind};
use crate::invitations::candidates::{Candidate, address_key};
use crate::invitations::identity::same_person;
use crate::invitations::store::{self as invited, Invitation, InvitationState};
use crate::invitations::test_orders;
use crate::invitations::{follow_up, lifecycle};
use crate::reasons::Reason;
use crate::secrets::{Code, Sealer};
use crate::time::Timestamp;
use diesel::prelude::*;
use secrecy::SecretString;
use serde_json::json;

/// Why nobody was allowed to retake.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    /// The candidate is not of this company.
    #[error("there is no such candidate")]
    NoSuchCandidate,
    /// What was typed is not the name.
    #[error("what was typed is not the candidate's name")]
    OtherName,
    /// There are no results.
    #[error("this person has no results")]
    NoResults,
    /// There is no invitation for this job that could be made anew.
    #[error("this candidate was never invited")]
    NotInvited,
    /// Nowhere to send an invitation to.
    #[error("there is no email address")]
    NoEmail,
}

/// Why it did not happen.
#[derive(Debug, thiserror::Error)]
pub enum RetakeError {
    /// It may not.
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for RetakeError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Db(cause.into())
    }
}

/// What has to be typed: the full name; the address of somebody without one.
pub fn asked_name(candidate: &Candidate) -> &str {
    let name = candidate.name.trim();
    if name.is_empty() { candidate.email.as_str() } else { name }
}

/// Whether what was typed is the name; spaces do not matter.
pub fn is_name(candidate: &Candidate, typed: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    words(typed) == words(asked_name(candidate))
}

/// The invitations of this person that hold a result, in all jobs.
pub fn with_results(conn: &mut Conn, of: &Candidate) -> DbResult<Vec<Invitation>> {
    let person = same_person(conn, of)?;
    Ok(invitations::table
        .inner_join(sittings::table)
        .filter(invitations::candidate_id.eq_any(person).and(invitations::company_id.eq(&of.company_id)))
        .filter(invitations::state.eq(InvitationState::Completed))
        .order(invitations::id.asc())
        .select(Invitation::as_select())
        .load(conn)?)
}

/// What allowing it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// So many results were removed.
    pub removed: usize,
    /// An invitation with a link of its own is on its way; otherwise there is an open one already.
    pub is_invited_anew: bool,
}

/// Removes all results of a person, and makes the newest invitation of this candidate anew unless it
/// is still open. The worker mails it.
///
/// # Errors
/// Says why it may not be, or that the database refused.
pub fn allow(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    id: &CandidateId,
    typed: &str,
    actor: &Actor,
) -> Result<Allowed, RetakeError> {
    dialect::lock_company(conn, company)?;
    let person: Option<Candidate> = candidates::table
        .find(id)
        .filter(candidates::company_id.eq(company))
        .select(Candidate::as_select())
        .first(conn)
        .optional()?;
    let person = person.ok_or(Refused::NoSuchCandidate)?;
    if !is_name(&person, typed) {
        return Err(Refused::OtherName.into());
    }
    if address_key(&person.email).is_empty() {
        return Err(Refused::NoEmail.into());
    }
    let results = with_results(conn, &person)?;
    if results.is_empty() {
        return Err(Refused::NoResults.into());
    }
    let own: Option<Invitation> = invitations::table
        .filter(invitations::candidate_id.eq(&person.id))
        .order(invitations::id.desc())
        .select(Invitation::as_select())
        .first(conn)
        .optional()?;
    let own = own.ok_or(Refused::NotInvited)?;
    // The tasks go with the results; that they were met does not.
    let mut met = answers::met(conn, sealer, &own.id)?;
    for old in &results {
        met.extend(answers::met(conn, sealer, &old.id)?);
    }
    for old in results.iter().filter(|old| old.id != own.id) {
        dialect::lock_test_session(conn, &old.id)?;
        store::erase(conn, &old.id)?;
        test_orders::erase_at_provider(conn, &old.id)?;
        store::set_state(conn, &old.id, InvitationState::Cancelled)?;
        follow_up::result_removed(conn, old)?;
    }
    let is_invited_anew = !InvitationState::OPEN.contains(&own.state);
    if is_invited_anew {
        dialect::lock_test_session(conn, &own.id)?;
        let fresh = again(conn, sealer, &own, actor)?;
        answers::keep_met(conn, sealer, &fresh, &met)?;
    } else {
        answers::keep_met(conn, sealer, &own.id, &met)?;
    }
    let detail = json!({ "candidate": person.id, "results_removed": results.len() });
    audit::record(
        conn,
        company,
        actor,
        audit::Action::AssessmentRetakeAllowed,
        audit::Subject::Tests.as_str(),
        &detail,
    )?;
    Ok(Allowed { removed: results.len(), is_invited_anew })
}

/// Puts a fresh invitation in the place of one that goes with all it holds; answers it.
fn again(conn: &mut Conn, sealer: &Sealer, old: &Invitation, actor: &Actor) -> DbResult<InvitationId> {
    let (id, code, now) = (InvitationId::new(), Code::random(), Timestamp::now());
    // Whoever may take the tests again has as long as anybody who is invited now, in the same language.
    let good_for = candidate_email::settings(conn, &old.company_id)?.good_for();
    let language = invited::mail_state(conn, &old.id)?.language;
    let by = match actor {
        Actor::User { email, .. } => Some(email.clone()),
        Actor::Portal | Actor::CommandLine | Actor::Visitor { .. } | Actor::ApiToken { .. } => None,
    };
    let fresh = Invitation {
        id,
        state: InvitationState::Pending,
        reason: Reason::Retake { by },
        event_id: None,
        code_hash: code.hash(),
        code_sealed: Some(sealer.seal(&SecretString::from(code.expose()), &lifecycle::place(&id))),
        created_at: now,
        expires_at: now.plus(good_for),
        sent_at: None,
        opened_at: None,
        ..old.clone()
    };
    let plan = |kind| Action::new(kind, &fresh, "retake");
    let planned = [
        plan(ActionKind::MailInvitation),
        plan(ActionKind::RemoveResult).about_result(&old.id),
        plan(ActionKind::ClearTags),
        plan(ActionKind::AddTag),
    ];
    let links = lifecycle::links(conn, old)?;
    test_orders::erase_at_provider(conn, &old.id)?;
    invited::forget(conn, &old.id)?;
    lifecycle::add_invitation(conn, &fresh, &planned)?;
    lifecycle::replace(conn, &links, &id)?;
    lifecycle::set_language(conn, &id, &language)?;
    Ok(id)
}
