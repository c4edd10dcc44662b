//! `/api/v1/integrations`: the connected Lever accounts, each with the one verdict that the pages show.

use super::ApiResult;
use super::caller::{Caller, IntegrationsRead};
use super::query::{Page, nothing};
use crate::integrations::{Environment, State};
use crate::monitoring::verdict::{self, Judged, Level, Part, PartCode, VerdictState};
use crate::state::AppState;
use crate::time::Timestamp;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

/// A connected Lever account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Integration {
    id: String,
    /// Its name in Lever.
    account_name: String,
    /// Which Lever it lives in.
    environment: &'static str,
    /// Where it is in its life.
    state: &'static str,
    /// When it was connected first.
    connected_at: String,
    /// When its last event came.
    last_event_at: Option<String>,
    /// How many ms Lever took to answer the last check.
    lever_answer_ms: Option<i64>,
    verdict: Verdict,
}

/// How an integration is doing.
#[derive(Debug, Serialize, ToSchema)]
struct Verdict {
    /// In one word.
    state: &'static str,
    /// In words, as the pages show it.
    label: String,
    /// Why, in a sentence or two.
    summary: String,
    /// What it is made of, the worst first.
    parts: Vec<VerdictPart>,
}

/// A part of a verdict.
#[derive(Debug, Serialize, ToSchema)]
struct VerdictPart {
    /// Which part.
    part: &'static str,
    /// How it is: `good`, `unproven`, `attention` or `failed`.
    level: &'static str,
    /// What is so, in one or two sentences.
    summary: String,
    /// Since when, as far as that is known.
    since: Option<String>,
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Good => "good",
        Level::Unproven => "unproven",
        Level::Attention => "attention",
        Level::Failed => "failed",
    }
}

impl From<Part> for VerdictPart {
    fn from(part: Part) -> Self {
        Self {
            part: PartCode::as_str(part.code),
            level: level(part.level),
            summary: part.words,
            since: part.since.map(Timestamp::rfc3339),
        }
    }
}

impl From<Judged> for Integration {
    fn from(judged: Judged) -> Self {
        let Judged { integration, verdict, last_event, answer_ms, .. } = judged;
        Self {
            id: integration.id.to_string(),
            environment: Environment::as_str(integration.environment),
            state: State::as_str(integration.state),
            account_name: integration.account_name,
            connected_at: integration.created_at.rfc3339(),
            last_event_at: last_event.map(Timestamp::rfc3339),
            lever_answer_ms: answer_ms,
            verdict: Verdict {
                state: VerdictState::as_str(verdict.state),
                summary: verdict.summary(),
                label: verdict.label,
                parts: verdict.parts.into_iter().map(VerdictPart::from).collect(),
            },
        }
    }
}

/// All of the company's, in the order in which they were connected.
#[utoipa::path(get, path = "/api/v1/integrations", tag = "integrations:read",
    responses((status = 200, description = "All integrations.", body = Page<Integration>)))]
pub(super) async fn list(
    app: Data<AppState>,
    caller: Caller<IntegrationsRead>,
    request: HttpRequest,
) -> ApiResult {
    nothing(&request)?;
    let company = caller.company.id;
    let judged = app.db.read(move |conn| verdict::of_company(conn, &company)).await?;
    let data: Vec<Integration> = judged.into_iter().map(Integration::from).collect();
    Ok(HttpResponse::Ok().json(Page { data, next: None }))
}
