//! `/api/v1/candidates`: who was seen in Lever, who is invited, and what came of it. Results are complete ones, each
//! score with the range of its true value, as the pages show them.

mod results;

use super::ApiResult;
use super::caller::{Caller, CandidatesRead};
use super::problem::Problem;
use super::query::{Page, Paging, Query, nothing};
use crate::candidates::view::{self, Beside, Full, Invited, Line, Selection};
use crate::candidates::waiting::Waiting;
use crate::db::keyset::Cursor;
use crate::i18n::portal;
use crate::ids::CandidateId;
use crate::invitations::InvitationState;
use crate::state::AppState;
use crate::test_sessions::results::{self as outcomes, Outcome};
use crate::test_sessions::verification::{self, Verified};
use crate::time::Timestamp;
use crate::web::pages::candidates::{FIELDS, NOT_INVITED, WAITING};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use results::{Ranged, TestResult};
use serde::Serialize;
use utoipa::ToSchema;

/// A candidate of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Candidate {
    id: String,
    integration_id: String,
    /// The name; may be empty.
    name: String,
    /// The address; may be empty.
    email: String,
    /// The posting's title; may be empty.
    posting: String,
    /// The stage in Lever.
    stage: Option<String>,
    /// When it was first seen.
    created_at: String,
    /// When it was hired.
    hired_at: Option<String>,
    /// The newest invitation.
    invitation: Option<Newest>,
    /// Role fit in percent, once all tests are done.
    role_fit: Option<Ranged>,
    /// The logic score from 1 to 10, once all tests are done.
    logic: Option<Ranged>,
}

/// The newest invitation of a candidate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewestInvitation)]
struct Newest {
    state: &'static str,
    /// When it was decided.
    created_at: String,
}

/// A candidate with invitations and results.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CandidateWithInvitations)]
pub struct WithInvitations {
    id: String,
    integration_id: String,
    /// The account's name in Lever.
    integration: String,
    /// Lever's id of the opportunity.
    opportunity_id: String,
    /// Lever's id of the person.
    contact_id: Option<String>,
    /// The candidate's page in Lever.
    lever_url: Option<String>,
    /// The name; may be empty.
    name: String,
    /// The address; may be empty.
    email: String,
    /// The posting's title; may be empty.
    posting: String,
    /// The stage in Lever.
    stage: Option<String>,
    /// Lever's word for the origin.
    origin: String,
    created_at: String,
    hired_at: Option<String>,
    /// Since when Lever does not know the candidate any more; null while it does.
    unknown_since: Option<String>,
    /// The newest first.
    invitations: Vec<Invitation>,
}

/// An invitation with its result.
#[derive(Debug, Serialize, ToSchema)]
struct Invitation {
    id: String,
    /// The posting's title; may be empty.
    posting: String,
    state: &'static str,
    /// Which tests it is to: `both`, `logic` or `personality`.
    tests: &'static str,
    /// Why, in a sentence.
    reason: String,
    /// The event that brought it about.
    event_id: Option<String>,
    created_at: String,
    /// The link is good until then.
    expires_at: String,
    sent_at: Option<String>,
    opened_at: Option<String>,
    reminded_at: Option<String>,
    /// How often it was sent again.
    resent: i32,
    /// Why the last mail could not be sent; empty when it could.
    mail_failure: String,
    /// Why it was cancelled; empty when it was not.
    ended_reason: String,
    /// Once all tests are done.
    result: Option<TestResult>,
}

fn listed(line: Line, beside: &Beside, all: &[Outcome]) -> Candidate {
    let key = line.stage_id.clone().map(|stage| (line.integration_id, stage));
    let outcome = all.iter().find(|outcome| outcome.candidate == line.id);
    let invitation = beside
        .invitations
        .get(&line.id)
        .map(|(state, at)| Newest { state: state.as_str(), created_at: at.rfc3339() });
    Candidate {
        stage: key.and_then(|key| beside.stages.get(&key).cloned().or(Some(key.1))),
        invitation,
        role_fit: outcome.and_then(|outcome| outcome.fit.as_ref()).map(Ranged::of_fit),
        logic: outcome
            .and_then(|outcome| outcome.result.logic.as_ref())
            .map(|logic| Ranged::of_score(logic.score)),
        id: line.id.to_string(),
        integration_id: line.integration_id.to_string(),
        name: line.name,
        email: line.email,
        posting: line.posting_title,
        created_at: line.created_at.rfc3339(),
        hired_at: line.hired_at.map(Timestamp::rfc3339),
    }
}

fn invitation(invited: Invited, all: &[Outcome], verified: &[Verified]) -> Invitation {
    let outcome = all.iter().find(|outcome| outcome.invitation == invited.id);
    Invitation {
        result: outcome.map(|outcome| TestResult::of_outcome(outcome, verified)),
        id: invited.id.to_string(),
        posting: invited.posting_title,
        state: invited.state.as_str(),
        tests: invited.tests.as_str(),
        reason: invited.reason.sentence(portal()),
        event_id: invited.event_id.map(|id| id.to_string()),
        created_at: invited.created_at.rfc3339(),
        expires_at: invited.expires_at.rfc3339(),
        sent_at: invited.sent_at.map(Timestamp::rfc3339),
        opened_at: invited.opened_at.map(Timestamp::rfc3339),
        reminded_at: invited.reminded_at.map(Timestamp::rfc3339),
        resent: invited.mailing,
        mail_failure: invited.mail_failure.sentence(portal()),
        ended_reason: invited.ended_reason.sentence(portal()),
    }
}

fn with_invitations(full: Full, all: &[Outcome], verified: &[Verified]) -> WithInvitations {
    let Full { candidate, integration, lever_url, stage, unknown_since, invitations, .. } = full;
    WithInvitations {
        id: candidate.id.to_string(),
        integration_id: candidate.integration_id.to_string(),
        integration,
        opportunity_id: candidate.opportunity_id,
        contact_id: candidate.contact_id,
        lever_url,
        name: candidate.name,
        email: candidate.email,
        posting: candidate.posting_title,
        stage,
        origin: candidate.origin,
        created_at: candidate.created_at.rfc3339(),
        hired_at: candidate.hired_at.map(Timestamp::rfc3339),
        unknown_since: unknown_since.map(Timestamp::rfc3339),
        invitations: invitations.into_iter().map(|(invited, _)| invitation(invited, all, verified)).collect(),
    }
}

/// Which candidates a word of the filter `state` means: by their invitations, or those who wait for a decision.
fn state(word: Option<&str>) -> Result<(Option<Option<InvitationState>>, bool), Problem> {
    match word {
        None => Ok((None, false)),
        Some(NOT_INVITED) => Ok((Some(None), false)),
        Some(WAITING) => Ok((None, true)),
        Some(word) => match InvitationState::parse(word) {
            Some(state) => Ok((Some(Some(state)), false)),
            None => {
                let states = InvitationState::ALL.iter().map(|state| state.as_str());
                let all: Vec<&str> = states.chain([NOT_INVITED, WAITING]).collect();
                Err(Problem::bad_parameter(
                    "state",
                    format!("There is no such state. Known: {}.", all.join(", ")),
                ))
            }
        },
    }
}

/// The company's candidates, newest first.
#[utoipa::path(get, path = "/api/v1/candidates", tag = "candidates:read",
    params(
        ("q" = Option<String>, Query, description = "Whose name, address, posting or id contains this text."),
        ("state" = Option<String>, Query, description = "With an invitation in this state; `none`; `waiting`."),
        Paging,
    ),
    responses((status = 200, description = "A page of candidates.", body = Page<Candidate>)))]
pub(super) async fn list(
    app: Data<AppState>,
    caller: Caller<CandidatesRead>,
    request: HttpRequest,
) -> ApiResult {
    let query = Query::read(&request, FIELDS)?;
    let (invited, is_waiting) = state(query.params.get("state"))?;
    let selection = Selection { text: query.params.get("q").map(str::to_owned), invited, among: None };
    let cursor = query.after(CandidateId::parse)?.map(Cursor::Before);
    let (company, size) = (caller.company.id, query.limit.saturating_add(1));
    let sealer = app.sealer.clone();
    let (lines, beside, all) = app
        .db
        .read(move |conn| {
            let among = match is_waiting {
                true => Some(Waiting::load(conn, &company)?.candidates()),
                false => None,
            };
            let selection = Selection { among, ..selection };
            let (page, beside) = view::page_of(conn, &company, &selection, cursor.as_ref(), size)?;
            let ids: Vec<CandidateId> = page.rows.iter().map(|line| line.id).collect();
            let all = outcomes::of_candidates(conn, &sealer, &company, &ids)?;
            Ok((page.rows, beside, all))
        })
        .await?;
    let data: Vec<Candidate> = lines.into_iter().map(|line| listed(line, &beside, &all)).collect();
    query.answer(&app, data, |candidate| candidate.id.clone())
}

/// One candidate of the company.
#[utoipa::path(get, path = "/api/v1/candidates/{id}", tag = "candidates:read",
    params(
        ("id" = String, Path, description = "The candidate's id."),
    ),
    responses((status = 200, description = "The candidate.", body = WithInvitations)))]
pub(super) async fn candidate(
    app: Data<AppState>,
    caller: Caller<CandidatesRead>,
    id: Path<String>,
    request: HttpRequest,
) -> ApiResult {
    nothing(&request)?;
    let id = CandidateId::parse(&id).ok_or_else(Problem::not_found)?;
    let company = caller.company.id;
    let sealer = app.sealer.clone();
    let (full, all, verified) = app
        .db
        .read(move |conn| {
            let full = view::full(conn, &company, &id)?;
            let all = outcomes::of_candidates(conn, &sealer, &company, std::slice::from_ref(&id))?;
            let verified = verification::of_outcomes(conn, &sealer, all.iter())?;
            Ok((full, all, verified))
        })
        .await?;
    Ok(HttpResponse::Ok().json(with_invitations(full, &all, &verified)))
}
