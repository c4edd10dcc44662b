//! Notes: made and deleted, never edited.

use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::call::{
    ApiError, Body, BodyFailures, Caller, Failures, List, PageParams, Paging, Params, PerformAs, Single,
    created,
};
use crate::sandbox::Shared;
use crate::state::{CommentPatch, NewNote, Note, NotePatch, State};
use crate::views::{NoteIdView, NoteView};

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
    let paging = Paging::read(&params, &lever)?;
    let state = lever.read();
    caller.opportunity(&state, &id)?;
    let notes = state.papers(&id).notes.iter().filter(|note| note.deleted_at.is_none());
    Ok(Json(paging.cut(notes.map(NoteView::from))?))
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
    #[schema(minimum = 1, maximum = 4)]
    score: Option<i64>,
    /// Whether followers are told by mail; the sandbox sends none.
    #[serde(default, rename = "notifyFollowers")]
    #[expect(dead_code, reason = "read for its type only")]
    notify_followers: bool,
    /// In the past; now when missing.
    created_at: Option<i64>,
}

/// Which note's thread it goes to.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter; the handler reads it")]
pub struct ThreadParams {
    /// Id of a note; a new one when missing.
    #[param(nullable = false)]
    note_id: Option<String>,
}

/// Adds a note, or a comment to one.
#[utoipa::path(post, path = "/v1/opportunities/{id}/notes", tag = "Notes",
    params(("id" = String, Path), PerformAs, ThreadParams), request_body = NoteBody,
    responses((status = 201, body = Single<NoteView>), Failures, BodyFailures))]
pub async fn create(
    lever: Shared,
    caller: Caller,
    params: Params,
    id: Path<String>,
    Body(body): Body<NoteBody>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    caller.opportunity(&lever.read(), &id)?;
    let new = NewNote {
        text: body.value,
        secret: body.secret,
        score: body.score,
        created_at: body.created_at,
        by_api: true,
    };
    let thread = params.get("note_id").map(str::to_owned);
    let note = lever.act(caller.user(), |state, actor| {
        let note = match thread {
            None => state.add_note(&id, &new, actor)?,
            Some(note) => {
                state.add_comment(&id, &note, &new, actor)?;
                note
            }
        };
        Ok((note, Vec::new()))
    })?;
    let state = lever.read();
    Ok(created(&lever, NoteView::created(find(&state, &id, &note)?)))
}

/// A comment of a note that is written anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommentBody {
    value: String,
    created_at: Option<i64>,
}

/// A note as it is to be: what is missing goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteUpdate {
    /// Its comments, one at least.
    values: Vec<CommentBody>,
    /// Id of a user.
    user: Option<String>,
    #[serde(default)]
    secret: bool,
    #[schema(minimum = 1, maximum = 4)]
    score: Option<i64>,
    created_at: Option<i64>,
    completed_at: Option<i64>,
}

/// Replaces a note that was created through the API.
#[utoipa::path(put, path = "/v1/opportunities/{id}/notes/{note}", tag = "Notes",
    params(("id" = String, Path), ("note" = String, Path), PerformAs), request_body = NoteUpdate,
    responses((status = 200, body = Single<NoteIdView>), Failures, BodyFailures))]
pub async fn update(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
    Body(body): Body<NoteUpdate>,
) -> Result<Json<Single<NoteIdView>>, ApiError> {
    caller.needs(WRITE)?;
    let (id, note) = path.into_inner();
    caller.opportunity(&lever.read(), &id)?;
    let comment = |body: CommentBody| CommentPatch { text: body.value, created_at: body.created_at };
    let patch = NotePatch {
        comments: body.values.into_iter().map(comment).collect(),
        user: body.user,
        secret: body.secret,
        score: body.score,
        created_at: body.created_at,
        completed_at: body.completed_at,
    };
    lever.act_only(caller.user(), |state, actor| {
        state.update_note(&id, &note, patch, actor)?;
        Ok(Vec::new())
    })?;
    Ok(Single::of(NoteIdView { note_id: note }))
}

/// Deletes a note that was created through the API.
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
