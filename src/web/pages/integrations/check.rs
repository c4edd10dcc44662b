//! **Test it**.

use super::id_in;
use crate::integrations::{Integration, store};
use crate::monitoring::check;
use crate::monitoring::check::Report;
use crate::state::AppState;
use crate::web::{Admin, Form, Layout, PageError, PageResult, Section, render};
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Template)]
#[template(path = "integrations/check.html")]
struct CheckPage {
    layout: Layout,
    integration: Integration,
    report: Report,
}

pub(super) async fn check(
    app: Data<AppState>,
    who: Admin,
    path: Path<String>,
    _form: Form<Nothing>,
) -> PageResult {
    let (company, id) = (*who.company_id(), id_in(&path)?);
    let wanted = id;
    let integration = app.db.read(move |conn| store::by_id(conn, &company, &wanted)).await?;
    let integration = integration.ok_or(PageError::NotFound)?;
    let url = app.link(&integration.webhook_path());
    let report = check::check(&app.connections, &id, url.as_str()).await?;
    let kept = report.clone();
    app.db.write(move |conn| check::save_report(conn, &id, &kept)).await?;
    let layout = who.layout("Test", Section::Integrations)?;
    render(&CheckPage { layout, integration, report })
}
