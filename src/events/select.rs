//! Which events: the filters of the log, as a query that an index serves.

use super::{EventKind, State};
use crate::db::keyset::Cursor;
use crate::db::schema::{candidates, events, integrations};
use crate::db::search::with_words;
use crate::db::{AnyBackend, Conn, DbResult};
use crate::ids::{CompanyId, EventId, IntegrationId};
use crate::time::Timestamp;
use diesel::prelude::*;

/// What a search by text finds at most: the newest so many candidates.
const CANDIDATES_FOUND: i64 = 200;

/// Hexadecimal digits from which on a text may be the beginning of an id.
const SHORTEST_BEGINNING: usize = 6;

/// Where the hyphens of a UUID stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// Which events; each part that is set narrows the selection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Of this account.
    pub integration: Option<IntegrationId>,
    /// Of this kind, by Lever's name.
    pub kind: Option<EventKind>,
    /// In this state.
    pub state: Option<State>,
    /// Received at this time or later.
    pub from: Option<Timestamp>,
    /// Received before this time.
    pub until: Option<Timestamp>,
    /// With this id, or one that begins like this (ours, Lever's, or the opportunity's), or of a candidate whose name,
    /// address or posting has this text.
    pub text: Option<String>,
}

/// A connected account, as the log names it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = integrations)]
pub struct NamedIntegration {
    pub id: IntegrationId,
    /// Its name in Lever.
    #[diesel(column_name = account_name)]
    pub name: String,
}

/// A selection of one company's events whose text has been looked up.
#[derive(Debug, Clone)]
pub struct Scope {
    company: CompanyId,
    selection: Selection,
    found: Found,
    pub integrations: Vec<NamedIntegration>,
}

/// What the text stands for.
#[derive(Debug, Clone)]
enum Found {
    Everything,
    Events(Vec<EventId>),
    Opportunities(Vec<String>),
}

pub(super) type Query<'q> = events::BoxedQuery<'q, AnyBackend>;

impl Scope {
    /// Looks the text up.
    pub fn of_selection(conn: &mut Conn, company: &CompanyId, selection: Selection) -> DbResult<Self> {
        let integrations = integrations::table
            .filter(integrations::company_id.eq(company))
            .order(integrations::id.asc())
            .select(NamedIntegration::as_select())
            .load(conn)?;
        let found = match selection.text.as_deref().map(str::trim) {
            None | Some("") => Found::Everything,
            Some(text) => look_up(conn, company, &integrations, text)?,
        };
        Ok(Self { company: *company, selection, found, integrations })
    }

    /// The name of an account of this company.
    pub fn account_name(&self, id: &IntegrationId) -> &str {
        self.integrations
            .iter()
            .find(|integration| integration.id == *id)
            .map_or("", |integration| &integration.name)
    }

    /// The events of the selection, in no order yet.
    pub(super) fn query(&self) -> Query<'_> {
        let mut query = events::table.filter(events::company_id.eq(&self.company)).into_boxed();
        let Selection { integration, kind, state, from, until, text: _ } = &self.selection;
        if let Some(integration) = integration {
            query = query.filter(events::integration_id.eq(integration));
        }
        if let Some(kind) = kind {
            query = query.filter(events::kind.eq(kind));
        }
        if let Some(state) = state {
            query = query.filter(events::state.eq(*state));
        }
        if let Some(from) = from {
            query = query.filter(events::id.ge(from.first_id()));
        }
        if let Some(until) = until {
            query = query.filter(events::id.lt(until.first_id()));
        }
        match &self.found {
            Found::Everything => query,
            Found::Events(ids) => query.filter(events::id.eq_any(ids)),
            // The accounts are named because the index on opportunities begins with them.
            Found::Opportunities(ids) => query
                .filter(
                    events::integration_id
                        .eq_any(self.integrations.iter().map(|integration| &integration.id)),
                )
                .filter(events::opportunity_id.eq_any(ids)),
        }
    }

    /// The same, from a cursor on: ascending after it, descending before it.
    pub(super) fn beyond<'q>(&'q self, cursor: Option<&'q Cursor<EventId>>) -> Query<'q> {
        match cursor {
            None => self.query().order(events::id.desc()),
            Some(Cursor::Before(id)) => self.query().filter(events::id.lt(id)).order(events::id.desc()),
            Some(Cursor::After(id)) => self.query().filter(events::id.gt(id)).order(events::id.asc()),
        }
    }
}

/// An id of one event, or else the opportunities of the candidates that have the text.
fn look_up(
    conn: &mut Conn,
    company: &CompanyId,
    integrations: &[NamedIntegration],
    text: &str,
) -> DbResult<Found> {
    let mut ids: Vec<EventId> = events::table
        .filter(events::company_id.eq(company).and(events::lever_id.eq(text)))
        .limit(CANDIDATES_FOUND)
        .select(events::id)
        .load(conn)?;
    ids.extend(EventId::parse(text));
    let known: Vec<EventId> = events::table
        .filter(events::company_id.eq(company).and(events::id.eq_any(&ids)))
        .select(events::id)
        .load(conn)?;
    if !known.is_empty() {
        return Ok(Found::Events(known));
    }
    let begins = beginning(text);
    if let Some((low, high)) = &begins {
        let own = events::table.filter(events::company_id.eq(company));
        let ours = own.filter(events::id.ge(low).and(events::id.le(high))).order(events::id.desc());
        let mut found: Vec<EventId> = ours.limit(CANDIDATES_FOUND).select(events::id).load(conn)?;
        let levers = own.filter(events::lever_id.ge(low).and(events::lever_id.le(high)));
        found.extend(levers.limit(CANDIDATES_FOUND).select(events::id).load::<EventId>(conn)?);
        if !found.is_empty() {
            return Ok(Found::Events(found));
        }
    }
    let theirs = candidates::table.filter(candidates::company_id.eq(company)).into_boxed();
    let mut opportunities: Vec<String> = with_words!(theirs, candidates::search, text)
        .order(candidates::id.desc())
        .limit(CANDIDATES_FOUND)
        .select(candidates::opportunity_id)
        .load(conn)?;
    // An opportunity that was never fetched has no candidate.
    if let Some((low, high)) = &begins {
        let unfetched = events::table
            .filter(events::integration_id.eq_any(integrations.iter().map(|integration| &integration.id)))
            .filter(events::opportunity_id.ge(low).and(events::opportunity_id.le(high)))
            .select(events::opportunity_id.assume_not_null())
            .distinct()
            .limit(CANDIDATES_FOUND);
        opportunities.extend(unfetched.load::<String>(conn)?);
    }
    opportunities.push(text.to_owned());
    Ok(Found::Opportunities(opportunities))
}

/// The lowest and the highest UUID that begin with a text, in lower case; none for a text that begins none, or that
/// begins very many. Both are whole UUIDs, which every collation sorts alike.
fn beginning(text: &str) -> Option<(String, String)> {
    let text = text.to_ascii_lowercase();
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    let is_place = |(at, c): (usize, char)| match HYPHENS.contains(&at) {
        true => c == '-',
        false => c.is_ascii_hexdigit(),
    };
    if digits < SHORTEST_BEGINNING || text.len() >= 36 || !text.chars().enumerate().all(is_place) {
        return None;
    }
    let fill = |digit: char| {
        let rest = (text.len()..36).map(|at| if HYPHENS.contains(&at) { '-' } else { digit });
        text.chars().chain(rest).collect::<String>()
    };
    Some((fill('0'), fill('f')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_an_id_is_a_range_of_ids() {
        let range = |low: &str, high: &str| Some((low.to_owned(), high.to_owned()));
        assert_eq!(
            beginning("01A219C8-9f"),
            range("01a219c8-9f00-0000-0000-000000000000", "01a219c8-9fff-ffff-ffff-ffffffffffff")
        );
        assert_eq!(
            beginning("01a219"),
            range("01a21900-0000-0000-0000-000000000000", "01a219ff-ffff-ffff-ffff-ffffffffffff")
        );
        for text in ["01a21", "01a219c89f", "ada byron", "01a219c8-9fb6-727e-b70a-e5de1eded2bb", ""] {
            assert_eq!(beginning(text), None, "{text}");
        }
    }
}
