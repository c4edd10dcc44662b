//! What is written down of requests beside what they change: who took data along, who looked at results, who was
//! refused.

use super::pages::audit as audit_page;
use super::pages::events::filters;
use super::params::Params;
use super::refusals::Kind;
use super::{PageError, circumstances, refusals, session};
use crate::audit::repeats::{self, Due, Repeated};
use crate::audit::{self, Actor, Circumstances, counted};
use crate::ids::UserId;
use crate::people;
use crate::state::AppState;
use crate::time::Timestamp;
use actix_session::SessionExt as _;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use serde_json::json;

/// Addresses under which data leaves the portal, with their filters.
const TAKEN: [(&str, &[&str]); 7] = [
    ("/events.csv", filters::FIELDS),
    ("/events.ndjson", filters::FIELDS),
    ("/events/{id}/body", &[]),
    ("/audit.csv", audit_page::FIELDS),
    ("/audit.ndjson", audit_page::FIELDS),
    ("/audit/checkpoints/{id}.txt", &[]),
    ("/candidates/{id}/report.pdf", &[]),
];

/// Addresses under which results are seen, with what says whose.
const SEEN: [(&str, &[&str]); 3] =
    [("/candidates", &[]), ("/candidates/compare", &["posting"]), ("/candidates/{id}", &[])];

/// Characters of an address in a row.
const LONGEST: usize = 200;

/// What a request was, as far as it is written down.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// Each time.
    Taken,
    /// Once an hour for each person and page.
    Seen,
    /// Once an hour for each person and page.
    Refused,
    /// Once an hour for each person and page.
    Throttled,
}

/// The address with its filters, and with nothing else that people can put behind it: whoever made a link would write
/// into this log, which forgets nothing. What was searched for may be a candidate's name, and stays out for that reason.
fn shown(path: &str, query: &str, filters: &[&str]) -> String {
    Params::parse(query).strictly(filters).hide("q").link(path).chars().take(LONGEST).collect()
}

fn what(method: &Method, pattern: &str, status: StatusCode) -> Option<(What, &'static [&'static str])> {
    let filters = |list: &'static [(&str, &[&str])]| {
        list.iter().find(|(known, _)| *known == pattern).map(|(_, filters)| *filters)
    };
    match (method, status) {
        (_, StatusCode::FORBIDDEN) => Some((What::Refused, &[])),
        (_, StatusCode::TOO_MANY_REQUESTS) => Some((What::Throttled, &[])),
        (&Method::GET, StatusCode::OK) => {
            let taken = filters(&TAKEN).map(|filters| (What::Taken, filters));
            taken.or_else(|| filters(&SEEN).map(|filters| (What::Seen, filters)))
        }
        _ => None,
    }
}

/// Whether all places of a queue were taken: what many ask for at once is refused like what one asks for too often.
fn is_busy(answer: &ServiceResponse<impl MessageBody>) -> bool {
    let failure = answer.response().error().and_then(|failure| failure.as_error::<PageError>());
    matches!(failure, Some(PageError::Busy(_)))
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
    let (method, path, query) =
        (request.method().clone(), request.path().to_owned(), request.query_string().to_owned());
    let answer = next.call(request).await?;
    let pattern = answer.request().match_pattern().unwrap_or_default();
    // Nobody's, so in no company's log.
    if user.is_none() {
        match answer.status() {
            StatusCode::FORBIDDEN => refusals::note(Kind::Form, &seen.network),
            StatusCode::TOO_MANY_REQUESTS => refusals::note(Kind::Throttled, &seen.network),
            _ if is_busy(&answer) => refusals::note(Kind::Throttled, &seen.network),
            _ => {}
        }
    }
    if let (Some(user), Some(app)) = (user, app)
        && let Some((what, filters)) = what(&method, &pattern, answer.status())
    {
        let asked = format!("{method} {}", shown(&path, &query, filters));
        let network = seen.network.clone();
        let repeated = Repeated { who: user, subject: asked.clone(), network };
        let due = if what == What::Seen { app.repeats.add(&repeated, Timestamp::now()) } else { Due::Now };
        if due == Due::Later {
            actix_web::rt::spawn(write_later(app.clone(), repeated, seen.clone(), pattern.clone()));
        }
        if due != Due::Now {
            return Ok(answer);
        }
        // Before the answer goes out. A row that cannot be written is an error in the server's log, and keeps nobody
        // from the page.
        if let Err(failure) = note(&app, user, seen, what, asked, pattern, 1).await {
            tracing::error!(%failure, "a request could not be written down");
        }
    }
    Ok(answer)
}

/// Writes down how often somebody looked again.
async fn write_later(app: Data<AppState>, repeated: Repeated, seen: Circumstances, pattern: String) {
    tokio::time::sleep(repeats::GATHERED_FOR).await;
    let times = app.repeats.gathered(&repeated);
    if times == 0 {
        return;
    }
    let written = note(&app, repeated.who, seen, What::Seen, repeated.subject, pattern, times).await;
    if let Err(failure) = written {
        tracing::error!(%failure, "looks at results could not be written down");
    }
}

/// Writes it down as often as it happened; what is written each time happens once.
async fn note(
    app: &AppState,
    user: UserId,
    seen: Circumstances,
    what: What,
    request: String,
    pattern: String,
    times: i64,
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
                    let seen = audit::Action::ResultsSeen;
                    counted::count_times(conn, &user.company_id, &actor, seen, &request, times).map(|_| ())
                }
                What::Throttled => {
                    counted::count(conn, &user.company_id, &actor, audit::Action::AccessThrottled, &pattern)
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
