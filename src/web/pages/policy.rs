//! `/settings/company/habits`: what becomes of earlier results and of mass moves. The form stands on
//! the company's page.

use super::company::{self, PolicyForm};
use crate::people::{InvitationPolicy, set_invitation_policy};
use crate::state::AppState;
use crate::web::{Admin, FieldErrors, FlashKind, Form, PageResult, see_other};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/company/habits", web::post().to(save));
}

impl PolicyForm {
    fn parse(&self) -> Result<InvitationPolicy, FieldErrors> {
        let mut errors = FieldErrors::default();
        let reuse = errors.keep("reuse_results", InvitationPolicy::parse_reuse(&self.reuse_results));
        let above = errors.keep("hold_above", InvitationPolicy::parse_above(&self.hold_above));
        let minutes = errors.keep("hold_for", InvitationPolicy::parse_minutes(&self.hold_for));
        match (reuse, above, minutes) {
            (Some(reuse_months), Some(hold_above), Some(hold_minutes)) => {
                Ok(InvitationPolicy { reuse_months, hold_above, hold_minutes })
            }
            _ => Err(errors),
        }
    }
}

/// Saves. 422 gives the form back with what was typed.
async fn save(app: Data<AppState>, who: Admin, form: Form<PolicyForm>) -> PageResult {
    let invitation_policy = match form.0.parse() {
        Ok(invitation_policy) => invitation_policy,
        Err(errors) => {
            let page = company::Page { invitation_policy: Some(form.0), errors, ..company::Page::default() };
            return page.answer(&app, &who, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let (actor, company) = (who.actor(), *who.company_id());
    let changed =
        app.db.write(move |conn| set_invitation_policy(conn, &actor, &company, &invitation_policy)).await?;
    who.flash(FlashKind::Good, if changed { "Saved." } else { "No changes to save." });
    Ok(see_other("/settings/company"))
}
