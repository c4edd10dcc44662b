//! **Test it**.

use crate::integrations::Integration;
use crate::monitoring::check;
use crate::monitoring::check::Report;
use crate::state::AppState;
use crate::web::{Admin, Form, Found, Layout, NoFields, PageResult, Section, render};
use actix_web::web::Data;
use askama::Template;

#[derive(Template)]
#[template(path = "integrations/check.html")]
struct CheckPage {
    layout: Layout,
    integration: Integration,
    report: Report,
}

pub(super) async fn check(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    _form: Form<NoFields>,
) -> PageResult {
    let id = integration.id;
    let url = app.link(&integration.webhook_path());
    let report = check::check(&app.connections, &id, url.as_str()).await?;
    let kept = report.clone();
    app.db.write(move |conn| check::save_report(conn, &id, &kept)).await?;
    let layout = who.layout("Test", Section::Integrations)?;
    render(&CheckPage { layout, integration, report })
}
