//! **Test it**.

use crate::i18n::portal;
use crate::integrations::Integration;
use crate::monitoring::check;
use crate::monitoring::check::{Point, Report, Standing, What};
use crate::monitoring::verdict::{self, Part, PartCode, Verdict};
use crate::state::AppState;
use crate::web::labels::{self, Label};
use crate::web::{Admin, Form, Found, Layout, NoFields, PageError, PageResult, Section, render};
use actix_web::web::Data;
use askama::Template;

#[derive(Template)]
#[template(path = "integrations/check.html")]
struct CheckPage {
    layout: Layout,
    integration: Integration,
    verdict: Verdict,
    report: Report,
}

impl CheckPage {
    fn what(&self, point: &Point) -> String {
        labels::check(point.what)
    }

    fn found(&self, point: &Point) -> String {
        point.found.sentence(portal())
    }

    /// What of the verdict says how to put a point right.
    fn part(&self, point: &Point) -> Option<&Part> {
        if matches!(point.standing, Standing::Good | Standing::Untested) {
            return None;
        }
        let code = match point.what {
            What::Access => PartCode::Access,
            What::Permissions => PartCode::Permissions,
            What::Trigger => PartCode::Trigger,
            What::Progression => PartCode::Stages,
            What::Webhooks => PartCode::Webhooks,
            What::Signatures => PartCode::Signatures,
            What::Arrivals => PartCode::Clock,
        };
        self.verdict.said_of(code)
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
    let (kept, company) = (report.clone(), *who.company_id());
    let integrations = app
        .db
        .write(move |conn| {
            check::save_report(conn, &id, &kept)?;
            verdict::of_company(conn, &company)
        })
        .await?;
    let layout = who.layout_with("Test", Section::Integrations, &integrations)?;
    let Some(status) = integrations.into_iter().find(|one| one.integration.id == id) else {
        return Err(PageError::NotFound);
    };
    render(&CheckPage { layout, integration: status.integration, verdict: status.verdict, report })
}
