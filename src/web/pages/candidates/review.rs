//! A candidate asked for a person to look at the result: the company says that somebody has.

use crate::ids::InvitationId;
use crate::invitations::candidates::Candidate;
use crate::state::AppState;
use crate::test_sessions::reviews;
use crate::web::{Colleague, FlashKind, Form, Found, PageError, PageResult, form_id, see_other};
use actix_web::web::Data;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AnsweredForm {
    invitation: String,
}

/// Somebody has looked at the result and answered.
pub(super) async fn answered(
    app: Data<AppState>,
    Found(who, candidate): Found<Colleague, Candidate>,
    form: Form<AnsweredForm>,
) -> PageResult {
    let id = candidate.id;
    let invitation = form_id(&form.0.invitation, InvitationId::parse)?;
    let (company, actor) = (*who.company_id(), who.actor());
    let done = app.db.write(move |conn| reviews::answered(conn, &company, &id, &invitation, &actor)).await?;
    if !done {
        return Err(PageError::NotFound);
    }
    who.flash(FlashKind::Good, "Saved. The candidate sees that the review is done.");
    Ok(see_other(&format!("/candidates/{id}")))
}
