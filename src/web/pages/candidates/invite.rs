//! **Invite to tests**: what a colleague asks for one candidate, also for somebody whom no rule invites.

use crate::audit;
use crate::ids::CandidateId;
use crate::integrations::State;
use crate::invitations::Tests;
use crate::invitations::candidates::Candidate;
use crate::invitations::manual_invite;
use crate::invitations::manual_invite::{ManualInviteOutcome, Request};
use crate::invitations::questions::{self, Question};
use crate::invitations::withdrawal_marks;
use crate::state::AppState;
use crate::web::{Colleague, FlashKind, Form, Found, NoFields, PageError, PageResult, chosen_id, see_other};
use actix_web::web::Data;
use serde::Deserialize;
use serde_json::json;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct InviteForm {
    tests: String,
    /// The candidate whose results count; empty: the tests are taken.
    results_of: String,
    /// The box beside the question whether to invite somebody again who withdrew.
    again: String,
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
    let results_of = chosen_id(&form.0.results_of, "", CandidateId::parse)?;
    let (company, actor) = (*who.company_id(), who.actor());
    let again = !form.0.again.is_empty();
    let asked = Request { tests, results_of, again };
    let asked = app.db.write(move |conn| manual_invite::request(conn, &company, &id, asked, &actor)).await?;
    app.work.notify_one();
    let (kind, words) = match asked {
        ManualInviteOutcome::Queued(_) | ManualInviteOutcome::InWork(_) => {
            (FlashKind::Good, "Checking with Lever, then sending. The status appears below.")
        }
        ManualInviteOutcome::NotActive(State::Disconnected) => (
            FlashKind::Attention,
            "Nobody was invited: access to the candidate’s Lever account has ended. Reconnect it first.",
        ),
        ManualInviteOutcome::NotActive(_) => (
            FlashKind::Attention,
            "Nobody was invited: the candidate’s Lever account is not set up yet. Finish its settings first.",
        ),
        ManualInviteOutcome::Withdrew => (
            FlashKind::Attention,
            "Nobody was invited: a candidate with this email address withdrew after seeing a result. Tick \
             the box to invite again.",
        ),
        ManualInviteOutcome::InvitedBefore => (
            FlashKind::Attention,
            "This candidate already has an invitation for this posting. To send it again, use that invitation.",
        ),
    };
    who.flash(kind, words);
    Ok(see_other(&page))
}

/// Nobody is invited: the question is answered.
pub(super) async fn decline(
    app: Data<AppState>,
    Found(who, candidate): Found<Colleague, Candidate>,
    _form: Form<NoFields>,
) -> PageResult {
    let id = candidate.id;
    let (company, actor) = (*who.company_id(), who.actor());
    let decided = app
        .db
        .write(move |conn| {
            let again = withdrawal_marks::decided(conn, &company, &id)?;
            let address = questions::over(conn, Question::SameAddress, &id)?;
            let (subject, detail) = (audit::Subject::Tests.as_str(), json!({ "candidate": id }));
            for (decided, action) in [
                (again, audit::Action::CandidateNotInvitedAgain),
                (address, audit::Action::CandidateNotInvited),
            ] {
                if decided {
                    audit::record(conn, &company, &actor, action, subject, &detail)?;
                }
            }
            Ok(again || address)
        })
        .await?;
    if !decided {
        return Err(PageError::NotFound);
    }
    who.flash(FlashKind::Good, "The candidate will not be invited.");
    Ok(see_other(&format!("/candidates/{id}")))
}
