//! Adding, changing and deleting a rule: each one transaction, with the account's version of the
//! settings, so that of two people who change rules at once the second is told.

use super::{RuleRow, all, settings_of, stage_name, terms};
use crate::audit::{self, Actor};
use crate::db::schema::integrations;
use crate::db::schema::rules::dsl;
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::forms::FieldErrors;
use crate::ids::{CompanyId, IntegrationId, RuleId};
use crate::integrations::schedule::watch;
use crate::integrations::schedule::watch::Follow;
use crate::integrations::stages::{self, KnownStage};
use crate::integrations::{Integration, State, alerts, lifecycle, store};
use crate::invitations::Settings;
use crate::invitations::rules::matching::RuleTests;
use crate::people;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::{Map, Value, json};

/// No account has more rules than this.
const MOST: usize = 200;

/// What a form says about a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedRule {
    /// `posting`, `tag` or `every`.
    pub scope: String,
    /// The posting's id, the tag, or nothing.
    pub scope_value: String,
    pub title: String,
    /// The trigger stage's id; not looked at without tests.
    pub trigger: String,
    /// The progression stage's id; empty for none.
    pub progression: String,
    /// `default`, `both`, `logic`, `personality` or `none`.
    pub tests: String,
}

/// A change of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// One more.
    Add(WantedRule),
    /// Another in its place.
    Edit(RuleId, WantedRule),
    /// One less.
    Delete(RuleId),
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// Something in the form is wrong.
    #[error("the form has errors")]
    Invalid(FieldErrors),
    /// Somebody else changed the rules in between.
    #[error("the rules were changed in the meantime")]
    Stale,
    /// The same was saved already: the form was sent twice.
    #[error("the same is saved already")]
    SavedAlready,
    /// The account or the rule is gone, or of another company.
    #[error("no such rule")]
    NotFound,
    /// It must be connected first.
    #[error("the account is disconnected")]
    Disconnected,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for RuleError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Db(cause.into())
    }
}

/// A change that can be saved.
#[derive(Debug)]
pub struct Checked {
    integration: Integration,
    pub(super) known: Vec<KnownStage>,
    pub(super) old: Option<RuleRow>,
    pub(super) new: Option<RuleRow>,
    pub(super) tests: crate::invitations::Tests,
    /// What the account would be set to.
    pub settings: Settings,
    /// Whether the account is active, so that it invites by the rules that it has now.
    pub is_active: bool,
}

/// Looks whether a change can be saved. Changes nothing.
///
/// # Errors
/// Says why it cannot.
pub fn check(
    conn: &mut Conn,
    company: &CompanyId,
    id: &IntegrationId,
    version: i64,
    change: &Change,
) -> Result<Checked, RuleError> {
    let integration = store::by_id(conn, company, id)?.ok_or(RuleError::NotFound)?;
    if integration.state == State::Disconnected {
        return Err(RuleError::Disconnected);
    }
    let rows = all(conn, id)?;
    let find = |rule: &RuleId| rows.iter().find(|row| row.id == *rule).cloned();
    let (old, wanted) = match change {
        Change::Add(wanted) => (None, Some(wanted)),
        Change::Edit(rule, wanted) => (Some(rule), Some(wanted)),
        Change::Delete(rule) => (Some(rule), None),
    };
    let old = match old.map(find) {
        // Whoever deleted it has changed the version, too.
        Some(None) if integration.settings_version != version => return Err(RuleError::Stale),
        Some(None) => return Err(RuleError::NotFound),
        Some(found) => found,
        None => None,
    };
    if integration.settings_version != version {
        let is_it = |row: &RuleRow| wanted.is_some_and(|wanted| wanted.is_saved_as(row));
        let is_sent_twice = integration.settings_version == version + 1
            && old.as_ref().map_or_else(|| rows.iter().any(is_it), is_it);
        return Err(if is_sent_twice { RuleError::SavedAlready } else { RuleError::Stale });
    }
    let known = stages::all(conn, id)?;
    let others: Vec<RuleRow> =
        rows.iter().filter(|row| old.as_ref().is_none_or(|old| old.id != row.id)).cloned().collect();
    let new = match wanted {
        Some(wanted) => {
            let problems = problems(wanted, &known, &others);
            if !problems.is_empty() {
                return Err(RuleError::Invalid(problems));
            }
            Some(row(&integration, wanted, old.as_ref()))
        }
        None => None,
    };
    let mut rows = others;
    rows.extend(new.clone());
    let tests = people::company(conn, company)?.default_tests;
    let settings = settings_of(&integration.settings, tests, &rows, &known);
    let is_active = integration.state == State::Active;
    Ok(Checked { integration, known, old, new, tests, settings, is_active })
}

/// Saves a change, in the transaction of `conn`. `follow`: what it means for those who meet the rules
/// already.
///
/// # Errors
/// Says why nothing was saved.
pub fn save(
    conn: &mut Conn,
    company: &CompanyId,
    id: &IntegrationId,
    version: i64,
    change: &Change,
    follow: Follow,
    actor: &Actor,
) -> Result<(), RuleError> {
    dialect::lock_company(conn, company)?;
    let checked = check(conn, company, id, version, change)?;
    match (&checked.old, &checked.new) {
        (None, None) => return Err(RuleError::NotFound),
        (Some(old), None) => diesel::delete(dsl::rules.find(&old.id)).execute(conn)?,
        (None, Some(new)) => diesel::insert_into(dsl::rules).values(new).execute(conn)?,
        (Some(old), Some(new)) => diesel::update(dsl::rules.find(&old.id)).set(new).execute(conn)?,
    };
    let changed = diesel::update(integrations::table.find(id))
        .filter(integrations::settings_version.eq(version))
        .set((integrations::settings_version.eq(version + 1), integrations::updated_at.eq(Timestamp::now())))
        .execute(conn)?;
    if changed != 1 {
        return Err(RuleError::Stale);
    }
    watch::rules_saved(conn, id, follow)?;
    alerts::note_stages(conn, &checked.integration)?;
    let action = match change {
        Change::Add(_) => audit::Action::RuleAdded,
        Change::Edit(..) => audit::Action::RuleChanged,
        Change::Delete(_) => audit::Action::RuleDeleted,
    };
    let subject = lifecycle::subject(&checked.integration);
    audit::record(conn, company, actor, action, &subject, &detail(&checked, follow))?;
    Ok(())
}

fn detail(checked: &Checked, follow: Follow) -> Value {
    let say = |row: &RuleRow| terms(&row.rule(), checked.tests, |id| stage_name(&checked.known, id));
    let mut detail = Map::new();
    match (&checked.old, &checked.new) {
        (Some(old), Some(new)) => {
            detail.insert("rule".into(), json!({"from": say(old), "to": say(new)}));
        }
        (old, new) => {
            detail.insert("rule".into(), json!(old.as_ref().or(new.as_ref()).map(say)));
        }
    }
    if let Follow::Those(count @ 1..) = follow {
        detail.insert("invited_now".into(), json!(count));
    }
    Value::Object(detail)
}

fn row(integration: &Integration, wanted: &WantedRule, old: Option<&RuleRow>) -> RuleRow {
    let now = Timestamp::now();
    let has_tests = RuleTests::parse(&wanted.tests) != Some(RuleTests::None);
    RuleRow {
        id: old.map_or_else(RuleId::new, |old| old.id),
        company_id: integration.company_id,
        integration_id: integration.id,
        scope: wanted.scope.clone(),
        scope_value: wanted.scope_value.clone(),
        title: if wanted.title.is_empty() { wanted.scope_value.clone() } else { wanted.title.clone() },
        trigger_stage_id: if has_tests { wanted.trigger.clone() } else { String::new() },
        progression_stage_id: Some(wanted.progression.clone()).filter(|id| has_tests && !id.is_empty()),
        tests: wanted.tests.clone(),
        created_at: old.map_or(now, |old| old.created_at),
        updated_at: now,
    }
}

fn problems(wanted: &WantedRule, known: &[KnownStage], others: &[RuleRow]) -> FieldErrors {
    let mut problems = FieldErrors::default();
    let mut say = |field, text: &str| problems.add(field, text);
    let tests = RuleTests::parse(&wanted.tests);
    let has_tests = tests != Some(RuleTests::None);
    let is_there = |id: &str| known.iter().any(|stage| stage.stage_id == id && stage.removed_at.is_none());
    let is_whole = match wanted.scope.as_str() {
        "posting" | "tag" => !wanted.scope_value.trim().is_empty(),
        "every" => wanted.scope_value.is_empty(),
        _ => false,
    };
    if !is_whole {
        say("postings", "Choose the postings that the rule applies to.");
    } else if wanted.scope == "every" && !has_tests {
        say(
            "postings",
            "A rule without tests for every posting would invite nobody. Disconnect the account instead.",
        );
    }
    if tests.is_none() {
        say("tests", "Choose which tests.");
    }
    if has_tests {
        if wanted.trigger.is_empty() {
            say("trigger_stage", "Choose the stage that sends the tests.");
        } else if !is_there(&wanted.trigger) {
            say("trigger_stage", "This stage no longer exists in Lever. Choose another.");
        }
        if !wanted.progression.is_empty() && !is_there(&wanted.progression) {
            say("progression_stage", "This stage no longer exists in Lever. Choose another, or none.");
        } else if !wanted.progression.is_empty() && wanted.progression == wanted.trigger {
            say(
                "progression_stage",
                "Choose a stage other than the trigger stage, or none: candidates are already in that one.",
            );
        }
    }
    if others.len() >= MOST {
        say("postings", "There are already 200 rules. Delete some, or use a tag to cover many postings.");
    }
    let mut same =
        others.iter().filter(|row| row.scope == wanted.scope && row.scope_value == wanted.scope_value);
    if is_whole && problems.is_empty() {
        let clash = same.clone().find(|row| has_tests && row.trigger_stage_id == wanted.trigger);
        if clash.is_some() {
            problems.add(
                "trigger_stage",
                "There is already a rule for these postings and this stage. Change that one.",
            );
        } else if same.any(|row| !has_tests || row.tests == RuleTests::None.as_str()) {
            problems.add(
                "tests",
                "There is another rule for these postings, and it can't be combined with one without tests. \
                 Delete one of them first.",
            );
        }
    }
    problems
}

/// One rule of an account.
pub fn load_rule(
    conn: &mut Conn,
    company: &CompanyId,
    integration: &IntegrationId,
    id: &RuleId,
) -> DbResult<Option<RuleRow>> {
    Ok(dsl::rules
        .find(id)
        .filter(dsl::company_id.eq(company).and(dsl::integration_id.eq(integration)))
        .select(RuleRow::as_select())
        .first(conn)
        .optional()?)
}

impl WantedRule {
    /// Whether a rule is what is wanted.
    fn is_saved_as(&self, row: &RuleRow) -> bool {
        let saved = Self::from(row);
        // Without tests the stages are not looked at.
        let has_stages = RuleTests::parse(&self.tests) != Some(RuleTests::None);
        let stages = (&self.trigger, &self.progression) == (&saved.trigger, &saved.progression);
        (&self.scope, &self.scope_value, &self.tests) == (&saved.scope, &saved.scope_value, &saved.tests)
            && (stages || !has_stages)
    }
}

/// The form of a rule as it is saved.
impl From<&RuleRow> for WantedRule {
    fn from(row: &RuleRow) -> Self {
        Self {
            scope: row.scope.clone(),
            scope_value: row.scope_value.clone(),
            title: row.title.clone(),
            trigger: row.trigger_stage_id.clone(),
            progression: row.progression_stage_id.clone().unwrap_or_default(),
            tests: row.tests.clone(),
        }
    }
}
