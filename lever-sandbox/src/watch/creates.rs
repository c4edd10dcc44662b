//! The last answers to what was made, so that one can come again in the place of the next.

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::{Error, HttpResponse};

use crate::requests::Creates;

/// What is made by POST, by the end of its path.
const MADE: [&str; 4] = ["notes", "files", "webhooks", "opportunities"];

/// What a call makes; none for one that makes nothing.
pub fn made_by(request: &ServiceRequest) -> Option<&'static str> {
    let end = request.path().trim_end_matches('/').rsplit('/').next()?;
    MADE.into_iter().find(|made| request.method() == Method::POST && *made == end)
}

/// Keeps the answer. `again`: gives the one before it in its place, when there is one.
pub async fn pass(
    creates: &Creates,
    made: &'static str,
    response: ServiceResponse<BoxBody>,
    again: bool,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !response.status().is_success() {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(actix_web::error::ErrorInternalServerError)?;
    let before = creates.keep(made, body.to_vec());
    let body = before.filter(|_| again).map_or(body, Into::into);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    let response: HttpResponse = response.set_body(BoxBody::new(body));
    Ok(ServiceResponse::new(request, response))
}
