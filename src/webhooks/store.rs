//! One transaction full of deliveries: judged by the tokens that are valid in it, kept once each.

use crate::db::schema::{events, integrations};
use crate::db::{Conn, DbResult};
use crate::events::{Event, EventKind, Outcome, State};
use crate::ids::{CompanyId, EventId, IntegrationId, SigningTokenId};
use crate::integrations as integration_store;
use crate::integrations::signing::tokens;
use crate::integrations::signing::verdict::{OpenToken, Verdict, judge};
use crate::integrations::store;
use crate::reasons::Reason;
use crate::secrets::{Sealer, hash_of};
use crate::time::Timestamp;
use crate::webhooks::delivery::{Answer, Arrival};
use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// Deliveries of one state that are kept for an account although nobody vouches for them. Further
/// ones are answered, but not kept.
const UNVERIFIED: i64 = 2_000;

pub(super) struct Kept {
    /// In the order of the arrivals.
    pub answers: Vec<Answer>,
    /// Whether there is something for the worker.
    pub has_work: bool,
}

/// What is known of an account inside the transaction.
struct Account {
    company: CompanyId,
    state: integration_store::State,
    tokens: Vec<OpenToken>,
    /// How many more unverified deliveries of a state may be kept; counted when first needed.
    room: HashMap<State, i64>,
}

pub(super) fn store_batch(conn: &mut Conn, sealer: &Sealer, arrivals: Vec<Arrival>) -> DbResult<Kept> {
    let mut accounts = HashMap::new();
    let mut answers = Vec::with_capacity(arrivals.len());
    let mut rows = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        let integration = match accounts.get_mut(&arrival.integration) {
            Some(integration) => integration,
            None => {
                let integration = load(conn, sealer, &arrival.integration)?;
                accounts.entry(arrival.integration).or_insert(integration)
            }
        };
        if integration.state == integration_store::State::Disconnected {
            answers.push(Answer::Gone);
            continue;
        }
        let (row, answer) = to_row(integration, arrival);
        let is_unverified = matches!(row.state, State::Waiting | State::Quarantined | State::Malformed)
            || (row.state == State::Check && row.signing_token_id.is_none());
        if is_unverified && !integration.has_room(conn, &row)? {
            // A delivery that waits for the token is promised to be verified later; without room for it
            // there must be no promise.
            answers.push(if row.state == State::Waiting { Answer::Busy } else { answer });
            continue;
        }
        answers.push(answer);
        rows.push(row);
    }
    let mut has_work = rows.iter().any(|row| row.state == State::Queued);
    let fresh: BTreeSet<EventId> = crate::events::store::keep_new(conn, &rows)?.into_iter().collect();
    for row in rows.iter().filter(|row| !fresh.contains(&row.id)) {
        has_work |= seen_again(conn, row)?;
    }
    note_tokens(conn, &rows)?;
    note_failing_signatures(conn, &rows, &accounts)?;
    Ok(Kept { answers, has_work })
}

fn load(conn: &mut Conn, sealer: &Sealer, id: &IntegrationId) -> DbResult<Account> {
    let integration = store::get(conn, id)?;
    let tokens = tokens::valid(conn, id)?
        .into_iter()
        .filter_map(|token| match token.open(sealer) {
            Ok(secret) => Some(OpenToken { id: token.id, secret }),
            Err(failure) => {
                tracing::error!(%failure, integration = %id, "a signing token cannot be opened");
                None
            }
        })
        .collect();
    Ok(Account { company: integration.company_id, state: integration.state, tokens, room: HashMap::new() })
}

impl Account {
    fn has_room(&mut self, conn: &mut Conn, row: &Event) -> DbResult<bool> {
        let room = match self.room.get_mut(&row.state) {
            Some(room) => room,
            None => {
                // Counts at most `UNVERIFIED` rows of an index.
                let there: i64 = events::table
                    .filter(events::integration_id.eq(&row.integration_id).and(events::state.eq(row.state)))
                    .select(events::id)
                    .limit(UNVERIFIED)
                    .load::<EventId>(conn)?
                    .len() as i64;
                self.room.entry(row.state).or_insert(UNVERIFIED - there)
            }
        };
        *room -= 1;
        Ok(*room >= 0)
    }
}

fn to_row(integration: &Account, arrival: Arrival) -> (Event, Answer) {
    let (verdict, delivery) = judge(&arrival.body, &integration.tokens);
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
    let is_final = !matches!(state, State::Queued | State::Waiting | State::Quarantined);
    let row = Event {
        id: EventId::new(),
        company_id: integration.company,
        integration_id: arrival.integration,
        // Lever's token is new for each delivery; what has none is told apart by its bytes.
        dedupe_key: delivery.as_ref().filter(|delivery| !delivery.token.is_empty()).map_or_else(
            || format!("body:{}", hash_of(&hex::encode(&arrival.body))),
            |delivery| delivery.token.clone(),
        ),
        lever_id: delivery.as_ref().and_then(|delivery| delivery.id.clone()),
        kind: delivery
            .as_ref()
            .and_then(|delivery| delivery.event.as_ref())
            .map_or_else(EventKind::unnamed, EventKind::from),
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
        headers: arrival.headers,
        body: arrival.body,
        duplicates: 0,
        attempts: 0,
        next_attempt_at: Timestamp(0),
        finished_at: is_final.then_some(now),
    };
    (row, answer)
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
    let promoted = diesel::update(unverified)
        .set((
            events::state.eq(row.state),
            events::reason.eq(&row.reason),
            events::signing_token_id.eq(&row.signing_token_id),
            events::verified_at.eq(row.verified_at),
            events::finished_at.eq(row.finished_at),
        ))
        .execute(conn)?;
    Ok(promoted > 0 && row.state == State::Queued)
}

fn note_tokens(conn: &mut Conn, rows: &[Event]) -> DbResult<()> {
    let used: BTreeSet<&SigningTokenId> =
        rows.iter().filter_map(|row| row.signing_token_id.as_ref()).collect();
    for token in used {
        tokens::matched(conn, token, Timestamp::now())?;
    }
    Ok(())
}

/// A working account whose deliveries begin to match no token: its token was probably regenerated.
/// A delivery that matches again ends it.
fn note_failing_signatures(
    conn: &mut Conn,
    rows: &[Event],
    accounts: &HashMap<IntegrationId, Account>,
) -> DbResult<()> {
    let active =
        accounts.iter().filter(|(_, integration)| integration.state == integration_store::State::Active);
    for (id, _) in active {
        let mut of_this = rows.iter().filter(|row| row.integration_id == *id);
        let last = of_this.rfind(|row| row.verified_at.is_some() || row.state == State::Quarantined);
        let Some(last) = last else { continue };
        let target = integrations::table.find(id);
        if last.verified_at.is_some() {
            diesel::update(target.filter(integrations::signature_failing_since.is_not_null()))
                .set(integrations::signature_failing_since.eq(None::<Timestamp>))
                .execute(conn)?;
        } else {
            diesel::update(target.filter(integrations::signature_failing_since.is_null()))
                .set(integrations::signature_failing_since.eq(Some(last.received_at)))
                .execute(conn)?;
        }
    }
    Ok(())
}
