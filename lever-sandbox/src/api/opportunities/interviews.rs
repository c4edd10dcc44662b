//! Interviews: made, changed and deleted. They are read in `papers`.

use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::call::{ApiError, Body, BodyFailures, Caller, Failures, PerformAs, Single, created};
use crate::sandbox::Shared;
use crate::state::{Interview, NewInterview, OpError, Opportunity, State};
use crate::views::InterviewView;

const WRITE: &str = "interviews:write:admin";

/// All interviews of an opportunity, each with its id.
pub fn all_interviews(state: &State, opportunity: &Opportunity) -> Vec<(String, InterviewView)> {
    let posting =
        opportunity.application.as_ref().and_then(|application| state.posting(&application.posting));
    let panels = state.papers(&opportunity.id).panels.iter();
    panels
        .flat_map(|panel| {
            panel.interviews.iter().map(move |interview| {
                let view = InterviewView::new(state, &opportunity.id, posting, panel, interview);
                (interview.id.clone(), view)
            })
        })
        .collect()
}

fn find(state: &State, opportunity: &Opportunity, id: &str) -> Result<InterviewView, ApiError> {
    all_interviews(state, opportunity)
        .into_iter()
        .find(|(there, _)| there == id)
        .map(|(_, view)| view)
        .ok_or_else(|| ApiError::not_found("Interview", id))
}

/// Somebody who interviews.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InterviewerBody {
    /// Id of a user.
    pub id: String,
}

/// A new interview.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InterviewBody {
    /// Id of a panel; a new one when missing.
    panel: Option<String>,
    subject: Option<String>,
    note: Option<String>,
    interviewers: Vec<InterviewerBody>,
    /// When it is, ms since 1970 UTC.
    date: i64,
    /// Minutes.
    #[schema(minimum = 1)]
    duration: i64,
    location: Option<String>,
    timezone: Option<String>,
}

/// Changes to an interview; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InterviewPatch {
    subject: Option<String>,
    note: Option<String>,
    interviewers: Option<Vec<InterviewerBody>>,
    /// When it is, ms since 1970 UTC.
    date: Option<i64>,
    /// Minutes.
    #[schema(minimum = 1)]
    duration: Option<i64>,
    location: Option<String>,
}

/// An interview has a length.
pub fn check_duration(minutes: i64) -> Result<(), ApiError> {
    match minutes {
        1.. => Ok(()),
        _ => Err(ApiError::bad("duration must be a minute at least")),
    }
}

/// Schedules an interview.
#[utoipa::path(post, path = "/v1/opportunities/{id}/interviews", tag = "Interviews",
    params(("id" = String, Path), PerformAs), request_body = InterviewBody,
    responses((status = 201, body = Single<InterviewView>), Failures, BodyFailures))]
pub async fn create(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
    Body(body): Body<InterviewBody>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let user = caller.named_user()?;
    caller.opportunity(&lever.read(), &id)?;
    check_duration(body.duration)?;
    let new = NewInterview {
        panel: body.panel,
        subject: body.subject.unwrap_or_default(),
        note: body.note.unwrap_or_default(),
        interviewers: body.interviewers.into_iter().map(|user| user.id).collect(),
        at: body.date,
        duration: body.duration,
        location: body.location.unwrap_or_default(),
        timezone: body.timezone,
    };
    let interview = lever.act(Some(user), |state, actor| state.add_interview(&id, new, actor))?;
    let state = lever.read();
    let data = find(&state, state.opportunity(&id)?, &interview)?;
    Ok(created(&lever, data))
}

/// Changes an interview.
#[utoipa::path(put, path = "/v1/opportunities/{id}/interviews/{item}", tag = "Interviews",
    params(("id" = String, Path), ("item" = String, Path), PerformAs),
    request_body = InterviewPatch,
    responses((status = 200, body = Single<InterviewView>), Failures, BodyFailures))]
pub async fn update(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
    Body(body): Body<InterviewPatch>,
) -> Result<Json<Single<InterviewView>>, ApiError> {
    caller.needs(WRITE)?;
    let user = caller.named_user()?;
    let (id, interview) = path.into_inner();
    caller.opportunity(&lever.read(), &id)?;
    if let Some(minutes) = body.duration {
        check_duration(minutes)?;
    }
    let interviewers: Option<Vec<String>> =
        body.interviewers.map(|users| users.into_iter().map(|user| user.id).collect());
    lever.act_only(Some(user), |state, actor| {
        let mut named = interviewers.iter().flatten();
        if let Some(stranger) = named.find(|id| state.user(id).is_none()) {
            return Err(OpError::Invalid(format!("User {stranger} was not found")));
        }
        let change = |there: &mut Interview| {
            there.subject = body.subject.unwrap_or(there.subject.clone());
            there.note = body.note.unwrap_or(there.note.clone());
            there.interviewers = interviewers.unwrap_or(there.interviewers.clone());
            there.at = body.date.unwrap_or(there.at);
            there.duration = body.duration.unwrap_or(there.duration);
            there.location = body.location.unwrap_or(there.location.clone());
        };
        state.update_interview(&id, &interview, change, actor)
    })?;
    let state = lever.read();
    Ok(Single::of(find(&state, state.opportunity(&id)?, &interview)?))
}

/// Takes an interview away.
#[utoipa::path(delete, path = "/v1/opportunities/{id}/interviews/{item}", tag = "Interviews",
    params(("id" = String, Path), ("item" = String, Path), PerformAs),
    responses((status = 204), Failures))]
pub async fn delete(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let user = caller.named_user()?;
    let (id, interview) = path.into_inner();
    caller.opportunity(&lever.read(), &id)?;
    lever.act_only(Some(user), |state, actor| state.delete_interview(&id, &interview, actor))?;
    Ok(HttpResponse::NoContent().finish())
}
