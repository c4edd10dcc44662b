//! `/settings/company/habits`: what becomes of earlier results and of mass moves. The form stands on
//! the company's page.

use super::company;
use crate::state::AppState;
use crate::people::{Habits, set_habits};
use crate::web::{Admin, FieldErrors, FlashKind, Form, PageResult, see_other};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use serde::Deserialize;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/company/habits", web::post().to(save));
}

/// The form, as it was typed or as it is saved.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct HabitsForm {
    pub(super) reuse_results: String,
    pub(super) hold_above: String,
    pub(super) hold_for: String,
}

impl From<&Habits> for HabitsForm {
    fn from(habits: &Habits) -> Self {
        Self {
            reuse_results: habits.reuse_months.to_string(),
            hold_above: habits.hold_above.to_string(),
            hold_for: habits.hold_minutes.to_string(),
        }
    }
}

impl HabitsForm {
    fn parse(&self) -> Result<Habits, FieldErrors> {
        let mut errors = FieldErrors::default();
        let reuse = errors.keep("reuse_results", Habits::parse_reuse(&self.reuse_results));
        let above = errors.keep("hold_above", Habits::parse_above(&self.hold_above));
        let minutes = errors.keep("hold_for", Habits::parse_minutes(&self.hold_for));
        match (reuse, above, minutes) {
            (Some(reuse_months), Some(hold_above), Some(hold_minutes)) => {
                Ok(Habits { reuse_months, hold_above, hold_minutes })
            }
            _ => Err(errors),
        }
    }
}

/// Saves. 422 gives the form back with what was typed.
async fn save(app: Data<AppState>, who: Admin, form: Form<HabitsForm>) -> PageResult {
    let habits = match form.0.parse() {
        Ok(habits) => habits,
        Err(errors) => {
            let page = company::Page { habits: Some(form.0), errors, ..company::Page::default() };
            return page.answer(&app, &who, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let (actor, company) = (who.actor(), who.company_id().clone());
    let changed = app.db.write(move |conn| set_habits(conn, &actor, &company, &habits)).await?;
    who.flash(FlashKind::Good, if changed { "Saved." } else { "Nothing had changed." });
    Ok(see_other("/settings/company"))
}
