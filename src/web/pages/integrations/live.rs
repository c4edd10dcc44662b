//! What of an account's page changes by itself: the verdict, the checklist, the figures and what needs attention. The
//! page asks for it every two seconds.

use super::diagnostics::Diagnostics;
use super::part::Part;
use super::show::{Facts, facts};
use crate::events::health::Queue;
use crate::integrations::Integration;
use crate::invitations::bulk_moves::view::{self, Summary};
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
    facts: Facts,
    can_grant: bool,
    /// Mass moves about which something can be done.
    bulk_moves: Vec<Summary>,
}

pub(super) async fn live(
    app: Data<AppState>,
    Found(who, integration): Found<SignedIn, Integration>,
    params: Params,
) -> PageResult {
    let part = Part::named(params.text("part"));
    let status = who.judged(&integration.id)?.clone();
    let (connections, judged, company) = (app.connections.clone(), status.clone(), *who.company_id());
    let (health, diagnostics, facts, bulk_moves) = app
        .db
        .read(move |conn| {
            Ok((
                health::assess(conn, &connections, &judged)?,
                Diagnostics::load(conn, &judged.integration)?,
                facts(conn, &judged)?,
                view::current(conn, &company, Some(&judged.integration.id), Timestamp::now())?,
            ))
        })
        .await?;
    let mut layout = who.part_layout(Section::Integrations)?;
    layout.title = part.title(&status.integration);
    layout.live_standing = Some(part.live_path(&status.integration.id));
    let can_grant = app.connections.has_app();
    render(&LiveParts { layout, status, health, diagnostics, facts, can_grant, bulk_moves })
}
