//! What is written down of requests beside what they change: who took data along, who looked at results, who was
//! refused.

use super::params::Params;
use super::{circumstances, session};
use crate::audit::{self, Actor, Circumstances, counted};
use crate::ids::UserId;
use crate::people;
use crate::state::AppState;
use actix_session::SessionExt as _;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use serde_json::json;

/// Addresses under which data leaves the portal.
const TAKEN: [&str; 6] = [
    "/events.csv",
    "/events.ndjson",
    "/events/{id}/body",
    "/audit.csv",
    "/audit.ndjson",
    "/candidates/{id}/report.pdf",
];

/// Addresses under which results are seen.
const SEEN: [&str; 2] = ["/candidates/compare", "/candidates/{id}"];

/// Characters of an address in a row.
const LONGEST: usize = 200;

/// What a request was, as far as it is written down.
enum What {
    /// Each time.
    Taken,
    /// Once an hour for each person and page.
    Seen,
    /// Once an hour for each person and page.
    Refused,
}

/// The address with its filters. What was searched for may be a candidate's name, and this log cannot forget one.
fn shown(path: &str, query: &str) -> String {
    Params::parse(query).hide("q").link(path).chars().take(LONGEST).collect()
}

fn what(method: &Method, pattern: &str, status: StatusCode) -> Option<What> {
    match (method, status) {
        (_, StatusCode::FORBIDDEN) => Some(What::Refused),
        (&Method::GET, StatusCode::OK) if TAKEN.contains(&pattern) => Some(What::Taken),
        (&Method::GET, StatusCode::OK) if SEEN.contains(&pattern) => Some(What::Seen),
        _ => None,
    }
}

/// Writes down what is to be known of a request of somebody who is signed in.
///
/// # Errors
/// Those of the service.
pub async fn write_down(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let user: Option<UserId> = request.get_session().get(session::USER).ok().flatten();
    let seen = circumstances::of_request(request.request());
    let app = request.app_data::<Data<AppState>>().cloned();
    let (method, path) = (request.method().clone(), shown(request.path(), request.query_string()));
    let answer = next.call(request).await?;
    let pattern = answer.request().match_pattern().unwrap_or_default();
    if let (Some(user), Some(app)) = (user, app)
        && let Some(what) = what(&method, &pattern, answer.status())
    {
        // Before the answer goes out. A row that cannot be written is an error in the server's log, and keeps nobody
        // from the page.
        if let Err(failure) = note(&app, user, seen, what, format!("{method} {path}"), pattern).await {
            tracing::error!(%failure, "a request could not be written down");
        }
    }
    Ok(answer)
}

async fn note(
    app: &AppState,
    user: UserId,
    seen: Circumstances,
    what: What,
    request: String,
    pattern: String,
) -> Result<(), crate::db::DbError> {
    app.db
        .write(move |conn| {
            let Some(user) = people::user(conn, &user)? else { return Ok(()) };
            let actor = Actor::User { id: user.id, email: user.email, seen };
            match what {
                What::Taken => audit::record(
                    conn,
                    &user.company_id,
                    &actor,
                    audit::Action::DataTaken,
                    &request,
                    &json!({}),
                ),
                What::Seen => {
                    counted::count(conn, &user.company_id, &actor, audit::Action::ResultsSeen, &request)
                        .map(|_| ())
                }
                What::Refused => {
                    counted::count(conn, &user.company_id, &actor, audit::Action::AccessRefused, &pattern)
                        .map(|_| ())
                }
            }
        })
        .await
}
