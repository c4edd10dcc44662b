//! `/candidates`: the deprecated name of opportunities, still read by old clients.

use actix_web::web::{self, Json, Path};

use super::opportunities::filter::{Filter, FilterParams};
use super::opportunities::{files, notes, papers, read};
use crate::call::{ApiError, Caller, Failures, List, PageParams, Paging, Params, Single, nothing_here};
use crate::sandbox::Shared;
use crate::views::{CandidateView, Show};

const SCOPE: &str = "opportunities:read:admin";

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    // What hangs on a candidate is what hangs on the opportunity.
    cfg.service(web::resource("/candidates").get(list)).service(
        web::scope("/candidates/{id}")
            .service(web::resource("").get(get))
            .service(web::resource("/notes").get(notes::list))
            .service(web::resource("/files").get(files::list))
            .service(web::resource("/interviews").get(papers::interviews))
            .service(web::resource("/feedback").get(papers::feedback))
            .service(web::resource("/feedback/{item}").get(papers::feedback_form))
            .service(web::resource("/panels").get(papers::panels))
            .service(web::resource("/panels/{item}").get(papers::panel))
            .configure(papers::configure)
            .default_service(web::to(nothing_here)),
    );
}

/// All candidates: opportunities under their old name.
#[utoipa::path(get, path = "/v1/candidates", tag = "Candidates (deprecated)",
    params(PageParams, FilterParams),
    responses((status = 200, body = List<CandidateView>), Failures))]
pub(super) async fn list(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<CandidateView>>, ApiError> {
    caller.needs(SCOPE)?;
    let filter = Filter::read(&params, &caller, lever.now())?;
    let paging = Paging::read(&params, &lever)?;
    let show = Show::read(&params, &lever.url, Show::OPPORTUNITY)?;
    let state = lever.read();
    Ok(Json(read::page(&state, &filter, &paging, |row| CandidateView::new(&state, row, &show))?))
}

/// One candidate, by the id of the opportunity.
#[utoipa::path(get, path = "/v1/candidates/{id}", tag = "Candidates (deprecated)",
    params(("id" = String, Path)),
    responses((status = 200, body = Single<CandidateView>), Failures))]
pub(super) async fn get(
    lever: Shared,
    caller: Caller,
    params: Params,
    id: Path<String>,
) -> Result<Json<Single<CandidateView>>, ApiError> {
    caller.needs(SCOPE)?;
    let show = Show::read(&params, &lever.url, Show::OPPORTUNITY)?;
    let state = lever.read();
    let row = caller.opportunity(&state, &id)?;
    Ok(Single::of(CandidateView::new(&state, row, &show)))
}
