//! What of an account's page changes by itself: the verdict, the checklist, the figures and what needs attention. The
//! page asks for it every two seconds.

use super::diagnostics::Diagnostics;
use super::part::Part;
use crate::events::health::Queue;
use crate::integrations::{Integration, checklist};
use crate::monitoring::health::{self, Health};
use crate::monitoring::verdict::Judged;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{Found, Layout, PageResult, Params, Section, SignedIn, render};
use actix_web::web::Data;
use askama::Template;

#[derive(Template)]
#[template(path = "integrations/live.html")]
struct LiveParts {
    layout: Layout,
    status: Judged,
    health: Health,
    diagnostics: Diagnostics,
    /// When the first event came.
    first_event: Option<Timestamp>,
}

pub(super) async fn live(
    app: Data<AppState>,
    Found(who, integration): Found<SignedIn, Integration>,
    params: Params,
) -> PageResult {
    let part = Part::named(params.text("part"));
    let status = who.judged(&integration.id)?.clone();
    let (connections, judged) = (app.connections.clone(), status.clone());
    let (health, diagnostics, first_event) = app
        .db
        .read(move |conn| {
            Ok((
                health::assess(conn, &connections, &judged)?,
                Diagnostics::load(conn, &judged.integration)?,
                checklist::first_event(conn, &judged.integration.id)?,
            ))
        })
        .await?;
    let mut layout = who.part_layout(Section::Integrations)?;
    layout.title = part.title(&status.integration);
    layout.live_standing = Some(part.live_path(&status.integration.id));
    render(&LiveParts { layout, status, health, diagnostics, first_event })
}
