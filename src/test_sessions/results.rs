//! Results for those who may see them: complete ones only.

use super::kept_results::readable;
use crate::db::schema::{candidates, invitations, sittings};
use crate::db::{Conn, DbResult};
use crate::ids::{CandidateId, CompanyId, InvitationId};
use crate::profiles::{Named, Weighing, weighing};
use crate::secrets::{Sealed, Sealer};
use assessment::RoleFit;
use assessment::provider::TestResult;
use diesel::prelude::*;
use std::sync::Arc;

/// A candidate's result for one invitation.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// For which invitation.
    pub invitation: InvitationId,
    /// Whose.
    pub candidate: CandidateId,
    /// The scores.
    pub result: TestResult,
    /// The profile that the posting has now.
    pub profile: Arc<Named>,
    /// What the scores mean for the posting; none when the profile asks for a test that was not taken.
    pub fit: Option<RoleFit>,
}

/// Invitation, candidate, Lever's id of the posting, result.
type Found = (InvitationId, CandidateId, String, Option<Sealed>);

/// The results of these candidates, newest invitation first.
pub fn of_candidates(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    of: &[CandidateId],
) -> DbResult<Vec<Outcome>> {
    let found: Vec<Found> = sittings::table
        .inner_join(invitations::table)
        .filter(sittings::company_id.eq(company).and(sittings::finished_at.is_not_null()))
        .filter(invitations::candidate_id.eq_any(of))
        .order(sittings::invitation_id.desc())
        .select((
            sittings::invitation_id,
            invitations::candidate_id,
            invitations::posting_id,
            sittings::result_sealed,
        ))
        .load(conn)?;
    let postings: Vec<String> = found.iter().map(|(_, _, posting, _)| posting.clone()).collect();
    let weighing = weighing(conn, company, &postings)?;
    Ok(found.into_iter().filter_map(|found| outcome(found, sealer, &weighing)).collect())
}

/// A result beside others for the same posting.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The candidate's name; may be empty.
    pub name: String,
    pub posting_title: String,
    pub outcome: Outcome,
}

/// Everybody of a company with a result for this posting, best role fit first; at most the newest
/// `limit`.
pub fn of_posting(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    posting: &str,
    limit: i64,
) -> DbResult<Vec<Compared>> {
    let found: Vec<(String, String, Found)> = sittings::table
        .inner_join(invitations::table.inner_join(candidates::table))
        .filter(sittings::company_id.eq(company).and(sittings::finished_at.is_not_null()))
        .filter(invitations::posting_id.eq(posting))
        .order(sittings::finished_at.desc())
        .limit(limit)
        .select((
            candidates::name,
            invitations::posting_title,
            (
                sittings::invitation_id,
                invitations::candidate_id,
                invitations::posting_id,
                sittings::result_sealed,
            ),
        ))
        .load(conn)?;
    let weighing = weighing(conn, company, &[posting.to_owned()])?;
    let compared = |(name, posting_title, found)| {
        Some(Compared { name, posting_title, outcome: outcome(found, sealer, &weighing)? })
    };
    let mut all: Vec<Compared> = found.into_iter().filter_map(compared).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.outcome.fit.as_ref().map(|fit| fit.percent)));
    Ok(all)
}

/// The result of one invitation; none until it is complete, and none again once withdrawn.
pub fn of_invitation(
    conn: &mut Conn,
    sealer: &Sealer,
    invitation: &InvitationId,
) -> DbResult<Option<Outcome>> {
    let found: Option<(CompanyId, Found)> = sittings::table
        .inner_join(invitations::table)
        .filter(sittings::invitation_id.eq(invitation))
        .select((
            sittings::company_id,
            (
                sittings::invitation_id,
                invitations::candidate_id,
                invitations::posting_id,
                sittings::result_sealed,
            ),
        ))
        .first(conn)
        .optional()?;
    let Some((company, found)) = found else { return Ok(None) };
    let weighing = weighing(conn, &company, std::slice::from_ref(&found.2))?;
    Ok(outcome(found, sealer, &weighing))
}

fn outcome(
    (invitation, candidate, posting, sealed): Found,
    sealer: &Sealer,
    weighing: &Weighing,
) -> Option<Outcome> {
    let result = readable(sealer, &invitation, sealed.as_ref())?;
    let profile = weighing.profile_for(&posting).clone();
    let fit = profile.profile.fit(result.logic.as_ref(), result.personality.as_ref());
    Some(Outcome { invitation, candidate, result, profile, fit })
}
