//! `/audit`: who did what in the portal, and whether the log is whole.

use crate::audit::view::{self, Record, Selection};
use crate::audit::{self, Row, Verdict};
use crate::export::Format;
use crate::ids::AuditId;
use crate::state::AppState;
use crate::web::{
    Auditing, FieldErrors, Layout, PageError, PageResult, Params, Section, TimeFilter, download, render,
    render_with,
};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use askama::Template;

const LIST: &str = "/audit";
const FIELDS: &[&str] = &["who", "action", "from", "to"];

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/audit", web::get().to(list));
    cfg.route("/audit/verify", web::get().to(verify));
    cfg.route("/audit.csv", web::get().to(csv));
    cfg.route("/audit.ndjson", web::get().to(ndjson));
}

#[derive(Template)]
#[template(path = "audit.html")]
struct ListPage {
    layout: Layout,
    params: Params,
    errors: FieldErrors,
    verdict: Option<Verdict>,
    rows: Vec<Row>,
    newer: Option<String>,
    older: Option<String>,
}

impl ListPage {
    /// Enough of a hash to compare by eye.
    fn short<'r>(&self, row: &'r Row) -> &'r str {
        row.hash.get(..8).unwrap_or(&row.hash)
    }
}

fn selection(who: &Auditing, params: &Params) -> Result<Selection, FieldErrors> {
    let TimeFilter { from, until } = TimeFilter::parse(params, &who.company.zone())?;
    let text = |name| params.get(name).map(str::to_owned);
    Ok(Selection { who: text("who"), action: text("action"), from, until })
}

/// The log, newest first. 422 says which filter cannot be read.
async fn list(app: Data<AppState>, who: Auditing, params: Params) -> PageResult {
    show(&app, &who, params, None).await
}

/// The same, after a walk along the whole chain.
async fn verify(app: Data<AppState>, who: Auditing, params: Params) -> PageResult {
    let company = *who.company_id();
    let verdict = app.db.read(move |conn| audit::verify(conn, &company)).await?;
    show(&app, &who, params, Some(verdict)).await
}

async fn show(app: &AppState, who: &Auditing, params: Params, verdict: Option<Verdict>) -> PageResult {
    let params = params.only(FIELDS);
    let layout = who.layout("Audit", Section::Audit)?;
    let selection = match selection(who, &params) {
        Ok(selection) => selection,
        Err(errors) => {
            let page = ListPage { layout, params, errors, verdict, rows: vec![], newer: None, older: None };
            return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let (company, cursor) = (*who.company_id(), params.cursor(AuditId::parse));
    let page = app.db.read(move |conn| view::search(conn, &company, &selection, cursor.as_ref())).await?;
    let newer = page.rows.first().filter(|_| page.newer).map(|row| params.newer(LIST, &row.id));
    let older = page.rows.last().filter(|_| page.older).map(|row| params.older(LIST, &row.id));
    render(&ListPage {
        layout,
        params,
        errors: FieldErrors::default(),
        verdict,
        rows: page.rows,
        newer,
        older,
    })
}

async fn csv(app: Data<AppState>, who: Auditing, params: Params) -> PageResult {
    export(&app, &who, &params, Format::Csv).await
}

async fn ndjson(app: Data<AppState>, who: Auditing, params: Params) -> PageResult {
    export(&app, &who, &params, Format::Ndjson).await
}

/// The selection as a file.
async fn export(app: &AppState, who: &Auditing, params: &Params, format: Format) -> PageResult {
    let selection = selection(who, params).map_err(|errors| PageError::Explained {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: "This selection cannot be exported".to_owned(),
        text: errors.sentences(),
    })?;
    let company = *who.company_id();
    let day = jiff::Timestamp::now().to_zoned(who.company.zone()).strftime("%Y-%m-%d");
    download(&app.db, &format!("audit-{day}"), format, move |conn, last: Option<&Record>| {
        view::lines(conn, &company, &selection, last.and_then(|record| AuditId::parse(&record.id)))
    })
    .await
}
