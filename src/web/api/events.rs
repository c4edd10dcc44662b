//! `/api/v1/events`: the event log with the filters of its page, and one event with its timeline. Neither has what a
//! delivery is signed with, nor its body.

use super::ApiResult;
use super::caller::{Caller, EventsRead};
use super::problem::Problem;
use super::query::{Page, Paging, Query, Span, nothing};
use crate::events::export::{self, Proofs, Record};
use crate::events::select::Scope;
use crate::events::view::{self, Full};
use crate::i18n::portal;
use crate::ids::EventId;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::pages::events::filters;
use crate::web::pages::events::timeline::{self, Shown};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

/// An event of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    id: String,
    /// When it arrived.
    received_at: String,
    /// When Lever says it happened.
    triggered_at: Option<String>,
    /// When it reached its final state.
    finished_at: Option<String>,
    /// Lever's name of it.
    event: String,
    /// What became of it.
    state: String,
    /// What it caused; empty where it caused nothing yet.
    outcome: String,
    reason: Reason,
    integration_id: String,
    /// The account's name in Lever.
    integration: String,
    /// The opportunity's id in Lever.
    opportunity_id: Option<String>,
    /// The contact's id in Lever.
    contact_id: Option<String>,
    /// The candidate's name, once it was fetched.
    candidate: Option<String>,
    /// The posting's title, once it was fetched.
    posting: Option<String>,
    from_stage: Stage,
    to_stage: Stage,
    /// The status that Lever was answered with.
    answered_status: i32,
    /// How many more times it was delivered.
    duplicates: i32,
    /// How often it was tried.
    attempts: i32,
}

/// Why something is as it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventReason)]
struct Reason {
    /// The code; empty where there is nothing to say.
    code: String,
    /// As an English sentence.
    text: String,
}

/// A stage of Lever.
#[derive(Debug, Serialize, ToSchema)]
struct Stage {
    id: Option<String>,
    /// Its name, when it is known.
    name: Option<String>,
}

impl From<Record> for Event {
    fn from(record: Record) -> Self {
        Self {
            id: record.id,
            received_at: record.received_at,
            triggered_at: record.triggered_at,
            finished_at: record.finished_at,
            event: record.event,
            state: record.state,
            outcome: record.outcome,
            reason: Reason { code: record.reason_code, text: record.reason },
            integration_id: record.integration_id,
            integration: record.integration,
            opportunity_id: record.opportunity_id,
            contact_id: record.contact_id,
            candidate: record.candidate,
            posting: record.posting,
            from_stage: Stage { id: record.from_stage_id, name: record.from_stage },
            to_stage: Stage { id: record.to_stage_id, name: record.to_stage },
            answered_status: record.answered_status,
            duplicates: record.duplicates,
            attempts: record.attempts,
        }
    }
}

/// One event with its timeline.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventWithTimeline)]
pub struct WithTimeline {
    #[serde(flatten)]
    event: Event,
    /// The candidate's id here, once it was fetched.
    candidate_id: Option<String>,
    /// What happened, in order.
    timeline: Vec<Line>,
}

/// A line of a timeline.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimelineLine)]
struct Line {
    at: String,
    /// What happened.
    step: String,
    /// The same in words.
    label: String,
    /// With what result; may be empty.
    detail: String,
    /// How it went: `good`, `waiting`, `attention` or `failed`.
    status: &'static str,
    /// How long it took, in ms, where that says something.
    duration_ms: Option<i64>,
    call: Option<Call>,
}

/// A call to Lever and its answer.
#[derive(Debug, Serialize, ToSchema)]
struct Call {
    method: String,
    path: String,
    /// The answer's status; null when there was no answer.
    status: Option<u16>,
    /// The beginning of the answer.
    answer: String,
}

impl From<Shown> for Line {
    fn from(shown: Shown) -> Self {
        let call = shown.call.map(|call| Call {
            method: call.method,
            path: call.path,
            status: call.status,
            answer: call.excerpt,
        });
        Self {
            at: shown.at.rfc3339(),
            step: shown.code,
            label: shown.what,
            detail: shown.detail,
            status: shown.status.as_str(),
            duration_ms: shown.duration_ms,
            call,
        }
    }
}

fn with_timeline(full: Full, timeline: Vec<Shown>) -> WithTimeline {
    let Full { event, integration, person, from_stage, to_stage, .. } = full;
    let (code, _) = event.reason.code_and_params();
    WithTimeline {
        candidate_id: person.as_ref().map(|person| person.id.to_string()),
        timeline: timeline.into_iter().map(Line::from).collect(),
        event: Event {
            id: event.id.to_string(),
            received_at: event.received_at.rfc3339(),
            triggered_at: event.triggered_at.map(Timestamp::rfc3339),
            finished_at: event.finished_at.map(Timestamp::rfc3339),
            event: event.kind.to_string(),
            state: event.state.to_string(),
            outcome: event.outcome.to_string(),
            reason: Reason { code, text: event.reason.sentence(portal()) },
            integration_id: event.integration_id.to_string(),
            integration,
            opportunity_id: event.opportunity_id,
            contact_id: event.contact_id,
            candidate: person.as_ref().map(|person| person.name.clone()),
            posting: person.map(|person| person.posting_title),
            from_stage: Stage { id: event.from_stage_id, name: from_stage },
            to_stage: Stage { id: event.to_stage_id, name: to_stage },
            answered_status: event.answered_status,
            duplicates: event.duplicates,
            attempts: event.attempts,
        },
    }
}

/// The log, newest first.
#[utoipa::path(get, path = "/api/v1/events", tag = "events:read",
    params(
        ("integration" = Option<String>, Query, description = "Of the integration with this id."),
        ("event" = Option<String>, Query, description = "Of this kind, by Lever's name."),
        ("state" = Option<String>, Query, description = "In this state."),
        ("q" = Option<String>, Query, description = "With this id, or for a candidate matching this text."),
        Span,
        Paging,
    ),
    responses((status = 200, description = "A page of events.", body = Page<Event>)))]
pub(super) async fn list(app: Data<AppState>, caller: Caller<EventsRead>, request: HttpRequest) -> ApiResult {
    let query = Query::read(&request, filters::FIELDS)?;
    let selection = filters::selection(&query.params, &caller.company.zone())?;
    let (company, after, most) = (caller.company.id, query.after(EventId::parse)?, query.one_more());
    let records = app
        .db
        .read(move |conn| {
            let scope = Scope::of_selection(conn, &company, selection)?;
            export::records(conn, &scope, Proofs::Masked, after, most)
        })
        .await?;
    let data: Vec<Event> = records.into_iter().map(Event::from).collect();
    query.answer(&app, data, |event| event.id.clone())
}

/// One event of the company.
#[utoipa::path(get, path = "/api/v1/events/{id}", tag = "events:read",
    params(
        ("id" = String, Path, description = "The event's id."),
    ),
    responses((status = 200, description = "The event.", body = WithTimeline)))]
pub(super) async fn event(
    app: Data<AppState>,
    caller: Caller<EventsRead>,
    id: Path<String>,
    request: HttpRequest,
) -> ApiResult {
    nothing(&request)?;
    let id = EventId::parse(&id).ok_or_else(Problem::not_found)?;
    let (company, zone) = (caller.company.id, caller.company.zone());
    let full = app.db.read(move |conn| view::full(conn, &company, &id)).await?;
    let lines = timeline::timeline(&full, &zone);
    Ok(HttpResponse::Ok().json(with_timeline(full, lines)))
}
