//! What of an account's page changes by itself: the state and the checklist. The page asks for it
//! every two seconds.

use super::status::{self, Status};
use crate::integrations::Integration;
use crate::state::AppState;
use crate::web::{Found, Layout, PageResult, Section, SignedIn, render};
use actix_web::web::Data;
use askama::Template;

#[derive(Template)]
#[template(path = "integrations/live.html")]
struct LiveParts {
    layout: Layout,
    status: Status,
}

pub(super) async fn live(
    app: Data<AppState>,
    Found(who, integration): Found<SignedIn, Integration>,
) -> PageResult {
    let status = app.db.read(move |conn| status::status(conn, integration)).await?;
    render(&LiveParts { layout: who.part_layout(Section::Integrations)?, status })
}
