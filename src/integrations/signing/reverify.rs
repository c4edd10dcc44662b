//! How tokens fit what was kept. [`super::catch_up`] verifies it, once they are saved.

use super::compact::{CompactDelivery, is_well_signed};
use super::ring::{self, Unverified};
use super::verdict::{OpenToken, Verdict, judge};
use crate::db::schema::events;
use crate::db::{Conn, DbResult};
use crate::events::dedupe::signed_key;
use crate::events::steps::NewStep;
use crate::events::{Event, EventKind, State, StepKind};
use crate::ids::{CompanyId, EventId, IntegrationId, SigningTokenId};
use crate::integrations::signing::tokens;
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::delivery;
use secrecy::SecretString;
use serde_json::json;

/// How tokens that someone is about to save fit the deliveries that were kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatchReport {
    /// For each token, in the order given: how many deliveries it verifies.
    pub matches: Vec<usize>,
    /// Deliveries with a signature that none of them verifies.
    pub unmatched: usize,
}

impl MatchReport {
    /// Deliveries that one of them verifies.
    pub fn matched(&self) -> usize {
        self.matches.iter().sum()
    }

    /// Deliveries that there are to verify.
    pub fn total(&self) -> usize {
        self.matched() + self.unmatched
    }
}

/// An event that nobody vouches for: its id, state, body, and when it arrived.
pub(super) type Kept = (EventId, State, Vec<u8>, Timestamp);

/// Events that are read together.
const AT_ONCE: i64 = 200;

/// The next events in this state that nobody vouches for.
pub(super) fn next_events(
    conn: &mut Conn,
    integration: &IntegrationId,
    state: State,
    after: Option<EventId>,
    limit: i64,
) -> DbResult<Vec<Kept>> {
    let mut query = events::table
        .filter(events::integration_id.eq(integration).and(events::state.eq(state)))
        .filter(events::signing_token_id.is_null())
        .order(events::id.asc())
        .limit(limit)
        .select((events::id, events::state, events::body, events::received_at))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(events::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Hands all events that nobody vouches for to `look`, some at a time: there may be many, and their bodies large.
fn walk_events(conn: &mut Conn, integration: &IntegrationId, mut look: impl FnMut(Kept)) -> DbResult<()> {
    for state in [State::Waiting, State::Quarantined, State::Check] {
        let mut after: Option<EventId> = None;
        loop {
            let rows = next_events(conn, integration, state, after, AT_ONCE)?;
            let Some(last) = rows.last() else { break };
            after = Some(last.0);
            rows.into_iter().for_each(&mut look);
        }
    }
    Ok(())
}

pub(super) fn signer(
    body: &[u8],
    at: Timestamp,
    tokens: &[OpenToken],
) -> Option<(SigningTokenId, State, Reason)> {
    match judge(body, tokens, at).0 {
        Verdict::Event(token) => Some((token, State::Queued, Reason::None)),
        Verdict::Ignored(token, reason) => Some((token, State::Ignored, reason)),
        Verdict::Check(Some(token)) => Some((token, State::Check, Reason::ConnectionTestedEarlier)),
        _ => None,
    }
}

/// Whether there is something that may be a signature of Lever's.
fn is_signed(body: &[u8]) -> bool {
    delivery::parse(body).is_ok_and(|delivery| is_well_signed(&delivery))
}

/// Says how these tokens fit what was kept and carries a signature, without saving anything.
pub fn matching(
    conn: &mut Conn,
    integration: &IntegrationId,
    secrets: &[SecretString],
) -> DbResult<MatchReport> {
    let open = |secret: &SecretString| OpenToken {
        id: SigningTokenId::new(),
        secret: secret.clone(),
        kind: None,
        verified_kind: None,
    };
    let tokens: Vec<OpenToken> = secrets.iter().map(open).collect();
    let mut report = MatchReport { matches: vec![0; tokens.len()], unmatched: 0 };
    let mut count = |body: &[u8], at: Timestamp| {
        let found =
            signer(body, at, &tokens).and_then(|(id, ..)| tokens.iter().position(|token| token.id == id));
        match found {
            Some(index) => report.matches[index] += 1,
            None => report.unmatched += 1,
        }
    };
    walk_events(conn, integration, |(_, _, body, at)| {
        // What carries no signature such as Lever's says nothing of any token: somebody else sent it.
        if is_signed(&body) {
            count(&body, at);
        }
    })?;
    let mut unsigned = 0;
    ring::walk(conn, integration, |row| match signed_by_any(row, &tokens) {
        Some(body) => count(&body, row.received_at),
        None => unsigned += 1,
    })?;
    report.unmatched += unsigned;
    Ok(report)
}

/// The body of a delivery in the ring that one of these tokens signed.
pub(super) fn signed_by_any(row: &Unverified, tokens: &[OpenToken]) -> Option<Vec<u8>> {
    let compact = CompactDelivery::from_bytes(&row.delivery)?;
    compact.is_signed_by_any(tokens).then(|| compact.body())
}

/// Notes what a token verified, and of which kind that was.
pub(super) fn matched(
    conn: &mut Conn,
    tokens: &[OpenToken],
    id: &SigningTokenId,
    body: &[u8],
) -> DbResult<()> {
    tokens::matched(conn, id, Timestamp::now())?;
    let kind = delivery::parse(body).ok().and_then(|delivery| delivery.event);
    let token = tokens.iter().find(|token| token.id == *id);
    match kind.filter(|kind| token.is_some_and(|token| token.can_learn(kind.as_str()))) {
        Some(kind) => tokens::learn(conn, id, kind.as_str()),
        None => Ok(()),
    }
}

pub(super) fn verified_later() -> NewStep {
    NewStep::good(StepKind::VerifiedLater, Reason::TokenSavedLater)
}

/// What a delivery in the ring becomes once it is verified.
pub(super) fn event_of(
    row: &Unverified,
    company: CompanyId,
    token: SigningTokenId,
    state: State,
    reason: Reason,
    body: Vec<u8>,
) -> Option<Event> {
    let delivery = delivery::parse(&body).ok()?;
    let (data, now) = (&delivery.data, Timestamp::now());
    let headers =
        json!({ "note": "Of this delivery only what verifying needs was kept", "network": row.network });
    let about = (data.opportunity_id.as_ref()?.as_str(), data.contact_id.as_ref().map(|id| id.as_str()));
    let kind = delivery.event.as_ref().map_or_else(EventKind::unnamed, EventKind::from);
    let key = signed_key(&delivery)?;
    let event = Event::of_our_own(kind, |_| key, (&company, &row.integration_id), about, body);
    Some(Event {
        id: row.id,
        lever_id: delivery.id.clone(),
        state,
        reason,
        from_stage_id: data.from_stage_id.as_ref().map(ToString::to_string),
        to_stage_id: data.to_stage_id.as_ref().map(ToString::to_string),
        triggered_at: Some(Timestamp(delivery.triggered_at_ms)),
        received_at: row.received_at,
        verified_at: Some(now),
        answered_status: row.answered_status,
        signing_token_id: Some(token),
        headers: headers.to_string(),
        finished_at: (state != State::Queued).then_some(now),
        ..event
    })
}
