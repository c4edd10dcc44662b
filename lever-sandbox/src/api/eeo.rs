//! What applicants were asked about equal opportunity.

use actix_web::web::{self, Json};
use utoipa::IntoParams;

use crate::call::{ApiError, Caller, Failures, List, PageParams, Paging, Params};
use crate::sandbox::Shared;
use crate::state::{Application, ApplicationType, Opportunity, State};
use crate::views::{EeoPiiView, EeoView};

/// How far back is looked without a date: a week.
const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/eeo/responses").get(responses))
        .service(web::resource("/eeo/responses/pii").get(responses_with_pii));
}

/// Those who applied themselves in this time, newest first.
fn asked<'a>(
    state: &'a State,
    caller: &'a Caller,
    start: Option<i64>,
    end: Option<i64>,
    now: i64,
) -> impl Iterator<Item = (&'a Opportunity, &'a Application)> {
    let end = end.unwrap_or(now);
    let start = start.unwrap_or_else(|| end.saturating_sub(WEEK_MS));
    state
        .opportunities
        .iter()
        .filter(|row| caller.sees(row.confidential))
        .filter_map(|row| row.application.as_ref().map(|application| (row, application)))
        .filter(|(_, application)| application.kind == ApplicationType::Posting)
        .filter(move |(_, application)| (start..=end).contains(&application.created_at))
}

/// When they applied.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the handler reads them")]
pub(super) struct DateParams {
    /// A week ago when missing.
    #[param(rename = "fromDate", nullable = false)]
    from_date: Option<i64>,
    /// Now when missing.
    #[param(rename = "toDate", nullable = false)]
    to_date: Option<i64>,
}

/// The responses, without the person.
#[utoipa::path(get, path = "/v1/eeo/responses", tag = "EEO", params(PageParams, DateParams),
    responses((status = 200, body = List<EeoView>), Failures))]
pub(super) async fn responses(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<EeoView>>, ApiError> {
    caller.needs("eeo_responses:read:admin")?;
    let (start, end) = (params.number("fromDate")?, params.number("toDate")?);
    let paging = Paging::read(&params, &lever)?;
    let state = lever.read();
    let all = asked(&state, &caller, start, end, lever.now());
    Ok(Json(paging.cut(all.map(|(row, application)| EeoView::new(&state, row, application)))?))
}

/// When they applied.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the handler reads them")]
pub(super) struct CreatedParams {
    /// A week ago when missing.
    #[param(nullable = false)]
    created_at_start: Option<i64>,
    /// Now when missing.
    #[param(nullable = false)]
    created_at_end: Option<i64>,
}

/// The responses, with the person.
#[utoipa::path(get, path = "/v1/eeo/responses/pii", tag = "EEO", params(PageParams, CreatedParams),
    responses((status = 200, body = List<EeoPiiView>), Failures))]
pub(super) async fn responses_with_pii(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<EeoPiiView>>, ApiError> {
    caller.needs("eeo_responses_pii:read:admin")?;
    let (start, end) = (params.number("created_at_start")?, params.number("created_at_end")?);
    let paging = Paging::read(&params, &lever)?;
    let state = lever.read();
    let all = asked(&state, &caller, start, end, lever.now());
    Ok(Json(paging.cut(all.map(|(row, application)| EeoPiiView::new(&state, row, application)))?))
}
