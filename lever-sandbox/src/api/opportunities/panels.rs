//! Scheduling panels; reading them is `papers`' business.

use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use super::interviews::{InterviewerBody, check_duration};
use crate::call::{ApiError, Body, BodyFailures, Caller, Failures, PerformAs, Single, created};
use crate::sandbox::Shared;
use crate::state::{NewPanel, PanelInterview, State};
use crate::views::PanelView;

const WRITE: &str = "panels:write:admin";

/// An interview of a panel.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PanelInterviewBody {
    /// Of one that is there already, when a panel is changed.
    id: Option<String>,
    subject: Option<String>,
    note: Option<String>,
    interviewers: Vec<InterviewerBody>,
    /// When it is, ms since 1970 UTC.
    date: i64,
    /// Minutes.
    #[schema(minimum = 1)]
    duration: i64,
    location: Option<String>,
}

/// A panel as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PanelBody {
    timezone: String,
    /// `once`, `daily`, `frequently` or `none`; `daily` when missing.
    feedback_reminder: Option<String>,
    note: Option<String>,
    external_url: Option<String>,
    #[schema(min_items = 1)]
    interviews: Vec<PanelInterviewBody>,
}

impl PanelBody {
    fn read(self) -> Result<NewPanel, ApiError> {
        let known = ["once", "daily", "frequently", "none"];
        if self.feedback_reminder.as_deref().is_some_and(|reminder| !known.contains(&reminder)) {
            return Err(ApiError::bad("feedbackReminder must be once, daily, frequently or none"));
        }
        let mut interviews = Vec::with_capacity(self.interviews.len());
        for interview in self.interviews {
            check_duration(interview.duration)?;
            interviews.push(PanelInterview {
                id: interview.id,
                subject: interview.subject.unwrap_or_default(),
                note: interview.note.unwrap_or_default(),
                interviewers: interview.interviewers.into_iter().map(|user| user.id).collect(),
                at: interview.date,
                duration: interview.duration,
                location: interview.location.unwrap_or_default(),
            });
        }
        Ok(NewPanel {
            timezone: self.timezone,
            note: self.note.unwrap_or_default(),
            external_url: self.external_url,
            feedback_reminder: self.feedback_reminder,
            interviews,
        })
    }
}

fn view(state: &State, opportunity: &str, id: &str) -> Result<PanelView, ApiError> {
    let row = state.opportunity(opportunity)?;
    let mut panels = state.papers(opportunity).panels.iter();
    let panel = panels.find(|panel| panel.id == id).ok_or_else(|| ApiError::not_found("Panel", id))?;
    let application = row.application.as_ref().map(|application| application.id.as_str());
    Ok(PanelView::new(state, application, panel))
}

/// Schedules a panel.
#[utoipa::path(post, path = "/v1/opportunities/{id}/panels", tag = "Interviews",
    params(("id" = String, Path), PerformAs), request_body = PanelBody,
    responses((status = 201, body = Single<PanelView>), Failures, BodyFailures))]
pub async fn create(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
    Body(body): Body<PanelBody>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let user = caller.named_user()?;
    caller.opportunity(&lever.read(), &id)?;
    let new = body.read()?;
    let panel = lever.act(Some(user), |state, actor| state.add_panel(&id, new, actor))?;
    Ok(created(&lever, view(&lever.read(), &id, &panel)?))
}

/// Puts another panel in the place of one that was scheduled through the API.
#[utoipa::path(put, path = "/v1/opportunities/{id}/panels/{item}", tag = "Interviews",
    params(("id" = String, Path), ("item" = String, Path), PerformAs), request_body = PanelBody,
    responses((status = 200, body = Single<PanelView>), Failures, BodyFailures))]
pub async fn update(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
    Body(body): Body<PanelBody>,
) -> Result<Json<Single<PanelView>>, ApiError> {
    caller.needs(WRITE)?;
    let user = caller.named_user()?;
    let (id, panel) = path.into_inner();
    caller.opportunity(&lever.read(), &id)?;
    let new = body.read()?;
    lever.act_only(Some(user), |state, actor| state.update_panel(&id, &panel, new, actor))?;
    Ok(Single::of(view(&lever.read(), &id, &panel)?))
}

/// Takes a panel away, with its interviews.
#[utoipa::path(delete, path = "/v1/opportunities/{id}/panels/{item}", tag = "Interviews",
    params(("id" = String, Path), ("item" = String, Path), PerformAs),
    responses((status = 204), Failures))]
pub async fn delete(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let user = caller.named_user()?;
    let (id, panel) = path.into_inner();
    caller.opportunity(&lever.read(), &id)?;
    lever.act_only(Some(user), |state, actor| state.delete_panel(&id, &panel, actor))?;
    Ok(HttpResponse::NoContent().finish())
}
