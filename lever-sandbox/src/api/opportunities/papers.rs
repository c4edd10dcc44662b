//! What hangs on an opportunity, as it is read: applications, resumes, offers, referrals, feedback,
//! interviews, panels.

use actix_web::HttpResponse;
use actix_web::web::{self, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::files;
use super::interviews::all_interviews;
use crate::call::{ApiError, Caller, Failures, List, Listed, PageParams, Paging, Params, Single};
use crate::sandbox::Shared;
use crate::state::{Opportunity, State};
use crate::views::{
    ApplicationView, FeedbackView, InterviewView, OfferView, PanelView, ReferralView, ResumeView, Show,
};

/// A thing with its id, to find one in a list.
type Named<T> = (String, T);

macro_rules! readable {
    ($list:ident, $get:ident, $what:literal, $path:literal, $scope:literal, $view:ident, $tag:literal, $all:ident) => {
        #[doc = concat!("All ", $path, " of an opportunity.")]
        #[utoipa::path(get, path = concat!("/v1/opportunities/{id}/", $path), tag = $tag,
                                            params(("id" = String, Path), PageParams),
                                            responses((status = 200, body = List<$view>), Failures))]
        pub async fn $list(
            lever: Shared,
            caller: Caller,
            params: Params,
            id: Path<String>,
        ) -> Result<Json<List<$view>>, ApiError> {
            caller.needs($scope)?;
            let paging = Paging::read(&params, &lever)?;
            let show = Show::plain(&lever.url);
            let state = lever.read();
            let row = caller.opportunity(&state, &id)?;
            let all = $all(&state, row, &show);
            Ok(Json(paging.cut(all.into_iter().map(|(_, view)| view))?))
        }

        #[doc = concat!("One of the ", $path, " of an opportunity.")]
        #[utoipa::path(get, path = concat!("/v1/opportunities/{id}/", $path, "/{item}"), tag = $tag,
                                            params(("id" = String, Path), ("item" = String, Path)),
                                            responses((status = 200, body = Single<$view>), Failures))]
        pub async fn $get(
            lever: Shared,
            caller: Caller,
            path: Path<(String, String)>,
        ) -> Result<Json<Single<$view>>, ApiError> {
            caller.needs($scope)?;
            let (id, item) = path.into_inner();
            let show = Show::plain(&lever.url);
            let state = lever.read();
            let row = caller.opportunity(&state, &id)?;
            $all(&state, row, &show)
                .into_iter()
                .find(|(there, _)| *there == item)
                .map(|(_, view)| Single::of(view))
                .ok_or_else(|| ApiError::not_found($what, &item))
        }
    };
}

readable!(
    applications,
    application,
    "Application",
    "applications",
    "applications:read:admin",
    ApplicationView,
    "Applications",
    all_applications
);
readable!(resumes, resume, "Resume", "resumes", "resumes:read:admin", ResumeView, "Resumes", all_resumes);
readable!(offers, offer, "Offer", "offers", "offers:read:admin", OfferView, "Offers", all_offers);
readable!(
    referrals,
    referral,
    "Referral",
    "referrals",
    "referrals:read:admin",
    ReferralView,
    "Referrals",
    all_referrals
);
readable!(
    feedback,
    feedback_form,
    "Feedback",
    "feedback",
    "feedback:read:admin",
    FeedbackView,
    "Feedback",
    all_feedback
);
readable!(
    interviews,
    interview,
    "Interview",
    "interviews",
    "interviews:read:admin",
    InterviewView,
    "Interviews",
    every_interview
);
readable!(panels, panel, "Panel", "panels", "panels:read:admin", PanelView, "Interviews", all_panels);

fn all_applications(state: &State, row: &Opportunity, _: &Show) -> Vec<Named<ApplicationView>> {
    row.application.iter().map(|it| (it.id.clone(), ApplicationView::new(state, row, it))).collect()
}

fn all_resumes(state: &State, row: &Opportunity, show: &Show) -> Vec<Named<ResumeView>> {
    let resumes = state.papers(&row.id).resumes.iter();
    resumes.map(|it| (it.id.clone(), ResumeView::new(&row.id, it, show))).collect()
}

fn all_offers(state: &State, row: &Opportunity, _: &Show) -> Vec<Named<OfferView>> {
    let offers = state.papers(&row.id).offers.iter();
    offers.map(|it| (it.id.clone(), it.into())).collect()
}

fn all_referrals(state: &State, row: &Opportunity, _: &Show) -> Vec<Named<ReferralView>> {
    let referrals = state.papers(&row.id).referrals.iter();
    referrals.map(|it| (it.id.clone(), it.into())).collect()
}

fn all_feedback(state: &State, row: &Opportunity, _: &Show) -> Vec<Named<FeedbackView>> {
    let feedback = state.papers(&row.id).feedback.iter();
    feedback.map(|it| (it.id.clone(), it.into())).collect()
}

fn every_interview(state: &State, row: &Opportunity, _: &Show) -> Vec<Named<InterviewView>> {
    all_interviews(state, row)
}

fn all_panels(state: &State, row: &Opportunity, _: &Show) -> Vec<Named<PanelView>> {
    let application = row.application.as_ref().map(|there| there.id.as_str());
    let panels = state.papers(&row.id).panels.iter();
    panels
        .map(|it| {
            let view = PanelView::new(state, application, it);
            (it.id.clone(), view)
        })
        .collect()
}

/// A resume's bytes.
#[utoipa::path(get, path = "/v1/opportunities/{id}/resumes/{item}/download", tag = "Resumes",
    params(("id" = String, Path), ("item" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), Failures))]
pub async fn download_resume(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.needs("resumes:read:admin")?;
    let (id, item) = path.into_inner();
    let state = lever.read();
    caller.opportunity(&state, &id)?;
    let mut resumes = state.papers(&id).resumes.iter();
    resumes
        .find(|there| there.id == item)
        .ok_or_else(|| ApiError::not_found("Resume", &item))
        .and_then(files::bytes)
}

/// Something that was done to a file.
#[derive(Serialize, ToSchema)]
pub struct FileActionView {}

impl Listed for FileActionView {
    fn id(&self) -> &str {
        ""
    }
}

/// What was done to the files of an opportunity. Nobody does anything to files here that Lever
/// would tell in this list.
#[utoipa::path(get, path = "/v1/opportunities/{id}/file_actions", tag = "Files",
    params(("id" = String, Path), PageParams),
    responses((status = 200, body = List<FileActionView>), Failures))]
pub async fn file_actions(
    lever: Shared,
    caller: Caller,
    params: Params,
    id: Path<String>,
) -> Result<Json<List<FileActionView>>, ApiError> {
    caller.needs("files:read:admin")?;
    let paging = Paging::read(&params, &lever)?;
    caller.opportunity(&lever.read(), &id)?;
    Ok(Json(paging.cut(Vec::new())?))
}

/// The routes below an opportunity.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/applications").get(applications))
        .service(web::resource("/applications/{item}").get(application))
        .service(web::resource("/resumes").get(resumes))
        .service(web::resource("/resumes/{item}").get(resume))
        .service(web::resource("/resumes/{item}/download").get(download_resume))
        .service(web::resource("/offers").get(offers))
        .service(web::resource("/offers/{item}").get(offer))
        .service(web::resource("/referrals").get(referrals))
        .service(web::resource("/referrals/{item}").get(referral))
        .service(web::resource("/file_actions").get(file_actions));
}
