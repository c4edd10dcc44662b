//! `POST /events/{id}/deletion`: an admin decides about a deletion that Lever reported and does not prove.

use super::LIST;
use crate::candidates::held_deletion::{self, Choice};
use crate::events::Event;
use crate::state::AppState;
use crate::web::{Admin, FlashKind, FormToConfirm, Found, PageError, PageResult, see_other};
use actix_web::web::Data;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct DecisionForm {
    decision: String,
}

/// Erases the candidate, or keeps it. To erase asks for the password again.
pub(super) async fn decide(
    app: Data<AppState>,
    Found(who, event): Found<Admin, Event>,
    form: FormToConfirm<DecisionForm>,
) -> PageResult {
    let erases = |form: &DecisionForm| Choice::parse(&form.decision) == Some(Choice::Erase);
    let form = form.confirmed_if(&who, erases)?;
    let choice = Choice::parse(&form.decision).ok_or_else(|| PageError::BadForm("decision".to_owned()))?;
    let (company, id, actor) = (*who.company_id(), event.id, who.actor());
    let decide = move |conn: &mut crate::db::Conn| held_deletion::decide(conn, &company, &id, choice, &actor);
    let (kind, text) = match (app.db.write(decide).await?, choice) {
        (true, Choice::Erase) => {
            if let Err(failure) = app.db.forget_old_pages().await {
                tracing::warn!(%failure, "erased rows stay in the write-ahead log until the next checkpoint");
            }
            (FlashKind::Good, "Erased. The portal no longer stores anything that names the candidate.")
        }
        (true, Choice::Keep) => (FlashKind::Good, "Kept. The portal does not erase the candidate for this."),
        (false, _) => (FlashKind::Attention, "There is nothing left to decide."),
    };
    who.flash(kind, text);
    Ok(see_other(&format!("{LIST}/{id}")))
}
