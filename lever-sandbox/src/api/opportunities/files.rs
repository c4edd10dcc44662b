//! Files: multipart only, and always done by somebody.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Json, Path};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::call::{
    ApiError, BodyFailures, Caller, Failures, List, PageParams, Paging, Params, PerformAs, Single, WithFiles,
    created, range, within,
};
use crate::sandbox::Shared;
use crate::state::{File, State};
use crate::views::{FileView, Show};

const READ: &str = "files:read:admin";
const WRITE: &str = "files:write:admin";
/// The kinds of files Lever takes.
const KINDS: [&str; 8] = ["docx", "doc", "js", "jpg", "jpeg", "png", "pdf", "txt"];

fn find<'a>(state: &'a State, opportunity: &str, id: &str) -> Result<&'a File, ApiError> {
    state
        .papers(opportunity)
        .files
        .iter()
        .find(|file| file.id == id)
        .ok_or_else(|| ApiError::not_found("File", id))
}

/// When they were uploaded.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; `range` reads them")]
pub struct FileParams {
    #[param(nullable = false)]
    uploaded_at_start: Option<i64>,
    #[param(nullable = false)]
    uploaded_at_end: Option<i64>,
}

/// All files of an opportunity, oldest first.
#[utoipa::path(get, path = "/v1/opportunities/{id}/files", tag = "Files",
    params(("id" = String, Path), PageParams, FileParams),
    responses((status = 200, body = List<FileView>), Failures))]
pub async fn list(
    lever: Shared,
    caller: Caller,
    params: Params,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(READ)?;
    let uploaded = range(&params, "uploaded_at")?;
    let paging = Paging::read(&params, &lever)?;
    let show = Show::plain(&lever.url);
    let state = lever.read();
    caller.opportunity(&state, &id)?;
    let files = state.papers(&id).files.iter().filter(|file| within(uploaded, file.uploaded_at));
    let page = paging.cut(files.map(|file| FileView::new(&id, "files", file, &show)))?;
    Ok(match lever.switches.get().bare_files {
        true => HttpResponse::Ok().json(page.data),
        false => HttpResponse::Ok().json(page),
    })
}

/// One file.
#[utoipa::path(get, path = "/v1/opportunities/{id}/files/{file}", tag = "Files",
    params(("id" = String, Path), ("file" = String, Path)),
    responses((status = 200, body = Single<FileView>), Failures))]
pub async fn get(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<Json<Single<FileView>>, ApiError> {
    caller.needs(READ)?;
    let (id, file) = path.into_inner();
    let show = Show::plain(&lever.url);
    let state = lever.read();
    caller.opportunity(&state, &id)?;
    let view = FileView::new(&id, "files", find(&state, &id, &file)?, &show);
    Ok(Single::of(view))
}

/// A file's bytes.
#[utoipa::path(get, path = "/v1/opportunities/{id}/files/{file}/download", tag = "Files",
    params(("id" = String, Path), ("file" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 422, description = "The file isn't what its name says", body = crate::call::ErrorBody),
        Failures))]
pub async fn download(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(READ)?;
    let (id, file) = path.into_inner();
    let state = lever.read();
    caller.opportunity(&state, &id)?;
    bytes(find(&state, &id, &file)?)
}

/// The answer that carries a file.
pub fn bytes(file: &File) -> Result<HttpResponse, ApiError> {
    if !file.is_sound() {
        return Err(ApiError::unprocessable("The file could not be processed"));
    }
    let name = header::DispositionParam::FilenameExt(header::ExtendedValue {
        charset: header::Charset::Ext("UTF-8".into()),
        language_tag: None,
        value: file.name.clone().into_bytes(),
    });
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(header::ContentDisposition {
            disposition: header::DispositionType::Attachment,
            parameters: vec![name],
        })
        .body(file.content.clone()))
}

/// A file as multipart.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; `WithFiles` reads it")]
pub struct FileForm {
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// No field but the file.
#[derive(Debug, Deserialize)]
pub struct NoFields {}

/// Whether Lever takes files with this name.
pub fn check_kind(name: &str) -> Result<(), ApiError> {
    let kind = name.rsplit_once('.').map(|(_, kind)| kind.to_ascii_lowercase());
    match kind {
        Some(kind) if KINDS.contains(&kind.as_str()) => Ok(()),
        _ => Err(ApiError::bad(format!("{name}: only docx, doc, js, jpg, png, pdf and txt files are taken"))),
    }
}

/// Adds a file: multipart with the field `file`.
#[utoipa::path(post, path = "/v1/opportunities/{id}/files", tag = "Files",
    params(("id" = String, Path), PerformAs),
    request_body(content((FileForm = "multipart/form-data"))),
    responses((status = 201, body = Single<FileView>), Failures, BodyFailures))]
pub async fn create(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
    sent: WithFiles<NoFields>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let user = caller.named_user()?;
    caller.opportunity(&lever.read(), &id)?;
    let mut files = sent.files.into_iter();
    let file = files.find(|file| file.field == "file").ok_or_else(|| ApiError::missing("file"))?;
    check_kind(&file.name)?;
    let file = lever.act(Some(user), |state, actor| {
        Ok((state.add_file(&id, &file.name, file.content, actor)?, Vec::new()))
    })?;
    let show = Show::plain(&lever.url);
    let state = lever.read();
    Ok(created(&lever, FileView::new(&id, "files", find(&state, &id, &file)?, &show)))
}

/// Deletes a file.
#[utoipa::path(delete, path = "/v1/opportunities/{id}/files/{file}", tag = "Files",
    params(("id" = String, Path), ("file" = String, Path), PerformAs),
    responses((status = 204), Failures))]
pub async fn delete(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let user = caller.named_user()?;
    let (id, file) = path.into_inner();
    caller.opportunity(&lever.read(), &id)?;
    lever.act_only(Some(user), |state, actor| {
        state.delete_file(&id, &file, actor)?;
        Ok(Vec::new())
    })?;
    Ok(HttpResponse::NoContent().finish())
}
