//! `/requisitions`.

use actix_web::web::{self, Json, Path};
use utoipa::IntoParams;

use crate::call::{
    ApiError, Caller, Confidentiality, Failures, List, PageParams, Paging, Params, Single, confidentiality,
    range, within,
};
use crate::sandbox::Shared;
use crate::views::RequisitionView;

const SCOPE: &str = "requisitions:read:admin";

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/requisitions").get(list))
        .service(web::resource("/requisitions/{id}").get(get));
}

/// Which requisitions.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the handler reads them")]
pub(super) struct RequisitionParams {
    /// `open`, `onHold`, `closed` or `draft`.
    #[param(nullable = false)]
    status: Option<Vec<String>>,
    #[param(nullable = false)]
    requisition_code: Option<Vec<String>>,
    /// `non-confidential` unless given.
    #[param(nullable = false, inline)]
    confidentiality: Option<Confidentiality>,
    #[param(nullable = false)]
    created_at_start: Option<i64>,
    #[param(nullable = false)]
    created_at_end: Option<i64>,
}

/// All requisitions.
#[utoipa::path(get, path = "/v1/requisitions", tag = "Requisitions",
    params(PageParams, RequisitionParams),
    responses((status = 200, body = List<RequisitionView>), Failures))]
pub(super) async fn list(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<RequisitionView>>, ApiError> {
    caller.needs(SCOPE)?;
    let confidential = confidentiality(&params, &caller)?;
    let created = range(&params, "created_at")?;
    let (statuses, codes) = (params.all("status"), params.all("requisition_code"));
    let paging = Paging::read(&params, &lever)?;
    let state = lever.read();
    let wanted = state.requisitions.iter().filter(|requisition| {
        confidential.is_none_or(|wanted| wanted == requisition.confidential)
            && (statuses.is_empty() || statuses.contains(&requisition.status))
            && (codes.is_empty() || codes.contains(&requisition.code))
            && within(created, requisition.created_at)
    });
    Ok(Json(paging.cut(wanted.map(RequisitionView::from))?))
}

/// One requisition.
#[utoipa::path(get, path = "/v1/requisitions/{id}", tag = "Requisitions",
    params(("id" = String, Path)),
    responses((status = 200, body = Single<RequisitionView>), Failures))]
pub(super) async fn get(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<Single<RequisitionView>>, ApiError> {
    caller.needs(SCOPE)?;
    let state = lever.read();
    let mut all = state.requisitions.iter();
    let requisition = all
        .find(|requisition| requisition.id == *id)
        .ok_or_else(|| ApiError::not_found("Requisition", &id))?;
    caller.reveal(requisition.confidential, "Requisition", &id)?;
    Ok(Single::of(requisition.into()))
}
