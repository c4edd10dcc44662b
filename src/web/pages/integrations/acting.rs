//! In whose name the portal writes to Lever: who it is, and choosing another.

use super::part::Part;
use super::show::call_failed;
use crate::audit;
use crate::ids::IntegrationId;
use crate::integrations::oauth::lever_account::{self, ChosenBy, LeverAccount};
use crate::integrations::{Integration, State, lifecycle};
use crate::state::AppState;
use crate::web::{
    Admin, FieldErrors, FlashKind, Form, Found, Layout, PageError, PageResult, Section, render_with,
    see_other,
};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use lever_client::User;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// How long the page waits for Lever's users.
const USERS: Duration = Duration::from_secs(8);

#[derive(Template)]
#[template(path = "integrations/acting.html")]
struct ActingPage {
    layout: Layout,
    integration: Integration,
    lever: LeverAccount,
    errors: FieldErrors,
    /// Lever's active users, or why they are not known.
    users: Result<Vec<User>, String>,
}

impl ActingPage {
    fn is_current(&self, user: &User) -> bool {
        self.lever.user_id.as_deref() == Some(user.id.as_str())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ActingForm {
    user: String,
}

fn connected(integration: Integration) -> Result<Integration, PageError> {
    Some(integration).filter(|found| found.state != State::Disconnected).ok_or(PageError::NotFound)
}

async fn users(app: &AppState, id: &IntegrationId) -> Result<Vec<User>, String> {
    let users = app.connections.call_within(USERS, id, |api| async move { api.users().await }).await;
    let mut users = users.map_err(|cause| call_failed(&cause))?;
    users.retain(|user| user.deactivated_at.is_none());
    users.sort_by_key(|user| user.name.as_deref().unwrap_or_default().to_lowercase());
    Ok(users)
}

pub(super) async fn choose(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
) -> PageResult {
    let integration = connected(integration)?;
    let users = users(&app, &integration.id).await;
    page(&app, &who, StatusCode::OK, integration, FieldErrors::default(), users).await
}

async fn page(
    app: &AppState,
    who: &Admin,
    status: StatusCode,
    integration: Integration,
    errors: FieldErrors,
    users: Result<Vec<User>, String>,
) -> PageResult {
    let id = integration.id;
    let lever = app.db.read(move |conn| lever_account::of_integration(conn, &id)).await?;
    let layout = who.layout("Who the portal writes as", Section::Integrations)?;
    render_with(status, &ActingPage { layout, integration, lever, errors, users })
}

pub(super) async fn save(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    Form(form): Form<ActingForm>,
) -> PageResult {
    let integration = connected(integration)?;
    let users = users(&app, &integration.id).await;
    let chosen =
        users.as_ref().ok().and_then(|users| users.iter().find(|user| user.id.as_str() == form.user));
    let Some(user) = chosen.cloned() else {
        let mut errors = FieldErrors::default();
        if users.is_ok() {
            errors.add("user", "This user is not active in Lever. Choose another one.");
        }
        return page(&app, &who, StatusCode::UNPROCESSABLE_ENTITY, integration, errors, users).await;
    };
    let (id, actor) = (integration.id, who.actor());
    let name = user.name.clone().or(user.email.clone()).unwrap_or_else(|| user.id.to_string());
    let told = name.clone();
    app.db
        .write(move |conn| {
            let before = lever_account::of_integration(conn, &id)?;
            lever_account::act_as(conn, &id, &user.id, &name, ChosenBy::Admin)?;
            let detail = json!({"user": {"from": before.user_id, "to": user.id.as_str()}});
            let subject = lifecycle::subject(&integration);
            audit::record(
                conn,
                &integration.company_id,
                &actor,
                audit::Action::IntegrationActsAs,
                &subject,
                &detail,
            )
        })
        .await?;
    who.flash(FlashKind::Good, format!("The portal now writes to Lever as {told}."));
    Ok(see_other(&Part::Settings.path(&id)))
}
