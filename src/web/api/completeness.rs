//! `/api/v1/completeness`: day by day, what Lever lists against what was received against what was acted on.

use super::ApiResult;
use super::caller::{Caller, IntegrationsRead};
use super::problem::Problem;
use super::query::{Page, Paging, Query};
use crate::completeness::report::{self, Summary};
use crate::i18n::portal;
use crate::ids::IntegrationId;
use crate::integrations::store;
use crate::state::AppState;
use crate::time::Timestamp;
use actix_web::HttpRequest;
use actix_web::web::Data;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

const INTEGRATION: &str = "integration";

/// A day of an integration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CompletenessDay)]
pub struct Day {
    integration_id: String,
    /// `2026-11-23`, by the company's clock.
    day: String,
    /// Where its counting is: `asked`, `counted` or `failed`.
    state: &'static str,
    /// Lever lists so many changes.
    listed: i32,
    /// Webhooks reported so many of them.
    received: i32,
    /// So many of them were processed to their end.
    acted: i32,
    /// Whether the day had ended when it was counted.
    is_whole: bool,
    /// When it was counted.
    counted_at: Option<String>,
    /// What could not be read, in words; empty when all could.
    failure: String,
}

impl From<Summary> for Day {
    fn from(summary: Summary) -> Self {
        Self {
            integration_id: summary.day.integration_id.to_string(),
            state: summary.day.state.as_str(),
            listed: summary.listed,
            received: summary.received,
            acted: summary.acted,
            is_whole: summary.is_whole(),
            counted_at: summary.day.counted_at.map(Timestamp::rfc3339),
            failure: summary.day.failure.sentence(portal()),
            day: summary.day.day,
        }
    }
}

/// The days of one integration of the company, newest first.
#[utoipa::path(get, path = "/api/v1/completeness", tag = "integrations:read",
    params(
        ("integration" = String, Query, description = "The id of an integration."),
        Paging,
    ),
    responses((status = 200, description = "A page of days.", body = Page<Day>)))]
pub(super) async fn list(
    app: Data<AppState>,
    caller: Caller<IntegrationsRead>,
    request: HttpRequest,
) -> ApiResult {
    let query = Query::read(&request, &[INTEGRATION])?;
    let unknown = || Problem::bad_parameter(INTEGRATION, "Name one of your integrations by its id.");
    let id = query.params.get(INTEGRATION).and_then(IntegrationId::parse).ok_or_else(unknown)?;
    let before = query.after(|text| text.parse::<Date>().ok())?.map(|day| day.to_string());
    let (company, size) = (caller.company.id, query.limit.saturating_add(1));
    let days = app
        .db
        .read(move |conn| {
            if store::by_id(conn, &company, &id)?.is_none() {
                return Ok(None);
            }
            Ok(Some(report::page_of(conn, &id, before.as_deref(), size)?.0))
        })
        .await?;
    let data: Vec<Day> = days.ok_or_else(unknown)?.into_iter().map(Day::from).collect();
    query.answer(&app, data, |day| day.day.clone())
}
