//! **Test it**.

use crate::i18n::portal;
use crate::integrations::Integration;
use crate::monitoring::check;
use crate::monitoring::check::{Point, Report};
use crate::state::AppState;
use crate::web::labels::{self, Label};
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

impl CheckPage {
    fn what(&self, point: &Point) -> String {
        labels::check(point.what)
    }

    fn found(&self, point: &Point) -> String {
        point.found.sentence(portal())
    }

    fn standing(&self, point: &Point) -> Label {
        labels::standing(point.standing)
    }
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
