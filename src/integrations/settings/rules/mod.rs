//! Rules about who gets which tests that differ by posting: the table, and what an account is set to
//! with them.

pub mod change;
mod difference;
mod postings;

pub use postings::{KnownPosting, Postings, Stale, kept_title, known as known_postings};

use super::values::IntegrationSettings;
use crate::db::schema::rules::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::ids::{CompanyId, IntegrationId, RuleId};
use crate::integrations::Integration;
use crate::integrations::stages;
use crate::integrations::stages::KnownStage;
use crate::invitations::rules::matching::{PostingRule, RuleTests, Rules, Scope};
use crate::invitations::{Settings, Tests};
use crate::people;
use crate::reasons::{self, RuleTerms};
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::{Origin, PostingId, StageId};

/// A rule, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rules, treat_none_as_null = true)]
pub struct RuleRow {
    pub id: RuleId,
    pub company_id: CompanyId,
    pub integration_id: IntegrationId,
    /// `posting`, `tag` or `every`.
    pub scope: String,
    /// The posting's id, the tag, or nothing.
    pub scope_value: String,
    /// The posting's title when the rule was saved; otherwise as [`Self::scope_value`].
    pub title: String,
    /// Entering this stage invites; empty for postings without tests.
    pub trigger_stage_id: String,
    /// Where candidates are moved when they are done.
    pub progression_stage_id: Option<String>,
    /// `default`, `both`, `logic`, `personality` or `none`.
    pub tests: String,
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl RuleRow {
    /// About which postings.
    pub fn about(&self) -> Scope {
        match self.scope.as_str() {
            "posting" => {
                Scope::Posting { title: self.title.clone(), id: PostingId::from(self.scope_value.as_str()) }
            }
            "tag" => Scope::Tag(self.scope_value.clone()),
            _ => Scope::Every,
        }
    }

    /// Whether it is about entering this stage, or moves there.
    pub fn names(&self, stage: &str) -> bool {
        self.trigger_stage_id == stage || self.progression_stage_id.as_deref() == Some(stage)
    }

    /// As the decision knows it.
    pub fn rule(&self) -> PostingRule {
        PostingRule {
            id: self.id,
            scope: self.about(),
            trigger: (!self.trigger_stage_id.is_empty())
                .then(|| StageId::from(self.trigger_stage_id.as_str())),
            progression: self.progression_stage_id.as_deref().map(StageId::from),
            tests: RuleTests::parse(&self.tests).unwrap_or(RuleTests::Default),
        }
    }
}

/// The rules of an account, as they were made.
pub fn all(conn: &mut Conn, id: &IntegrationId) -> DbResult<Vec<RuleRow>> {
    Ok(dsl::rules
        .filter(dsl::integration_id.eq(id))
        .order(dsl::id.asc())
        .select(RuleRow::as_select())
        .load(conn)?)
}

/// What an account is set to, with its rules and its company's defaults.
pub fn settings(conn: &mut Conn, integration: &Integration) -> DbResult<Settings> {
    settings_with(conn, integration, &integration.settings)
}

/// What an account would be set to, with other settings of its own.
pub fn settings_with(
    conn: &mut Conn,
    integration: &Integration,
    own: &IntegrationSettings,
) -> DbResult<Settings> {
    let company = people::company(conn, &integration.company_id)?;
    let rows = all(conn, &integration.id)?;
    let known = stages::all(conn, &integration.id)?;
    Ok(settings_of(own, company.default_tests, &rows, &known))
}

/// The same, from what is at hand.
pub fn settings_of(
    own: &IntegrationSettings,
    tests: Tests,
    rows: &[RuleRow],
    known: &[KnownStage],
) -> Settings {
    let pipeline: Vec<StageId> = known.iter().map(|stage| StageId::from(stage.stage_id.as_str())).collect();
    Settings {
        trigger_stage: own.trigger_stage_id.as_deref().map(StageId::from),
        progression_stage: own.progression_stage_id.as_deref().map(StageId::from),
        blocked_origins: own.blocked().map(Origin::from).collect(),
        tests,
        candidate_tag: Some(own.candidate_tag.clone()).filter(|tag| !tag.is_empty()),
        rules: Rules::new(rows.iter().map(RuleRow::rule).collect(), &pipeline),
    }
}

/// A rule as the table and the audit log show it.
pub fn terms(rule: &PostingRule, default: Tests, name: impl Fn(&StageId) -> String) -> RuleTerms {
    RuleTerms {
        scope: rule.scope.reason(),
        trigger: rule.trigger.as_ref().map(&name),
        tests: match rule.tests {
            RuleTests::Default => reasons::RuleTests::CompanyDefault(default),
            RuleTests::These(tests) => reasons::RuleTests::These(tests),
            RuleTests::None => reasons::RuleTests::None,
        },
        progression: rule.progression.as_ref().map(&name),
    }
}

/// The name of a stage among those known; its id for one that Lever never listed.
pub fn stage_name(known: &[KnownStage], id: &StageId) -> String {
    stages::name(known, id.as_str()).to_owned()
}
