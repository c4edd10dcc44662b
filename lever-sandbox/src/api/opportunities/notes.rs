//! Notes: made and deleted, never edited.

use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::create::PerformAs;
use crate::Shared;
use crate::api::views::NoteView;
use crate::api::{ApiError, Body, BodyFailures, Caller, Failures, List, PageParams, Paging, Params, Single};
use crate::state::{Note, State};

const READ: &str = "notes:read:admin";
const WRITE: &str = "notes:write:admin";

fn find<'a>(state: &'a State, opportunity: &str, id: &str) -> Result<&'a Note, ApiError> {
    state
        .papers(opportunity)
        .notes
        .iter()
        .find(|note| note.id == id && note.deleted_at.is_none())
        .ok_or_else(|| ApiError::not_found("Note", id))
}

/// All notes of an opportunity, oldest first.
#[utoipa::path(get, path = "/v1/opportunities/{id}/notes", tag = "Notes",
    params(("id" = String, Path), PageParams),
    responses((status = 200, body = List<NoteView>), Failures))]
pub async fn list(
    lever: Shared,
    caller: Caller,
    params: Params,
    id: Path<String>,
) -> Result<Json<List<NoteView>>, ApiError> {
    caller.needs(READ)?;
    let paging = Paging::read(&params, &format!("notes {id}"), lever.now())?;
    let state = lever.read();
    caller.opportunity(&state, &id)?;
    let notes = state.papers(&id).notes.iter().filter(|note| note.deleted_at.is_none());
    Ok(Json(paging.cut(notes.map(NoteView::from))))
}

/// One note.
#[utoipa::path(get, path = "/v1/opportunities/{id}/notes/{note}", tag = "Notes",
    params(("id" = String, Path), ("note" = String, Path)),
    responses((status = 200, body = Single<NoteView>), Failures))]
pub async fn get(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<Json<Single<NoteView>>, ApiError> {
    caller.needs(READ)?;
    let (id, note) = path.into_inner();
    let state = lever.read();
    caller.opportunity(&state, &id)?;
    Ok(Single::of(find(&state, &id, &note)?.into()))
}

/// A new note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteBody {
    /// The text.
    value: String,
    #[serde(default)]
    secret: bool,
    score: Option<i64>,
    /// Whether followers are told by mail; the sandbox sends none.
    #[serde(default, rename = "notifyFollowers")]
    #[expect(dead_code, reason = "read for its type only")]
    notify_followers: bool,
    created_at: Option<i64>,
}

/// Adds a note.
#[utoipa::path(post, path = "/v1/opportunities/{id}/notes", tag = "Notes",
    params(("id" = String, Path), PerformAs), request_body = NoteBody,
    responses((status = 201, body = Single<NoteView>), Failures, BodyFailures))]
pub async fn create(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
    Body(body): Body<NoteBody>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    caller.opportunity(&lever.read(), &id)?;
    if body.value.trim().is_empty() {
        return Err(ApiError::bad("value must not be empty"));
    }
    let note = lever.act(caller.user(), |state, actor| {
        let (secret, score) = (body.secret, body.score);
        let note = state.add_note(&id, &body.value, secret, score, body.created_at, actor)?;
        Ok((note, Vec::new()))
    })?;
    let state = lever.read();
    let data = NoteView::from(find(&state, &id, &note)?);
    Ok(HttpResponse::build(StatusCode::CREATED).json(Single { data }))
}

/// Deletes a note.
#[utoipa::path(delete, path = "/v1/opportunities/{id}/notes/{note}", tag = "Notes",
    params(("id" = String, Path), ("note" = String, Path)),
    responses((status = 204), Failures))]
pub async fn delete(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let (id, note) = path.into_inner();
    caller.opportunity(&lever.read(), &id)?;
    lever.act_only(caller.user(), |state, actor| {
        state.delete_note(&id, &note, actor)?;
        Ok(Vec::new())
    })?;
    Ok(HttpResponse::NoContent().finish())
}
