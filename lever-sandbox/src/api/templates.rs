//! Feedback templates, and the fields that requisitions have.

use actix_web::web::{self, Json, Path};
use utoipa::IntoParams;

use crate::call::{All, ApiError, Caller, Failures, List, PageParams, Paging, Params, Single};
use crate::sandbox::Shared;
use crate::views::{FeedbackTemplateView, RequisitionFieldView};

const FEEDBACK: &str = "feedback_templates:read:admin";
const FIELDS: &str = "requisition_fields:read:admin";

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/feedback_templates").get(feedback_templates))
        .service(web::resource("/feedback_templates/{id}").get(feedback_template))
        .service(web::resource("/requisition_fields").get(requisition_fields))
        .service(web::resource("/requisition_fields/{id}").get(requisition_field));
}

/// The forms that interviewers fill in.
#[utoipa::path(get, path = "/v1/feedback_templates", tag = "Settings", params(PageParams),
    responses((status = 200, body = List<FeedbackTemplateView>), Failures))]
pub(super) async fn feedback_templates(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<FeedbackTemplateView>>, ApiError> {
    caller.needs(FEEDBACK)?;
    let paging = Paging::read(&params, &lever)?;
    let state = lever.read();
    Ok(Json(paging.cut(state.feedback_templates.iter().map(FeedbackTemplateView::from))?))
}

/// One form.
#[utoipa::path(get, path = "/v1/feedback_templates/{id}", tag = "Settings",
    params(("id" = String, Path)),
    responses((status = 200, body = Single<FeedbackTemplateView>), Failures))]
pub(super) async fn feedback_template(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<Single<FeedbackTemplateView>>, ApiError> {
    caller.needs(FEEDBACK)?;
    let state = lever.read();
    let mut all = state.feedback_templates.iter();
    let template = all.find(|template| template.id == *id);
    let template = template.ok_or_else(|| ApiError::not_found("Feedback template", &id))?;
    Ok(Single::of(template.into()))
}

/// Which fields.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the handler reads them")]
pub(super) struct FieldParams {
    #[param(rename = "isRequired", nullable = false)]
    is_required: Option<bool>,
    /// `number`, `text`, `date`, `object` or `dropdown`.
    #[param(rename = "type", nullable = false)]
    kind: Option<String>,
}

/// The fields that requisitions have; they come whole, in no pages.
#[utoipa::path(get, path = "/v1/requisition_fields", tag = "Requisitions", params(FieldParams),
    responses((status = 200, body = All<RequisitionFieldView>), Failures))]
pub(super) async fn requisition_fields(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<All<RequisitionFieldView>>, ApiError> {
    caller.needs(FIELDS)?;
    let required = params.flag("isRequired")?;
    let kind = params.get("type");
    let state = lever.read();
    let wanted = state.requisition_fields.iter().filter(|field| {
        required.is_none_or(|required| required == field.required)
            && kind.is_none_or(|kind| kind == field.kind)
    });
    Ok(All::of(wanted.map(RequisitionFieldView::from)))
}

/// One field.
#[utoipa::path(get, path = "/v1/requisition_fields/{id}", tag = "Requisitions",
    params(("id" = String, Path)),
    responses((status = 200, body = Single<RequisitionFieldView>), Failures))]
pub(super) async fn requisition_field(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<Single<RequisitionFieldView>>, ApiError> {
    caller.needs(FIELDS)?;
    let state = lever.read();
    let mut all = state.requisition_fields.iter();
    let field = all.find(|field| field.id == *id);
    let field =
        field.ok_or_else(|| ApiError::unknown("That requisition field doesn't exist on your account"))?;
    Ok(Single::of(field.into()))
}
