//! `/postings`, and applying to them.

use actix_web::web::{self, Json, Path};
use actix_web::{HttpResponse, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::opportunities::filter::{Confidentiality, confidentiality, range};
use super::opportunities::read::ShowParams;
use super::views::{ApplicationView, PostingView, Show};
use super::{ApiError, Body, BodyFailures, Caller, Failures, List, PageParams, Paging, Params, Single};
use crate::Shared;
use crate::ratelimit::Verdict;
use crate::state::{NewApplication, Posting, PostingState};

const READ: &str = "postings:read:admin";

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/postings").get(list))
        .service(web::resource("/postings/{id}").get(get))
        .service(web::resource("/postings/{id}/apply").post(apply));
}

/// Which postings.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the handler reads them")]
pub(super) struct PostingParams {
    #[param(nullable = false)]
    state: Option<Vec<PostingState>>,
    #[param(nullable = false)]
    tag: Option<Vec<String>>,
    #[param(nullable = false)]
    team: Option<Vec<String>>,
    #[param(nullable = false)]
    department: Option<Vec<String>>,
    #[param(nullable = false)]
    location: Option<Vec<String>>,
    #[param(nullable = false)]
    commitment: Option<Vec<String>>,
    #[param(nullable = false)]
    level: Option<Vec<String>>,
    /// `non-confidential` unless given.
    #[param(nullable = false, inline)]
    confidentiality: Option<Confidentiality>,
    #[param(nullable = false)]
    created_at_start: Option<i64>,
    #[param(nullable = false)]
    created_at_end: Option<i64>,
    #[param(nullable = false)]
    updated_at_start: Option<i64>,
    #[param(nullable = false)]
    updated_at_end: Option<i64>,
}

/// All postings.
#[utoipa::path(get, path = "/v1/postings", tag = "Postings",
    params(PageParams, PostingParams, ShowParams),
    responses((status = 200, body = List<PostingView>), Failures))]
pub(super) async fn list(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<PostingView>>, ApiError> {
    caller.needs(READ)?;
    let confidential = confidentiality(&params, &caller)?;
    let created = range(&params, "created_at")?;
    let updated = range(&params, "updated_at")?;
    if let Some(state) = params.all("state").iter().find(|state| PostingState::parse(state).is_none()) {
        return Err(ApiError::bad(format!("Invalid parameter: state {state} is not known")));
    }
    let paging = Paging::read(&params, "postings", lever.now())?;
    let show = Show::of(&params, &lever.url);
    let among = |name: &str, value: Option<&str>| {
        let wanted = params.all(name);
        wanted.is_empty() || wanted.iter().any(|there| Some(there.as_str()) == value)
    };
    let within =
        |range: Option<(i64, i64)>, at: i64| range.is_none_or(|(start, end)| (start..=end).contains(&at));
    let wants = |posting: &Posting| {
        let categories = &posting.categories;
        let tags = params.all("tag");
        confidential.is_none_or(|wanted| wanted == posting.confidential)
            && among("state", Some(posting.state.as_str()))
            && among("team", categories.team.as_deref())
            && among("department", categories.department.as_deref())
            && among("location", categories.location.as_deref())
            && among("commitment", categories.commitment.as_deref())
            && among("level", categories.level.as_deref())
            && (tags.is_empty() || tags.iter().any(|tag| posting.tags.contains(tag)))
            && within(created, posting.created_at)
            && within(updated, posting.updated_at)
    };
    let state = lever.read();
    let wanted = state.postings.iter().filter(|posting| wants(posting));
    Ok(Json(paging.cut(wanted.map(|posting| PostingView::new(&state, posting, &show)))))
}

/// One posting.
#[utoipa::path(get, path = "/v1/postings/{id}", tag = "Postings",
    params(("id" = String, Path), ShowParams),
    responses((status = 200, body = Single<PostingView>), Failures))]
pub(super) async fn get(
    lever: Shared,
    caller: Caller,
    params: Params,
    id: Path<String>,
) -> Result<Json<Single<PostingView>>, ApiError> {
    caller.needs(READ)?;
    let show = Show::of(&params, &lever.url);
    let state = lever.read();
    let posting = state.posting(&id).ok_or_else(|| ApiError::not_found("Posting", &id))?;
    caller.reveal(posting.confidential, "Posting", &id)?;
    Ok(Single::of(PostingView::new(&state, posting, &show)))
}

/// A named answer of an application form.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Answer {
    name: String,
    value: String,
}

/// An application, as the questions of a posting ask for it or in short.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApplyBody {
    /// `fullName` and `email` are required; `phone`, `currentCompany` and
    /// `additionalInformation` are not.
    #[serde(default)]
    personal_information: Vec<Answer>,
    #[serde(default)]
    urls: Vec<Answer>,
    /// In short, in place of `personalInformation`.
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    org: Option<String>,
    comments: Option<String>,
    source: Option<String>,
}

/// The application that was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AppliedView {
    application_id: String,
    contact_id: String,
    #[serde(flatten)]
    application: ApplicationView,
}

/// Applies to a posting for somebody; 2 a second at most.
#[utoipa::path(post, path = "/v1/postings/{id}/apply", tag = "Postings",
    params(("id" = String, Path)), request_body = ApplyBody,
    responses((status = 201, body = Single<AppliedView>), Failures, BodyFailures))]
pub(super) async fn apply(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
    Body(body): Body<ApplyBody>,
) -> Result<HttpResponse, ApiError> {
    caller.needs("postings:write:admin")?;
    if let Verdict::Wait { seconds, say, .. } = lever.limiter.take_apply(&caller.key, lever.now()) {
        return Err(ApiError::too_many(say.then_some(seconds)));
    }
    {
        let state = lever.read();
        let posting = state.posting(&id).ok_or_else(|| ApiError::not_found("Posting", &id))?;
        caller.reveal(posting.confidential, "Posting", &id)?;
        if !matches!(posting.state, PostingState::Published | PostingState::Internal) {
            return Err(ApiError::bad("This posting takes no applications"));
        }
    }
    let new = body.read()?;
    let (opportunity, application) = lever.act(None, |state, actor| {
        let (opportunity, application, events) = state.apply(&id, new, actor)?;
        Ok(((opportunity, application), events))
    })?;
    let state = lever.read();
    let row = state.opportunity(&opportunity)?;
    let made = row.application.as_ref().ok_or_else(|| ApiError::not_found("Application", &application))?;
    let data = AppliedView {
        contact_id: row.contact.clone(),
        application: ApplicationView::new(&state, row, made),
        application_id: application,
    };
    Ok(HttpResponse::build(StatusCode::CREATED).json(Single { data }))
}

impl ApplyBody {
    fn read(self) -> Result<NewApplication, ApiError> {
        let answer = |name: &str| {
            let mut answers = self.personal_information.iter();
            answers
                .find(|answer| answer.name == name && !answer.value.trim().is_empty())
                .map(|answer| answer.value.clone())
        };
        let missing = |name: &str| ApiError::bad(format!("{name} is required"));
        Ok(NewApplication {
            name: answer("fullName")
                .or_else(|| self.name.clone())
                .filter(|name| !name.trim().is_empty())
                .ok_or_else(|| missing("fullName"))?,
            email: Some(
                answer("email")
                    .or_else(|| self.email.clone())
                    .filter(|email| email.contains('@'))
                    .ok_or_else(|| missing("email"))?,
            ),
            phone: answer("phone").or_else(|| self.phone.clone()),
            company: answer("currentCompany").or_else(|| self.org.clone()),
            comments: answer("additionalInformation").or_else(|| self.comments.clone()),
            links: self.urls.iter().map(|url| url.value.clone()).collect(),
            source: self.source.clone(),
        })
    }
}
