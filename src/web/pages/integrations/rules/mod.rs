//! `/settings/integrations/{id}/rules`: who gets which tests, by posting, in the order in which the
//! rules are looked at.

mod delete;
mod form;
mod title;

pub(super) use delete::{confirm as confirm_delete, delete};
pub(super) use form::{add, change, edit, fresh, preview};

use super::{id_in, page_of};
use crate::db::{Conn, DbError, DbResult};
use crate::ids::{CompanyId, IntegrationId, RuleId};
use crate::integrations::settings::rules;
use crate::integrations::settings::rules::{RuleRow, stage_name};
use crate::integrations::stages::{self, KnownStage};
use crate::integrations::{Integration, State, store};
use crate::invitations::rules::matching::{PostingRule, RuleTests, Scope};
use crate::invitations::{Settings, Tests};
use crate::state::AppState;
use crate::web::{Layout, PageError, PageResult, Section, SignedIn, render};
use actix_web::web::{Data, Path};
use askama::Template;
use lever_client::StageId;

/// What the pages of rules show of an account.
struct Facts {
    integration: Integration,
    stages: Vec<KnownStage>,
    rows: Vec<RuleRow>,
    settings: Settings,
}

fn facts(conn: &mut Conn, company: &CompanyId, id: &IntegrationId) -> DbResult<Option<Facts>> {
    let Some(integration) = store::by_id(conn, company, id)? else { return Ok(None) };
    let settings = rules::settings(conn, &integration)?;
    Ok(Some(Facts { stages: stages::all(conn, id)?, rows: rules::all(conn, id)?, settings, integration }))
}

async fn facts_of(app: &AppState, who: &SignedIn, id: &IntegrationId) -> Result<Facts, PageError> {
    let (company, id) = (*who.company_id(), *id);
    app.db
        .read(move |conn| facts(conn, &company, &id))
        .await
        .map_err(|cause: DbError| PageError::from(cause))?
        .ok_or(PageError::NotFound)
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

    fn words(&self, rule: &PostingRule) -> String {
        rules::describe(rule, self.settings.tests, |id| self.name(id))
    }

    fn tests(&self, rule: &PostingRule) -> String {
        match rule.tests {
            RuleTests::Default => format!("{} (company default)", self.settings.tests.words()),
            RuleTests::These(tests) => tests.words().to_owned(),
            RuleTests::None => "no tests".to_owned(),
        }
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

pub(super) async fn list(app: Data<AppState>, who: SignedIn, id: Path<String>) -> PageResult {
    let id = id_in(&id)?;
    let facts = facts_of(&app, &who, &id).await?;
    let layout = who.layout("Rules by posting", Section::Integrations)?;
    render(&ListPage { layout, facts })
}

fn list_path(id: &IntegrationId) -> String {
    format!("{}/rules", page_of(id))
}

fn path(id: &IntegrationId, rule: &RuleId) -> String {
    format!("{}/{rule}", list_path(id))
}

/// The ids in an address.
fn ids_in(path: &(String, String)) -> Result<(IntegrationId, RuleId), PageError> {
    Ok((id_in(&path.0)?, RuleId::parse(&path.1).ok_or(PageError::NotFound)?))
}
