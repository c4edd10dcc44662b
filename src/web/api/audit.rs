//! `/api/v1/audit`: who did what, with the filters of the page, and the hashes by which an export is checked.

use super::ApiResult;
use super::caller::{AuditRead, Caller};
use super::query::{Page, Paging, Query, Span};
use crate::audit::view::{self, Record};
use crate::ids::AuditId;
use crate::state::AppState;
use crate::web::pages::audit as page;
use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

/// A row of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditRow {
    id: String,
    /// 1, 2, 3, … within the company, without gaps.
    seq: i64,
    at: String,
    /// Who: an address, `api token` with its last characters, `portal`, or `command line`.
    actor: String,
    /// Who, when it was a person.
    actor_id: Option<String>,
    /// What was done.
    action: String,
    /// The same in words.
    action_text: String,
    /// What it was done to: a name, or a code.
    subject: String,
    /// The same in words.
    subject_text: String,
    /// Old and new values: JSON as it was hashed.
    detail: String,
    /// The hash of the row before.
    prev_hash: String,
    /// The row's own hash.
    hash: String,
}

impl From<Record> for AuditRow {
    fn from(record: Record) -> Self {
        Self {
            id: record.id,
            seq: record.seq,
            at: record.at,
            actor: record.actor,
            actor_id: record.actor_id,
            action: record.action,
            action_text: record.action_text,
            subject: record.subject,
            subject_text: record.subject_text,
            detail: record.detail,
            prev_hash: record.prev_hash,
            hash: record.hash,
        }
    }
}

/// The log, newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit:read",
    params(
        ("who" = Option<String>, Query, description = "By someone whose name in the log contains this text."),
        ("action" = Option<String>, Query, description = "Whose action name contains this text."),
        ("object" = Option<String>, Query, description = "The first word of the action's name."),
        ("q" = Option<String>, Query, description = "Whose object or values contain this text."),
        Span,
        Paging,
    ),
    responses((status = 200, description = "A page of rows.", body = Page<AuditRow>)))]
pub(super) async fn list(app: Data<AppState>, caller: Caller<AuditRead>, request: HttpRequest) -> ApiResult {
    let query = Query::read(&request, page::FIELDS)?;
    let selection = page::selection(&query.params, &caller.company.zone())?;
    let (company, after, most) = (caller.company.id, query.after(AuditId::parse)?, query.one_more());
    let records = app.db.read(move |conn| view::records(conn, &company, &selection, after, most)).await?;
    let data: Vec<AuditRow> = records.into_iter().map(AuditRow::from).collect();
    query.answer(&app, data, |row| row.id.clone())
}
