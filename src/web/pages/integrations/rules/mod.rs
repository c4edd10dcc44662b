//! `/settings/integrations/{id}/rules`: who gets which tests, by posting, in the order in which the
//! rules are looked at.

mod delete;
mod form;
mod title;

pub(super) use delete::{confirm as confirm_delete, delete};
pub(super) use form::{add, change, edit, fresh, preview};

use super::page_of;
use super::part::Part;
use crate::db::{Conn, DbResult};
use crate::i18n::portal;
use crate::ids::{CompanyId, IntegrationId, RuleId};
use crate::integrations::settings::rules;
use crate::integrations::settings::rules::{RuleRow, stage_name};
use crate::integrations::stages::{self, KnownStage};
use crate::integrations::{Integration, State, store};
use crate::invitations::rules::matching::{PostingRule, Scope};
use crate::invitations::{Settings, Tests};
use crate::monitoring::verdict::Judged;
use crate::web::{Found, InCompany, Layout, PageResult, Section, SignedIn, path_id, render};
use actix_web::dev::{Path, Url};
use askama::Template;
use lever_client::StageId;

/// What the pages of rules show of an account.
pub(super) struct Facts {
    integration: Integration,
    stages: Vec<KnownStage>,
    rows: Vec<RuleRow>,
    settings: Settings,
}

fn facts(conn: &mut Conn, integration: Integration) -> DbResult<Facts> {
    let settings = rules::settings(conn, &integration)?;
    let (stages, rows) = (stages::all(conn, &integration.id)?, rules::all(conn, &integration.id)?);
    Ok(Facts { stages, rows, settings, integration })
}

impl InCompany for Facts {
    type Key = IntegrationId;

    fn key(path: &Path<Url>) -> Option<IntegrationId> {
        Integration::key(path)
    }

    fn load(conn: &mut Conn, company: &CompanyId, id: &IntegrationId) -> DbResult<Option<Self>> {
        store::by_id(conn, company, id)?.map(|integration| facts(conn, integration)).transpose()
    }
}

/// A rule, with its integration's others.
impl InCompany for (Facts, RuleRow) {
    type Key = (IntegrationId, RuleId);

    fn key(path: &Path<Url>) -> Option<Self::Key> {
        Some((Integration::key(path)?, path_id(path, "rule", RuleId::parse)?))
    }

    fn load(conn: &mut Conn, company: &CompanyId, (id, rule): &Self::Key) -> DbResult<Option<Self>> {
        let Some(facts) = Facts::load(conn, company, id)? else { return Ok(None) };
        let row = facts.rows.iter().find(|row| row.id == *rule).cloned();
        Ok(row.map(|row| (facts, row)))
    }
}

/// The id of a rule that may be gone by now: then somebody else changed the rules.
impl InCompany for (Integration, RuleId) {
    type Key = (IntegrationId, RuleId);

    fn key(path: &Path<Url>) -> Option<Self::Key> {
        <(Facts, RuleRow)>::key(path)
    }

    fn load(conn: &mut Conn, company: &CompanyId, (id, rule): &Self::Key) -> DbResult<Option<Self>> {
        Ok(store::by_id(conn, company, id)?.map(|integration| (integration, *rule)))
    }
}

impl Facts {
    fn name(&self, stage: &StageId) -> String {
        stage_name(&self.stages, stage)
    }

    /// A stage's name, with a word when it is gone.
    fn shown(&self, stage: &Option<StageId>) -> Option<(String, bool)> {
        let stage = stage.as_ref()?;
        let gone = |known: &KnownStage| known.stage_id == stage.as_str() && known.removed_at.is_some();
        Some((self.name(stage), self.stages.iter().any(gone)))
    }

    fn terms_sentence(&self, rule: &PostingRule) -> String {
        rules::terms(rule, self.settings.tests, |id| self.name(id)).sentence(portal())
    }

    fn scope(&self, rule: &PostingRule) -> String {
        rule.scope.reason().heading(portal())
    }

    fn tests(&self, rule: &PostingRule) -> String {
        rules::terms(rule, self.settings.tests, |id| self.name(id)).tests.sentence(portal())
    }

    fn default_tests(&self) -> Tests {
        self.settings.tests
    }

    fn is_connected(&self) -> bool {
        self.integration.state != State::Disconnected
    }

    /// What the last line, the account's own settings, is about.
    fn rest(&self) -> &'static str {
        if self.settings.rules.iter().any(|rule| rule.scope != Scope::Every) {
            "Every other posting"
        } else {
            "Every posting"
        }
    }
}

#[derive(Template)]
#[template(path = "integrations/rules/list.html")]
struct ListPage {
    layout: Layout,
    part: Part,
    status: Judged,
    facts: Facts,
}

impl ListPage {
    fn may_edit(&self) -> bool {
        self.layout.may_configure() && self.facts.is_connected()
    }

    fn rules(&self) -> impl Iterator<Item = &PostingRule> {
        self.facts.settings.rules.iter()
    }

    fn path(&self, rule: &PostingRule) -> String {
        path(&self.facts.integration.id, &rule.id)
    }
}

pub(super) async fn list(Found(who, facts): Found<SignedIn, Facts>) -> PageResult {
    let status = who.judged(&facts.integration.id)?.clone();
    let part = Part::Rules;
    render(&ListPage { layout: part.layout(&who, &status)?, part, status, facts })
}

fn list_path(id: &IntegrationId) -> String {
    format!("{}/rules", page_of(id))
}

fn path(id: &IntegrationId, rule: &RuleId) -> String {
    format!("{}/{rule}", list_path(id))
}
