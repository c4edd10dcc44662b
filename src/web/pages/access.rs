//! `/settings/company/access`: how people of the company log in, and for how long.

use crate::people::{self, AccessPolicy, FactorDemand, set_access_policy};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{
    Admin, FieldErrors, FormToConfirm, Layout, Overtaken, PageResult, Saving, Section, SignedIn, next_mark,
    render, render_with, save_unless_overtaken,
};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use askama::Template;
use serde::{Deserialize, Serialize};

const PAGE: &str = "/settings/company/access";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/company/access", web::get().to(page));
    cfg.route("/settings/company/access", web::post().to(save));
}

#[derive(Template)]
#[template(path = "access.html")]
struct AccessPage {
    layout: Layout,
    errors: FieldErrors,
    form: AccessForm,
    saved: AccessPolicy,
    overtaken: Option<Overtaken>,
    /// The mark of what is saved.
    shown: String,
}

impl AccessPage {
    fn new(who: &SignedIn, form: AccessForm, errors: FieldErrors) -> Result<Self, crate::web::PageError> {
        let layout = who.layout("Log-in", Section::Company)?;
        let saved = who.access.clone();
        let shown = next_mark(&AccessForm::from(&saved), Some(&form.shown), false);
        Ok(Self { layout, errors, form, saved, overtaken: None, shown })
    }
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct AccessForm {
    idle_minutes: String,
    session_hours: String,
    /// None: not asked, and stays as it is.
    second_factor: Option<String>,
    #[serde(skip_serializing)]
    grace_days: String,
    /// The mark of what the form showed.
    #[serde(skip_serializing)]
    shown: String,
}

impl From<&AccessPolicy> for AccessForm {
    fn from(saved: &AccessPolicy) -> Self {
        Self {
            idle_minutes: saved.idle_minutes.to_string(),
            session_hours: saved.session_hours.to_string(),
            second_factor: Some(saved.second_factor_for.to_string()),
            grace_days: "7".to_owned(),
            shown: String::new(),
        }
    }
}

impl AccessForm {
    fn chose(&self, whom: &FactorDemand) -> bool {
        self.second_factor.as_deref() == Some(whom.as_str())
    }

    /// `saved`: what a form that does not ask for everything leaves as it is.
    fn parse(&self, saved: &AccessPolicy) -> Result<AccessPolicy, FieldErrors> {
        let mut errors = FieldErrors::default();
        let idle = errors.keep("idle_minutes", AccessPolicy::parse_idle(&self.idle_minutes));
        let absolute = errors.keep("session_hours", AccessPolicy::parse_absolute(&self.session_hours));
        let whom = match &self.second_factor {
            None => Some(saved.second_factor_for),
            Some(word) => {
                errors.keep("second_factor", FactorDemand::parse(word).ok_or("Choose one of these."))
            }
        };
        let is_new = whom.is_some_and(|whom| whom != saved.second_factor_for);
        let grace = match is_new {
            true => errors.keep("grace_days", AccessPolicy::parse_grace(&self.grace_days)),
            false => Some(0),
        };
        match (idle, absolute, whom, grace) {
            (Some(idle_minutes), Some(session_hours), Some(whom), Some(days)) => {
                Ok(AccessPolicy { idle_minutes, session_hours, ..saved.clone() }.demanding(
                    whom,
                    days,
                    Timestamp::now(),
                ))
            }
            _ => Err(errors),
        }
    }
}

async fn page(who: SignedIn) -> PageResult {
    render(&AccessPage::new(&who, AccessForm::from(&who.access), FieldErrors::default())?)
}

/// Saves. 422 gives the form back with what was typed.
async fn save(app: Data<AppState>, who: Admin, form: FormToConfirm<AccessForm>) -> PageResult {
    let form = form.confirmed(&who)?;
    let new = match form.parse(&who.access) {
        Ok(new) => new,
        Err(errors) => {
            return render_with(StatusCode::UNPROCESSABLE_ENTITY, &AccessPage::new(&who, form, errors)?);
        }
    };
    let (actor, company) = (who.actor(), *who.company_id());
    let saving = save_unless_overtaken(
        &app,
        &company,
        form.shown.clone(),
        move |conn| Ok(AccessForm::from(&people::access_policy(conn, &company)?)),
        move |conn| set_access_policy(conn, &actor, &company, &new),
    );
    match saving.await? {
        Saving::Done(changed) => who.saved(changed, PAGE),
        Saving::Overtaken(saved) => {
            let overtaken = Some(Overtaken::new(&form, &saved));
            let page = AccessPage::new(&who, form, FieldErrors::default())?;
            let shown = next_mark(&saved, None, true);
            render_with(StatusCode::CONFLICT, &AccessPage { overtaken, shown, ..page })
        }
    }
}
