//! Reading opportunities.

use actix_web::web::{Json, Path};
use utoipa::IntoParams;

use super::filter::{Filter, FilterParams, range};
use crate::Shared;
use crate::api::views::{OpportunityView, Show};
use crate::api::{ApiError, Caller, Failures, List, PageParams, Paging, Params, Single};
use crate::state::{Opportunity, Place, State};

const SCOPE: &str = "opportunities:read:admin";
/// How long deleted opportunities can be asked for, and the longest range: 30 days.
const DELETED_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// How much to show.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; `Show::of` reads them")]
pub struct ShowParams {
    /// Objects in place of their ids: `applications`, `stage`, `owner`, `followers`,
    /// `sourcedBy`, `contact`.
    #[param(nullable = false)]
    expand: Option<Vec<String>>,
    /// More fields: `followers`.
    #[param(nullable = false)]
    include: Option<Vec<String>>,
}

/// A page of the opportunities a filter wants.
pub fn page<T>(state: &State, filter: &Filter, paging: &Paging, view: impl Fn(&Opportunity) -> T) -> List<T> {
    let mut select = filter.select(state);
    select.after = paging.after();
    select.limit = paging.limit;
    let (rows, more) = state.opportunities.select(&select, |row| filter.wants(state, row));
    let last = rows.last().filter(|_| more).map(|row| Place::new(row.created_at, row.serial));
    paging.page(rows.into_iter().map(view).collect(), last)
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
    let paging = Paging::read(&params, "opportunities", lever.now())?;
    let show = Show::of(&params, &lever.url);
    let state = lever.read();
    let view = |row: &Opportunity| OpportunityView::new(&state, row, &show);
    Ok(Json(page(&state, &filter, &paging, view)))
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
    let show = Show::of(&params, &lever.url);
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

/// What was deleted in the last 30 days.
#[utoipa::path(get, path = "/v1/opportunities/deleted", tag = "Opportunities",
    params(PageParams, DeletedParams, ShowParams),
    responses((status = 200, body = List<OpportunityView>), Failures))]
pub async fn deleted(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<OpportunityView>>, ApiError> {
    caller.needs(SCOPE)?;
    let now = lever.now();
    let named = range(&params, "deleted_at")?;
    let end = named.map_or(now, |(_, end)| end.min(now));
    let start = named
        .map(|(start, _)| start)
        .filter(|start| *start != i64::MIN)
        .unwrap_or_else(|| end.saturating_sub(DELETED_MS));
    if end.saturating_sub(start) > DELETED_MS {
        return Err(ApiError::bad("Invalid parameter: the range of deleted_at may be 30 days at most"));
    }
    let paging = Paging::read(&params, "deleted", now)?;
    let show = Show::of(&params, &lever.url);
    let state = lever.read();
    let rows = state
        .deleted
        .iter()
        .rev()
        .filter(|row| (start..=end).contains(&row.deleted_at))
        .filter(|row| caller.sees(row.opportunity.confidential));
    Ok(Json(paging.cut(rows.map(|row| OpportunityView::deleted(&state, row, &show)))))
}
