//! Writing feedback forms; reading them is `papers`' business.

use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::call::{ApiError, Body, BodyFailures, Caller, Failures, PerformAs, Single, created};
use crate::sandbox::Shared;
use crate::state::{FeedbackPatch, NewFeedback, State};
use crate::views::FeedbackView;

const WRITE: &str = "feedback:write:admin";

/// An answer to a question of the form.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FieldValueBody {
    /// Id of a field of the template.
    id: String,
    #[serde(default)]
    value: Value,
}

fn values(given: Vec<FieldValueBody>) -> Vec<(String, Value)> {
    given.into_iter().map(|field| (field.id, field.value)).collect()
}

/// New feedback.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackBody {
    /// Id of a feedback template.
    base_template_id: String,
    /// Id of a panel; with `interview`.
    panel: Option<String>,
    /// Id of an interview of that panel.
    interview: Option<String>,
    #[serde(default)]
    field_values: Vec<FieldValueBody>,
    created_at: Option<i64>,
    completed_at: Option<i64>,
}

/// Changes to feedback; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackUpdate {
    #[serde(default)]
    field_values: Vec<FieldValueBody>,
    completed_at: Option<i64>,
}

fn view(state: &State, opportunity: &str, id: &str) -> Result<FeedbackView, ApiError> {
    let mut forms = state.papers(opportunity).feedback.iter();
    let form = forms.find(|form| form.id == id);
    Ok(form.ok_or_else(|| ApiError::not_found("Feedback", id))?.into())
}

/// Adds feedback.
#[utoipa::path(post, path = "/v1/opportunities/{id}/feedback", tag = "Feedback",
    params(("id" = String, Path), PerformAs), request_body = FeedbackBody,
    responses((status = 201, body = Single<FeedbackView>), Failures, BodyFailures))]
pub async fn create(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
    Body(body): Body<FeedbackBody>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let user = caller.named_user()?;
    caller.opportunity(&lever.read(), &id)?;
    let new = NewFeedback {
        template: body.base_template_id,
        panel: body.panel,
        interview: body.interview,
        values: values(body.field_values),
        created_at: body.created_at,
        completed_at: body.completed_at,
    };
    let feedback =
        lever.act(Some(user), |state, actor| Ok((state.add_feedback(&id, new, actor)?, Vec::new())))?;
    Ok(created(&lever, view(&lever.read(), &id, &feedback)?))
}

/// Changes feedback.
#[utoipa::path(put, path = "/v1/opportunities/{id}/feedback/{item}", tag = "Feedback",
    params(("id" = String, Path), ("item" = String, Path), PerformAs), request_body = FeedbackUpdate,
    responses((status = 200, body = Single<FeedbackView>), Failures, BodyFailures))]
pub async fn update(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
    Body(body): Body<FeedbackUpdate>,
) -> Result<Json<Single<FeedbackView>>, ApiError> {
    caller.needs(WRITE)?;
    let user = caller.named_user()?;
    let (id, feedback) = path.into_inner();
    caller.opportunity(&lever.read(), &id)?;
    let patch = FeedbackPatch { values: values(body.field_values), completed_at: body.completed_at };
    lever.act_only(Some(user), |state, actor| {
        state.update_feedback(&id, &feedback, patch, actor)?;
        Ok(Vec::new())
    })?;
    Ok(Single::of(view(&lever.read(), &id, &feedback)?))
}

/// Deletes feedback.
#[utoipa::path(delete, path = "/v1/opportunities/{id}/feedback/{item}", tag = "Feedback",
    params(("id" = String, Path), ("item" = String, Path), PerformAs),
    responses((status = 204), Failures))]
pub async fn delete(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let user = caller.named_user()?;
    let (id, feedback) = path.into_inner();
    caller.opportunity(&lever.read(), &id)?;
    lever.act_only(Some(user), |state, actor| {
        state.delete_feedback(&id, &feedback, actor)?;
        Ok(Vec::new())
    })?;
    Ok(HttpResponse::NoContent().finish())
}
