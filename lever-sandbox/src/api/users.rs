//! The account's users.

use actix_web::HttpResponse;
use actix_web::web::{self, Json, Path};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::call::{
    ApiError, Body, BodyFailures, Caller, Failures, List, PageParams, Paging, Params, Single, created,
};
use crate::sandbox::Shared;
use crate::state::{AccessRole, UserFields};
use crate::views::UserView;

const READ: &str = "users:read:admin";
const WRITE: &str = "users:write:admin";

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/users").get(users).post(create))
        .service(web::resource("/users/{id}").get(user).put(update))
        .service(web::resource("/users/{id}/deactivate").post(deactivate))
        .service(web::resource("/users/{id}/reactivate").post(reactivate));
}

/// Which users.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the parameters; the handler reads them")]
pub(super) struct UserParams {
    #[param(nullable = false)]
    email: Option<Vec<String>>,
    #[param(nullable = false)]
    access_role: Option<Vec<String>>,
    #[param(nullable = false)]
    include_deactivated: Option<bool>,
    /// The user's id in a directory elsewhere.
    #[param(nullable = false, rename = "external_directory_id")]
    external_directory_id: Option<Vec<String>>,
}

/// The users of the account; those who were deactivated only when asked for.
#[utoipa::path(get, path = "/v1/users", tag = "Settings", params(PageParams, UserParams),
    responses((status = 200, body = List<UserView>), Failures))]
pub(super) async fn users(
    lever: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<List<UserView>>, ApiError> {
    caller.needs(READ)?;
    let emails = params.all("email");
    let roles = params.all("accessRole");
    let directory_ids = params.all("external_directory_id");
    let deactivated = params.flag("includeDeactivated")?.unwrap_or(false);
    let paging = Paging::of_users(&params)?;
    let state = lever.read();
    let wanted = state.users.iter().filter(|user| {
        let mut named = emails.iter();
        (deactivated || user.deactivated_at.is_none())
            && (emails.is_empty() || named.any(|email| user.email.eq_ignore_ascii_case(email)))
            && (directory_ids.is_empty()
                || user.external_directory_id.as_ref().is_some_and(|id| directory_ids.contains(id)))
            && (roles.is_empty() || roles.iter().any(|role| user.access_role.as_str() == role))
    });
    Ok(Json(paging.cut(wanted.map(UserView::from))?))
}

/// One user.
#[utoipa::path(get, path = "/v1/users/{id}", tag = "Settings",
    params(("id" = String, Path)),
    responses((status = 200, body = Single<UserView>), Failures))]
pub(super) async fn user(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<Single<UserView>>, ApiError> {
    caller.needs(READ)?;
    let state = lever.read();
    let user = state.user(&id);
    let user = user.ok_or_else(|| ApiError::not_found("User", &id))?;
    Ok(Single::of(user.into()))
}

/// A user; when one is changed, what is missing goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserBody {
    name: String,
    email: String,
    /// `super admin`, `admin`, `team member`, `limited team member` or `interviewer`; the last when
    /// missing.
    access_role: Option<String>,
    external_directory_id: Option<String>,
    job_title: Option<String>,
    /// Id of a user.
    manager_id: Option<String>,
}

impl UserBody {
    fn fields(self) -> Result<UserFields, ApiError> {
        let role = self.access_role.as_deref().unwrap_or("interviewer");
        Ok(UserFields {
            access_role: AccessRole::parse(role)
                .ok_or_else(|| ApiError::bad(format!("Access role {role} is not known")))?,
            name: self.name,
            email: self.email,
            job_title: self.job_title,
            manager: self.manager_id,
            external_directory_id: self.external_directory_id,
        })
    }
}

/// Adds a user; nobody is invited by mail.
#[utoipa::path(post, path = "/v1/users", tag = "Settings", request_body = UserBody,
    responses((status = 201, body = Single<UserView>), Failures, BodyFailures))]
pub(super) async fn create(
    lever: Shared,
    caller: Caller,
    Body(body): Body<UserBody>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let fields = body.fields()?;
    let now = lever.now();
    let user = lever.write().add_user(fields, now)?;
    Ok(created(&lever, UserView::from(&user)))
}

/// Replaces what is known of a user.
#[utoipa::path(put, path = "/v1/users/{id}", tag = "Settings",
    params(("id" = String, Path)), request_body = UserBody,
    responses((status = 200, body = Single<UserView>), Failures, BodyFailures))]
pub(super) async fn update(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
    Body(body): Body<UserBody>,
) -> Result<Json<Single<UserView>>, ApiError> {
    caller.needs(WRITE)?;
    let fields = body.fields()?;
    let user = lever.write().update_user(&id, fields)?;
    Ok(Single::of((&user).into()))
}

fn set_active(
    lever: &Shared,
    caller: &Caller,
    id: &str,
    active: bool,
) -> Result<Json<Single<UserView>>, ApiError> {
    caller.needs(WRITE)?;
    let now = lever.now();
    let user = lever.write().set_user_active(id, active, now)?;
    Ok(Single::of((&user).into()))
}

/// Shuts a user out; what they did stays.
#[utoipa::path(post, path = "/v1/users/{id}/deactivate", tag = "Settings",
    params(("id" = String, Path)),
    responses((status = 200, body = Single<UserView>), Failures))]
pub(super) async fn deactivate(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<Single<UserView>>, ApiError> {
    set_active(&lever, &caller, &id, false)
}

/// Lets a user in again.
#[utoipa::path(post, path = "/v1/users/{id}/reactivate", tag = "Settings",
    params(("id" = String, Path)),
    responses((status = 200, body = Single<UserView>), Failures))]
pub(super) async fn reactivate(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<Single<UserView>>, ApiError> {
    set_active(&lever, &caller, &id, true)
}
