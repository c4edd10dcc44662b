//! More time for a candidate's logic tasks: an accommodation that the company sets before the tests
//! begin.

use crate::audit;
use crate::candidates::view::Full;
use crate::invitations::test_orders;
use crate::state::AppState;
use crate::test_sessions::more_time;
use crate::web::{Colleague, FlashKind, Form, Found, PageError, PageResult, see_other};
use actix_web::web::Data;
use assessment::session::ExtraTime;
use serde::Deserialize;
use serde_json::json;

/// What is offered, in percent of the usual time.
pub(super) const CHOICES: [(i32, &str); 5] = [
    (100, "usual time"),
    (125, "25 % more"),
    (150, "50 % more"),
    (200, "twice the time"),
    (0, "no time limit"),
];

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TimeForm {
    invitation: String,
    time: String,
}

/// Sets the time, unless the tests have begun.
pub(super) async fn set(
    app: Data<AppState>,
    Found(who, full): Found<Colleague, Full>,
    form: Form<TimeForm>,
) -> PageResult {
    let id = full.candidate.id;
    let invitation = super::email::invited(&full, &form.0.invitation)?.id;
    let time: ExtraTime = form
        .0
        .time
        .parse::<u16>()
        .ok()
        .and_then(|percent| percent.try_into().ok())
        .ok_or_else(|| PageError::BadForm("the time is 100 to 400 percent, or 0 for no limit".into()))?;
    let (company, actor) = (*who.company_id(), who.actor());
    let changed = app.db.write(move |conn| {
        let changed = more_time::set(conn, &company, &invitation, time)?;
        if changed {
            // An outside provider is told of it.
            test_orders::hint(conn, &invitation)?;
            let detail = json!({ "invitation": invitation, "percent": u16::from(time) });
            audit::record(
                conn,
                &company,
                &actor,
                audit::Action::AssessmentTimeSet,
                audit::Subject::LogicTasks.as_str(),
                &detail,
            )?;
        }
        Ok(changed)
    });
    if changed.await? {
        app.work.notify_one();
        who.flash(FlashKind::Good, "Saved.");
    } else {
        who.flash(FlashKind::Attention, "The tests have started or ended, so the time was not changed.");
    }
    Ok(see_other(&format!("/candidates/{id}")))
}
