//! The page of one account: its state, its webhooks, its tokens, and who is invited.

use super::doctor::Watching;
use super::door::Door;
use super::{live_path, title_of};
use crate::db::{Conn, DbResult};
use crate::events::EventKind;
use crate::events::health::Queue;
use crate::ids::IntegrationId;
use crate::integrations::checklist;
use crate::integrations::lever_webhooks;
use crate::integrations::lever_webhooks::MadeWebhook;
use crate::integrations::oauth::connections::CallError;
use crate::integrations::oauth::lever_account::{self, LeverAccount};
use crate::integrations::settings::preview::Preview;
use crate::integrations::settings::rules;
use crate::integrations::settings::values::Field;
use crate::integrations::signing::tokens;
use crate::integrations::signing::tokens::SigningToken;
use crate::integrations::stages::{self, KnownStage};
use crate::integrations::{Environment, Integration, State};
use crate::invitations::bulk_moves::view;
use crate::invitations::bulk_moves::view::Summary;
use crate::monitoring::health;
use crate::monitoring::health::Health;
use crate::monitoring::verdict::{self, Judged, PartCode};
use crate::people::{self, InvitationPolicy};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::labels;
use crate::web::{
    FieldErrors, FormText, Found, Layout, PageError, PageResult, Section, SignedIn, render_with,
};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use lever_client::{Event, Origin, Scope, ScopeSet};
use std::time::Duration;

/// How long a page waits for Lever's stages before it shows those known before.
const STAGES: Duration = Duration::from_secs(3);

/// Stages that were read this recently are not asked for again.
const FRESH: Duration = Duration::from_secs(10);

/// Everything that the page shows, from the database.
struct Facts {
    status: Judged,
    granted_by: Option<String>,
    lever: LeverAccount,
    stages: Vec<KnownStage>,
    tokens: Vec<SigningToken>,
    /// The webhooks that the portal made.
    made: Vec<MadeWebhook>,
    /// How many rules differ by posting.
    rules: usize,
    /// Stages that rules name and that are gone from Lever.
    gone_in_rules: Vec<String>,
}

fn facts(conn: &mut Conn, status: &Judged) -> DbResult<Facts> {
    let (integration, id) = (&status.integration, &status.integration.id);
    let granted_by = match &integration.granted_by {
        Some(user) => people::user(conn, user)?.map(|user| user.called().to_owned()),
        None => None,
    };
    let (stages, rules) = (stages::all(conn, id)?, rules::all(conn, id)?);
    let is_named = |stage: &KnownStage| rules.iter().any(|rule| rule.names(&stage.stage_id));
    let gone = stages.iter().filter(|stage| stage.removed_at.is_some() && is_named(stage));
    Ok(Facts {
        granted_by,
        lever: lever_account::of_integration(conn, id)?,
        rules: rules.len(),
        gone_in_rules: gone.map(|stage| stage.name.clone()).collect(),
        stages,
        tokens: tokens::valid(conn, id)?,
        made: lever_webhooks::made(conn, id)?,
        status: status.clone(),
    })
}

#[derive(Template)]
#[template(path = "integrations/show.html")]
struct ShowPage {
    layout: Layout,
    facts: Facts,
    errors: FieldErrors,
    /// The form, as it was typed or as it is saved.
    typed: FormText,
    /// The tokens would be taken if the person insisted.
    may_insist: bool,
    /// Somebody else saved while this form was open.
    is_stale: bool,
    /// Why the stages may be out of date.
    stages_note: Option<String>,
    missing: Vec<Scope>,
    webhook_url: String,
    lever_page: Option<String>,
    can_grant: bool,
    preview: Option<Preview>,
    preview_failure: Option<String>,
    health: Health,
    watching: Watching,
    /// Mass moves about which something can be done.
    batches: Vec<Summary>,
    invitation_policy: InvitationPolicy,
    door: Door,
}

impl ShowPage {
    fn integration(&self) -> &Integration {
        &self.facts.status.integration
    }

    fn status(&self) -> &Judged {
        &self.facts.status
    }

    fn is_active(&self) -> bool {
        self.integration().state == State::Active
    }

    fn is_connected(&self) -> bool {
        self.integration().state != State::Disconnected
    }

    fn may_edit(&self) -> bool {
        self.layout.may_configure() && self.is_connected()
    }

    /// Whether the portal made this webhook, with a token that is valid.
    fn has_made(&self, event: &Event) -> bool {
        let is_valid = |made: &&MadeWebhook| self.facts.tokens.iter().any(|t| t.id == made.signing_token_id);
        self.facts.made.iter().filter(is_valid).any(|made| made.kind == event.as_str())
    }

    /// Whether the portal made all four webhooks of the published guide.
    fn has_all_made(&self) -> bool {
        checklist::WEBHOOKS.iter().all(|event| self.has_made(event))
    }

    /// Whether the portal made the one that tells of archived candidates, too. No person is asked to.
    fn hears_of_archiving(&self) -> bool {
        self.has_made(&Event::CandidateArchiveChange)
    }

    /// Whether Lever lets the portal make webhooks.
    fn may_make(&self) -> bool {
        !self.missing.contains(&Scope::Webhooks)
    }

    /// The webhook that the portal made with this token, as the published guide writes it.
    fn webhook_of(&self, token: &SigningToken) -> Option<String> {
        let made = self.facts.made.iter().find(|made| made.signing_token_id == token.id)?;
        Some(labels::event_kind(&EventKind::from(made.kind.as_str())))
    }

    fn origins(&self) -> &'static [Origin] {
        Origin::KNOWN
    }

    /// What is saved.
    fn fields(&self) -> [Field; 4] {
        self.integration().settings.fields()
    }

    fn field_value(&self, field: &Field) -> Option<String> {
        field.display_value(|id| stages::name(&self.facts.stages, id).to_owned())
    }

    /// What is saved, in a sentence.
    fn saved_values(&self) -> String {
        let name = |id: &str| stages::name(&self.facts.stages, id).to_owned();
        let words = |field: &Field| format!("{} {}", field.label().to_lowercase(), field.quoted(name));
        self.fields().iter().map(words).collect::<Vec<_>>().join(", ")
    }

    /// Stages that can be chosen; one that is chosen and gone stands among them, so that it is seen.
    fn options(&self, chosen: &str) -> Vec<&KnownStage> {
        let is_offered = |stage: &&KnownStage| stage.removed_at.is_none() || stage.stage_id == chosen;
        self.facts.stages.iter().filter(is_offered).collect()
    }

    /// A stage that is set and gone from Lever.
    fn gone(&self, id: &Option<String>) -> Option<&str> {
        let id = id.as_deref()?;
        let known = self.facts.stages.iter().find(|stage| stage.stage_id == id)?;
        known.removed_at.is_some().then_some(known.name.as_str())
    }

    fn stage_problems(&self) -> Vec<(&'static str, &str, &'static str)> {
        let integration = self.integration();
        [
            (
                "trigger stage",
                self.gone(&integration.settings.trigger_stage_id),
                "Nobody is invited by it until you choose another.",
            ),
            (
                "progression stage",
                self.gone(&integration.settings.progression_stage_id),
                "Candidates who are done are not moved until you choose another.",
            ),
        ]
        .into_iter()
        .filter_map(|(which, name, effect)| Some((which, name?, effect)))
        .collect()
    }

    /// What is said of signatures that do not match, above everything else.
    fn signature_trouble(&self) -> Option<&verdict::Part> {
        let said = self.status().verdict.said_of(PartCode::Signatures);
        said.filter(|part| part.needs_somebody())
    }
}

pub(super) async fn show(
    app: Data<AppState>,
    Found(who, integration): Found<SignedIn, Integration>,
) -> PageResult {
    let note = refresh_stages(&app, &who, &integration).await?;
    Page { note, ..Page::default() }.answer(&app, &who, &integration.id).await
}

/// Asks Lever for the stages, for a moment. Answers why they may be out of date.
async fn refresh_stages(
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

pub(super) fn call_failed(cause: &CallError) -> String {
    use crate::integrations::oauth::access_tokens::AccessError;
    use lever_client::Error;
    match cause {
        CallError::TooSlow => "Lever does not answer just now".to_owned(),
        CallError::Access(AccessError::Misconfigured(why)) => why.clone(),
        CallError::Lacking(scope) => {
            format!("Lever does not grant the permission \u{201c}{}\u{201d}", scope.title())
        }
        CallError::Access(_) => "Access to Lever could not be renewed just now".to_owned(),
        CallError::Lever(Error::Forbidden { .. }) => "Lever does not let the portal read this".to_owned(),
        CallError::Lever(Error::Unreadable { .. }) => "Lever\u{2019}s answer can\u{2019}t be read".to_owned(),
        CallError::Lever(Error::Certificate { .. }) => {
            "Lever\u{2019}s certificate is not trusted, so Lever was not asked".to_owned()
        }
        CallError::Nobody => cause.to_string(),
        CallError::Lever(_) => "Lever cannot be reached just now".to_owned(),
    }
}

/// A way to show the page: as it is saved, or with what was typed.
#[derive(Default)]
pub(super) struct Page {
    pub(super) status: Option<StatusCode>,
    pub(super) typed: Option<FormText>,
    pub(super) errors: FieldErrors,
    pub(super) may_insist: bool,
    pub(super) is_stale: bool,
    pub(super) note: Option<String>,
    pub(super) preview: Option<Preview>,
    pub(super) preview_failure: Option<String>,
}

impl Page {
    pub(super) async fn answer(self, app: &AppState, who: &SignedIn, id: &IntegrationId) -> PageResult {
        let (company, wanted) = (*who.company_id(), *id);
        let connections = app.connections.clone();
        let (integrations, facts, health, watching, batches, invitation_policy, door) = app
            .db
            .read(move |conn| {
                // Again: Lever's stages may have been read since the visitor came in.
                let integrations = verdict::of_company(conn, &company)?;
                let Some(status) = integrations.iter().find(|one| one.integration.id == wanted) else {
                    return Ok(None);
                };
                let facts = facts(conn, status)?;
                let health = health::assess(conn, &connections, status)?;
                let watching = Watching::of(conn, &facts.status.integration)?;
                let batches = view::current(conn, &company, Some(&wanted), Timestamp::now())?;
                let invitation_policy = people::invitation_policy(conn, &company)?;
                let door = Door::of(conn, &wanted)?;
                Ok(Some((integrations, facts, health, watching, batches, invitation_policy, door)))
            })
            .await?
            .ok_or(PageError::NotFound)?;
        let integration = &facts.status.integration;
        let mut layout = who.layout_with(&title_of(integration), Section::Integrations, &integrations)?;
        layout.live_standing = Some(live_path(id));
        let mut typed = integration.settings.form(self.typed);
        if self.is_stale || typed.get("version").is_none() {
            // Sent again, it overwrites: the person has been told what is saved now.
            typed = typed.with("version", [integration.settings_version.to_string()]);
        }
        let missing = match integration.state {
            State::Disconnected => Vec::new(),
            _ => ScopeSet::parse(&integration.scopes).missing(),
        };
        let webhook_url = app.link(&integration.webhook_path());
        let page = ShowPage {
            missing,
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
            watching,
            batches,
            invitation_policy,
            door,
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
