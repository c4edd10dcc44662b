//! The bodies of writes: JSON, or a form in either of its encodings.

use actix_multipart::{Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::TryStreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::error::ApiError;
use super::form::Field;
use crate::sandbox::Sandbox;

/// The largest request with files, in bytes.
const LARGEST: usize = 30 * 1024 * 1024;

/// A file that came with a form.
#[derive(Debug)]
pub struct Upload {
    /// The name of the form's field.
    pub field: String,
    /// The name of the file.
    pub name: String,
    pub content: Vec<u8>,
}

/// The body of a write.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// The body of a write that may bring files.
#[derive(Debug)]
pub struct WithFiles<T> {
    pub fields: T,
    pub files: Vec<Upload>,
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = WithFiles::<T>::from_request(request, payload);
        Box::pin(async move { Ok(Self(read.await?.fields)) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for WithFiles<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let patience = Sandbox::of(request).options.upload_timeout;
        let read: LocalBoxFuture<'static, _> = match media_type(request).as_str() {
            "application/json" => {
                let bytes = web::Bytes::from_request(request, payload);
                Box::pin(async move {
                    let fields = serde_json::from_slice(&whole(bytes.await)?)
                        .map_err(|error| ApiError::unreadable(format!("Invalid JSON body: {error}")))?;
                    Ok(Self { fields, files: Vec::new() })
                })
            }
            "application/x-www-form-urlencoded" => {
                let bytes = web::Bytes::from_request(request, payload);
                Box::pin(async move {
                    let mut form = Field::default();
                    for (name, value) in form_urlencoded::parse(&whole(bytes.await)?) {
                        form.add(&name, value.into_owned());
                    }
                    Ok(Self { fields: typed(&form)?, files: Vec::new() })
                })
            }
            "multipart/form-data" => {
                let form = Multipart::new(request.headers(), payload.take());
                Box::pin(async move {
                    let (form, files) = read_multipart(form).await?;
                    Ok(Self { fields: typed(&form)?, files })
                })
            }
            _ => Box::pin(async {
                Err(ApiError::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "Content-Type must be application/json, application/x-www-form-urlencoded or \
                     multipart/form-data",
                ))
            }),
        };
        Box::pin(async move {
            tokio::time::timeout(patience, read).await.unwrap_or_else(|_| Err(ApiError::too_slow()))
        })
    }
}

fn whole(read: Result<web::Bytes, actix_web::Error>) -> Result<web::Bytes, ApiError> {
    read.map_err(|error| ApiError::new(error.as_response_error().status_code(), error.to_string()))
}

fn typed<T: DeserializeOwned>(form: &Field) -> Result<T, ApiError> {
    T::deserialize(form).map_err(|error| ApiError::unreadable(format!("Invalid form: {error}")))
}

async fn read_multipart(mut form: Multipart) -> Result<(Field, Vec<Upload>), ApiError> {
    let broken =
        |error: MultipartError| ApiError::unreadable(format!("The multipart body can't be read: {error}"));
    let (mut fields, mut files, mut size) = (Field::default(), Vec::new(), 0);
    while let Some(mut part) = form.try_next().await.map_err(broken)? {
        let field = part.name().unwrap_or_default().to_owned();
        let name =
            part.content_disposition().and_then(|disposition| disposition.get_filename()).map(str::to_owned);
        let mut content = Vec::new();
        while let Some(chunk) = part.try_next().await.map_err(broken)? {
            size += chunk.len();
            if size > LARGEST {
                return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "A request may have 30 MB at most"));
            }
            content.extend_from_slice(&chunk);
        }
        match name {
            Some(name) => files.push(Upload { field, name, content }),
            None => fields.add(&field, String::from_utf8_lossy(&content).into_owned()),
        }
    }
    Ok((fields, files))
}

/// The media type of a body, without its parameters, in lower case.
fn media_type(request: &HttpRequest) -> String {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}
