//! Reading opportunities.

use actix_web::web::{Json, Path};
use utoipa::IntoParams;

use super::filter::{Filter, FilterParams};
use crate::call::{ApiError, Caller, Failures, List, PageParams, Paging, Params, Single, range, within};
use crate::sandbox::Shared;
use crate::state::{Opportunity, State};
use crate::views::{ApplicationView, OpportunityView, Show};

const SCOPE: &str = "opportunities:read:admin";
/// How much to show.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; `Show::of` reads them")]
pub struct ShowParams {
    /// Objects in place of their ids: `applications`, `stage`, `owner`, `followers`,
    /// `sourcedBy`, `contact`.
    #[param(nullable = false)]
    expand: Option<Vec<String>>,
    /// Only these fields, and what is expanded.
    #[param(nullable = false)]
    include: Option<Vec<String>>,
}

/// A page of the opportunities a filter wants.
pub fn page<T>(
    state: &State,
    filter: &Filter,
    paging: &Paging,
    view: impl Fn(&Opportunity) -> T,
) -> Result<List<T>, ApiError> {
    let mut select = filter.select(state);
    select.from = paging.place(state)?;
    select.limit = paging.limit;
    let (rows, next) = state.opportunities.select(&select, |row| filter.wants(state, row));
    Ok(paging.page(rows.into_iter().map(view).collect(), next))
}

/// All opportunities, newest first.
#[utoipa::path(get, path = "/v1/opportunities", tag = "Opportunities",
    params(PageParams, FilterParams, ShowParams),
    responses((status = 200, body = List<OpportunityView>), Failures))]
pub async fn list(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<OpportunityView>>, ApiError> {
    caller.needs(SCOPE)?;
    let filter = Filter::read(&params, &caller, lever.now())?;
    let paging = Paging::read(&params, &lever)?;
    let show = Show::read(&params, &lever.url, Show::OPPORTUNITY)?;
    let state = lever.read();
    let view = |row: &Opportunity| OpportunityView::new(&state, row, &show);
    Ok(Json(page(&state, &filter, &paging, view)?))
}

/// One opportunity.
#[utoipa::path(get, path = "/v1/opportunities/{id}", tag = "Opportunities",
    params(("id" = String, Path), ShowParams),
    responses((status = 200, body = Single<OpportunityView>), Failures))]
pub async fn get(
    lever: Shared,
    caller: Caller,
    params: Params,
    id: Path<String>,
) -> Result<Json<Single<OpportunityView>>, ApiError> {
    caller.needs(SCOPE)?;
    let show = Show::read(&params, &lever.url, Show::OPPORTUNITY)?;
    let state = lever.read();
    let row = caller.opportunity(&state, &id)?;
    Ok(Single::of(OpportunityView::new(&state, row, &show)))
}

/// When they were deleted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; `range` reads them")]
pub struct DeletedParams {
    #[param(nullable = false)]
    deleted_at_start: Option<i64>,
    #[param(nullable = false)]
    deleted_at_end: Option<i64>,
}

/// What was deleted.
#[utoipa::path(get, path = "/v1/opportunities/deleted", tag = "Opportunities",
    params(PageParams, DeletedParams, ShowParams),
    responses((status = 200, body = List<OpportunityView>), Failures))]
pub async fn deleted(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<OpportunityView>>, ApiError> {
    caller.needs(SCOPE)?;
    let deleted = range(&params, "deleted_at")?;
    let paging = Paging::read(&params, &lever)?;
    let show = Show::read(&params, &lever.url, Show::OPPORTUNITY)?;
    let state = lever.read();
    let rows = state
        .deleted
        .iter()
        .rev()
        .filter(|row| within(deleted, row.deleted_at))
        .filter(|row| caller.sees(row.opportunity.confidential));
    Ok(Json(paging.cut(rows.map(|row| OpportunityView::deleted(&state, row, &show)))?))
}

/// The longest range of deleted applications: 30 days.
const LONGEST_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// What was deleted of applications, in the last 30 days unless another such time is named.
#[utoipa::path(get, path = "/v1/applications/deleted", tag = "Applications",
    params(PageParams, DeletedParams),
    responses((status = 200, body = List<ApplicationView>), Failures))]
pub async fn deleted_applications(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<ApplicationView>>, ApiError> {
    caller.needs("applications:read:admin")?;
    let now = lever.now();
    let start = params.number("deleted_at_start")?;
    let end = params.number("deleted_at_end")?;
    let end = end.unwrap_or_else(|| start.map_or(now, |start| start.saturating_add(LONGEST_MS).min(now)));
    let start = start.unwrap_or_else(|| end.saturating_sub(LONGEST_MS));
    if end.saturating_sub(start) > LONGEST_MS {
        return Err(ApiError::bad("Invalid parameter: the range of deleted_at may be 30 days at most"));
    }
    let paging = Paging::read(&params, &lever)?;
    let state = lever.read();
    let rows = state
        .deleted
        .iter()
        .rev()
        .filter(|row| (start..=end).contains(&row.deleted_at))
        .filter(|row| caller.sees(row.opportunity.confidential));
    Ok(Json(paging.cut(rows.filter_map(|row| ApplicationView::deleted(&state, row)))?))
}
