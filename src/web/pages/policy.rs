//! `/settings/company/invitation-policy`: what becomes of earlier results, of mass moves and of many invitations in a day. The
//! form stands on the company's page.

use super::company::{self, PolicyForm};
use crate::invitations::bulk_moves::daily;
use crate::people::{InvitationPolicy, invitation_policy, set_invitation_policy};
use crate::state::AppState;
use crate::web::{Admin, FieldErrors, Form, Overtaken, PageResult, Saving, save_unless_overtaken};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/company/invitation-policy", web::post().to(save));
}

impl PolicyForm {
    /// `saved`: what a form that does not ask for everything leaves as it is.
    fn parse(&self, saved: &InvitationPolicy) -> Result<InvitationPolicy, FieldErrors> {
        let mut errors = FieldErrors::default();
        let reuse = errors.keep("reuse_results", InvitationPolicy::parse_reuse(&self.reuse_results));
        let above = errors.keep("hold_above", InvitationPolicy::parse_above(&self.hold_above));
        let minutes = errors.keep("hold_for", InvitationPolicy::parse_minutes(&self.hold_for));
        let daily = match &self.daily_limit {
            Some(typed) => errors.keep("daily_limit", InvitationPolicy::parse_daily(typed)),
            None => Some(saved.daily_limit),
        };
        match (reuse, above, minutes, daily) {
            (Some(reuse_months), Some(hold_above), Some(hold_minutes), Some(daily_limit)) => {
                Ok(InvitationPolicy { reuse_months, hold_above, hold_minutes, daily_limit })
            }
            _ => Err(errors),
        }
    }
}

/// Saves. 422 gives the form back with what was typed.
async fn save(app: Data<AppState>, who: Admin, form: Form<PolicyForm>) -> PageResult {
    let company = *who.company_id();
    let saved = app.db.read(move |conn| invitation_policy(conn, &company)).await?;
    let new = match form.0.parse(&saved) {
        Ok(new) => new,
        Err(errors) => {
            let page = company::Page { invitation_policy: Some(form.0), errors, ..company::Page::default() };
            return page.answer(&app, &who, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let actor = who.actor();
    let saving = save_unless_overtaken(
        &app,
        &company,
        form.0.shown.clone(),
        move |conn| Ok(PolicyForm::from(&invitation_policy(conn, &company)?)),
        move |conn| {
            let changed = set_invitation_policy(conn, &actor, &company, &new)?;
            if new.daily_limit != saved.daily_limit {
                daily::look_again(conn, &company)?;
            }
            Ok(changed)
        },
    );
    let changed = match saving.await? {
        Saving::Done(changed) => changed,
        Saving::Overtaken(saved) => {
            let overtaken = Some(Overtaken::new(&form.0, &saved));
            let page =
                company::Page { invitation_policy: Some(form.0), overtaken, ..company::Page::default() };
            return page.answer(&app, &who, StatusCode::CONFLICT).await;
        }
    };
    app.work.notify_one();
    who.saved(changed, "/settings/company")
}
