//! One transaction full of deliveries: judged by the tokens that are valid in it, kept once each.

use crate::db::schema::events;
use crate::db::{Conn, DbResult};
use crate::events::{Event, EventKind, Outcome, State, dedupe};
use crate::ids::{CompanyId, EventId, IntegrationId, SigningTokenId};
use crate::integrations as integration_store;
use crate::integrations::former_keys::{self, FormerKey};
use crate::integrations::signing::compact::{CompactDelivery, is_well_signed};
use crate::integrations::signing::ring::{self, Unverified};
use crate::integrations::signing::verdict::{OpenToken, Verdict, judge};
use crate::integrations::signing::{open, tokens, watch};
use crate::integrations::store;
use crate::reasons::Reason;
use crate::secrets::Sealer;
use crate::time::Timestamp;
use crate::webhooks::delivery::{Answer, Arrival};
use crate::webhooks::test_event;
use diesel::prelude::*;
use lever_client::{Delivery, delivery};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Deliveries of one state that the event log shows for an account although nobody vouches for them. What may still
/// be verified goes beyond that into the ring; of the rest the oldest go.
const UNVERIFIED: i64 = 500;

/// Events that make room for newer ones together.
const AT_ONCE: i64 = 100;

/// Bytes of a body that is kept as it came although nobody vouches for it.
const BODY: usize = 4_096;

pub(super) struct Kept {
    /// In the order of the arrivals.
    pub answers: Vec<Answer>,
    /// Whether there is something for the worker.
    pub has_work: bool,
}

/// What is known of an account inside the transaction.
struct KnownIntegration {
    company: CompanyId,
    state: integration_store::State,
    tokens: Vec<OpenToken>,
    /// The address that deliveries come to.
    webhook_key: String,
    /// Former addresses that deliveries came to now, and until when each answers.
    former: HashMap<String, Option<FormerKey>>,
    /// How many more unverified deliveries of a state the event log has room for; counted when first needed.
    room: HashMap<State, i64>,
    /// For the ring.
    ring: Vec<Unverified>,
    /// Deliveries that are not kept.
    dropped: i64,
    /// What came of the deliveries, for whoever watches signatures.
    outcome: watch::Outcome,
}

pub(super) fn store_all(conn: &mut Conn, sealer: &Sealer, arrivals: Vec<Arrival>) -> DbResult<Kept> {
    // In one order, so that instances which wait for each other's rings cannot wait in a circle.
    let mut integrations = BTreeMap::new();
    let mut answers = Vec::with_capacity(arrivals.len());
    let mut rows: Vec<Event> = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        let integration = match integrations.get_mut(&arrival.integration) {
            Some(integration) => integration,
            None => {
                let integration = load(conn, sealer, &arrival.integration)?;
                integrations.entry(arrival.integration).or_insert(integration)
            }
        };
        if integration.state == integration_store::State::Disconnected {
            answers.push(Answer::Gone);
            continue;
        }
        let Some(former) = integration.address(conn, &arrival)? else {
            answers.push(Answer::Unknown);
            continue;
        };
        let network = arrival.network.clone();
        let (row, delivery, answer) = to_row(integration, arrival, former);
        answers.push(answer);
        integration.note(&row, delivery.as_ref(), &network);
        let is_unverified = row.signing_token_id.is_none()
            && matches!(row.state, State::Waiting | State::Quarantined | State::Malformed | State::Check);
        if is_unverified && !integration.has_room(conn, &row)? {
            match delivery
                .as_ref()
                .filter(|_| row.state.may_be_verified())
                .and_then(CompactDelivery::of_delivery)
            {
                Some(compact) => integration.ring.push(Unverified {
                    integration_id: row.integration_id,
                    network,
                    id: row.id,
                    received_at: row.received_at,
                    answered_status: row.answered_status,
                    delivery: compact.to_bytes(),
                }),
                None => integration.dropped += 1,
            }
            continue;
        }
        rows.push(if is_unverified { shortened(row, delivery.as_ref()) } else { row });
    }
    keep_old_keys(conn, &mut rows)?;
    let mut has_work = rows.iter().any(|row| row.state == State::Queued);
    let fresh: BTreeSet<EventId> = crate::events::store::keep_new(conn, &rows)?.into_iter().collect();
    for row in rows.iter().filter(|row| !fresh.contains(&row.id)) {
        has_work |= seen_again(conn, row)?;
    }
    note_tokens(conn, &rows)?;
    learn_kinds(conn, &integrations, rows.iter().filter(|row| fresh.contains(&row.id)))?;
    for (id, integration) in &mut integrations {
        integration.finish(conn, id)?;
    }
    Ok(Kept { answers, has_work })
}

fn load(conn: &mut Conn, sealer: &Sealer, id: &IntegrationId) -> DbResult<KnownIntegration> {
    let integration = store::get(conn, id)?;
    let tokens = open::valid(conn, sealer, id)?;
    Ok(KnownIntegration {
        company: integration.company_id,
        state: integration.state,
        tokens,
        webhook_key: integration.webhook_key,
        former: HashMap::new(),
        room: HashMap::new(),
        ring: Vec::new(),
        dropped: 0,
        outcome: watch::Outcome::default(),
    })
}

impl KnownIntegration {
    /// Whether the address is the account's: its present one (`Some(None)`), or a former one that still answers.
    fn address(&mut self, conn: &mut Conn, arrival: &Arrival) -> DbResult<Option<Option<FormerKey>>> {
        if arrival.key == self.webhook_key {
            return Ok(Some(None));
        }
        let former = match self.former.get(&arrival.key) {
            Some(former) => former.clone(),
            None => {
                let found = former_keys::find(conn, &arrival.key)?;
                self.former.entry(arrival.key.clone()).or_insert(found).clone()
            }
        };
        match former.filter(|former| arrival.at < former.answers_until) {
            Some(former) => {
                former_keys::note_use(conn, &former, arrival.at, &arrival.network)?;
                Ok(Some(Some(former)))
            }
            None => Ok(None),
        }
    }

    /// Whether the event log has room for a delivery that nobody vouches for.
    fn has_room(&mut self, conn: &mut Conn, row: &Event) -> DbResult<bool> {
        let room = match self.room.get_mut(&row.state) {
            Some(room) => room,
            None => {
                // Counts at most `UNVERIFIED` rows of an index.
                let there: i64 = events::table
                    .filter(events::integration_id.eq(&row.integration_id).and(events::state.eq(row.state)))
                    .filter(events::signing_token_id.is_null())
                    .select(events::id)
                    .limit(UNVERIFIED)
                    .load::<EventId>(conn)?
                    .len() as i64;
                self.room.entry(row.state).or_insert(UNVERIFIED - there)
            }
        };
        if *room <= 0 && !row.state.may_be_verified() {
            let removed = ring::remove_events(conn, &row.integration_id, &[row.state], None, AT_ONCE)?;
            *room += i64::try_from(removed).unwrap_or(0);
            self.dropped += i64::try_from(removed).unwrap_or(0);
        }
        *room -= 1;
        Ok(*room >= 0)
    }

    /// Takes note of what came of a delivery.
    fn note(&mut self, row: &Event, delivery: Option<&Delivery>, network: &str) {
        if row.kind.is_portal_test() {
            return;
        }
        if row.signing_token_id.is_some() {
            self.outcome.verified(row.received_at, network);
        } else if row.state == State::Quarantined && delivery.is_some_and(is_well_signed) {
            self.outcome.failed(row.received_at, network);
        }
    }

    /// Writes down what was gathered.
    fn finish(&mut self, conn: &mut Conn, id: &IntegrationId) -> DbResult<()> {
        if !self.ring.is_empty() {
            ring::keep(conn, id, &std::mem::take(&mut self.ring))?;
        }
        if self.dropped > 0 {
            ring::note_dropped(conn, id, self.dropped)?;
        }
        let is_news = self.outcome.verified.is_some() || !self.outcome.failed.is_empty();
        if self.state == integration_store::State::Active && is_news {
            watch::note(conn, id, &self.outcome)?;
        }
        Ok(())
    }
}

/// An event that nobody vouches for, without what a stranger can make large.
fn shortened(row: Event, delivery: Option<&Delivery>) -> Event {
    if row.body.len() <= BODY {
        return row;
    }
    let compact = delivery.and_then(CompactDelivery::of_delivery);
    let body = compact.map_or_else(|| row.body[..BODY].to_vec(), |compact| compact.body());
    let headers = with_header(row.headers.clone(), "note", "of this body only a part is kept".to_owned());
    Event { body, headers, ..row }
}

fn to_row(
    integration: &KnownIntegration,
    arrival: Arrival,
    former: Option<FormerKey>,
) -> (Event, Option<Delivery>, Answer) {
    let (verdict, delivery) = judge(&arrival.body, &integration.tokens, arrival.at);
    let now = Timestamp::now();
    let (state, token, reason, answer) = match verdict {
        Verdict::Event(token) => (State::Queued, Some(token), Reason::None, Answer::Kept("kept")),
        Verdict::Ignored(token, reason) => (State::Ignored, Some(token), reason, Answer::Kept("ignored")),
        Verdict::Check(token) => {
            (State::Check, token, Reason::ConnectionTested, Answer::Kept("connection works"))
        }
        Verdict::CheckUnverified(why) => {
            (State::Check, None, why, Answer::Kept("connection works; its signing token is not saved yet"))
        }
        Verdict::Waiting => {
            (State::Waiting, None, Reason::BeforeToken, Answer::Kept("kept until a signing token is saved"))
        }
        Verdict::Unsigned(why) => (State::Quarantined, None, why.clone(), Answer::Unsigned(why.to_string())),
        Verdict::Malformed(why) => {
            (State::Malformed, None, Reason::Unreadable { detail: why.clone() }, Answer::Malformed(why))
        }
    };
    let data = delivery.as_ref().map(|delivery| delivery.data.clone()).unwrap_or_default();
    let is_test = state == State::Check && test_event::is_ours(&arrival.headers);
    let named = delivery.as_ref().and_then(|delivery| delivery.event.as_ref());
    let is_final = !matches!(state, State::Queued | State::Waiting | State::Quarantined);
    let row = Event {
        id: EventId::new(),
        company_id: integration.company,
        integration_id: arrival.integration,
        dedupe_key: dedupe_key(&arrival.body, delivery.as_ref(), state),
        lever_id: delivery.as_ref().and_then(|delivery| delivery.id.clone()),
        kind: match named {
            _ if is_test => EventKind::from(EventKind::PORTAL_TEST),
            Some(event) => EventKind::from(event),
            None => EventKind::unnamed(),
        },
        state,
        outcome: Outcome::None,
        reason,
        opportunity_id: data.opportunity_id.map(|id| id.to_string()),
        contact_id: data.contact_id.map(|id| id.to_string()),
        from_stage_id: data.from_stage_id.map(|id| id.to_string()),
        to_stage_id: data.to_stage_id.map(|id| id.to_string()),
        triggered_at: delivery.as_ref().map(|delivery| Timestamp(delivery.triggered_at_ms)),
        received_at: arrival.at,
        verified_at: token.is_some().then_some(now),
        kept_at: now,
        answered_status: i32::from(answer.status()),
        signing_token_id: token,
        headers: with_address(arrival.headers, former.as_ref()),
        body: arrival.body,
        duplicates: 0,
        attempts: 0,
        next_attempt_at: Timestamp(0),
        finished_at: is_final.then_some(now),
    };
    (row, delivery, answer)
}

fn dedupe_key(body: &[u8], delivery: Option<&Delivery>, state: State) -> String {
    let signed = delivery.filter(|_| state != State::Malformed).and_then(dedupe::signed_key);
    signed.unwrap_or_else(|| dedupe::body_key(body))
}

/// The log says who still uses an address that was replaced.
fn with_address(headers: String, former: Option<&FormerKey>) -> String {
    let Some(former) = former else { return headers };
    let words = format!("the one replaced at {}", former.replaced_at.rfc3339());
    with_header(headers, former_keys::HEADER, words)
}

/// Adds a line to the headers that are kept.
fn with_header(headers: String, name: &str, words: String) -> String {
    let Ok(Value::Object(mut kept)) = serde_json::from_str(&headers) else { return headers };
    kept.insert(name.to_owned(), words.into());
    Value::Object(kept).to_string()
}

/// Deliveries that an earlier version kept are known by their token alone: they keep that key, so that one which
/// Lever sends again is recognised.
fn keep_old_keys(conn: &mut Conn, rows: &mut [Event]) -> DbResult<()> {
    let mut tokens: HashMap<IntegrationId, HashMap<String, usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.dedupe_key.starts_with(dedupe::SIGNED)) {
        if let Ok(delivery) = delivery::parse(&row.body) {
            tokens.entry(row.integration_id).or_default().insert(delivery.token, at);
        }
    }
    for (integration, tokens) in tokens {
        let known: Vec<String> = events::table
            .filter(events::integration_id.eq(integration).and(events::dedupe_key.eq_any(tokens.keys())))
            .select(events::dedupe_key)
            .load(conn)?;
        for token in known {
            if let Some(row) = tokens.get(&token).and_then(|at| rows.get_mut(*at)) {
                row.dedupe_key = token;
            }
        }
    }
    Ok(())
}

/// Counts a repeated delivery. One that could not be verified when it came first, and can now, takes
/// its place in the queue. Answers whether there is work.
fn seen_again(conn: &mut Conn, row: &Event) -> DbResult<bool> {
    let known = events::table
        .filter(events::integration_id.eq(&row.integration_id).and(events::dedupe_key.eq(&row.dedupe_key)));
    diesel::update(known).set(events::duplicates.eq(events::duplicates + 1)).execute(conn)?;
    if row.signing_token_id.is_none() {
        return Ok(false);
    }
    let unverified = known.filter(events::state.eq_any([State::Waiting, State::Quarantined]));
    // What came first may have been anybody's: what counts is what the verified one says.
    let promoted = diesel::update(unverified)
        .set((
            (events::state.eq(row.state), events::reason.eq(&row.reason), events::kind.eq(&row.kind)),
            (events::signing_token_id.eq(&row.signing_token_id), events::verified_at.eq(row.verified_at)),
            (events::opportunity_id.eq(&row.opportunity_id), events::contact_id.eq(&row.contact_id)),
            (events::from_stage_id.eq(&row.from_stage_id), events::to_stage_id.eq(&row.to_stage_id)),
            (
                events::lever_id.eq(&row.lever_id),
                events::headers.eq(&row.headers),
                events::body.eq(&row.body),
            ),
            events::finished_at.eq(row.finished_at),
        ))
        .execute(conn)?;
    Ok(promoted > 0 && row.state == State::Queued)
}

/// Notes which kinds of event the tokens have verified.
fn learn_kinds<'a>(
    conn: &mut Conn,
    integrations: &BTreeMap<IntegrationId, KnownIntegration>,
    rows: impl Iterator<Item = &'a Event>,
) -> DbResult<()> {
    let mut learnt = BTreeSet::new();
    for row in rows.filter(|row| !row.kind.is_unnamed() && !row.kind.is_portal_test()) {
        let Some(id) = &row.signing_token_id else { continue };
        let tokens = integrations.get(&row.integration_id).map(|integration| &integration.tokens);
        let token = tokens.and_then(|tokens| tokens.iter().find(|token| token.id == *id));
        if token.is_some_and(|token| token.can_learn(row.kind.as_str())) {
            learnt.insert((id, row.kind.as_str()));
        }
    }
    learnt.into_iter().try_for_each(|(id, kind)| tokens::learn(conn, id, kind))
}

fn note_tokens(conn: &mut Conn, rows: &[Event]) -> DbResult<()> {
    let used: BTreeSet<&SigningTokenId> = rows
        .iter()
        .filter(|row| !row.kind.is_portal_test())
        .filter_map(|row| row.signing_token_id.as_ref())
        .collect();
    for token in used {
        tokens::matched(conn, token, Timestamp::now())?;
    }
    Ok(())
}
