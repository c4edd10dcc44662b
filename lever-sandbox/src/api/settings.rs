//! Stages, archive reasons, sources and tags.

use actix_web::web::{self, Json, Path};
use utoipa::{IntoParams, ToSchema};

use crate::call::{ApiError, Caller, Failures, List, PageParams, Paging, Params, Single};
use crate::sandbox::Shared;
use crate::state::Key;
use crate::views::{ArchiveReasonView, CountView, DispositionView, StageView};

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/stages").get(stages))
        .service(web::resource("/stages/{id}").get(stage))
        .service(web::resource("/archive_reasons").get(archive_reasons))
        .service(web::resource("/archive_reasons/{id}").get(archive_reason))
        .service(web::resource("/sources").get(sources))
        .service(web::resource("/tags").get(tags))
        .service(web::resource("/disposition_stages").get(disposition_stages));
}

/// The pipeline's stages, in order.
#[utoipa::path(get, path = "/v1/stages", tag = "Settings", params(PageParams),
    responses((status = 200, body = List<StageView>), Failures))]
pub(super) async fn stages(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<StageView>>, ApiError> {
    caller.needs("stages:read:admin")?;
    let paging = Paging::read(&params, &lever)?;
    let state = lever.read();
    Ok(Json(paging.cut(state.stages.iter().map(StageView::from))?))
}

/// One stage.
#[utoipa::path(get, path = "/v1/stages/{id}", tag = "Settings",
    params(("id" = String, Path)),
    responses((status = 200, body = Single<StageView>), Failures))]
pub(super) async fn stage(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<Single<StageView>>, ApiError> {
    caller.needs("stages:read:admin")?;
    let state = lever.read();
    let stage = state.stage(&id);
    let stage = stage.ok_or_else(|| ApiError::not_found("Stage", &id))?;
    Ok(Single::of(stage.into()))
}

/// The two types of archive reasons.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "describes the parameter; the handler reads it")]
enum ReasonType {
    Hired,
    NonHired,
}

/// Which archive reasons.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter; the handler reads it")]
pub(super) struct ReasonParams {
    #[param(rename = "type", nullable = false, inline)]
    kind: Option<ReasonType>,
}

/// Why opportunities are archived.
#[utoipa::path(get, path = "/v1/archive_reasons", tag = "Settings",
    params(PageParams, ReasonParams),
    responses((status = 200, body = List<ArchiveReasonView>), Failures))]
pub(super) async fn archive_reasons(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<ArchiveReasonView>>, ApiError> {
    caller.needs("archive_reasons:read:admin")?;
    let hired = match params.get("type") {
        None => None,
        Some("hired") => Some(true),
        Some("non-hired") => Some(false),
        Some(_) => {
            return Err(ApiError::bad("Invalid parameter: type must be hired or non-hired"));
        }
    };
    let paging = Paging::read(&params, &lever)?;
    let state = lever.read();
    let reasons = state.archive_reasons.iter();
    let wanted = reasons.filter(|reason| hired.is_none_or(|hired| hired == reason.hired));
    Ok(Json(paging.cut(wanted.map(ArchiveReasonView::from))?))
}

/// One archive reason.
#[utoipa::path(get, path = "/v1/archive_reasons/{id}", tag = "Settings",
    params(("id" = String, Path)),
    responses((status = 200, body = Single<ArchiveReasonView>), Failures))]
pub(super) async fn archive_reason(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<Single<ArchiveReasonView>>, ApiError> {
    caller.needs("archive_reasons:read:admin")?;
    let state = lever.read();
    let reason = state.archive_reason(&id);
    let reason = reason.ok_or_else(|| ApiError::not_found("Archive reason", &id))?;
    Ok(Single::of(reason.into()))
}

/// Sources, and how many opportunities came from each.
#[utoipa::path(get, path = "/v1/sources", tag = "Settings", params(PageParams),
    responses((status = 200, body = List<CountView>), Failures))]
pub(super) async fn sources(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<CountView>>, ApiError> {
    caller.needs("sources:read:admin")?;
    let paging = Paging::read(&params, &lever)?;
    let state = lever.read();
    let counted = state
        .sources
        .values()
        .map(|text| CountView { text: text.clone(), count: state.opportunities.count(&Key::source(text)) });
    Ok(Json(paging.cut(counted)?))
}

/// Tags, and how many opportunities have each.
#[utoipa::path(get, path = "/v1/tags", tag = "Settings", params(PageParams),
    responses((status = 200, body = List<CountView>), Failures))]
pub(super) async fn tags(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<CountView>>, ApiError> {
    caller.needs("tags:read:admin")?;
    let paging = Paging::read(&params, &lever)?;
    let state = lever.read();
    let counted = state
        .tags
        .values()
        .map(|text| CountView { text: text.clone(), count: state.opportunities.count(&Key::tag(text)) });
    Ok(Json(paging.cut(counted)?))
}

/// Where candidates can be, and why they are no longer there.
#[utoipa::path(get, path = "/v1/disposition_stages", tag = "Settings",
    responses((status = 200, body = Single<DispositionView>), Failures))]
pub(super) async fn disposition_stages(
    lever: Shared,
    caller: Caller,
) -> Result<Json<Single<DispositionView>>, ApiError> {
    caller.needs("stages:read:admin")?;
    let state = lever.read();
    Ok(Single::of(DispositionView::new(&state.stages, &state.archive_reasons)))
}
