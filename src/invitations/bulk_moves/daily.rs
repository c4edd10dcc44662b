//! The daily limit: an integration invites at most so many candidates in 24 hours, whatever brings the
//! invitations about, so that nobody who can apply or move candidates turns it against strangers' mailboxes.
//! What is above is held in a bulk move of its own. A person lets it go at once; the clock lets as many go as
//! there is room for.

use crate::db::schema::{batch_events, batches, invitations};
use crate::db::{AnyBackend, Conn, DbResult, dialect};
use crate::events::Event;
use crate::ids::{CompanyId, EventId, IntegrationId};
use crate::invitations::bulk_moves::detect::{BulkMoveState, HoldCause};
use crate::invitations::bulk_moves::{self, BulkMove, release};
use crate::invitations::store::InvitationState;
use crate::job_queue::{self, JobKind};
use crate::people;
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;
use std::time::Duration;

/// In so long a time the invitations are counted.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The clock lets invitations go at most so often.
const PAUSE: Duration = Duration::from_secs(60);

/// The invitations of an integration that count: they were mailed, or are to be.
fn counted<'a>(integration: IntegrationId, since: Timestamp) -> invitations::BoxedQuery<'a, AnyBackend> {
    invitations::table
        .filter(invitations::integration_id.eq(integration).and(invitations::created_at.gt(since)))
        .filter(invitations::reused_from.is_null().and(invitations::state.ne(InvitationState::Held)))
        .filter(invitations::state.ne(InvitationState::Cancelled).or(invitations::sent_at.is_not_null()))
        .into_boxed()
}

/// When there is room for one more; none: now.
fn full_until(
    conn: &mut Conn,
    id: &IntegrationId,
    limit: i32,
    now: Timestamp,
) -> DbResult<Option<Timestamp>> {
    if limit <= 0 {
        return Ok(None);
    }
    let last_in: Option<Timestamp> = counted(*id, now.minus(DAY))
        .order(invitations::created_at.desc())
        .offset(i64::from(limit) - 1)
        .select(invitations::created_at)
        .first(conn)
        .optional()?;
    Ok(last_in.map(|at| at.plus(DAY)))
}

/// Holds the invitation of an event, when the integration has invited as many as it may. None: it may go.
pub fn hold(conn: &mut Conn, event: &Event, limit: i32) -> DbResult<Option<BulkMove>> {
    let id = &event.integration_id;
    let Some(until) = full_until(conn, id, limit, Timestamp::now())? else { return Ok(None) };
    // A person may be pressing a button just now.
    dialect::lock_company(conn, &event.company_id)?;
    let bulk_move = match bulk_moves::held(conn, id, HoldCause::DailyLimit)? {
        Some(bulk_move) => bulk_move,
        None => bulk_moves::begin(conn, event, HoldCause::DailyLimit, "", until)?,
    };
    bulk_moves::join(conn, &bulk_move.id, &event.id, bulk_moves::moved_at(event))?;
    Ok(Some(bulk_move))
}

/// Lets as many invitations of a bulk move go as there is room for, the oldest first. Answers when to look
/// again; none: no more of them are held.
pub fn release(conn: &mut Conn, bulk_move: &BulkMove) -> DbResult<Option<Timestamp>> {
    dialect::lock_company(conn, &bulk_move.company_id)?;
    let state: BulkMoveState = batches::table.find(&bulk_move.id).select(batches::state).first(conn)?;
    if state != BulkMoveState::Held {
        // A person was quicker.
        return Ok(None);
    }
    let (limit, now) =
        (people::invitation_policy(conn, &bulk_move.company_id)?.daily_limit, Timestamp::now());
    let waiting = release::held_events(conn, &bulk_move.id)?;
    let since = now.minus(DAY);
    let used: i64 = counted(bulk_move.integration_id, since).select(diesel::dsl::count_star()).first(conn)?;
    let room = usize::try_from(i64::from(limit) - used).unwrap_or(0);
    if limit == 0 || waiting.len() <= room {
        release::send(conn, bulk_move, None)?;
        return Ok(None);
    }
    let (now_going, _) = waiting.split_at(room);
    release::let_go(conn, now_going, &Reason::HoldOver)?;
    leave(conn, bulk_move, now_going)?;
    // Those that go now count from now on, so the next room is that of the oldest that went before them.
    let oldest: Option<Timestamp> = counted(bulk_move.integration_id, since)
        .order(invitations::created_at.asc())
        .select(invitations::created_at)
        .first(conn)
        .optional()?;
    let next = oldest.unwrap_or(now).plus(DAY).max(now.plus(PAUSE));
    diesel::update(batches::table.find(&bulk_move.id)).set(batches::release_at.eq(next)).execute(conn)?;
    Ok(Some(next))
}

/// These events are no longer of the bulk move.
fn leave(conn: &mut Conn, bulk_move: &BulkMove, events: &[EventId]) -> DbResult<()> {
    for some in events.chunks(500) {
        let of_bulk_move = batch_events::table.filter(batch_events::batch_id.eq(&bulk_move.id));
        diesel::delete(of_bulk_move.filter(batch_events::event_id.eq_any(some))).execute(conn)?;
    }
    Ok(())
}

/// The company has another limit: what is held is looked at again at once.
pub fn look_again(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    let held: Vec<BulkMove> = batches::table
        .filter(batches::company_id.eq(company).and(batches::state.eq(BulkMoveState::Held)))
        .filter(batches::cause.eq(HoldCause::DailyLimit))
        .select(BulkMove::as_select())
        .load(conn)?;
    for bulk_move in held {
        job_queue::hasten(conn, JobKind::ReleaseBulkMove, bulk_move.id.as_str(), Timestamp::now())?;
    }
    Ok(())
}
