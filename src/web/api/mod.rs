//! `/api/v1`: what the pages show, as JSON for a company's own programs, and what they do about invitations. A request brings a token of the company
//! (`Authorization: Bearer alva_…`); there is no session, no cookie and no form, so there is nothing for another site to
//! forge. Each error is a problem in the form of RFC 9457.

mod audit;
mod body;
mod caller;
mod candidates;
mod completeness;
pub mod document;
mod events;
mod integrations;
mod invitations;
mod once;
mod problem;
mod query;

use crate::api_tokens::{Left, PER_MINUTE};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::{Error, FromRequest, Handler, HttpMessage as _, HttpResponse, Responder, web};
use problem::Problem;

/// Where the API is.
const ROOT: &str = "/api";

/// What a handler answers.
type ApiResult = Result<HttpResponse, Problem>;

/// Calls that a token may make, as a policy and as what is left of it: draft-ietf-httpapi-ratelimit-headers-10,
/// sections 3 and 4.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope(ROOT)
            .wrap(from_fn(with_limits))
            .wrap(Compress::default())
            .service(reading("/v1/integrations", integrations::list))
            .service(reading("/v1/events", events::list))
            .service(reading("/v1/events/{id}", events::event))
            .service(reading("/v1/candidates", candidates::list))
            .service(reading("/v1/candidates/{id}", candidates::candidate))
            .service(reading("/v1/invitations", invitations::list))
            .service(reading("/v1/invitations/{id}", invitations::invitation))
            .service(writing("/v1/candidates/{id}/invitations", invitations::invite))
            .service(writing("/v1/invitations/{id}/resend", invitations::resend))
            .service(writing("/v1/invitations/{id}/cancel", invitations::cancel))
            .service(reading("/v1/audit", audit::list))
            .service(reading("/v1/completeness", completeness::list))
            .service(reading("/v1/openapi.json", document::json))
            .default_service(web::to(nothing_here)),
    );
}

/// An address that is only read.
fn reading<F, Args>(path: &str, handler: F) -> impl HttpServiceFactory + 'static
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path.to_owned()).route(web::get().to(handler)).default_service(web::to(other_method))
}

/// An address that something is asked of.
fn writing<F, Args>(path: &str, handler: F) -> impl HttpServiceFactory + 'static
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path.to_owned()).route(web::post().to(handler)).default_service(web::to(only_asked))
}

async fn nothing_here() -> ApiResult {
    Err(Problem::not_found())
}

async fn other_method() -> ApiResult {
    Err(Problem::other_method("GET, HEAD"))
}

async fn only_asked() -> ApiResult {
    Err(Problem::other_method("POST"))
}

/// Says how many calls the token has left, on every answer to a token that is known.
async fn with_limits(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut answer = next.call(request).await?;
    let left = answer.request().extensions().get::<Left>().copied();
    if let Some(left) = left {
        let policy = format!("\"token\";q={PER_MINUTE};w=60");
        let now = format!("\"token\";r={};t={}", left.calls, left.full_in);
        for (name, value) in [(POLICY, policy), (LEFT, now)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                answer.headers_mut().insert(name, value);
            }
        }
    }
    Ok(answer)
}

/// Whether an address is one of the API.
fn is_of_api(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Refusals of what stands before every route, such as an address that cannot be read, become problems below `/api`.
///
/// # Errors
/// Those of the service.
pub async fn only_problems(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_api = is_of_api(request.path());
    let answer = next.call(request).await?.map_into_boxed_body();
    if !is_api || problem::is_answered(answer.response().head()) {
        return Ok(answer);
    }
    let problem = Problem::of_status(answer.status());
    Ok(answer.map_body(|head, _| problem.put_into(head)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_what_stands_below_its_address() {
        for (path, expected) in
            [("/api", true), ("/api/", true), ("/api/v1/events", true), ("/apis", false), ("/", false)]
        {
            assert_eq!(is_of_api(path), expected, "{path}");
        }
    }
}
