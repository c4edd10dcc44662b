//! `/postings`, and applying to them.

use actix_web::HttpResponse;
use actix_web::web::{self, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::opportunities::read::ShowParams;
use crate::call::{
    ApiError, Body, BodyFailures, Caller, Confidentiality, Failures, List, PageParams, Paging, Params,
    Single, confidentiality, created, range, within,
};
use crate::ratelimit::Verdict;
use crate::sandbox::Shared;
use crate::state::{NewApplication, Origin, Posting, PostingState, State};
use crate::views::{ApplyFormView, PostingAccessView, PostingView, Show};

const READ: &str = "postings:read:admin";

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/postings").get(list))
        .service(web::resource("/postings/deleted").get(deleted))
        .service(web::resource("/postings/{id}").get(get))
        .service(web::resource("/postings/{id}/users").get(access))
        .service(web::resource("/postings/{id}/apply").get(questions).post(apply));
}

/// Where a posting can be seen.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes the parameter; the handler reads it")]
enum Channel {
    Public,
    Internal,
}

/// By what postings are grouped.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes the parameter; the handler reads it")]
enum Group {
    Location,
    Team,
    Department,
    Commitment,
}

/// What may stand beside `updated_at_…`.
const BESIDE_UPDATED: [&str; 8] = [
    "updated_at_start",
    "updated_at_end",
    "confidentiality",
    "limit",
    "offset",
    "expand",
    "include",
    "perform_as",
];

/// The channels that published postings must be in, one of them.
fn channels(params: &Params) -> Result<Vec<String>, ApiError> {
    let named = params.listed("distributionChannel");
    match named.iter().find(|channel| !matches!(channel.as_str(), "public" | "internal")) {
        Some(_) => Err(ApiError::bad("Invalid parameter: distributionChannel must be public or internal")),
        None if named.is_empty() => Ok(vec!["public".to_owned()]),
        None => Ok(named),
    }
}

/// What a posting is sorted under.
fn group_of<'a>(posting: &'a Posting, group: &str) -> Result<Option<&'a str>, ApiError> {
    let categories = &posting.categories;
    Ok(match group {
        "location" => categories.location.as_deref(),
        "team" => categories.team.as_deref(),
        "department" => categories.department.as_deref(),
        "commitment" => categories.commitment.as_deref(),
        _ => {
            return Err(ApiError::bad(
                "Invalid parameter: group must be location, team, department or commitment",
            ));
        }
    })
}

/// Which postings.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the handler reads them")]
pub(super) struct PostingParams {
    #[param(nullable = false)]
    state: Option<Vec<PostingState>>,
    /// Published postings are those of the public site, unless `internal` is named; both for all.
    #[param(nullable = false, rename = "distributionChannel", inline)]
    distribution_channel: Option<Vec<Channel>>,
    /// Grouped by this, not filtered.
    #[param(nullable = false, inline)]
    group: Option<Group>,
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
    let paging = Paging::read(&params, &lever)?;
    let show = Show::read(&params, &lever.url, Show::POSTING)?;
    let channels = channels(&params)?;
    if updated.is_some() && params.names().any(|name| !BESIDE_UPDATED.contains(&name)) {
        return Err(ApiError::bad("updated_at can only be used in combination with confidentiality"));
    }
    let among = |name: &str, value: Option<&str>| {
        let wanted = params.all(name);
        wanted.is_empty() || wanted.iter().any(|there| Some(there.as_str()) == value)
    };
    let wants = |posting: &Posting| {
        let categories = &posting.categories;
        let tags = params.all("tag");
        confidential.is_none_or(|wanted| wanted == posting.confidential)
            && (posting.state != PostingState::Published
                || posting.distribution_channels.iter().any(|there| channels.contains(there)))
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
    let mut wanted: Vec<&Posting> = state.postings.iter().filter(|posting| wants(posting)).collect();
    if let Some(group) = params.get("group") {
        let mut keyed = wanted
            .into_iter()
            .map(|posting| Ok((group_of(posting, group)?, posting)))
            .collect::<Result<Vec<_>, ApiError>>()?;
        keyed.sort_by_key(|(key, _)| *key);
        wanted = keyed.into_iter().map(|(_, posting)| posting).collect();
    }
    Ok(Json(paging.cut(wanted.into_iter().map(|posting| PostingView::new(&state, posting, &show)))?))
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
    let show = Show::read(&params, &lever.url, Show::POSTING)?;
    let state = lever.read();
    Ok(Single::of(PostingView::new(&state, visible(&state, &caller, &id)?, &show)))
}

/// When they were deleted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; `range` reads them")]
pub(super) struct DeletedPostingParams {
    #[param(nullable = false)]
    deleted_at_start: Option<i64>,
    #[param(nullable = false)]
    deleted_at_end: Option<i64>,
}

/// The postings that were deleted.
#[utoipa::path(get, path = "/v1/postings/deleted", tag = "Postings",
    params(PageParams, DeletedPostingParams),
    responses((status = 200, body = List<PostingView>), Failures))]
pub(super) async fn deleted(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<PostingView>>, ApiError> {
    caller.needs(READ)?;
    let when = range(&params, "deleted_at")?;
    let paging = Paging::read(&params, &lever)?;
    let show = Show::plain(&lever.url);
    let state = lever.read();
    let gone = state
        .deleted_postings
        .iter()
        .filter(|gone| within(when, gone.deleted_at) && caller.sees(gone.posting.confidential));
    Ok(Json(paging.cut(gone.map(|gone| PostingView::deleted(&state, gone, &show)))?))
}

/// A posting this caller may know of.
fn visible<'a>(state: &'a State, caller: &Caller, id: &str) -> Result<&'a Posting, ApiError> {
    let posting = state.posting(id).ok_or_else(|| ApiError::not_found("Posting", id))?;
    caller.reveal(posting.confidential, "Posting", id)?;
    Ok(posting)
}

/// Who may see a posting. The answer has no `data` around it.
#[utoipa::path(get, path = "/v1/postings/{id}/users", tag = "Postings",
    params(("id" = String, Path)),
    responses((status = 200, body = PostingAccessView), Failures))]
pub(super) async fn access(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<PostingAccessView>, ApiError> {
    caller.needs(READ)?;
    let state = lever.read();
    Ok(Json(PostingAccessView::new(&state, visible(&state, &caller, &id)?)))
}

/// What a posting asks applicants.
#[utoipa::path(get, path = "/v1/postings/{id}/apply", tag = "Postings",
    params(("id" = String, Path)),
    responses((status = 200, body = Single<ApplyFormView>), Failures))]
pub(super) async fn questions(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<Single<ApplyFormView>>, ApiError> {
    caller.needs(READ)?;
    let state = lever.read();
    Ok(Single::of(ApplyFormView::new(visible(&state, &caller, &id)?)))
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
    /// `applied` or `internal`; the first when missing.
    #[schema(value_type = Option<Origin>)]
    origin: Option<String>,
    /// Where the applicant's browser is.
    ip_address: Option<String>,
}

/// The application that was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AppliedView {
    application_id: String,
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
        let posting = visible(&state, &caller, &id)?;
        if !matches!(posting.state, PostingState::Published | PostingState::Internal) {
            return Err(ApiError::bad("This posting takes no applications"));
        }
    }
    let new = body.read()?;
    let application_id = lever.act(None, |state, actor| {
        let (_, application, events) = state.apply(&id, new, actor)?;
        Ok((application, events))
    })?;
    Ok(created(&lever, AppliedView { application_id }))
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
        let origin = match self.origin.as_deref() {
            None | Some("applied") => Origin::Applied,
            Some("internal") => Origin::Internal,
            Some(_) => return Err(ApiError::bad("origin must be applied or internal")),
        };
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
            origin: Some(origin),
            ip_address: self.ip_address.clone(),
        })
    }
}
