//! Candidates who ask for a person to look at their result (GDPR, article 22): what they say, and whether somebody has.

use super::kept_results::SealedPart;
use super::{Received, TestEngine, TestSessionError, store};
use crate::audit::{self, Actor};
use crate::db::schema::{candidates, invitations, sittings};
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::{CandidateId, CompanyId, InvitationId};
use crate::invitations::Invitation;
use crate::secrets::{Sealed, Sealer};
use crate::time::Timestamp;
use diesel::prelude::*;
use secrecy::ExposeSecret as _;
use serde_json::json;

/// A review that was asked for.
#[derive(Debug, Clone, Queryable)]
pub struct Review {
    pub invitation: InvitationId,
    pub asked_at: Timestamp,
    /// What the candidate says; may be empty.
    pub text: String,
    /// When the company said that somebody had looked and answered.
    pub answered_at: Option<Timestamp>,
}

/// The candidate asks. Again, it changes the text until the company has answered.
///
/// # Errors
/// When the database refuses.
pub fn ask(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    text: String,
) -> Result<Received, TestSessionError> {
    dialect::lock_test_session(conn, &invitation.id)?;
    let Some(mut row) = store::find(conn, &invitation.id)?.filter(|row| row.finished_at.is_some()) else {
        return Ok(Received::TooEarly);
    };
    if row.review_answered_at.is_some() {
        return Ok(Received::TooLate);
    }
    row.review_asked_at = row.review_asked_at.or(Some(Timestamp::now()));
    row.review_sealed = Some(SealedPart::Review.seal_text(engine.sealer(), &invitation.id, text));
    store::save(conn, &row)?;
    Ok(Received::Kept)
}

/// What was said; empty where nothing was, or it cannot be read.
pub(super) fn said(sealer: &Sealer, id: &InvitationId, sealed: Option<&Sealed>) -> String {
    let opened = sealed.map(|sealed| SealedPart::Review.open_text(sealer, id, sealed));
    match opened {
        Some(Ok(text)) => text.expose_secret().to_owned(),
        Some(Err(failure)) => {
            tracing::error!(%failure, invitation = %id, "what a candidate says about a result cannot be read");
            String::new()
        }
        None => String::new(),
    }
}

/// What a candidate asked for, newest invitation first.
///
/// # Errors
/// When the database cannot be asked.
pub fn of_candidate(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    candidate: &CandidateId,
) -> DbResult<Vec<Review>> {
    type Row = (InvitationId, Option<Timestamp>, Option<Sealed>, Option<Timestamp>);
    let found: Vec<Row> = sittings::table
        .inner_join(invitations::table)
        .filter(sittings::company_id.eq(company).and(invitations::candidate_id.eq(candidate)))
        .filter(sittings::review_asked_at.is_not_null())
        .order(sittings::invitation_id.desc())
        .select((
            sittings::invitation_id,
            sittings::review_asked_at,
            sittings::review_sealed,
            sittings::review_answered_at,
        ))
        .load(conn)?;
    let review = |(invitation, asked_at, sealed, answered_at): Row| {
        let text = said(sealer, &invitation, sealed.as_ref());
        Some(Review { invitation, asked_at: asked_at?, text, answered_at })
    };
    Ok(found.into_iter().filter_map(review).collect())
}

/// Somebody who waits for a review.
#[derive(Debug, Clone, Queryable)]
pub struct WaitingReview {
    pub candidate: CandidateId,
    /// May be empty.
    pub name: String,
    pub asked_at: Option<Timestamp>,
}

/// Who waits for a review in a company; the hundred oldest at most.
///
/// # Errors
/// When the database cannot be asked.
pub fn waiting(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<WaitingReview>> {
    let open = sittings::review_asked_at.is_not_null().and(sittings::review_answered_at.is_null());
    Ok(sittings::table
        .inner_join(invitations::table.inner_join(candidates::table))
        .filter(sittings::company_id.eq(company).and(open))
        .order(sittings::review_asked_at.asc())
        .limit(100)
        .select((candidates::id, candidates::name, sittings::review_asked_at))
        .load(conn)?)
}

/// The company says that somebody has looked at the result and answered. `false`: nobody asks for that.
///
/// # Errors
/// When the database refuses.
pub fn answered(
    conn: &mut Conn,
    company: &CompanyId,
    candidate: &CandidateId,
    invitation: &InvitationId,
    actor: &Actor,
) -> DbResult<bool> {
    let theirs = sittings::table
        .inner_join(invitations::table)
        .filter(sittings::invitation_id.eq(invitation).and(sittings::company_id.eq(company)))
        .filter(invitations::candidate_id.eq(candidate))
        .filter(sittings::review_asked_at.is_not_null().and(sittings::review_answered_at.is_null()));
    if !diesel::select(diesel::dsl::exists(theirs)).get_result::<bool>(conn)? {
        return Ok(false);
    }
    diesel::update(sittings::table.find(invitation))
        .set(sittings::review_answered_at.eq(Some(Timestamp::now())))
        .execute(conn)
        .map_err(DbError::from)?;
    let detail = json!({ "candidate": candidate, "invitation": invitation });
    audit::record(
        conn,
        company,
        actor,
        audit::Action::AssessmentReviewAnswered,
        audit::Subject::Tests.as_str(),
        &detail,
    )?;
    Ok(true)
}
