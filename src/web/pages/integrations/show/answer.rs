//! How a part of the page becomes an answer: as it is saved, or with what was typed.

use super::super::diagnostics::Diagnostics;
use super::super::part::Part;
use super::super::receiver::Receiver;
use super::{ShowPage, facts};
use crate::ids::IntegrationId;
use crate::integrations::oauth::access_tokens::AccessError;
use crate::integrations::oauth::connections::CallError;
use crate::integrations::settings::preview::Preview;
use crate::integrations::stages;
use crate::integrations::{Environment, Integration, State};
use crate::invitations::bulk_moves::view;
use crate::monitoring::{health, verdict};
use crate::people;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{FieldErrors, FormText, PageError, PageResult, Section, SignedIn, render_with};
use actix_web::http::StatusCode;
use lever_client::Error;
use std::time::Duration;

/// How long a page waits for Lever's stages before it shows those known before.
const STAGES: Duration = Duration::from_secs(3);

/// Stages that were read this recently are not asked for again.
const FRESH: Duration = Duration::from_secs(10);

/// Asks Lever for the stages, for a moment. Answers why they may be out of date.
pub(super) async fn refresh_stages(
    app: &AppState,
    who: &SignedIn,
    integration: &Integration,
) -> Result<Option<String>, PageError> {
    let id = integration.id;
    let stages = app.db.read(move |conn| stages::all(conn, &id)).await?;
    let recent = Timestamp::now().minus(FRESH);
    let is_fresh = stages.iter().any(|stage| stage.seen_at > recent);
    if integration.state == State::Disconnected || !who.user.role.may_configure() || is_fresh {
        return Ok(None);
    }
    match app.connections.refresh_stages(&id, STAGES).await {
        Ok(_) => Ok(None),
        Err(cause) => {
            tracing::info!(%cause, "the stages could not be read for a page");
            Ok(Some(call_failed(&cause)))
        }
    }
}

pub(in super::super) fn call_failed(cause: &CallError) -> String {
    match cause {
        CallError::TooSlow => "Lever does not answer".to_owned(),
        CallError::Access(AccessError::Misconfigured(why)) => why.clone(),
        CallError::Lacking(scope) => {
            format!("Lever does not grant the permission \u{201c}{}\u{201d}", scope.title())
        }
        CallError::Access(_) => "Access to Lever could not be renewed".to_owned(),
        CallError::Lever(Error::Forbidden { .. }) => "Lever does not let the portal read this".to_owned(),
        CallError::Lever(Error::Unreadable { .. }) => "Lever\u{2019}s answer can\u{2019}t be read".to_owned(),
        CallError::Lever(Error::Certificate { .. }) => {
            "Lever\u{2019}s certificate is not trusted, so Lever was not asked".to_owned()
        }
        CallError::Nobody => cause.to_string(),
        CallError::Lever(answer) => match answer.status() {
            Some(429) => "Lever accepts no more calls right now".to_owned(),
            Some(status) => format!("Lever answers with an error (HTTP {status})"),
            None => "Lever can't be reached".to_owned(),
        },
    }
}

/// A way to show the page: as it is saved, or with what was typed.
#[derive(Default)]
pub(in super::super) struct Page {
    /// The part of the page that is shown.
    pub(in super::super) part: Part,
    pub(in super::super) status: Option<StatusCode>,
    pub(in super::super) typed: Option<FormText>,
    pub(in super::super) errors: FieldErrors,
    pub(in super::super) may_insist: bool,
    pub(in super::super) is_stale: bool,
    pub(in super::super) note: Option<String>,
    pub(in super::super) preview: Option<Preview>,
    pub(in super::super) preview_failure: Option<String>,
}

impl Page {
    /// A part, as it is saved.
    pub(super) fn of_part(part: Part) -> Self {
        Self { part, ..Self::default() }
    }

    pub(in super::super) async fn answer(
        self,
        app: &AppState,
        who: &SignedIn,
        id: &IntegrationId,
    ) -> PageResult {
        let (company, wanted) = (*who.company_id(), *id);
        let connections = app.connections.clone();
        let (integrations, facts, health, diagnostics, bulk_moves, invitation_policy, receiver) = app
            .db
            .read(move |conn| {
                // Again: Lever's stages may have been read since the visitor came in.
                let integrations = verdict::of_company(conn, &company)?;
                let Some(status) = integrations.iter().find(|one| one.integration.id == wanted) else {
                    return Ok(None);
                };
                let facts = facts(conn, status)?;
                let health = health::assess(conn, &connections, status)?;
                let diagnostics = Diagnostics::load(conn, &facts.status.integration)?;
                let bulk_moves = view::current(conn, &company, Some(&wanted), Timestamp::now())?;
                let invitation_policy = people::invitation_policy(conn, &company)?;
                let receiver = Receiver::load(conn, &wanted)?;
                Ok(Some((integrations, facts, health, diagnostics, bulk_moves, invitation_policy, receiver)))
            })
            .await?
            .ok_or(PageError::NotFound)?;
        let integration = &facts.status.integration;
        let title = self.part.title(integration);
        let mut layout = who.layout_with(&title, Section::Integrations, &integrations)?;
        layout.live_standing = Some(self.part.live_path(id));
        let came_back = self.typed.is_some();
        let mut typed = integration.settings.form(self.typed);
        if self.is_stale || typed.get("version").is_none() {
            // Sent again, it overwrites: the person has been told what is saved now.
            typed = typed.with("version", [integration.settings_version.to_string()]);
        }
        let webhook_url = app.link(&integration.webhook_path());
        let page = ShowPage {
            part: self.part,
            came_back,
            webhook_url: if who.user.role.may_configure() { webhook_url.to_string() } else { String::new() },
            lever_page: lever_page(integration),
            can_grant: app.connections.has_app(),
            layout,
            facts,
            errors: self.errors,
            typed,
            may_insist: self.may_insist,
            is_stale: self.is_stale,
            stages_note: self.note,
            preview: self.preview,
            preview_failure: self.preview_failure,
            health,
            diagnostics,
            bulk_moves,
            invitation_policy,
            receiver,
        };
        render_with(self.status.unwrap_or(StatusCode::OK), &page)
    }
}

/// Lever's page on which webhooks are set.
fn lever_page(integration: &Integration) -> Option<String> {
    let path = "settings/integrations?tab=webhooks";
    Some(match integration.environment {
        Environment::Production => format!("https://hire.lever.co/{path}"),
        Environment::Sandbox => format!("https://hire.sandbox.lever.co/{path}"),
        Environment::Eu => format!("https://hire.eu.lever.co/{path}"),
        Environment::Custom => {
            let origin = integration.lever_hosts().ok()?.auth_url.origin().ascii_serialization();
            format!("{origin}/settings/integrations")
        }
    })
}
