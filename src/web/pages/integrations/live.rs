//! What of an account's page changes by itself: the state and the checklist. The page asks for it
//! every two seconds.

use super::id_in;
use super::status::{self, Status};
use crate::integrations::store;
use crate::state::AppState;
use crate::web::{Layout, PageError, PageResult, Section, SignedIn, render};
use actix_web::web::{Data, Path};
use askama::Template;

#[derive(Template)]
#[template(path = "integrations/live.html")]
struct LiveParts {
    layout: Layout,
    status: Status,
}

pub(super) async fn live(app: Data<AppState>, who: SignedIn, path: Path<String>) -> PageResult {
    let (company, id) = (*who.company_id(), id_in(&path)?);
    let status = app
        .db
        .read(move |conn| {
            let Some(integration) = store::by_id(conn, &company, &id)? else { return Ok(None) };
            Ok(Some(status::status(conn, integration)?))
        })
        .await?
        .ok_or(PageError::NotFound)?;
    render(&LiveParts { layout: who.part_layout(Section::Integrations)?, status })
}
