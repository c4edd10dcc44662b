//! Verifying what was kept, once a token is saved: a part at a time, each in a transaction of its own, so that nobody
//! else waits long to write. How far it is stands in the database: a job goes on where the request that saved the token
//! left off.

use super::open;
use super::reverify::{event_of, matched, next_events, signed_by_any, signer, verified_later};
use super::verdict::OpenToken;
use super::{parts, ring};
use crate::db::schema::{events, reverifications};
use crate::db::{Conn, Db, DbResult, dialect};
use crate::events::store::keep_new;
use crate::events::{State, steps};
use crate::ids::{EventId, IntegrationId};
use crate::integrations::{lifecycle, store};
use crate::secrets::Sealer;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use std::time::Duration;

/// Events or deliveries that one transaction looks at, at most.
pub const AT_ONCE: i64 = 500;

/// Networks whose deliveries one transaction looks for, at most.
const NETWORKS: usize = 100;

/// A delivery that arrived so long after the token was saved was judged by it; before, perhaps by those that were valid
/// when its transaction began.
const OVERLAP: Duration = Duration::from_secs(10);

text_enum! {
    /// What is looked at.
    Step {
        /// Events that wait for a token.
        Waiting => "waiting",
        /// Events with a signature of none.
        Quarantined => "quarantined",
        /// Calls that Lever's **Test** button made.
        Check => "check",
        /// The ring.
        Ring => "ring",
    }
}

/// What saved tokens did to the deliveries that were kept, so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reverified {
    /// Verified now.
    pub verified: i64,
    /// Still not verified.
    pub unmatched: i64,
}

/// How far it is.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reverifications, treat_none_as_null = true)]
struct Progress {
    integration_id: IntegrationId,
    step: Step,
    network: String,
    after_id: Option<EventId>,
    until: Timestamp,
    verified: i64,
    unmatched: i64,
}

/// Notes that what was kept is to be verified. Call it in the transaction that saves tokens; [`run`] does it afterwards.
///
/// # Errors
/// When the database refuses.
pub fn begin(conn: &mut Conn, integration: &IntegrationId) -> DbResult<()> {
    dialect::lock_ring(conn, integration)?;
    let from_the_start = Progress {
        integration_id: *integration,
        step: Step::Waiting,
        network: String::new(),
        after_id: None,
        until: Timestamp::now().plus(OVERLAP),
        verified: 0,
        unmatched: 0,
    };
    let begun = reverifications::table.find(integration);
    if diesel::update(begun).set(&from_the_start).execute(conn)? == 0 {
        diesel::insert_into(reverifications::table).values(&from_the_start).execute(conn)?;
    }
    Ok(())
}

/// Does what [`begin`] noted, to the end. Several may: they share it.
///
/// # Errors
/// When the database refuses; what is done stays done, and the job of `jobs/verify_kept_deliveries.rs` goes on.
pub async fn run(db: &Db, sealer: &Sealer, integration: &IntegrationId) -> DbResult<Reverified> {
    let mut sum = Reverified::default();
    loop {
        let (id, sealer) = (*integration, sealer.clone());
        match db.write(move |conn| batch(conn, &sealer, &id)).await? {
            Some(so_far) => sum = so_far,
            None => return Ok(sum),
        }
    }
}

/// Looks at the next of what was kept, [`AT_ONCE`] at most, in the transaction of `conn`. `None`: there is nothing left.
///
/// # Errors
/// When the database refuses.
pub fn batch(conn: &mut Conn, sealer: &Sealer, integration: &IntegrationId) -> DbResult<Option<Reverified>> {
    dialect::lock_ring(conn, integration)?;
    let row = reverifications::table.find(integration);
    let Some(mut progress) = row.select(Progress::as_select()).first(conn).optional()? else {
        return Ok(None);
    };
    let tokens = open::valid(conn, sealer, integration)?;
    let before = progress.verified;
    let next = match progress.step {
        Step::Waiting => progress.events(conn, &tokens, State::Waiting, Step::Quarantined)?,
        Step::Quarantined => progress.events(conn, &tokens, State::Quarantined, Step::Check)?,
        Step::Check => progress.events(conn, &tokens, State::Check, Step::Ring)?,
        Step::Ring => progress.ring(conn, &tokens)?,
    };
    if progress.verified > before {
        lifecycle::signatures_match_again(conn, integration)?;
    }
    match next {
        Some(step) => {
            progress.step = step;
            diesel::update(row).set(&progress).execute(conn)?;
        }
        None => {
            diesel::delete(row).execute(conn)?;
        }
    }
    Ok(Some(Reverified { verified: progress.verified, unmatched: progress.unmatched }))
}

impl Progress {
    /// Looks at the next events in this state. Answers what to look at then.
    fn events(
        &mut self,
        conn: &mut Conn,
        tokens: &[OpenToken],
        state: State,
        after_them: Step,
    ) -> DbResult<Option<Step>> {
        let rows = next_events(conn, &self.integration_id, state, self.after_id, AT_ONCE)?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < AT_ONCE)
            || rows.last().is_some_and(|(.., at)| *at > self.until);
        for (id, before, body, at) in rows {
            self.after_id = Some(id);
            let Some((token, state, reason)) = signer(&body, at, tokens) else {
                self.unmatched += 1;
                continue;
            };
            let now = Timestamp::now();
            diesel::update(events::table.find(&id))
                .set((
                    events::state.eq(state),
                    events::reason.eq(reason),
                    events::signing_token_id.eq(Some(&token)),
                    events::verified_at.eq(Some(now)),
                    events::finished_at.eq((state != State::Queued).then_some(now)),
                ))
                .execute(conn)?;
            if before != State::Check {
                steps::add(conn, &id, verified_later())?;
            }
            matched(conn, tokens, &token, &body)?;
            self.verified += 1;
        }
        if is_last {
            self.after_id = None;
            return Ok(Some(after_them));
        }
        Ok(Some(self.step))
    }

    /// Looks at the next deliveries in the ring, network by network.
    fn ring(&mut self, conn: &mut Conn, tokens: &[OpenToken]) -> DbResult<Option<Step>> {
        let mut room = AT_ONCE;
        for _ in 0..NETWORKS {
            let rows = ring::of_network(conn, &self.integration_id, &self.network, self.after_id, room)?;
            let count = i64::try_from(rows.len()).unwrap_or(AT_ONCE);
            self.of_one_network(conn, tokens, &rows)?;
            let is_late = rows.last().is_some_and(|row| row.received_at > self.until);
            let has_more = count == room && !is_late;
            room -= count;
            if !has_more {
                match ring::next_network(conn, &self.integration_id, &self.network)? {
                    Some(next) => (self.network, self.after_id) = (next, None),
                    None => return Ok(None),
                }
            }
            if room == 0 {
                break;
            }
        }
        Ok(Some(Step::Ring))
    }

    fn of_one_network(
        &mut self,
        conn: &mut Conn,
        tokens: &[OpenToken],
        rows: &[ring::Unverified],
    ) -> DbResult<()> {
        let Some(last) = rows.last() else { return Ok(()) };
        self.after_id = Some(last.id);
        let company = store::get(conn, &self.integration_id)?.company_id;
        let (mut taken, before) = (Vec::new(), self.verified);
        for row in rows {
            let signed = signed_by_any(row, tokens)
                .and_then(|body| Some((signer(&body, row.received_at, tokens)?, body)));
            let Some(((token, state, reason), body)) = signed else {
                self.unmatched += 1;
                continue;
            };
            taken.push(row.clone());
            if let Some(event) = event_of(row, company, token, state, reason, body)
                && !keep_new(conn, std::slice::from_ref(&event))?.is_empty()
            {
                steps::add(conn, &row.id, verified_later())?;
                matched(conn, tokens, &token, &event.body)?;
                self.verified += 1;
            }
        }
        ring::remove(conn, &taken)?;
        if self.verified > before {
            parts::prove(conn, &last.network, Timestamp::now())?;
        }
        Ok(())
    }
}
