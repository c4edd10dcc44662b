//! What rows of the audit log name: people, and the pages of what was changed.

use crate::audit::Row;
use crate::db::{Conn, DbResult};
use crate::ids::{CandidateId, CompanyId, EventId, IntegrationId, UserId};
use crate::integrations::store as integrations;
use crate::people;
use crate::web::pages::login::local_path;
use std::collections::HashMap;

/// People and integrations of a company, removed ones as well.
pub(super) struct Names {
    people: Vec<people::User>,
    names: HashMap<UserId, String>,
    integrations: Vec<(String, IntegrationId)>,
}

impl Names {
    pub fn of_company(conn: &mut Conn, company: &CompanyId) -> DbResult<Self> {
        let people = people::everybody(conn, company)?;
        let names = people.iter().map(|user| (user.id, user.name.clone())).collect();
        let all = integrations::list(conn, company)?;
        let integrations = all.iter().map(|one| (integrations::subject(one), one.id)).collect();
        Ok(Self { people, names, integrations })
    }

    /// Everybody who may have done something: the word in the log, and what they are called.
    pub fn doers(&self) -> Vec<(String, String)> {
        let called = |user: &people::User| match user.name.as_str() {
            "" => user.email.clone(),
            name => format!("{name} ({})", user.email),
        };
        let people = self.people.iter().map(|user| (user.email.clone(), called(user)));
        let others = [
            ("portal", "The portal"),
            ("command line", "Command line"),
            ("not logged in", "Not logged in"),
            ("api token", "API tokens"),
        ];
        people.chain(others.map(|(word, label)| (word.to_owned(), label.to_owned()))).collect()
    }

    /// What the person is called who did it.
    pub fn name(&self, row: &Row) -> Option<&str> {
        let name = self.names.get(row.actor_id.as_ref()?)?;
        Some(name.as_str()).filter(|name| !name.is_empty())
    }

    /// The row's sentence.
    pub fn sentence(&self, row: &Row) -> String {
        row.sentence(self.name(row))
    }

    /// The page of what was changed, where there is one.
    pub fn link(&self, row: &Row) -> Option<String> {
        if row.action.starts_with("api.") || row.action.starts_with("api_token.") {
            return Some("/settings/company/api-tokens".to_owned());
        }
        if let Some(path) = row.subject.strip_prefix("GET ").or_else(|| row.subject.strip_prefix("POST ")) {
            return local_path(path).map(str::to_owned);
        }
        let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap_or_default();
        let id = |name: &str| detail.get(name).and_then(serde_json::Value::as_str);
        if let Some(event) = id("event").and_then(EventId::parse) {
            return Some(format!("/events/{event}"));
        }
        if let Some(candidate) = id("candidate").and_then(CandidateId::parse) {
            return Some(format!("/candidates/{candidate}"));
        }
        if let Some((_, integration)) = self.integrations.iter().find(|(subject, _)| *subject == row.subject)
        {
            return Some(format!("/settings/integrations/{integration}"));
        }
        let page = match row.action.split_once('.')?.0 {
            "team" | "person" => "/settings/team",
            "company" => "/settings/company",
            "mail" => "/settings/mail",
            "role_profile" => "/settings/profiles",
            "alerts" => "/settings/company/alerts",
            "checkpoints" => "/audit/checkpoints",
            "background_work" => "/settings/background-work",
            _ => return None,
        };
        Some(page.to_owned())
    }
}
