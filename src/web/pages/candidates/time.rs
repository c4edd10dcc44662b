//! More time for a candidate's logic tasks: an accommodation that the company sets before the tests
//! begin.

use crate::audit;
use crate::candidates::view;
use crate::db::DbError;
use crate::ids::{CandidateId, InvitationId};
use crate::invitations::test_orders;
use crate::state::AppState;
use crate::test_sessions;
use crate::web::{Colleague, FlashKind, Form, PageError, PageResult, see_other};
use actix_web::web::{Data, Path};
use assessment::session::ExtraTime;
use serde::Deserialize;
use serde_json::json;

/// What is offered, in percent of the usual time.
pub(super) const CHOICES: [(i32, &str); 4] =
    [(100, "usual time"), (125, "25 % more"), (150, "50 % more"), (200, "twice the time")];

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TimeForm {
    invitation: String,
    time: String,
}

/// Sets the time, unless the tests have begun.
pub(super) async fn set(
    app: Data<AppState>,
    who: Colleague,
    id: Path<String>,
    form: Form<TimeForm>,
) -> PageResult {
    let id = CandidateId::parse(&id).ok_or(PageError::NotFound)?;
    let invitation = InvitationId::parse(&form.0.invitation).ok_or(PageError::NotFound)?;
    let time: ExtraTime = form
        .0
        .time
        .parse::<u16>()
        .ok()
        .and_then(|percent| percent.try_into().ok())
        .ok_or_else(|| PageError::BadForm("the time is 100 to 400 percent".into()))?;
    let (company, actor, candidate) = (*who.company_id(), who.actor(), id);
    let changed = app.db.write(move |conn| {
        let full = view::full(conn, &company, &candidate)?;
        if !full.invitations.iter().any(|(known, _)| known.id == invitation) {
            return Err(DbError::Query(diesel::result::Error::NotFound));
        }
        let changed = test_sessions::set_time(conn, &company, &invitation, time)?;
        if changed {
            // An outside provider is told of it.
            test_orders::hint(conn, &invitation)?;
            let detail = json!({ "invitation": invitation, "percent": u16::from(time) });
            audit::record(conn, &company, &actor, "assessment.time_set", "logic tasks", &detail)?;
        }
        Ok(changed)
    });
    if changed.await? {
        who.flash(FlashKind::Good, "Saved.");
    } else {
        who.flash(FlashKind::Attention, "The tests have begun or ended, so the time stays as it was.");
    }
    Ok(see_other(&format!("/candidates/{id}")))
}
