//! Who is meant.

use super::WhyError;
use crate::db::schema::{candidates, events};
use crate::db::search::{folded, with_words};
use crate::db::{Conn, DbResult};
use crate::ids::{CompanyId, IntegrationId};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::{Connections, Integration, State, store};
use diesel::prelude::*;
use lever_client;
use lever_client::{Expand, Opportunity, OpportunityFilter, OpportunityId, StageId};
use std::time::Duration;
use url::Url;

/// How long Lever may take, for each account.
const LIMIT: Duration = Duration::from_secs(8);

/// No more than these are offered to choose from.
const OFFERED: i64 = 10;

/// Pages of a hundred that are searched for a name.
const PAGES: usize = 3;

/// Somebody who may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub integration: IntegrationId,
    /// Lever's id of the opportunity.
    pub opportunity: String,
    /// The name; may be empty.
    pub name: String,
    /// The posting's title; may be empty.
    pub posting: String,
}

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Opportunity(String),
    Email(String),
    Name(String),
}

impl Wanted {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if let Ok(url) = Url::parse(text)
            && matches!(url.scheme(), "http" | "https")
        {
            let segments: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
            let after = segments.iter().position(|part| matches!(*part, "candidates" | "opportunities"));
            let id = after.and_then(|at| segments.get(at + 1)).or(segments.last())?;
            return Some(Self::Opportunity((*id).to_owned()));
        }
        if uuid::Uuid::try_parse(text).is_ok() {
            return Some(Self::Opportunity(text.to_lowercase()));
        }
        if text.contains('@') {
            return Some(Self::Email(text.to_lowercase()));
        }
        Some(Self::Name(folded(text)))
    }
}

/// Everyone who may be meant: those known here, otherwise those that Lever knows.
pub(super) async fn find(
    connections: &Connections,
    company: &CompanyId,
    text: &str,
) -> Result<Vec<Choice>, WhyError> {
    let Some(wanted) = Wanted::parse(text) else { return Ok(Vec::new()) };
    let (company, asked) = (*company, text.trim().to_lowercase());
    let by_id = match &wanted {
        Wanted::Opportunity(id) => Some(id.clone()),
        _ => None,
    };
    let (here, integrations) = connections
        .db()
        .read(move |conn| Ok((known(conn, &company, by_id, &asked)?, store::list(conn, &company)?)))
        .await?;
    if !here.is_empty() {
        return Ok(here);
    }
    if let Wanted::Opportunity(id) = &wanted {
        let (of, id): (Vec<_>, _) =
            (integrations.iter().map(|integration| integration.id).collect(), id.clone());
        let reported = connections.db().read(move |conn| reported(conn, &of, &id)).await?;
        if !reported.is_empty() {
            return Ok(reported);
        }
    }
    let mut found = Vec::new();
    let mut failure = None;
    for integration in integrations.iter().filter(|integration| integration.state != State::Disconnected) {
        match search_lever(connections, integration, &wanted).await {
            Ok(some) => found.extend(some.iter().map(|opportunity| choice(integration, opportunity))),
            // It is there, and kept from the portal: that is the answer.
            Err(CallError::Lever(lever_client::Error::Forbidden { .. })) => {
                if let Wanted::Opportunity(id) = &wanted {
                    found.push(Choice::unseen(integration.id, id.clone()));
                }
            }
            Err(CallError::Lever(lever_client::Error::NotFound { .. })) => {}
            Err(cause) => failure = Some(cause),
        }
    }
    match failure {
        Some(cause) if found.is_empty() => Err(cause.into()),
        _ => Ok(found),
    }
}

impl Choice {
    /// Somebody of whom nothing but the id is known.
    fn unseen(integration: IntegrationId, opportunity: String) -> Self {
        Self { integration, opportunity, name: String::new(), posting: String::new() }
    }
}

/// An opportunity that a webhook reported and Lever never showed: its events say what came of it.
fn reported(conn: &mut Conn, integrations: &[IntegrationId], id: &str) -> DbResult<Vec<Choice>> {
    let integrations: Vec<IntegrationId> = events::table
        .filter(events::integration_id.eq_any(integrations).and(events::opportunity_id.eq(id)))
        .select(events::integration_id)
        .distinct()
        .limit(OFFERED)
        .load(conn)?;
    Ok(integrations.into_iter().map(|integration| Choice::unseen(integration, id.to_owned())).collect())
}

fn choice(integration: &Integration, opportunity: &Opportunity) -> Choice {
    Choice {
        integration: integration.id,
        opportunity: opportunity.id.to_string(),
        name: opportunity.name.clone().unwrap_or_default(),
        posting: String::new(),
    }
}

fn known(conn: &mut Conn, company: &CompanyId, id: Option<String>, text: &str) -> DbResult<Vec<Choice>> {
    let mut query = candidates::table
        .filter(candidates::company_id.eq(company))
        .order(candidates::id.desc())
        .limit(OFFERED)
        .into_boxed();
    query = match id {
        Some(id) => query.filter(candidates::opportunity_id.eq(id)),
        None => with_words!(query, candidates::search, text),
    };
    let rows: Vec<(IntegrationId, String, String, String)> = query
        .select((
            candidates::integration_id,
            candidates::opportunity_id,
            candidates::name,
            candidates::posting_title,
        ))
        .load(conn)?;
    let choice =
        |(integration, opportunity, name, posting)| Choice { integration, opportunity, name, posting };
    Ok(rows.into_iter().map(choice).collect())
}

async fn search_lever(
    connections: &Connections,
    integration: &Integration,
    wanted: &Wanted,
) -> Result<Vec<Opportunity>, CallError> {
    let trigger = integration.settings.trigger_stage_id.as_deref().map(StageId::from);
    connections
        .call_within(LIMIT, &integration.id, |api| {
            let trigger = trigger.clone();
            async move {
                match wanted {
                    Wanted::Opportunity(id) => {
                        let id = OpportunityId::from(id.as_str());
                        Ok(vec![api.opportunity(&id, &[Expand::Applications]).await?])
                    }
                    Wanted::Email(email) => {
                        let filter = OpportunityFilter { email: Some(email.clone()), ..Default::default() };
                        let page = api.opportunities(&filter).next().await?;
                        Ok(page.map(|page| page.items).unwrap_or_default())
                    }
                    // Lever does not search by name: those in the trigger stage are the ones who are asked about.
                    Wanted::Name(name) => {
                        let filter =
                            OpportunityFilter { stages: trigger.into_iter().collect(), ..Default::default() };
                        let mut pages = api.opportunities(&filter);
                        let mut found = Vec::new();
                        for _ in 0..PAGES {
                            let Some(page) = pages.next().await? else { break };
                            let is_meant = |person: &Opportunity| {
                                person.name.as_ref().is_some_and(|known| folded(known).contains(name))
                            };
                            found.extend(page.items.into_iter().filter(is_meant));
                        }
                        found.truncate(usize::try_from(OFFERED).unwrap_or(usize::MAX));
                        Ok(found)
                    }
                }
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_understood() {
        let id = "4d64f338-0000-4000-8000-000000000000";
        for text in [
            id.to_owned(),
            format!(" https://hire.lever.co/candidates/{id} "),
            format!("https://hire.lever.co/candidates/{id}/profile?tab=x"),
            format!("https://hire.eu.lever.co/opportunities/{id}"),
        ] {
            assert_eq!(Wanted::parse(&text), Some(Wanted::Opportunity(id.to_owned())), "{text}");
        }
        assert_eq!(Wanted::parse("Ada@Example.com"), Some(Wanted::Email("ada@example.com".into())));
        assert_eq!(Wanted::parse("Ada Byron"), Some(Wanted::Name("ada byron".into())));
        assert_eq!(Wanted::parse("  "), None);
    }
}
