//! Adding and changing a rule, with a preview of whom it would invite.

use super::super::confirm::{Confirm, Whom};
use super::super::show;
use super::title::title;
use super::{Facts, facts, list_path, path};
use crate::ids::{IntegrationId, RuleId};
use crate::integrations::schedule::watch::Follow;
use crate::integrations::settings::confirmation;
use crate::integrations::settings::confirmation::Confirmation;
use crate::integrations::settings::preview;
use crate::integrations::settings::preview::Preview;
use crate::integrations::settings::rules::change;
use crate::integrations::settings::rules::change::{Change, Checked, RuleError, WantedRule};
use crate::integrations::settings::rules::{self, KnownPosting, Postings, RuleRow, Stale, known_postings};
use crate::integrations::stages::KnownStage;
use crate::integrations::{Integration, store};
use crate::invitations::Tests;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{
    Admin, FieldErrors, FlashKind, Form, FormText, Found, Layout, PageError, PageResult, Section,
    render_with, see_other,
};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

/// The form, as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct RuleForm {
    version: i64,
    /// The rule that is changed; empty for a new one.
    rule: String,
    /// `every`, `posting:ID` or `tag:TEXT`.
    postings: String,
    tests: String,
    trigger_stage: String,
    progression_stage: String,
    /// So many were shown and agreed to.
    confirmed: String,
}

impl RuleForm {
    fn wanted(&self) -> WantedRule {
        let (scope, value) = self.postings.split_once(':').unwrap_or((&self.postings, ""));
        WantedRule {
            scope: scope.to_owned(),
            scope_value: value.to_owned(),
            title: String::new(),
            trigger: self.trigger_stage.clone(),
            progression: self.progression_stage.clone(),
            tests: self.tests.clone(),
        }
    }

    fn id(&self) -> Option<RuleId> {
        RuleId::parse(&self.rule)
    }

    /// The same for a page that asks first.
    fn text(&self) -> FormText {
        FormText::default()
            .with("version", [self.version.to_string()])
            .with("rule", [self.rule.as_str()])
            .with("postings", [self.postings.as_str()])
            .with("tests", [self.tests.as_str()])
            .with("trigger_stage", [self.trigger_stage.as_str()])
            .with("progression_stage", [self.progression_stage.as_str()])
    }
}

#[derive(Template)]
#[template(path = "integrations/rules/form.html")]
struct FormPage {
    layout: Layout,
    facts: Facts,
    typed: RuleForm,
    errors: FieldErrors,
    is_stale: bool,
    choices: Postings,
    /// Why there may be more to choose from, and when those that there are were read.
    note: Option<(String, Option<Timestamp>)>,
    preview: Option<Preview>,
    preview_failure: Option<String>,
}

impl FormPage {
    fn is_new(&self) -> bool {
        self.typed.id().is_none()
    }

    fn action(&self) -> String {
        let id = &self.facts.integration.id;
        self.typed.id().map_or_else(|| list_path(id), |rule| path(id, &rule))
    }

    fn is_about(&self, scope: &str, value: &str) -> bool {
        self.typed.postings.split_once(':') == Some((scope, value))
    }

    /// Stages that can be chosen; one that is chosen and gone stands among them, so that it is seen.
    fn options(&self, chosen: &str) -> Vec<&KnownStage> {
        let is_offered = |stage: &&KnownStage| stage.removed_at.is_none() || stage.stage_id == chosen;
        self.facts.stages.iter().filter(is_offered).collect()
    }

    fn tests(&self) -> Vec<(&'static str, String)> {
        let default = format!("Company default ({})", self.facts.default_tests().sentence());
        let mut all = vec![("default", default)];
        all.extend(Tests::ALL.iter().map(|tests| (tests.as_str(), tests.label().to_owned())));
        all.push(("none", "No tests: nobody is invited for these postings".to_owned()));
        all
    }
}

/// What a page of the form says beside it.
#[derive(Default)]
struct Said {
    status: Option<StatusCode>,
    errors: FieldErrors,
    is_stale: bool,
    preview: Option<Preview>,
    preview_failure: Option<String>,
}

async fn answer(app: &AppState, who: &Admin, facts: Facts, mut typed: RuleForm, said: Said) -> PageResult {
    if said.is_stale {
        // Sent again, it overwrites: the person has been told what is saved now.
        typed.version = facts.integration.settings_version;
    }
    let (mut choices, stale) = known_postings(&app.connections, &facts.integration.id).await?;
    let note = stale.map(|Stale { why, read_at }| (show::call_failed(&why), read_at));
    add_saved(&mut choices, &facts, &typed);
    let title = if typed.id().is_none() { "Add a rule" } else { "Change a rule" };
    let layout = who.layout(title, Section::Integrations)?;
    let Said { status, errors, is_stale, preview, preview_failure } = said;
    let page = FormPage { layout, facts, typed, errors, is_stale, choices, note, preview, preview_failure };
    render_with(status.unwrap_or(StatusCode::OK), &page)
}

/// What rules are about already, and what was chosen, can be chosen whatever Lever lists.
fn add_saved(choices: &mut Postings, facts: &Facts, typed: &RuleForm) {
    let mut named: Vec<(String, String)> = Vec::new();
    for row in &facts.rows {
        match row.scope.as_str() {
            "posting" => named.push((row.scope_value.clone(), row.title.clone())),
            "tag" => drop(choices.tags.insert(row.scope_value.clone())),
            _ => {}
        }
    }
    match typed.postings.split_once(':') {
        Some(("posting", id)) => named.push((id.to_owned(), id.to_owned())),
        Some(("tag", tag)) if !tag.is_empty() => drop(choices.tags.insert(tag.to_owned())),
        _ => {}
    }
    for (id, title) in named {
        if choices.postings.iter().all(|posting| posting.id != id) {
            choices.postings.push(KnownPosting { id, title });
        }
    }
}

/// An empty form.
pub(in super::super) async fn fresh(
    app: Data<AppState>,
    Found(who, facts): Found<Admin, Facts>,
) -> PageResult {
    let own = facts.integration.settings.clone();
    let typed = RuleForm {
        version: facts.integration.settings_version,
        tests: "default".to_owned(),
        trigger_stage: own.trigger_stage_id.unwrap_or_default(),
        progression_stage: own.progression_stage_id.unwrap_or_default(),
        ..RuleForm::default()
    };
    answer(&app, &who, facts, typed, Said::default()).await
}

/// The form of a rule.
pub(in super::super) async fn edit(
    app: Data<AppState>,
    Found(who, (facts, row)): Found<Admin, (Facts, RuleRow)>,
) -> PageResult {
    let postings = match row.scope.as_str() {
        "every" => "every".to_owned(),
        scope => format!("{scope}:{}", row.scope_value),
    };
    let typed = RuleForm {
        version: facts.integration.settings_version,
        rule: row.id.to_string(),
        postings,
        tests: row.tests.clone(),
        trigger_stage: row.trigger_stage_id.clone(),
        progression_stage: row.progression_stage_id.clone().unwrap_or_default(),
        confirmed: String::new(),
    };
    answer(&app, &who, facts, typed, Said::default()).await
}

pub(in super::super) async fn add(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    Form(form): Form<RuleForm>,
) -> PageResult {
    save(&app, &who, &integration.id, RuleForm { rule: String::new(), ..form }).await
}

pub(in super::super) async fn change(
    app: Data<AppState>,
    Found(who, (integration, rule)): Found<Admin, (Integration, RuleId)>,
    Form(form): Form<RuleForm>,
) -> PageResult {
    save(&app, &who, &integration.id, RuleForm { rule: rule.to_string(), ..form }).await
}

/// A rule as the form says it, with the posting's title; or what is wrong with it.
async fn wanted(app: &AppState, id: &IntegrationId, form: &RuleForm) -> Result<Change, RuleError> {
    let mut wanted = form.wanted();
    if wanted.scope == "posting" && !wanted.scope_value.is_empty() {
        let (integration, value) = (*id, wanted.scope_value.clone());
        let rows = app.db.read(move |conn| rules::all(conn, &integration)).await?;
        let known = rows.into_iter().find(|row| row.scope == "posting" && row.scope_value == value);
        wanted.title = match known {
            Some(row) => row.title,
            None => title(app, id, &wanted.scope_value).await?,
        };
    }
    Ok(match form.id() {
        Some(rule) => Change::Edit(rule, wanted),
        None => Change::Add(wanted),
    })
}

/// Looks whether a change can be saved.
pub(super) async fn checked(
    app: &AppState,
    who: &Admin,
    id: &IntegrationId,
    version: i64,
    change: &Change,
) -> Result<Checked, RuleError> {
    let (company, integration, change) = (*who.company_id(), *id, change.clone());
    let checked = app.db.try_read(move |conn| change::check(conn, &company, &integration, version, &change));
    checked.await
}

/// Saves. 422 gives the form back with what was typed, 409 when somebody else changed the rules while
/// it was open. Where an active account's rules change, one page shows what changes and whom that invites.
async fn save(app: &AppState, who: &Admin, id: &IntegrationId, form: RuleForm) -> PageResult {
    let change = match wanted(app, id, &form).await {
        Ok(change) => change,
        Err(refused) => return refuse(app, who, id, form, refused).await,
    };
    let checked = match checked(app, who, id, form.version, &change).await {
        Ok(checked) => checked,
        Err(refused) => return refuse(app, who, id, form, refused).await,
    };
    let confirmed = form.confirmed.parse().ok();
    let whom = match follow(app, who, id, &checked, confirmed).await {
        Ok(follow) => return save_checked(app, who, id, form, change, follow).await,
        Err(whom) => whom,
    };
    let action = form.id().map_or_else(|| list_path(id), |rule| path(id, &rule));
    let back = format!("{}/preview", list_path(id));
    Confirm { fields: form.text(), changes: checked.changes(), whom, action, back }.answer(who)
}

/// What a change means for those who are there already; or whom it invites, where the person is asked first.
pub(super) async fn follow(
    app: &AppState,
    who: &Admin,
    id: &IntegrationId,
    checked: &Checked,
    confirmed: Option<usize>,
) -> Result<Follow, Whom> {
    // Whom a set-up invites is shown when it is saved as a whole.
    if !checked.is_active || checked.changes().is_empty() {
        return Ok(Follow::Unchanged);
    }
    match confirmation::look(&app.connections, &who.company, id, &checked.settings, true, confirmed).await {
        Confirmation::Save(follow) => Ok(follow),
        Confirmation::Blind(_) if confirmed.is_none() => Err(Whom::Unknown),
        Confirmation::Blind(_) => Ok(Follow::Nobody),
        Confirmation::Ask(preview) => Err(Whom::Shown(preview)),
    }
}

async fn save_checked(
    app: &AppState,
    who: &Admin,
    id: &IntegrationId,
    form: RuleForm,
    change: Change,
    follow: Follow,
) -> PageResult {
    match save_change(app, who, id, form.version, change, follow).await {
        Ok(()) => Ok(see_other(&list_path(id))),
        Err(refused) => refuse(app, who, id, form, refused).await,
    }
}

/// Writes a change down, and says so on the next page.
pub(super) async fn save_change(
    app: &AppState,
    who: &Admin,
    id: &IntegrationId,
    version: i64,
    change: Change,
    follow: Follow,
) -> Result<(), RuleError> {
    let (company, actor, integration) = (*who.company_id(), who.actor(), *id);
    let done = match change {
        Change::Delete(_) => "Deleted.",
        _ => "Saved.",
    };
    app.db
        .try_write(move |conn| change::save(conn, &company, &integration, version, &change, follow, &actor))
        .await?;
    app.work.notify_one();
    let kind = if follow == Follow::Nobody { FlashKind::Attention } else { FlashKind::Good };
    who.flash(kind, format!("{done}{}", follow.sentence()));
    Ok(())
}

async fn refuse(
    app: &AppState,
    who: &Admin,
    id: &IntegrationId,
    form: RuleForm,
    why: RuleError,
) -> PageResult {
    let said = match why {
        RuleError::Invalid(errors) => {
            Said { status: Some(StatusCode::UNPROCESSABLE_ENTITY), errors, ..Said::default() }
        }
        RuleError::Stale => Said { status: Some(StatusCode::CONFLICT), is_stale: true, ..Said::default() },
        RuleError::SavedAlready => return Ok(see_other(&list_path(id))),
        RuleError::Disconnected => {
            who.flash(
                FlashKind::Failed,
                "Nothing was saved: the account is disconnected. Reconnect it first.",
            );
            return Ok(see_other(&list_path(id)));
        }
        RuleError::NotFound => return Err(PageError::NotFound),
        RuleError::Db(cause) => return Err(cause.into()),
    };
    let integration = *id;
    let read = app.db.read(move |conn| {
        let integration = store::get(conn, &integration)?;
        facts(conn, integration)
    });
    let facts = read.await?;
    answer(app, who, facts, form, said).await
}

/// Shows whom the rule in the form would invite, and the form as it was typed. Saves nothing.
pub(in super::super) async fn preview(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    Form(form): Form<RuleForm>,
) -> PageResult {
    let id = integration.id;
    let settings = match wanted(&app, &id, &form).await {
        Ok(change) => checked(&app, &who, &id, form.version, &change).await,
        Err(refused) => Err(refused),
    };
    let settings = match settings {
        Ok(checked) => checked.settings,
        Err(refused) => return refuse(&app, &who, &id, form, refused).await,
    };
    let mut said = Said::default();
    match preview::preview(&app.connections, &id, &settings, confirmation::kept_since(&who.company)).await {
        Ok(preview) => said.preview = Some(preview),
        Err(cause) => {
            said.preview_failure =
                Some(format!("{}, so a preview is not possible.", show::call_failed(&cause)));
        }
    }
    let facts = app.db.read(move |conn| facts(conn, integration)).await?;
    answer(&app, &who, facts, form, said).await
}
