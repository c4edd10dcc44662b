//! What an admin sets: who is invited, where candidates go on, and the signing tokens.
//!
//! Saving is one transaction: settings, tokens, the deliveries that the new tokens verify, the
//! state, and the audit log. A token is never given up for one that matches nothing: what is saved
//! stays valid beside it until somebody removes it.

use super::rules;
use crate::audit::{self, Actor};
use crate::db::schema::integrations::dsl;
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::{CompanyId, IntegrationId, SigningTokenId};
use crate::integrations::schedule::watch;
use crate::integrations::schedule::watch::Follow;
use crate::integrations::signing::pasted::{MOST_TOKENS, TokenChange};
use crate::integrations::signing::reverify::{self, MatchReport};
use crate::integrations::signing::tokens;
use crate::integrations::signing::tokens::SigningToken;
use crate::integrations::stages;
use crate::integrations::stages::KnownStage;
use crate::integrations::store;
use crate::integrations::store::Integration;
use crate::integrations::{State, lifecycle};
use crate::invitations::follow_up::PROGRESS_TAGS;
use crate::invitations::rules::{SCREENING_TAG, Settings};
use crate::secrets::{SealError, Sealer};
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::{Origin, StageId};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

/// The longest candidate tag, in characters.
const LONGEST_TAG: usize = 80;

/// What the form says.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The version of the settings that the form was made from.
    pub version: i64,
    /// The trigger stage's id; empty when none is chosen.
    pub trigger: String,
    /// The progression stage's id; empty when none is chosen.
    pub progression: String,
    /// Blocked origins, Lever's words.
    pub origins: Vec<String>,
    /// The tag that invites one candidate; empty when that is switched off, none to leave it as it is.
    pub candidate_tag: Option<String>,
    /// Tokens to add, as pasted.
    pub tokens: SecretString,
    /// Tokens to remove.
    pub remove: Vec<SigningTokenId>,
    /// Add the tokens even though they match nothing that was received.
    pub insist: bool,
}

/// What is wrong with it, field by field, in words for the person who filled it in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    pub tokens: Option<String>,
    pub trigger: Option<String>,
    pub progression: Option<String>,
    pub origins: Option<String>,
    pub candidate_tag: Option<String>,
    /// The tokens would be taken if the person insisted.
    pub may_insist: bool,
}

impl Problems {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Each with the id of its field.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("webhook_signature_token", &self.tokens),
            ("trigger_stage", &self.trigger),
            ("progression_stage", &self.progression),
            ("blocked_origins", &self.origins),
            ("candidate_tag", &self.candidate_tag),
        ]
        .into_iter()
        .filter_map(|(field, problem)| Some((field, problem.as_deref()?)))
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
    Invalid(Box<Problems>),
    /// Somebody else saved in between.
    #[error("the settings were changed meanwhile")]
    Stale,
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
    matching: MatchReport,
    /// What the account would be set to.
    pub settings: Settings,
    /// Whether that differs from what is set now in whom it invites.
    pub invites_others: bool,
}

/// Looks whether a form can be saved. Changes nothing.
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
    let row = store::by_id(conn, company, id)?.ok_or(SaveError::NoSuchAccount)?;
    if row.state == State::Disconnected {
        return Err(SaveError::Disconnected);
    }
    if row.settings_version != wanted.version {
        return Err(SaveError::Stale);
    }
    let known = stages::all(conn, id)?;
    let mut problems = check_rules(&known, wanted);
    let stored = tokens::valid(conn, id)?;
    let change = match TokenChange::of(sealer, &stored, &wanted.tokens, &wanted.remove) {
        Ok(change) => change?,
        Err(problem) => {
            problems.tokens = Some(problem);
            TokenChange::default()
        }
    };
    let matching = if change.new.is_empty() {
        MatchReport::default()
    } else {
        reverify::matching(conn, id, &change.new)?
    };
    if problems.tokens.is_none() {
        check_tokens(&stored, &change, &matching, wanted, &mut problems);
    }
    if !problems.is_empty() {
        return Err(SaveError::Invalid(Box::new(problems)));
    }
    let settings = settings(conn, &row, wanted)?;
    let tag = wanted.candidate_tag.as_deref().map(str::trim);
    let invites_others = row.state == State::SettingUp
        || row.trigger_stage_id.as_deref() != optional(&wanted.trigger)
        || row.blocked_origins != origins_text(wanted)
        || tag.is_some_and(|tag| tag != row.candidate_tag);
    Ok(Checked { row, known, stored, change, matching, settings, invites_others })
}

/// What an account would be set to by a form.
pub fn settings(conn: &mut Conn, row: &Integration, wanted: &Wanted) -> DbResult<Settings> {
    let stage = |id: &str| optional(id).map(StageId::from);
    let saved = rules::settings(conn, row)?;
    let tag =
        wanted.candidate_tag.as_deref().map(|tag| Some(tag.trim().to_owned()).filter(|t| !t.is_empty()));
    Ok(Settings {
        trigger_stage: stage(&wanted.trigger),
        progression_stage: stage(&wanted.progression),
        blocked_origins: wanted.origins.iter().map(|word| Origin::from(word.as_str())).collect(),
        candidate_tag: tag.unwrap_or(saved.candidate_tag),
        tests: saved.tests,
        rules: saved.rules,
    })
}

/// Saves, in the transaction of `conn`. `follow`: what it means for those who meet the rules already.
///
/// # Errors
/// Says why nothing was saved.
pub fn save(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    id: &IntegrationId,
    wanted: &Wanted,
    follow: Follow,
    actor: &Actor,
) -> Result<Saved, SaveError> {
    dialect::lock_company(conn, company)?;
    let Checked { row, known, stored, change, matching, .. } = check(conn, sealer, company, id, wanted)?;
    store_rules(conn, &row, wanted)?;
    for token in &change.new {
        tokens::add(conn, &SigningToken::new(id, token, sealer))?;
    }
    for token in &change.removed {
        tokens::retire(conn, sealer, id, token)?;
    }
    if !change.new.is_empty() {
        let verified = reverify::reverify(conn, sealer, id)?.verified;
        if verified > 0 {
            lifecycle::signatures_match_again(conn, id)?;
        }
    }
    let configured = store::get(conn, id)?;
    let state = lifecycle::settle(conn, &configured)?;
    watch::rules_saved(conn, id, follow)?;
    let detail = changes(&row, &known, &stored, &change, wanted, follow);
    audit::record(conn, company, actor, "integration.configured", &lifecycle::subject(&row), &detail)?;
    Ok(Saved {
        activated: state == State::Active && row.state != State::Active,
        added: change.new.len(),
        known: change.known,
        removed: change.removed.len(),
        matching,
        follow,
    })
}

fn check_rules(known: &[KnownStage], wanted: &Wanted) -> Problems {
    let mut problems = Problems::default();
    let is_there = |id: &str| known.iter().any(|stage| stage.stage_id == id && stage.removed_at.is_none());
    let gone = |id: &str| match known.iter().find(|stage| stage.stage_id == id) {
        Some(stage) => format!("The stage “{}” no longer exists in Lever. Choose another.", stage.name),
        None => "This stage is not one of this Lever account. Choose another.".to_owned(),
    };
    if wanted.trigger.is_empty() {
        let nothing = known.iter().all(|stage| stage.removed_at.is_some());
        problems.trigger = Some(if nothing {
            "The stages could not be read from Lever yet. Reload the page in a moment, then choose one."
                .into()
        } else {
            "Choose the stage that sends the tests.".into()
        });
    } else if !is_there(&wanted.trigger) {
        problems.trigger = Some(gone(&wanted.trigger));
    }
    if !wanted.progression.is_empty() {
        if !is_there(&wanted.progression) {
            problems.progression = Some(gone(&wanted.progression));
        } else if wanted.progression == wanted.trigger {
            problems.progression = Some(
                "Choose another stage than the trigger stage, or none: candidates are there already.".into(),
            );
        }
    }
    if wanted.origins.iter().any(|word| Origin::KNOWN.iter().all(|origin| origin.as_str() != word)) {
        problems.origins = Some("Lever has no such origin. Choose from the list.".into());
    }
    problems.candidate_tag = wanted.candidate_tag.as_deref().and_then(|tag| check_tag(tag.trim()));
    problems
}

/// What is wrong with a candidate tag, when anything is.
fn check_tag(tag: &str) -> Option<String> {
    let has_control = tag.chars().any(char::is_control);
    if tag == SCREENING_TAG {
        Some(format!(
            "“{SCREENING_TAG}” is the tag of postings, which Lever copies to every candidate. Choose another."
        ))
    } else if PROGRESS_TAGS.contains(&tag) {
        Some(format!("“{tag}” shows how far a candidate is, and the portal sets it itself. Choose another."))
    } else if tag.chars().count() > LONGEST_TAG || has_control {
        Some(format!("Use at most {LONGEST_TAG} characters in one line."))
    } else {
        None
    }
}

fn check_tokens(
    stored: &[SigningToken],
    change: &TokenChange,
    matching: &MatchReport,
    wanted: &Wanted,
    problems: &mut Problems,
) {
    let remaining = stored.len() - change.removed.len() + change.new.len();
    if remaining == 0 {
        problems.tokens = Some(if stored.is_empty() {
            "Paste the token that Lever shows: it is needed before the integration can be active.".into()
        } else {
            "Without a token no event can be checked. Paste the new one before you remove the last.".into()
        });
    } else if remaining > MOST_TOKENS {
        problems.tokens = Some(format!("At most {MOST_TOKENS} tokens are kept. Remove old ones first."));
    } else if !change.new.is_empty() && matching.total() > 0 && matching.matched() == 0 && !wanted.insist {
        let keeps = if stored.is_empty() { "" } else { " The token that was saved before is kept." };
        let (tokens, events) = (
            if change.new.len() == 1 { "This token matches" } else { "These tokens match" },
            if matching.total() == 1 {
                "the event".to_owned()
            } else {
                format!("any of the {} events", matching.total())
            },
        );
        problems.tokens = Some(format!(
            "{tokens} not {events} received from Lever, so nothing was saved.{keeps} Copy the token again from Lever, \
             from the webhook whose URL is this one."
        ));
        problems.may_insist = true;
    }
}

fn optional(id: &str) -> Option<&str> {
    (!id.is_empty()).then_some(id)
}

fn store_rules(conn: &mut Conn, row: &Integration, wanted: &Wanted) -> Result<(), SaveError> {
    let changed = diesel::update(dsl::integrations.find(&row.id))
        .filter(dsl::settings_version.eq(wanted.version))
        .set((
            dsl::trigger_stage_id.eq(optional(&wanted.trigger)),
            dsl::progression_stage_id.eq(optional(&wanted.progression)),
            dsl::blocked_origins.eq(origins_text(wanted)),
            dsl::candidate_tag.eq(tag_text(row, wanted)),
            dsl::settings_version.eq(wanted.version + 1),
            dsl::updated_at.eq(Timestamp::now()),
        ))
        .execute(conn)
        .map_err(DbError::from)?;
    if changed == 1 { Ok(()) } else { Err(SaveError::Stale) }
}

/// In Lever's order, so that the same choice is the same text.
fn origins_text(wanted: &Wanted) -> String {
    let chosen =
        Origin::KNOWN.iter().map(Origin::as_str).filter(|word| wanted.origins.iter().any(|o| o == word));
    chosen.collect::<Vec<_>>().join(" ")
}

fn tag_text<'w>(row: &'w Integration, wanted: &'w Wanted) -> &'w str {
    wanted.candidate_tag.as_deref().map_or(row.candidate_tag.as_str(), str::trim)
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
    let name = |id: Option<&str>| {
        id.map(|id| {
            known.iter().find(|stage| stage.stage_id == id).map_or(id, |stage| &stage.name).to_owned()
        })
    };
    let mut detail = Map::new();
    let mut differ = |field: &str, from: Value, to: Value| {
        if from != to {
            detail.insert(field.to_owned(), json!({"from": from, "to": to}));
        }
    };
    let (trigger, progression) = (row.trigger_stage_id.as_deref(), row.progression_stage_id.as_deref());
    differ("trigger_stage", json!(name(trigger)), json!(name(optional(&wanted.trigger))));
    differ("progression_stage", json!(name(progression)), json!(name(optional(&wanted.progression))));
    differ("blocked_origins", json!(row.blocked_origins), json!(origins_text(wanted)));
    differ("candidate_tag", json!(row.candidate_tag), json!(tag_text(row, wanted)));
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
