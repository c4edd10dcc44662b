//! `/api/v1/invitations`: who is invited and how that stands; to invite, to send again, to cancel. What is asked for is
//! done by the same rules as on the pages: the worker asks Lever first.

use super::ApiResult;
use super::body::Body;
use super::caller::{Caller, InvitationsRead, InvitationsWrite};
use super::once::{Decided, IdempotencyKey, once};
use super::problem::Problem;
use super::query::{Page, Paging, Query, nothing};
use crate::audit::Actor;
use crate::candidates::invited::{self, Listed, Selection};
use crate::candidates::view::Invited;
use crate::db::{Conn, DbResult};
use crate::i18n::portal;
use crate::ids::{CandidateId, CompanyId, InvitationId};
use crate::integrations::State;
use crate::invitations::manual_email::{self, ManualEmailOutcome};
use crate::invitations::manual_invite::{self, ManualInviteOutcome};
use crate::invitations::{InvitationState, Tests};
use crate::reasons::Reason;
use crate::state::AppState;
use crate::time::Timestamp;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

/// The filters.
const FIELDS: &[&str] = &["candidate", "state"];

/// An invitation, without its result.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationOfCandidate)]
pub struct Invitation {
    id: String,
    candidate_id: String,
    integration_id: String,
    /// Lever's id of the opportunity.
    opportunity_id: String,
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
}

/// That somebody is to be invited. Lever is asked first; the event says what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationAskedFor)]
struct AskedFor {
    candidate_id: String,
    /// The event by which it is done: `/api/v1/events/{id}` shows it, and the invitation names it.
    event_id: String,
}

/// Which tests a candidate is invited to.
#[derive(ToSchema)]
#[schema(as = InvitationToMake)]
#[expect(dead_code, reason = "the fields are only described")]
struct ToMake {
    #[schema(inline)]
    tests: WhichTests,
    /// Invite also somebody with whose address a candidate withdrew after having seen a result.
    invite_again: Option<bool>,
}

/// Both, or one of them.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "the words are only described")]
enum WhichTests {
    Both,
    Logic,
    Personality,
}

impl From<Listed> for Invitation {
    fn from(listed: Listed) -> Self {
        let Listed { candidate_id, integration_id, opportunity_id, invited } = listed;
        let Invited { id, posting_title, state, tests, reason, event_id, created_at, .. } = invited;
        Self {
            id: id.to_string(),
            candidate_id: candidate_id.to_string(),
            integration_id: integration_id.to_string(),
            opportunity_id,
            posting: posting_title,
            state: state.as_str(),
            tests: tests.as_str(),
            reason: reason.sentence(portal()),
            event_id: event_id.map(|id| id.to_string()),
            created_at: created_at.rfc3339(),
            expires_at: invited.expires_at.rfc3339(),
            sent_at: invited.sent_at.map(Timestamp::rfc3339),
            opened_at: invited.opened_at.map(Timestamp::rfc3339),
            reminded_at: invited.reminded_at.map(Timestamp::rfc3339),
            resent: invited.mailing,
            mail_failure: invited.mail_failure.sentence(portal()),
            ended_reason: invited.ended_reason.sentence(portal()),
        }
    }
}

/// The filters of an address.
fn selection(query: &Query) -> Result<Selection, Problem> {
    let state = match query.params.get("state") {
        None => None,
        Some(word) => Some(InvitationState::parse(word).ok_or_else(|| {
            let all: Vec<&str> = InvitationState::ALL.iter().map(|state| state.as_str()).collect();
            Problem::bad_parameter("state", format!("There is no such state. Known: {}.", all.join(", ")))
        })?),
    };
    let candidate = match query.params.get("candidate") {
        None => None,
        Some(text) => Some(CandidateId::parse(text).ok_or_else(|| {
            Problem::bad_parameter(
                "candidate",
                "This is no id of a candidate: take one of /api/v1/candidates.",
            )
        })?),
    };
    Ok(Selection { state, candidate })
}

/// The company's invitations, newest first.
#[utoipa::path(get, path = "/api/v1/invitations", tag = "invitations:read",
    params(
        ("candidate" = Option<String>, Query, description = "Of the candidate with this id."),
        ("state" = Option<String>, Query, description = "In this state."),
        Paging,
    ),
    responses((status = 200, description = "A page of invitations.", body = Page<Invitation>)))]
pub(super) async fn list(
    app: Data<AppState>,
    caller: Caller<InvitationsRead>,
    request: HttpRequest,
) -> ApiResult {
    let query = Query::read(&request, FIELDS)?;
    let (selection, after) = (selection(&query)?, query.after(InvitationId::parse)?);
    let (company, most) = (caller.company.id, query.one_more());
    let found = app.db.read(move |conn| invited::list(conn, &company, selection, after, most)).await?;
    let data: Vec<Invitation> = found.into_iter().map(Invitation::from).collect();
    query.answer(&app, data, |invitation| invitation.id.clone())
}

/// One invitation of the company.
#[utoipa::path(get, path = "/api/v1/invitations/{id}", tag = "invitations:read",
    params(("id" = String, Path, description = "The invitation's id.")),
    responses((status = 200, description = "The invitation.", body = Invitation)))]
pub(super) async fn invitation(
    app: Data<AppState>,
    caller: Caller<InvitationsRead>,
    id: Path<String>,
    request: HttpRequest,
) -> ApiResult {
    nothing(&request)?;
    let id = InvitationId::parse(&id).ok_or_else(Problem::not_found)?;
    let company = caller.company.id;
    let found = app.db.read(move |conn| invited::invitation(conn, &company, &id)).await?;
    Ok(HttpResponse::Ok().json(Invitation::from(found)))
}

/// Lever cannot be asked.
fn not_active(state: State) -> Problem {
    let detail = match state {
        State::Disconnected => {
            "Access to the candidate's Lever account has ended. An admin reconnects it in the portal."
        }
        _ => "The candidate's Lever account is not set up yet. An admin finishes its settings in the portal.",
    };
    Problem::conflict("integration_not_active", detail)
}

/// Why nobody is asked to invite.
fn not_asked(why: ManualInviteOutcome) -> Result<String, Problem> {
    Err(match why {
        ManualInviteOutcome::Queued(event) | ManualInviteOutcome::InWork(event) => {
            return Ok(event.to_string());
        }
        ManualInviteOutcome::NotActive(state) => not_active(state),
        ManualInviteOutcome::InvitedBefore => Problem::conflict(
            "invited_already",
            "There is an invitation for this posting already, and nobody is invited twice for one. Send that one again.",
        ),
        ManualInviteOutcome::Withdrew => Problem::conflict(
            "candidate_withdrew",
            "A candidate with this email address withdrew after having seen a result. To invite again, send invite_again: \
             true.",
        ),
    })
}

/// Invites a candidate to tests, whatever the rules say. Lever is asked first: nobody is invited who is archived,
/// anonymised, confidential or without an email address.
///
/// Refused with `invited_already`, `candidate_withdrew` and `integration_not_active`.
#[utoipa::path(post, path = "/api/v1/candidates/{id}/invitations", tag = "invitations:write",
    params(("id" = String, Path, description = "The candidate's id."), IdempotencyKey),
    request_body = ToMake,
    responses((status = 202, description = "Lever is asked, and then the candidate is invited.", body = AskedFor)))]
pub(super) async fn invite(
    app: Data<AppState>,
    caller: Caller<InvitationsWrite>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult {
    nothing(&request)?;
    let id = CandidateId::parse(&id).ok_or_else(Problem::not_found)?;
    let mut body = Body::read(&request, payload, &["tests", "invite_again"]).await?;
    let tests = body.word("tests", "both, logic, personality", Tests::parse);
    let again = body.flag("invite_again");
    let bytes = body.bytes()?;
    let asked = manual_invite::Request { tests: tests.unwrap_or_default(), results_of: None, again };
    let (company, actor) = (caller.company.id, caller.actor.clone());
    once(&app, &caller, &request, bytes, move |conn| {
        let asked = manual_invite::request(conn, &company, &id, asked, &actor)?;
        Ok(match not_asked(asked) {
            Ok(event_id) => {
                let answer = AskedFor { candidate_id: id.to_string(), event_id };
                Decided::done(StatusCode::ACCEPTED, &answer, id)
            }
            Err(problem) => Decided::refused(&problem, id),
        })
    })
    .await
}

/// Why an invitation stays as it is; nothing when it does not.
fn refused(asked: &ManualEmailOutcome) -> Option<Problem> {
    let why = match asked {
        ManualEmailOutcome::Planned | ManualEmailOutcome::Already => return None,
        ManualEmailOutcome::NotActive(state) => return Some(not_active(*state)),
        ManualEmailOutcome::No(why) => why,
        ManualEmailOutcome::NotBefore(_) => {
            return Some(Problem::conflict("too_early", "Try again in an hour."));
        }
    };
    Some(match why {
        Reason::TestsDone => Problem::conflict("tests_done", "The tests are done."),
        Reason::CandidateWithdrew => Problem::conflict("candidate_withdrew", "The candidate withdrew."),
        Reason::InvitationHeld => {
            Problem::conflict("invitation_held", "The invitation is held with others, and not sent yet.")
        }
        Reason::MailOnItsWay => Problem::conflict("mail_on_its_way", "The mail is on its way."),
        Reason::InvitationOver => Problem::conflict("invitation_over", "The invitation is over."),
        other => {
            Problem::conflict("not_possible", format!("{}.", other.sentence(portal()).trim_end_matches('.')))
        }
    })
}

/// Does something about one invitation of the company; answers the invitation as it is then.
async fn change(
    app: &Data<AppState>,
    caller: &Caller<InvitationsWrite>,
    id: &str,
    request: &HttpRequest,
    payload: Payload,
    (status, ask): (StatusCode, Ask),
) -> ApiResult {
    nothing(request)?;
    let id = InvitationId::parse(id).ok_or_else(Problem::not_found)?;
    let bytes = Body::read(request, payload, &[]).await?.bytes()?;
    let (company, actor) = (caller.company.id, caller.actor.clone());
    once(app, caller, request, bytes, move |conn| {
        let known = invited::invitation(conn, &company, &id)?;
        let asked = ask(conn, &company, &known.invited, &actor)?;
        Ok(match refused(&asked) {
            Some(problem) => Decided::refused(&problem, known.candidate_id),
            None => {
                let now = Invitation::from(invited::invitation(conn, &company, &id)?);
                Decided::done(status, &now, known.candidate_id)
            }
        })
    })
    .await
}

/// What is asked of an invitation.
type Ask = fn(&mut Conn, &CompanyId, &Invited, &Actor) -> DbResult<ManualEmailOutcome>;

/// Sends an invitation again, with a new link; the old one ends.
///
/// Refused with `tests_done`, `candidate_withdrew`, `invitation_held`, `mail_on_its_way` and `integration_not_active`.
#[utoipa::path(post, path = "/api/v1/invitations/{id}/resend", tag = "invitations:write",
    params(("id" = String, Path, description = "The invitation's id."), IdempotencyKey),
    responses((status = 202, description = "Lever is asked whether it still applies, and then it is sent.", body = Invitation)))]
pub(super) async fn resend(
    app: Data<AppState>,
    caller: Caller<InvitationsWrite>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult {
    let ask: Ask =
        |conn, company, known, actor| manual_email::resend(conn, actor, company, &known.id, known.mailing);
    change(&app, &caller, &id, &request, payload, (StatusCode::ACCEPTED, ask)).await
}

/// Cancels an invitation: its link ends.
///
/// Refused with `invitation_over`.
#[utoipa::path(post, path = "/api/v1/invitations/{id}/cancel", tag = "invitations:write",
    params(("id" = String, Path, description = "The invitation's id."), IdempotencyKey),
    responses((status = 200, description = "It is cancelled.", body = Invitation)))]
pub(super) async fn cancel(
    app: Data<AppState>,
    caller: Caller<InvitationsWrite>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult {
    let ask: Ask = |conn, company, known, actor| {
        let why = Reason::CancelledBy { who: actor.label().to_owned() };
        manual_email::cancel(conn, actor, company, &known.id, &why)
    };
    change(&app, &caller, &id, &request, payload, (StatusCode::OK, ask)).await
}
