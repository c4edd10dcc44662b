//! What an admin sets about an integration: one value from the form to the row. A new setting is a field here, with
//! its line in `parse` and in `fields`; `docs/recipes/add-a-setting.md` has the rest.

use crate::db::schema::integrations;
use crate::forms::{FieldErrors, FormText};
use crate::invitations::follow_up::PROGRESS_TAGS;
use crate::invitations::rules::SCREENING_TAG;
use diesel::prelude::*;
use lever_client::Origin;
use serde_json::{Value, json};

/// The candidate tag of a new integration.
const CANDIDATE_TAG: &str = "Alva: Invite";

/// The longest candidate tag, in characters.
const LONGEST_TAG: usize = 80;

/// What an admin sets; the field's names are those of the columns.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = integrations, treat_none_as_null = true)]
pub struct IntegrationSettings {
    /// Entering this stage invites.
    pub trigger_stage_id: Option<String>,
    /// Where candidates are moved when they are done.
    pub progression_stage_id: Option<String>,
    /// Origins that are never invited: Lever's words in Lever's order, separated by spaces.
    pub blocked_origins: String,
    /// A candidate who carries this tag is invited; empty when that is switched off.
    pub candidate_tag: String,
}

impl Default for IntegrationSettings {
    fn default() -> Self {
        Self {
            trigger_stage_id: None,
            progression_stage_id: None,
            blocked_origins: String::new(),
            candidate_tag: CANDIDATE_TAG.to_owned(),
        }
    }
}

/// A setting that a form changes, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Its label.
    pub label: String,
    /// What is saved now; none where nothing is set.
    pub from: Option<String>,
    /// What would be saved.
    pub to: Option<String>,
}

/// One setting, for those who need not know which it is: the form, the audit log, the page that only shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The id of its control.
    pub name: &'static str,
    value: FieldValue,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum FieldValue {
    Stage(Option<String>),
    Words(String),
    Text(String),
}

impl IntegrationSettings {
    /// Reads the form. Where it does not ask, or what it says is wrong, a setting stays as it is `saved`; `errors` says
    /// what is wrong.
    pub fn parse(form: &FormText, saved: &Self, errors: &mut FieldErrors) -> Self {
        let stage = |name: &str| Some(form.text(name).to_owned()).filter(|id| !id.is_empty());
        let origins = errors.keep("blocked_origins", origins(form.all("blocked_origins")));
        let tag = form.get("candidate_tag").map(tag);
        let tag = tag.and_then(|tag| errors.keep("candidate_tag", tag));
        Self {
            trigger_stage_id: stage("trigger_stage"),
            progression_stage_id: stage("progression_stage"),
            blocked_origins: origins.unwrap_or_else(|| saved.blocked_origins.clone()),
            candidate_tag: tag.unwrap_or_else(|| saved.candidate_tag.clone()),
        }
    }

    /// All settings, in the order of the form.
    pub fn fields(&self) -> [Field; 4] {
        [
            Field { name: "trigger_stage", value: FieldValue::Stage(self.trigger_stage_id.clone()) },
            Field { name: "progression_stage", value: FieldValue::Stage(self.progression_stage_id.clone()) },
            Field { name: "blocked_origins", value: FieldValue::Words(self.blocked_origins.clone()) },
            Field { name: "candidate_tag", value: FieldValue::Text(self.candidate_tag.clone()) },
        ]
    }

    /// What would change, setting by setting. `stage` gives a stage's name.
    pub fn changes_to(&self, wanted: &Self, stage: impl Fn(&str) -> String + Copy) -> Vec<FieldChange> {
        let pairs = self.fields().into_iter().zip(wanted.fields());
        let changed = pairs.filter(|(old, new)| old != new);
        let change = |(old, new): (Field, Field)| FieldChange {
            label: new.label(),
            from: old.display_value(stage),
            to: new.display_value(stage),
        };
        changed.map(change).collect()
    }

    /// Whether others are invited by these than by `saved`. Where candidates go on to invites nobody.
    pub fn invites_others_than(&self, saved: &Self) -> bool {
        let here = Self { progression_stage_id: saved.progression_stage_id.clone(), ..self.clone() };
        here != *saved
    }

    /// The form as it was typed, or as these fill it in. A control that was not sent shows what is saved; boxes that
    /// are not ticked are never sent.
    pub fn form(&self, typed: Option<FormText>) -> FormText {
        let is_fresh = typed.is_none();
        self.fields().into_iter().fold(typed.unwrap_or_default(), |form, field| {
            if form.get(field.name).is_some() {
                return form;
            }
            match field.value {
                FieldValue::Stage(id) => form.with(field.name, id),
                FieldValue::Text(text) => form.with(field.name, [text]),
                FieldValue::Words(words) if is_fresh => form.with(field.name, words.split_whitespace()),
                FieldValue::Words(_) => form,
            }
        })
    }

    /// The origins that are never invited, as Lever writes them.
    pub fn blocked(&self) -> impl Iterator<Item = &str> {
        self.blocked_origins.split_whitespace()
    }
}

impl Field {
    /// The name as its label says it.
    pub fn label(&self) -> String {
        crate::forms::label(self.name)
    }

    /// The value for people; none where nothing is set. `stage` gives a stage's name.
    pub fn display_value(&self, stage: impl Fn(&str) -> String) -> Option<String> {
        let words = match &self.value {
            FieldValue::Stage(id) => id.as_deref().map(stage),
            FieldValue::Words(words) => Some(words.replace(' ', ", ")),
            FieldValue::Text(text) => Some(text.clone()),
        };
        words.filter(|words| !words.is_empty())
    }

    /// The same within a sentence: what somebody named is in quotation marks.
    pub fn quoted(&self, stage: impl Fn(&str) -> String) -> String {
        match (self.display_value(stage), &self.value) {
            (None, _) => "none".to_owned(),
            (Some(words), FieldValue::Words(_)) => words,
            (Some(words), _) => format!("“{words}”"),
        }
    }

    /// The value for the audit log, which keeps the name that a stage has now.
    pub fn audited(&self, stage: impl Fn(&str) -> String) -> Value {
        match &self.value {
            FieldValue::Stage(id) => json!(id.as_deref().map(stage)),
            FieldValue::Words(text) | FieldValue::Text(text) => json!(text),
        }
    }
}

/// Origins in Lever's order, so that the same choice is the same text.
fn origins<'t>(chosen: impl Iterator<Item = &'t str>) -> Result<String, &'static str> {
    let chosen: Vec<&str> = chosen.collect();
    let known: Vec<&str> = Origin::KNOWN.iter().map(Origin::as_str).collect();
    if chosen.iter().any(|word| !known.contains(word)) {
        return Err("Lever has no such origin. Choose from the list.");
    }
    Ok(known.into_iter().filter(|word| chosen.contains(word)).collect::<Vec<_>>().join(" "))
}

/// A candidate tag, or why it cannot be one.
fn tag(typed: &str) -> Result<String, String> {
    let tag = typed.trim();
    if tag == SCREENING_TAG {
        Err(format!(
            "“{SCREENING_TAG}” is a tag for postings, which Lever copies to every candidate. Choose another."
        ))
    } else if PROGRESS_TAGS.contains(&tag) {
        Err(format!("“{tag}” is a progress tag that the portal sets itself. Choose another."))
    } else if tag.chars().count() > LONGEST_TAG || tag.chars().any(char::is_control) {
        Err(format!("Use at most {LONGEST_TAG} characters in one line."))
    } else {
        Ok(tag.to_owned())
    }
}
