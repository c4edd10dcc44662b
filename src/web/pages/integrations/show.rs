//! The page of one integration: how it is doing, its webhooks and tokens, and who is invited. Each part has an address
//! of its own; while the integration is being set up, the first one is the whole set-up.

mod answer;

pub(super) use answer::{Page, call_failed};

use super::diagnostics::Diagnostics;
use super::part::Part;
use super::receiver::Receiver;
use crate::db::{Conn, DbResult};
use crate::events::EventKind;
use crate::events::health::Queue;
use crate::integrations::checklist;
use crate::integrations::lever_webhooks;
use crate::integrations::lever_webhooks::MadeWebhook;
use crate::integrations::oauth::lever_account::{self, LeverAccount};
use crate::integrations::settings::preview::Preview;
use crate::integrations::settings::rules;
use crate::integrations::settings::values::Field;
use crate::integrations::signing::tokens;
use crate::integrations::signing::tokens::SigningToken;
use crate::integrations::stages::{self, KnownStage};
use crate::integrations::{Integration, State};
use crate::invitations::bulk_moves::view::Summary;
use crate::monitoring::health::Health;
use crate::monitoring::verdict::{self, Judged, PartCode};
use crate::people::{self, InvitationPolicy};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::labels;
use crate::web::{FieldErrors, FormText, Found, Layout, PageResult, Section, SignedIn};
use actix_web::web::Data;
use askama::Template;
use lever_client::{Event, Origin, Scope, ScopeSet};

/// Everything that the page shows, from the database.
pub(super) struct Facts {
    pub(super) status: Judged,
    granted_by: Option<String>,
    pub(super) lever: LeverAccount,
    stages: Vec<KnownStage>,
    tokens: Vec<SigningToken>,
    /// The webhooks that the portal made.
    made: Vec<MadeWebhook>,
    /// When the first event came.
    pub(super) first_event: Option<Timestamp>,
    /// How many rules differ by posting.
    rules: usize,
    /// Stages that rules name and that are gone from Lever.
    pub(super) gone_in_rules: Vec<String>,
}

pub(super) fn facts(conn: &mut Conn, status: &Judged) -> DbResult<Facts> {
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
        first_event: checklist::first_event(conn, id)?,
        status: status.clone(),
    })
}

impl Facts {
    pub(super) fn is_connected(&self) -> bool {
        self.status.integration.state != State::Disconnected
    }

    /// What Lever does not grant; nothing is said of it once access is gone.
    pub(super) fn missing(&self) -> Vec<Scope> {
        match self.status.integration.state {
            State::Disconnected => Vec::new(),
            State::Active | State::SettingUp => ScopeSet::parse(&self.status.integration.scopes).missing(),
        }
    }

    /// A stage that is set and gone from Lever.
    fn gone(&self, id: &Option<String>) -> Option<&str> {
        let id = id.as_deref()?;
        let known = self.stages.iter().find(|stage| stage.stage_id == id)?;
        known.removed_at.is_some().then_some(known.name.as_str())
    }

    /// Stages that are chosen and gone: which, its name, and what follows.
    pub(super) fn stage_problems(&self) -> Vec<(&'static str, &str, &'static str)> {
        let integration = &self.status.integration;
        [
            (
                "trigger stage",
                self.gone(&integration.settings.trigger_stage_id),
                "It invites nobody until you choose another one.",
            ),
            (
                "progression stage",
                self.gone(&integration.settings.progression_stage_id),
                "Candidates who have finished are not moved until you choose another one.",
            ),
        ]
        .into_iter()
        .filter_map(|(which, name, effect)| Some((which, name?, effect)))
        .collect()
    }

    /// What is said of signatures that do not match, above everything else.
    pub(super) fn signature_trouble(&self) -> Option<&verdict::Part> {
        let said = self.status.verdict.said_of(PartCode::Signatures);
        said.filter(|part| part.needs_somebody())
    }
}

#[derive(Template)]
#[template(path = "integrations/show.html")]
struct ShowPage {
    layout: Layout,
    part: Part,
    /// A form came back with what was typed: it is shown whatever became of the integration meanwhile.
    came_back: bool,
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
    webhook_url: String,
    lever_page: Option<String>,
    can_grant: bool,
    preview: Option<Preview>,
    preview_failure: Option<String>,
    health: Health,
    diagnostics: Diagnostics,
    /// Mass moves about which something can be done.
    bulk_moves: Vec<Summary>,
    invitation_policy: InvitationPolicy,
    receiver: Receiver,
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
        self.facts.is_connected()
    }

    /// Whether the first part is the set-up.
    fn is_set_up(&self) -> bool {
        self.integration().state == State::SettingUp || (self.came_back && self.is_connected())
    }

    /// Whether this part has the form of who is invited; while the integration is being set up, the first one has.
    fn has_form(&self) -> bool {
        self.may_edit() && (self.is_active() || self.came_back)
    }

    /// Whether somebody sets the webhooks up by hand: a token or an event of theirs is there, or a token is being typed.
    fn is_by_hand(&self) -> bool {
        let is_own =
            |token: &SigningToken| !self.facts.made.iter().any(|made| made.signing_token_id == token.id);
        let is_heard = self.status().checklist.heard() > 0 || self.status().checklist.tested.is_some();
        self.facts.tokens.iter().any(is_own)
            || (is_heard && !self.has_all_made())
            || self.errors.on("webhook_signature_token").is_some()
            || !self.typed.text("webhook_signature_token").is_empty()
    }

    /// Whether the step about webhooks is done.
    fn is_heard(&self) -> bool {
        self.has_all_made() || self.status().checklist.heard() == checklist::WEBHOOKS.len()
    }

    /// Whether the step about tokens is done: one is saved, and nothing that arrived speaks against them.
    fn is_signed(&self) -> bool {
        !self.facts.tokens.is_empty()
            && self.facts.signature_trouble().is_none()
            && self.errors.on("webhook_signature_token").is_none()
            && self.typed.text("webhook_signature_token").is_empty()
    }

    /// The form to which the token's field belongs: in the set-up there is one for all.
    fn token_form(&self) -> &'static str {
        if self.part == Part::Webhooks { "tokens" } else { "settings" }
    }

    /// So many of the saved tokens are known to be of a webhook: the portal made it, or an event matched.
    fn matched_tokens(&self) -> usize {
        self.facts.tokens.iter().filter(|token| self.webhook_of(token).is_some()).count()
    }

    /// The name of the trigger stage that is saved.
    fn trigger_name(&self) -> Option<&str> {
        let id = self.integration().settings.trigger_stage_id.as_deref()?;
        Some(stages::name(&self.facts.stages, id))
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
        !self.facts.missing().contains(&Scope::Webhooks)
    }

    /// Whether the portal made a webhook with this token.
    fn is_made(&self, token: &SigningToken) -> bool {
        self.facts.made.iter().any(|made| made.signing_token_id == token.id)
    }

    /// The webhook of this token, as the published guide writes it: the portal made it so, or its events matched.
    fn webhook_of(&self, token: &SigningToken) -> Option<String> {
        let made = self.facts.made.iter().find(|made| made.signing_token_id == token.id);
        match made.map(|made| made.kind.as_str()).or(token.kind.as_deref())? {
            tokens::SEVERAL => Some("several webhooks".to_owned()),
            kind => Some(labels::event_kind(&EventKind::from(kind))),
        }
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
}

/// The integration at a glance; the whole set-up while it is not active yet.
pub(super) async fn overview(
    app: Data<AppState>,
    Found(who, integration): Found<SignedIn, Integration>,
) -> PageResult {
    show(&app, &who, &integration, Part::Overview).await
}

/// Its webhooks and their tokens.
pub(super) async fn webhooks(
    app: Data<AppState>,
    Found(who, integration): Found<SignedIn, Integration>,
) -> PageResult {
    Page::of_part(Part::Webhooks).answer(&app, &who, &integration.id).await
}

/// Who is invited, its name, and its end.
pub(super) async fn settings(
    app: Data<AppState>,
    Found(who, integration): Found<SignedIn, Integration>,
) -> PageResult {
    show(&app, &who, &integration, Part::Settings).await
}

async fn show(app: &AppState, who: &SignedIn, integration: &Integration, part: Part) -> PageResult {
    let note = answer::refresh_stages(app, who, integration).await?;
    Page { note, ..Page::of_part(part) }.answer(app, who, &integration.id).await
}
