//! What has arrived from Lever, webhook by webhook, and how the account is doing.

use super::former_keys;
use super::store::Integration;
use crate::db::schema::events::dsl;
use crate::db::{Conn, DbResult};
use crate::events::{EventKind, State as EventState};
use crate::i18n::portal;
use crate::ids::{EventId, IntegrationId, SigningTokenId};
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::Event;

/// The webhooks that an admin switches on, in the order of the published guide.
pub const WEBHOOKS: [Event; 4] =
    [Event::ApplicationCreated, Event::CandidateStageChange, Event::CandidateHired, Event::CandidateDeleted];

/// No page counts further than this.
const COUNTED: i64 = 100;

/// What is known of one webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Nothing arrived yet.
    None,
    /// The last one came then and waits for a token.
    Received(Timestamp),
    /// The last one came then, and its signature was verified.
    Verified(Timestamp),
    /// The last one came then, and its signature matches no token.
    Unverified(Timestamp),
}

impl Arrival {
    /// When the last one came.
    pub fn at(&self) -> Option<&Timestamp> {
        match self {
            Self::None => None,
            Self::Received(at) | Self::Verified(at) | Self::Unverified(at) => Some(at),
        }
    }
}

/// One line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Lever's name of the event.
    pub kind: &'static str,
    /// As the published guide writes it.
    pub label: String,
    /// What arrived.
    pub arrival: Arrival,
    /// Lever tested this webhook, and the token that it is signed with is not saved yet.
    pub token_is_missing: bool,
    /// When its last test of this webhook came that a saved token verifies.
    pub tested_at: Option<Timestamp>,
    /// Whether any of its events was ever verified.
    pub was_verified: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checklist {
    /// The four webhooks.
    pub lines: Vec<Line>,
    /// When Lever's **Verify Connection** was last received.
    pub tested: Option<Timestamp>,
    /// The last test event that the portal sent to its own door and that a saved token verified.
    pub own_test: Option<(EventId, Timestamp)>,
    /// Deliveries that wait for a token or match none; counted up to a hundred.
    pub unverified: usize,
}

impl Line {
    /// Whether anything came from this webhook: an event, or Lever's test of it, whoever signed that.
    pub fn is_heard(&self) -> bool {
        self.arrival != Arrival::None || self.token_is_missing || self.tested_at.is_some()
    }

    /// When Lever tested it, where that is the last that came from it and a saved token verifies it.
    pub fn last_was_test(&self) -> Option<Timestamp> {
        let is_last = |tested: &Timestamp| self.arrival.at().is_none_or(|last| tested > last);
        self.tested_at.filter(is_last).filter(|_| !self.token_is_missing)
    }
}

impl Checklist {
    /// So many webhooks have been heard from.
    pub fn heard(&self) -> usize {
        self.lines.iter().filter(|line| line.is_heard()).count()
    }

    /// When the last event of the four came.
    pub fn last(&self) -> Option<Timestamp> {
        self.lines.iter().filter_map(|line| line.arrival.at().copied()).max()
    }
}

/// Looks what arrived. Each question is answered from an index.
pub fn load(conn: &mut Conn, integration: &Integration) -> DbResult<Checklist> {
    let mut lines = Vec::with_capacity(WEBHOOKS.len());
    let tests = tests(conn, integration)?;
    for event in &WEBHOOKS {
        let kind = known_name(event);
        let arrival = arrival(conn, integration, kind)?;
        let last = tests.iter().find(|test| test.kind == kind);
        let token_is_missing = last.is_some_and(|test| {
            !test.is_verified && !matches!(arrival, Arrival::Verified(at) if at >= test.received_at)
        });
        let tested = tests.iter().find(|test| test.kind == kind && test.is_verified);
        let was_verified = match arrival {
            Arrival::Verified(_) => true,
            Arrival::Unverified(_) => was_verified(conn, integration, kind)?,
            Arrival::None | Arrival::Received(_) => false,
        };
        lines.push(Line {
            kind,
            label: portal().name("event", kind),
            arrival,
            token_is_missing,
            tested_at: tested.map(|test| test.received_at),
            was_verified,
        });
    }
    let tested = dsl::events
        .filter(dsl::integration_id.eq(&integration.id).and(dsl::state.eq(EventState::Check)))
        .filter(dsl::kind.ne(EventKind::PORTAL_TEST))
        .order(dsl::id.desc())
        .select(dsl::received_at)
        .first(conn)
        .optional()?;
    Ok(Checklist {
        lines,
        tested,
        own_test: own_test(conn, &integration.id)?,
        unverified: count(conn, integration, EventState::Waiting)?
            + count(conn, integration, EventState::Quarantined)?,
    })
}

/// The last test event that the portal sent to its own door and that a saved token verified.
///
/// # Errors
/// When the database cannot be asked.
pub fn own_test(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<(EventId, Timestamp)>> {
    Ok(dsl::events
        .filter(dsl::integration_id.eq(id).and(dsl::kind.eq(EventKind::PORTAL_TEST)))
        .filter(dsl::signing_token_id.is_not_null())
        .order(dsl::id.desc())
        .select((dsl::id, dsl::received_at))
        .first(conn)
        .optional()?)
}

/// A **Verify Connection** that came.
struct Test {
    kind: String,
    received_at: Timestamp,
    is_verified: bool,
}

/// The last tests of all webhooks, newest first.
fn tests(conn: &mut Conn, integration: &Integration) -> DbResult<Vec<Test>> {
    let rows: Vec<(String, Timestamp, Option<SigningTokenId>)> = dsl::events
        .filter(dsl::integration_id.eq(&integration.id).and(dsl::state.eq(EventState::Check)))
        .filter(dsl::kind.ne(EventKind::PORTAL_TEST))
        .order(dsl::id.desc())
        .limit(COUNTED)
        .select((dsl::kind, dsl::received_at, dsl::signing_token_id))
        .load(conn)?;
    let test = |(kind, received_at, token): (String, Timestamp, Option<SigningTokenId>)| Test {
        kind,
        received_at,
        is_verified: token.is_some(),
    };
    Ok(rows.into_iter().map(test).collect())
}

fn known_name(event: &Event) -> &'static str {
    match event {
        Event::ApplicationCreated => "applicationCreated",
        Event::CandidateStageChange => "candidateStageChange",
        Event::CandidateHired => "candidateHired",
        _ => "candidateDeleted",
    }
}

fn arrival(conn: &mut Conn, integration: &Integration, kind: &str) -> DbResult<Arrival> {
    let last: Option<(EventState, Timestamp)> = dsl::events
        .filter(dsl::integration_id.eq(&integration.id).and(dsl::kind.eq(kind)))
        .filter(dsl::state.ne(EventState::Malformed).and(dsl::state.ne(EventState::Check)))
        .order(dsl::id.desc())
        .select((dsl::state, dsl::received_at))
        .first(conn)
        .optional()?;
    Ok(match last {
        None => Arrival::None,
        Some((EventState::Waiting, at)) => Arrival::Received(at),
        Some((EventState::Quarantined, at)) => Arrival::Unverified(at),
        Some((_, at)) => Arrival::Verified(at),
    })
}

/// When the first event came of those that are kept; Lever's tests are none.
///
/// # Errors
/// When the database cannot be asked.
pub fn first_event(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<Timestamp>> {
    Ok(dsl::events
        .filter(dsl::integration_id.eq(id).and(dsl::state.ne_all([EventState::Malformed, EventState::Check])))
        .order(dsl::id.asc())
        .select(dsl::received_at)
        .first(conn)
        .optional()?)
}

/// When the last event of this kind came to the present address of the account. What came before it had this address, to
/// a former one, or from anybody, says nothing of what is registered in Lever now.
///
/// # Errors
/// When the database cannot be asked.
pub fn arrived_at_present_address(
    conn: &mut Conn,
    integration: &Integration,
    kind: &str,
) -> DbResult<Option<Timestamp>> {
    let since = former_keys::replaced_at(conn, &integration.id)?.unwrap_or(Timestamp(0));
    Ok(dsl::events
        .filter(dsl::integration_id.eq(&integration.id).and(dsl::kind.eq(kind)))
        .filter(dsl::state.ne_all([EventState::Malformed, EventState::Check, EventState::Quarantined]))
        .filter(dsl::received_at.ge(since))
        .filter(dsl::headers.not_like(format!("%\"{}\":%", former_keys::HEADER)))
        .order(dsl::id.desc())
        .select(dsl::received_at)
        .first(conn)
        .optional()?)
}

/// Whether a token verified one of this webhook's events before the newest ones, which none verifies.
fn was_verified(conn: &mut Conn, integration: &Integration, kind: &str) -> DbResult<bool> {
    let verified = dsl::events
        .filter(dsl::integration_id.eq(&integration.id).and(dsl::kind.eq(kind)))
        .filter(dsl::verified_at.is_not_null().and(dsl::state.ne(EventState::Check)));
    Ok(diesel::select(diesel::dsl::exists(verified)).get_result(conn)?)
}

fn count(conn: &mut Conn, integration: &Integration, state: EventState) -> DbResult<usize> {
    let ids: Vec<EventId> = dsl::events
        .filter(dsl::integration_id.eq(&integration.id).and(dsl::state.eq(state)))
        .limit(COUNTED)
        .select(dsl::id)
        .load(conn)?;
    Ok(ids.len())
}
