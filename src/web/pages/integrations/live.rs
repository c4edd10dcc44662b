//! What of an account's page changes by itself: the verdict, the checklist, the figures and what needs attention. The
//! page asks for it every two seconds.

use super::doctor::Watching;
use super::{live_path, title_of};
use crate::events::health::Queue;
use crate::integrations::Integration;
use crate::monitoring::health::{self, Health};
use crate::monitoring::verdict::Judged;
use crate::state::AppState;
use crate::web::{Found, Layout, PageResult, Section, SignedIn, render};
use actix_web::web::Data;
use askama::Template;

#[derive(Template)]
#[template(path = "integrations/live.html")]
struct LiveParts {
    layout: Layout,
    status: Judged,
    health: Health,
    watching: Watching,
}

pub(super) async fn live(
    app: Data<AppState>,
    Found(who, integration): Found<SignedIn, Integration>,
) -> PageResult {
    let status = who.judged(&integration.id)?.clone();
    let (connections, judged) = (app.connections.clone(), status.clone());
    let (health, watching) = app
        .db
        .read(move |conn| {
            Ok((health::assess(conn, &connections, &judged)?, Watching::of(conn, &judged.integration)?))
        })
        .await?;
    let mut layout = who.part_layout(Section::Integrations)?;
    layout.title = title_of(&status.integration);
    layout.live_standing = Some(live_path(&status.integration.id));
    render(&LiveParts { layout, status, health, watching })
}
