//! Refusals as people who are signed in see them: inside the frame of every page, so that nobody is led away from
//! where they were.

use super::layout::{Section, render_with};
use super::{Layout, PageError, SignedIn, Visitor};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest as _, ResponseError as _};
use askama::Template;

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage {
    layout: Layout,
    text: String,
}

/// Puts the navigation around refusals, for those who have one.
///
/// # Errors
/// Those of the service.
pub async fn with_navigation(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = next.call(request).await?.map_into_boxed_body();
    let refusal = answer.response().error().and_then(|error| error.as_error::<PageError>());
    let is_framed = |refusal: &&PageError| {
        refusal.status_code().is_client_error() || matches!(refusal, PageError::TooSlow(_))
    };
    let Some(refusal) = refusal.filter(is_framed) else {
        return Ok(answer);
    };
    // Nothing but words: what a handler made stays as it is.
    let Some((title, text)) = refusal.for_people() else { return Ok(answer) };
    let request = answer.request().clone();
    // A visitor is told nothing of a log-in that they never had.
    let is_somebody =
        Visitor::from_request(&request, &mut Payload::None).await.is_ok_and(|one| one.is_signed_in());
    if !is_somebody {
        return Ok(answer);
    }
    let Ok(person) = SignedIn::from_request(&request, &mut Payload::None).await else { return Ok(answer) };
    // The message of the page before waits for a page that was wanted.
    let Ok(mut layout) = person.part_layout(Section::None) else { return Ok(answer) };
    title.clone_into(&mut layout.title);
    let page = RefusedPage { layout, text };
    let Ok(framed) = render_with(answer.status(), &page) else { return Ok(answer) };
    Ok(answer.map_body(|head, _| {
        head.headers.insert(
            actix_web::http::header::CONTENT_TYPE,
            actix_web::http::header::HeaderValue::from_static("text/html; charset=utf-8"),
        );
        framed.into_body()
    }))
}
