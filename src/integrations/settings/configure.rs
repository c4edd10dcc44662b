//! What an admin sets: who is invited, where candidates go on, and the signing tokens.
//!
//! Saving is one transaction: settings, tokens, that deliveries are to be verified by the new tokens,
//! the state, and the audit log. A token is never given up for one that matches nothing: what is saved
//! stays valid beside it until somebody removes it.

use super::rules;
use super::values::{FieldChange, IntegrationSettings};
use crate::audit::{self, Action, Actor};
use crate::db::schema::integrations::dsl;
use crate::db::{Conn, DbError, dialect};
use crate::forms::{FieldErrors, FormText};
use crate::ids::{CompanyId, IntegrationId, SigningTokenId};
use crate::integrations::schedule::watch;
use crate::integrations::schedule::watch::Follow;
use crate::integrations::signing::catch_up;
use crate::integrations::signing::pasted::{MOST_TOKENS, TokenChange, pasted_tokens};
use crate::integrations::signing::reverify::{self, MatchReport};
use crate::integrations::signing::tokens;
use crate::integrations::signing::tokens::SigningToken;
use crate::integrations::stages;
use crate::integrations::stages::KnownStage;
use crate::integrations::store;
use crate::integrations::store::Integration;
use crate::integrations::{State, lifecycle};
use crate::invitations::Settings;
use crate::secrets::{SealError, Sealer};
use crate::time::Timestamp;
use diesel::prelude::*;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

/// The field into which signing tokens are pasted.
const TOKENS: &str = "webhook_signature_token";

/// The boxes at the tokens that are to be removed.
const REMOVED: &str = "remove_token";

/// What a form asks: the rest stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Signing tokens and who is invited: the set-up.
    Both,
    /// Signing tokens alone.
    Tokens,
    /// Who is invited alone.
    Settings,
}

/// What the form says, read at the door.
#[derive(Clone)]
pub struct Wanted {
    /// What it asks.
    asked: Asked,
    /// The version of the settings that the form was made from.
    pub version: i64,
    /// What the integration is to be set to.
    pub settings: IntegrationSettings,
    /// Tokens to add.
    tokens: Vec<SecretString>,
    /// Tokens to remove.
    remove: Vec<SigningTokenId>,
    /// Add the tokens even though they match nothing that was received.
    insist: bool,
    /// What could not be read.
    errors: FieldErrors,
}

impl Wanted {
    /// Whether a form adds or removes tokens.
    pub fn changes_tokens(form: &FormText) -> bool {
        !form.text(TOKENS).trim().is_empty() || form.all(REMOVED).next().is_some()
    }

    /// Reads the form; see [`IntegrationSettings::parse`]. What could not be read is an error of [`check`], which finds
    /// the rest.
    pub fn parse(form: &FormText, saved: &IntegrationSettings, asked: Asked) -> Self {
        let mut errors = FieldErrors::default();
        let asks_tokens = asked != Asked::Settings;
        let settings = match asked {
            Asked::Tokens => saved.clone(),
            Asked::Both | Asked::Settings => IntegrationSettings::parse(form, saved, &mut errors),
        };
        let pasted = if asks_tokens { form.text(TOKENS) } else { "" };
        let removed = form.all(REMOVED).filter(|_| asks_tokens);
        Self {
            asked,
            // A version that is none is nobody's: somebody else saved.
            version: form.text("version").parse().unwrap_or(-1),
            tokens: errors.keep(TOKENS, pasted_tokens(pasted)).unwrap_or_default(),
            settings,
            remove: removed.filter_map(SigningTokenId::parse).collect(),
            insist: form.is_on("insist"),
            errors,
        }
    }
}

/// What was saved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// The account became active by this.
    pub activated: bool,
    /// So many tokens are new.
    pub added: usize,
    /// So many were there already.
    pub known: usize,
    /// So many were removed.
    pub removed: usize,
    /// What the new tokens match of what was received before.
    pub matching: MatchReport,
    /// What it means for those who meet the rules already.
    pub follow: Follow,
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Something in the form is wrong.
    #[error("the form has errors")]
    Invalid {
        /// What, field by field.
        errors: FieldErrors,
        /// The tokens would be taken if the person insisted.
        may_insist: bool,
    },
    /// Somebody else saved in between.
    #[error("the settings were changed in the meantime")]
    Stale,
    /// The same was saved already: the form was sent twice.
    #[error("the same is saved already")]
    SavedAlready,
    /// The account is gone, or of another company.
    #[error("no such account")]
    NoSuchAccount,
    /// It must be connected first.
    #[error("the account is disconnected")]
    Disconnected,
    #[error(transparent)]
    Db(#[from] DbError),
    /// A stored token does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// What a form would save.
pub struct Checked {
    row: Integration,
    known: Vec<KnownStage>,
    stored: Vec<SigningToken>,
    change: TokenChange,
    /// What the new tokens match of what was received before.
    pub matching: MatchReport,
    /// What the account would be set to.
    pub settings: Settings,
    /// Whether that differs from what is set now in whom it invites.
    pub invites_others: bool,
    /// Whether it is active, so that it invites by what is set now.
    pub is_active: bool,
    /// What would change, setting by setting.
    pub changes: Vec<FieldChange>,
}

/// Looks whether a form can be saved. Changes nothing. It looks at all that was kept, and may take seconds: never in a
/// transaction that writes.
///
/// # Errors
/// Says why it cannot.
pub fn check(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    id: &IntegrationId,
    wanted: &Wanted,
) -> Result<Checked, SaveError> {
    check_with(conn, sealer, company, id, wanted, None)
}

/// The same, where it is known what the new tokens match.
fn check_with(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    id: &IntegrationId,
    wanted: &Wanted,
    matching: Option<MatchReport>,
) -> Result<Checked, SaveError> {
    let row = store::by_id(conn, company, id)?.ok_or(SaveError::NoSuchAccount)?;
    if row.state == State::Disconnected {
        return Err(SaveError::Disconnected);
    }
    if row.settings_version != wanted.version {
        let is_sent_twice = row.settings_version == wanted.version + 1
            && row.settings == wanted.settings
            && wanted.errors.is_empty()
            && wanted.asked != Asked::Tokens
            && wanted.tokens.is_empty()
            && wanted.remove.is_empty();
        return Err(if is_sent_twice { SaveError::SavedAlready } else { SaveError::Stale });
    }
    let known = stages::all(conn, id)?;
    let stored = tokens::valid(conn, id)?;
    let change = TokenChange::of(sealer, &stored, &wanted.tokens, &wanted.remove)?;
    let matching = match matching {
        Some(matching) => matching,
        None if change.new.is_empty() => MatchReport::default(),
        None => reverify::matching(conn, id, &change.new)?,
    };
    let mut errors = wanted.errors.clone();
    let mut may_insist = false;
    // A form that does not ask for tokens is not kept from saving by those that are missing.
    if errors.on(TOKENS).is_none() && wanted.asked != Asked::Settings {
        may_insist = check_tokens(&stored, &change, &matching, wanted, &mut errors);
    }
    if wanted.asked != Asked::Tokens {
        check_stages(&wanted.settings, &known, &mut errors);
    }
    if !errors.is_empty() {
        return Err(SaveError::Invalid { errors, may_insist });
    }
    let settings = rules::settings_with(conn, &row, &wanted.settings)?;
    let has_token = stored.len() + change.new.len() > change.removed.len();
    let is_complete = has_token && wanted.settings.trigger_stage_id.is_some();
    let invites_others =
        is_complete && (row.state == State::SettingUp || wanted.settings.invites_others_than(&row.settings));
    let is_active = row.state == State::Active;
    let changes = row.settings.changes_to(&wanted.settings, |id: &str| stages::name(&known, id).to_owned());
    Ok(Checked { row, known, stored, change, matching, settings, invites_others, is_active, changes })
}

/// What was found out before saving.
#[derive(Debug, Clone)]
pub struct Known {
    /// What it means for those who meet the rules already.
    pub follow: Follow,
    /// What the new tokens match, as [`check`] found.
    pub matching: MatchReport,
}

/// Saves, in the transaction of `conn`. New tokens verify what was kept once [`catch_up::run`] was called.
///
/// # Errors
/// Says why nothing was saved.
pub fn save(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    id: &IntegrationId,
    wanted: &Wanted,
    Known { follow, matching }: Known,
    actor: &Actor,
) -> Result<Saved, SaveError> {
    dialect::lock_company(conn, company)?;
    let checked = check_with(conn, sealer, company, id, wanted, Some(matching))?;
    let Checked { row, known, stored, change, matching, .. } = checked;
    store_settings(conn, &row, wanted)?;
    for token in &change.new {
        tokens::add(conn, &SigningToken::new(id, token, sealer))?;
    }
    for token in &change.removed {
        tokens::retire(conn, sealer, id, token)?;
    }
    if !change.new.is_empty() {
        catch_up::begin(conn, id)?;
    }
    let configured = store::get(conn, id)?;
    let state = lifecycle::settle(conn, &configured)?;
    watch::rules_saved(conn, id, follow)?;
    let detail = changes(&row, &known, &stored, &change, wanted, follow);
    audit::record(conn, company, actor, Action::IntegrationConfigured, &lifecycle::subject(&row), &detail)?;
    Ok(Saved {
        activated: state == State::Active && row.state != State::Active,
        added: change.new.len(),
        known: change.known,
        removed: change.removed.len(),
        matching,
        follow,
    })
}

/// Looks whether Lever has the stages.
fn check_stages(settings: &IntegrationSettings, known: &[KnownStage], errors: &mut FieldErrors) {
    let is_there = |id: &str| known.iter().any(|stage| stage.stage_id == id && stage.removed_at.is_none());
    let gone = |id: &str| match known.iter().find(|stage| stage.stage_id == id) {
        Some(stage) => format!("The stage “{}” no longer exists in Lever. Choose another.", stage.name),
        None => "This stage does not belong to this Lever account. Choose another.".to_owned(),
    };
    match settings.trigger_stage_id.as_deref() {
        None if known.iter().all(|stage| stage.removed_at.is_some()) => errors.add(
            "trigger_stage",
            "The stages could not be read from Lever yet. Reload the page in a moment, then choose one.",
        ),
        None => errors.add("trigger_stage", "Choose the stage that sends the tests."),
        Some(id) if !is_there(id) => errors.add("trigger_stage", gone(id)),
        Some(_) => {}
    }
    match settings.progression_stage_id.as_deref() {
        Some(id) if !is_there(id) => errors.add("progression_stage", gone(id)),
        same @ Some(_) if same == settings.trigger_stage_id.as_deref() => errors.add(
            "progression_stage",
            "Choose a stage other than the trigger stage, or none: candidates are already in that one.",
        ),
        _ => {}
    }
}

/// Answers whether the tokens would be taken if the person insisted.
fn check_tokens(
    stored: &[SigningToken],
    change: &TokenChange,
    matching: &MatchReport,
    wanted: &Wanted,
    errors: &mut FieldErrors,
) -> bool {
    let remaining = stored.len() - change.removed.len() + change.new.len();
    if remaining == 0 {
        errors.add(
            TOKENS,
            if stored.is_empty() {
                "Paste the token that Lever shows: the integration can't be active without it."
            } else {
                "Without a token, no event can be verified. Paste the new one before you remove the last one."
            },
        );
    } else if remaining > MOST_TOKENS {
        errors.add(TOKENS, format!("You can save at most {MOST_TOKENS} tokens. Remove old ones first."));
    } else if !change.new.is_empty() && matching.total() > 0 && matching.matched() == 0 && !wanted.insist {
        let keeps = if stored.is_empty() { "" } else { " The previous token is kept." };
        let (tokens, again) = match change.new.len() {
            1 => ("This token doesn't match", "Copy it again"),
            _ => ("These tokens don't match", "Copy them again"),
        };
        let events = match matching.total() {
            1 => "the event".to_owned(),
            total => format!("any of the {total} events"),
        };
        errors.add(
            TOKENS,
            format!(
                "{tokens} {events} received from Lever, so nothing was saved.{keeps} {again} from the webhook \
                 that uses this URL."
            ),
        );
        return true;
    }
    false
}

fn store_settings(conn: &mut Conn, row: &Integration, wanted: &Wanted) -> Result<(), SaveError> {
    let changed = diesel::update(dsl::integrations.find(&row.id))
        .filter(dsl::settings_version.eq(wanted.version))
        .set((
            &wanted.settings,
            dsl::settings_version.eq(wanted.version + 1),
            dsl::updated_at.eq(Timestamp::now()),
        ))
        .execute(conn)
        .map_err(DbError::from)?;
    if changed == 1 { Ok(()) } else { Err(SaveError::Stale) }
}

/// Old and new values, for the audit log.
fn changes(
    row: &Integration,
    known: &[KnownStage],
    stored: &[SigningToken],
    change: &TokenChange,
    wanted: &Wanted,
    follow: Follow,
) -> Value {
    let name = |id: &str| stages::name(known, id).to_owned();
    let mut detail = Map::new();
    for (old, new) in row.settings.fields().iter().zip(wanted.settings.fields()) {
        let (from, to) = (old.audited(name), new.audited(name));
        if from != to {
            detail.insert(new.name.to_owned(), json!({"from": from, "to": to}));
        }
    }
    if let Follow::Those(count @ 1..) = follow {
        detail.insert("invited_now".into(), json!(count));
    }
    if !change.new.is_empty() {
        detail.insert("tokens_added".into(), json!(change.new.len()));
    }
    let removed: Vec<&str> =
        stored.iter().filter(|t| change.removed.contains(&t.id)).map(|t| t.hint.as_str()).collect();
    if !removed.is_empty() {
        detail.insert("tokens_removed_ending".into(), json!(removed));
    }
    Value::Object(detail)
}
