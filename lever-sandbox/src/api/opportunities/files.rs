//! Files, sent as multipart or fetched from a `downloadUrl`.

use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Json, Path, Payload};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::TryStreamExt;
use serde::Deserialize;
use utoipa::ToSchema;

use super::create::PerformAs;
use crate::Shared;
use crate::api::body::media_type;
use crate::api::views::{FileView, Show};
use crate::api::{ApiError, Body, BodyFailures, Caller, Failures, List, PageParams, Paging, Params, Single};
use crate::state::{File, State};

const READ: &str = "files:read:admin";
const WRITE: &str = "files:write:admin";
/// The kinds of files Lever takes.
const KINDS: [&str; 7] = ["docx", "doc", "jpg", "jpeg", "png", "pdf", "txt"];
/// The largest file, in bytes.
const LARGEST: usize = 30 * 1024 * 1024;

fn find<'a>(state: &'a State, opportunity: &str, id: &str) -> Result<&'a File, ApiError> {
    state
        .papers(opportunity)
        .files
        .iter()
        .find(|file| file.id == id)
        .ok_or_else(|| ApiError::not_found("File", id))
}

/// All files of an opportunity, oldest first.
#[utoipa::path(get, path = "/v1/opportunities/{id}/files", tag = "Files",
    params(("id" = String, Path), PageParams),
    responses((status = 200, body = List<FileView>), Failures))]
pub async fn list(
    lever: Shared,
    caller: Caller,
    params: Params,
    id: Path<String>,
) -> Result<Json<List<FileView>>, ApiError> {
    caller.needs(READ)?;
    let paging = Paging::read(&params, &format!("files {id}"), lever.now())?;
    let show = Show::of(&params, &lever.url);
    let state = lever.read();
    caller.opportunity(&state, &id)?;
    let files = state.papers(&id).files.iter();
    Ok(Json(paging.cut(files.map(|file| FileView::new(&id, "files", file, &show)))))
}

/// One file.
#[utoipa::path(get, path = "/v1/opportunities/{id}/files/{file}", tag = "Files",
    params(("id" = String, Path), ("file" = String, Path)),
    responses((status = 200, body = Single<FileView>), Failures))]
pub async fn get(
    lever: Shared,
    caller: Caller,
    params: Params,
    path: Path<(String, String)>,
) -> Result<Json<Single<FileView>>, ApiError> {
    caller.needs(READ)?;
    let (id, file) = path.into_inner();
    let show = Show::of(&params, &lever.url);
    let state = lever.read();
    caller.opportunity(&state, &id)?;
    let view = FileView::new(&id, "files", find(&state, &id, &file)?, &show);
    Ok(Single::of(view))
}

/// A file's bytes.
#[utoipa::path(get, path = "/v1/opportunities/{id}/files/{file}/download", tag = "Files",
    params(("id" = String, Path), ("file" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), Failures))]
pub async fn download(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(READ)?;
    let (id, file) = path.into_inner();
    let state = lever.read();
    caller.opportunity(&state, &id)?;
    Ok(bytes(find(&state, &id, &file)?))
}

/// The answer that carries a file.
pub fn bytes(file: &File) -> HttpResponse {
    let name = header::DispositionParam::FilenameExt(header::ExtendedValue {
        charset: header::Charset::Ext("UTF-8".into()),
        language_tag: None,
        value: file.name.clone().into_bytes(),
    });
    HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(header::ContentDisposition {
            disposition: header::DispositionType::Attachment,
            parameters: vec![name],
        })
        .body(file.content.clone())
}

/// A file to be fetched.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileBody {
    download_url: String,
}

/// A file as multipart.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; `read_form` reads it")]
pub struct FileForm {
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// Adds a file: multipart with the field `file`, or JSON with a `downloadUrl`.
#[utoipa::path(post, path = "/v1/opportunities/{id}/files", tag = "Files",
    params(("id" = String, Path), PerformAs),
    request_body(content(
        (FileForm = "multipart/form-data"),
        (FileBody = "application/json"),
    )),
    responses((status = 201, body = Single<FileView>), Failures, BodyFailures))]
pub async fn create(
    request: HttpRequest,
    payload: Payload,
    lever: Shared,
    caller: Caller,
    params: Params,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    caller.opportunity(&lever.read(), &id)?;
    let (name, content) = if media_type(&request) == "multipart/form-data" {
        read_form(Multipart::new(request.headers(), payload)).await?
    } else {
        let mut payload = payload.into_inner();
        let Body(body) = Body::<FileBody>::from_request(&request, &mut payload).await?;
        fetch(&body.download_url).await?
    };
    let kind = name.rsplit_once('.').map(|(_, kind)| kind.to_ascii_lowercase());
    if !kind.is_some_and(|kind| KINDS.contains(&kind.as_str())) {
        return Err(ApiError::bad(format!("{name}: only docx, doc, jpg, png, pdf and txt files are taken")));
    }
    let file = lever
        .act(caller.user(), |state, actor| Ok((state.add_file(&id, &name, content, actor)?, Vec::new())))?;
    let show = Show::of(&params, &lever.url);
    let state = lever.read();
    let data = FileView::new(&id, "files", find(&state, &id, &file)?, &show);
    Ok(HttpResponse::build(StatusCode::CREATED).json(Single { data }))
}

/// The name and bytes of a form's field `file`, or what its `downloadUrl` leads to.
async fn read_form(mut form: Multipart) -> Result<(String, Vec<u8>), ApiError> {
    let broken = |error: actix_multipart::MultipartError| {
        ApiError::bad(format!("The multipart body can't be read: {error}"))
    };
    while let Some(mut field) = form.try_next().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name =
            field.content_disposition().and_then(|disposition| disposition.get_filename()).map(str::to_owned);
        let mut content = Vec::new();
        while let Some(chunk) = field.try_next().await.map_err(broken)? {
            content.extend_from_slice(&chunk);
            if content.len() > LARGEST {
                return Err(too_large());
            }
        }
        match (name.as_str(), file_name) {
            ("file", Some(file_name)) => return Ok((file_name, content)),
            ("file", None) => return Err(ApiError::bad("The field file needs a filename")),
            ("downloadUrl", _) => return fetch(&String::from_utf8_lossy(&content)).await,
            _ => {}
        }
    }
    Err(ApiError::bad("The field file is missing"))
}

fn too_large() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "A file may have 30 MB at most")
}

/// Gets a file from where it is.
async fn fetch(url: &str) -> Result<(String, Vec<u8>), ApiError> {
    let failed = |error: reqwest::Error| ApiError::bad(format!("downloadUrl: {error}"));
    let url = url::Url::parse(url.trim()).map_err(|_| ApiError::bad("downloadUrl is not a valid URL"))?;
    let name = url.path_segments().and_then(Iterator::last).unwrap_or_default().to_owned();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().map_err(failed)?;
    let answer = client.get(url).send().await.map_err(failed)?;
    let mut answer = answer.error_for_status().map_err(failed)?;
    let mut content = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        content.extend_from_slice(&chunk);
        if content.len() > LARGEST {
            return Err(too_large());
        }
    }
    Ok((name, content))
}

/// Deletes a file.
#[utoipa::path(delete, path = "/v1/opportunities/{id}/files/{file}", tag = "Files",
    params(("id" = String, Path), ("file" = String, Path)),
    responses((status = 204), Failures))]
pub async fn delete(
    lever: Shared,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.needs(WRITE)?;
    let (id, file) = path.into_inner();
    caller.opportunity(&lever.read(), &id)?;
    lever.act_only(caller.user(), |state, actor| {
        state.delete_file(&id, &file, actor)?;
        Ok(Vec::new())
    })?;
    Ok(HttpResponse::NoContent().finish())
}
