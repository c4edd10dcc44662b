//! What the pages of the event log ask: a page of the list, the bars above it, one event.

use super::select::Scope;
use super::{Event, EventKind, Outcome, State, Step, steps};
use crate::db::keyset::{self, Cursor, Page};
use crate::db::schema::{candidates, events, integrations, lever_stages, signing_tokens};
use crate::db::{Conn, DbResult};
use crate::ids::{CandidateId, CompanyId, EventId, IntegrationId, SigningTokenId};
use crate::time::Timestamp;
use diesel::prelude::*;
use std::collections::HashMap;

/// Events on a page of the list.
pub const PAGE: usize = 50;

/// Index entries that the bars may look at together.
const BAR_BUDGET: i64 = 100_000;

/// An event, as the list shows it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct Line {
    pub id: EventId,
    /// The account that it came for.
    pub integration_id: IntegrationId,
    /// Lever's name of it.
    pub kind: EventKind,
    /// What became of it.
    pub state: State,
    /// What it caused.
    pub outcome: Outcome,
    /// The opportunity that it hints at.
    pub opportunity_id: Option<String>,
    pub received_at: Timestamp,
}

/// The candidate behind an opportunity.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = candidates)]
pub struct Person {
    /// The candidate's id here.
    pub id: CandidateId,
    /// The name; may be empty.
    pub name: String,
    /// The posting's title; may be empty.
    pub posting_title: String,
}

/// Candidates by account and opportunity.
pub type People = HashMap<(IntegrationId, String), Person>;

/// Stages' names by account and stage.
pub type Stages = HashMap<(IntegrationId, String), String>;

/// A page of the selection, with the people behind its events: two queries.
pub fn page(
    conn: &mut Conn,
    scope: &Scope,
    cursor: Option<&Cursor<EventId>>,
) -> DbResult<(Page<Line>, People)> {
    let page = keyset::page(cursor, PAGE, &mut |cursor, limit| {
        Ok(scope.beyond(cursor).limit(limit).select(Line::as_select()).load::<Line>(conn)?)
    })?;
    let hinted = page.rows.iter().map(|line| (&line.integration_id, line.opportunity_id.as_deref()));
    let people = people(conn, hinted)?;
    Ok((page, people))
}

/// The candidates behind some events.
pub(super) fn people<'e>(
    conn: &mut Conn,
    hinted: impl Iterator<Item = (&'e IntegrationId, Option<&'e str>)>,
) -> DbResult<People> {
    let (mut integrations, mut opportunities): (Vec<&IntegrationId>, Vec<&str>) =
        hinted.filter_map(|(integration, opportunity)| Some((integration, opportunity?))).unzip();
    if opportunities.is_empty() {
        return Ok(People::new());
    }
    integrations.sort_unstable();
    integrations.dedup();
    opportunities.sort_unstable();
    opportunities.dedup();
    let rows: Vec<(IntegrationId, String, Person)> = candidates::table
        .filter(candidates::integration_id.eq_any(integrations))
        .filter(candidates::opportunity_id.eq_any(opportunities))
        .select((candidates::integration_id, candidates::opportunity_id, Person::as_select()))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(integration, opportunity, person)| ((integration, opportunity), person))
        .collect())
}

/// The names of all stages of some accounts, also of stages that are gone from Lever.
pub fn stage_names<'a>(
    conn: &mut Conn,
    integrations: impl IntoIterator<Item = &'a IntegrationId>,
) -> DbResult<Stages> {
    let rows: Vec<(IntegrationId, String, String)> = lever_stages::table
        .filter(lever_stages::integration_id.eq_any(integrations))
        .select((lever_stages::integration_id, lever_stages::stage_id, lever_stages::name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(integration, stage, name)| ((integration, stage), name)).collect())
}

/// How many events of the selection arrived in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// From this time.
    pub from: Timestamp,
    /// Before this time.
    pub until: Timestamp,
    /// So many, or more when `full`.
    pub count: i64,
    /// Counting ended before the events did.
    pub full: bool,
}

/// Counts between each time and the next. What is counted is bounded, so that the bars cost the
/// same at ten million events: a bar that would be higher is cut off and says so.
pub fn bars(conn: &mut Conn, scope: &Scope, edges: &[Timestamp]) -> DbResult<Vec<Bar>> {
    let cap = BAR_BUDGET / i64::try_from(edges.len()).unwrap_or(i64::MAX).max(1);
    edges
        .windows(2)
        .map(|edge| {
            let (from, until) = (edge[0], edge[1]);
            let within = scope
                .query()
                .filter(events::id.ge(from.first_id()))
                .filter(events::id.lt(until.first_id()))
                .limit(cap)
                .select(events::id);
            let count = keyset::count(conn, within)?;
            Ok(Bar { from, until, count, full: count == cap })
        })
        .collect()
}

/// The signing token that verified an event.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = signing_tokens)]
pub struct Verifier {
    /// Its last two characters.
    pub hint: String,
    /// Since when it is no longer accepted.
    pub retired_at: Option<Timestamp>,
}

/// All that is known of one event.
#[derive(Debug, Clone)]
pub struct Full {
    pub event: Event,
    pub integration: String,
    /// The candidate, once it was fetched.
    pub person: Option<Person>,
    /// The name of the stage that was left.
    pub from_stage: Option<String>,
    /// The name of the stage that was entered.
    pub to_stage: Option<String>,
    /// The token that verified it.
    pub verifier: Option<Verifier>,
    pub steps: Vec<Step>,
}

/// One event of a company.
///
/// # Errors
/// When there is none ([`diesel::result::Error::NotFound`]), or the database cannot be asked.
pub fn full(conn: &mut Conn, company: &CompanyId, id: &EventId) -> DbResult<Full> {
    let event = event(conn, company, id)?;
    let integration = integrations::table
        .find(&event.integration_id)
        .select(integrations::account_name)
        .first(conn)
        .optional()?
        .unwrap_or_default();
    let hint = (&event.integration_id, event.opportunity_id.as_deref());
    let person = people(conn, std::iter::once(hint))?.into_values().next();
    let stages = stage_names(conn, [&event.integration_id])?;
    let named = |stage: &Option<String>| {
        let stage = stage.clone()?;
        Some(stages.get(&(event.integration_id, stage.clone())).cloned().unwrap_or(stage))
    };
    let (from_stage, to_stage) = (named(&event.from_stage_id), named(&event.to_stage_id));
    let verifier = match &event.signing_token_id {
        Some(token) => verifier(conn, &event.integration_id, token)?,
        None => None,
    };
    let steps = steps::of_event(conn, id)?;
    Ok(Full { event, integration, person, from_stage, to_stage, verifier, steps })
}

fn verifier(conn: &mut Conn, integration: &IntegrationId, id: &SigningTokenId) -> DbResult<Option<Verifier>> {
    Ok(signing_tokens::table
        .find(id)
        .filter(signing_tokens::integration_id.eq(integration))
        .select(Verifier::as_select())
        .first(conn)
        .optional()?)
}

/// One event of a company, as it is stored.
///
/// # Errors
/// When there is none ([`diesel::result::Error::NotFound`]), or the database cannot be asked.
pub fn event(conn: &mut Conn, company: &CompanyId, id: &EventId) -> DbResult<Event> {
    Ok(events::table
        .find(id)
        .filter(events::company_id.eq(company))
        .select(Event::as_select())
        .first(conn)?)
}

/// Whether Lever reported that this opportunity applied to a posting.
pub fn has_applied(conn: &mut Conn, integration: &IntegrationId, opportunity: &str) -> DbResult<bool> {
    let applied = events::table
        .filter(events::integration_id.eq(integration).and(events::opportunity_id.eq(opportunity)))
        .filter(events::kind.eq(EventKind::from(lever_client::Event::ApplicationCreated.as_str())));
    Ok(diesel::select(diesel::dsl::exists(applied)).get_result(conn)?)
}

/// The newest events of one opportunity, at most [`PAGE`].
pub fn of_opportunity(
    conn: &mut Conn,
    company: &CompanyId,
    integration: &IntegrationId,
    opportunity: &str,
) -> DbResult<Vec<Line>> {
    Ok(events::table
        .filter(events::company_id.eq(company))
        .filter(events::integration_id.eq(integration))
        .filter(events::opportunity_id.eq(opportunity))
        .order(events::id.desc())
        .limit(i64::try_from(PAGE).unwrap_or(i64::MAX))
        .select(Line::as_select())
        .load(conn)?)
}
