//! **Invite to tests**: a colleague's wish for one candidate, also for somebody whom no rule invites.

use crate::ids::CandidateId;
use crate::invitations::Tests;
use crate::invitations::candidates::Candidate;
use crate::invitations::manual_invite;
use crate::invitations::manual_invite::ManualInviteOutcome;
use crate::state::AppState;
use crate::web::{Colleague, FlashKind, Form, Found, PageError, PageResult, see_other};
use actix_web::web::Data;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct InviteForm {
    tests: String,
    /// The candidate whose results count; empty: the tests are taken.
    results_of: String,
}

/// Asks the worker, which asks Lever first. A second click changes nothing.
pub(super) async fn invite(
    app: Data<AppState>,
    Found(who, candidate): Found<Colleague, Candidate>,
    form: Form<InviteForm>,
) -> PageResult {
    let id = candidate.id;
    let page = format!("/candidates/{id}");
    let Some(tests) = Tests::parse(&form.0.tests) else {
        who.flash(FlashKind::Failed, "Nobody was invited: choose at least one test.");
        return Ok(see_other(&page));
    };
    let results_of = match form.0.results_of.as_str() {
        "" => None,
        other => Some(CandidateId::parse(other).ok_or(PageError::NotFound)?),
    };
    let (company, actor) = (*who.company_id(), who.actor());
    let asked = app
        .db
        .write(move |conn| manual_invite::request(conn, &company, &id, tests, results_of, &actor))
        .await?;
    app.work.notify_one();
    let (kind, words) = match asked {
        ManualInviteOutcome::Queued(_) | ManualInviteOutcome::InWork => {
            (FlashKind::Good, "Checking with Lever, then sending. The status appears below.")
        }
        ManualInviteOutcome::InvitedBefore => (
            FlashKind::Attention,
            "There is an invitation for this posting already, and nobody is invited twice for one. To send it again, \
             use that invitation.",
        ),
    };
    who.flash(kind, words);
    Ok(see_other(&page))
}
