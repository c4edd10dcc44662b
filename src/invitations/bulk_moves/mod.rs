//! Mass moves in Lever: their invitations are held for a while, and a person sends them at once or
//! takes them back. What is above the company's daily limit is held in the same way ([`daily`]). Of each
//! cause one bulk move of an account is held at a time.
//!
//! A held invitation means nothing yet: nothing is planned for it. When it is let go, it is
//! forgotten and its event is processed again from the start, so Lever is asked once more.

pub mod daily;
pub mod detect;
pub mod email;
pub mod release;
pub mod view;

use crate::db::schema::{batch_events, batches, events, invitations};
use crate::db::{Conn, DbResult};
use crate::events::processed_as;
use crate::events::{Event, EventKind, Outcome, State};
use crate::ids::{BulkMoveId, CompanyId, EventId, IntegrationId, UserId};
use crate::invitations::bulk_moves::detect::{BulkMoveState, Entry, HoldCause, Known, WINDOW};
use crate::job_queue::{self, JobKind, NewJob};
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client;
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

/// So long after they were let go, the invitations of a bulk move can still be taken back.
pub const UNDO_FOR: Duration = Duration::from_secs(24 * 3600);

/// So long after a bulk move was noticed admins are written to: then most of it has been counted.
const TELL_AFTER: Duration = Duration::from_secs(5);

/// While a bulk move is this young, other invitations of it may be on their way that were decided on
/// before it was opened.
const YOUNG: Duration = Duration::from_secs(10);

/// Outcomes of events that count as moves into the stage.
const COUNTED: [Outcome; 4] = [Outcome::Invited, Outcome::Reused, Outcome::Held, Outcome::Undone];

/// No more moves are looked at than this to tell whether there is a bulk move.
const MOST: i64 = 2000;

/// Invitations that are held together: a mass move, or those above the daily limit.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = batches)]
pub struct BulkMove {
    pub id: BulkMoveId,
    pub company_id: CompanyId,
    pub integration_id: IntegrationId,
    /// Lever's id of the stage that the candidates were moved to; empty when it is no mass move.
    pub stage_id: String,
    /// When Lever says that the first of them was moved.
    pub first_at: Timestamp,
    /// And the last.
    pub last_at: Timestamp,
    /// When it was noticed.
    pub opened_at: Timestamp,
    /// When the invitations go out by themselves.
    pub release_at: Timestamp,
    /// Where it is in its life.
    pub state: BulkMoveState,
    /// When the invitations were let go.
    pub sent_at: Option<Timestamp>,
    /// When they were taken back.
    pub undone_at: Option<Timestamp>,
    /// Who pressed; none when the time was over.
    pub ended_by: Option<UserId>,
    /// Why they are held.
    pub cause: HoldCause,
}

impl BulkMove {
    /// Whether its invitations can be taken back.
    pub fn can_undo(&self, now: Timestamp) -> bool {
        match self.state {
            BulkMoveState::Held => true,
            BulkMoveState::Sent => self.undo_until().is_some_and(|until| now < until),
            BulkMoveState::Undone => false,
        }
    }

    /// Whether it is one above the daily limit, and in this state.
    pub fn is_daily_and(&self, state: BulkMoveState) -> bool {
        self.cause == HoldCause::DailyLimit && self.state == state
    }

    /// What it is, as the heading of its page.
    pub fn title(&self) -> &'static str {
        match self.cause {
            HoldCause::MassMove => "Mass move",
            HoldCause::DailyLimit => "Daily limit",
        }
    }

    /// Until when, once they were let go.
    pub fn undo_until(&self) -> Option<Timestamp> {
        self.sent_at.map(|at| at.plus(UNDO_FOR))
    }

    fn known(&self) -> Known {
        Known {
            id: self.id,
            state: self.state,
            ended_at: self.undone_at.or(self.sent_at),
            first_at: self.first_at,
            last_at: self.last_at,
        }
    }
}

/// When the move happened that an event reports.
pub fn moved_at(event: &Event) -> Timestamp {
    event.triggered_at.unwrap_or(event.received_at)
}

/// Whether Lever reported that the opportunity of an event was moved into a stage, and that report waits.
pub fn is_moved(conn: &mut Conn, event: &Event, stage: &str) -> DbResult<bool> {
    let moves = events::table
        .filter(events::integration_id.eq(&event.integration_id))
        .filter(events::opportunity_id.eq(&event.opportunity_id).and(events::state.eq(State::Queued)))
        .filter(events::kind.eq(EventKind::CandidateStageChange).and(events::to_stage_id.eq(stage)));
    Ok(diesel::select(diesel::dsl::exists(moves)).get_result(conn)?)
}

/// An application's event stands for a move into a stage that its history shows, at this time, and no webhook has reported.
pub fn note_move(conn: &mut Conn, event: &EventId, stage: &str, at: Timestamp) -> DbResult<()> {
    diesel::update(events::table.find(event))
        .set((events::moved_to.eq(Some(stage)), events::moved_at.eq(Some(at))))
        .execute(conn)?;
    Ok(())
}

/// When the move into this stage was for which an event stands without having reported it.
pub fn noted_move(conn: &mut Conn, event: &EventId, stage: &str) -> DbResult<Option<Timestamp>> {
    let noted = events::table.find(event).filter(events::moved_to.eq(stage));
    Ok(noted.select(events::moved_at).first::<Option<Timestamp>>(conn).optional()?.flatten())
}

/// The moves into a stage around the time of an event, those that wait in the queue included.
pub fn entries_around(conn: &mut Conn, event: &Event, stage: &str) -> DbResult<Vec<(EventId, Entry)>> {
    let at = moved_at(event);
    // Nothing arrives before it happened, and ids sort by arrival: so an index leads there.
    let since = at.min(event.received_at).minus(WINDOW);
    let since = EventId::parse(&since.first_id()).unwrap_or_else(EventId::new);
    let mut found: Vec<(Event, Option<Timestamp>)> = Vec::new();
    for state in [State::Queued, State::Done] {
        let mut query = events::table
            .filter(events::integration_id.eq(&event.integration_id).and(events::state.eq(state)))
            .filter(events::id.ge(&since))
            .filter(
                events::kind
                    .eq(EventKind::Reconciliation)
                    .or(events::kind.eq(EventKind::CandidateStageChange).and(events::to_stage_id.eq(stage)))
                    .or(events::kind.eq(EventKind::ApplicationCreated).and(events::moved_to.eq(stage))),
            )
            .order(events::id.asc())
            .limit(MOST)
            .select((Event::as_select(), events::moved_at))
            .into_boxed();
        if state == State::Done {
            query = query.filter(events::outcome.eq_any(COUNTED));
        }
        found.extend(query.load(conn)?);
    }
    let entry = |(event, noted): (Event, Option<Timestamp>)| {
        let is_move = processed_as(&event) == lever_client::Event::CandidateStageChange;
        let at = if is_move { moved_at(&event) } else { noted? };
        Some((event.id, Entry { opportunity: event.opportunity_id?, at }))
    };
    Ok(found.into_iter().filter_map(entry).collect())
}

/// The bulk move around a time, and the one that is held now.
pub fn known(conn: &mut Conn, id: &IntegrationId, at: Timestamp) -> DbResult<(Option<Known>, Option<Known>)> {
    let near: Option<BulkMove> = batches::table
        .filter(batches::integration_id.eq(id).and(batches::cause.eq(HoldCause::MassMove)))
        .filter(batches::first_at.le(at.plus(WINDOW)).and(batches::last_at.ge(at.minus(WINDOW))))
        .order(batches::id.desc())
        .select(BulkMove::as_select())
        .first(conn)
        .optional()?;
    let open = held(conn, id, HoldCause::MassMove)?;
    Ok((near.map(|bulk_move| bulk_move.known()), open.map(|bulk_move| bulk_move.known())))
}

/// The bulk move of an account that is held now for this cause.
pub fn held(conn: &mut Conn, id: &IntegrationId, cause: HoldCause) -> DbResult<Option<BulkMove>> {
    Ok(batches::table
        .filter(batches::integration_id.eq(id).and(batches::state.eq(BulkMoveState::Held)))
        .filter(batches::cause.eq(cause))
        .select(BulkMove::as_select())
        .first(conn)
        .optional()?)
}

/// One bulk move of an account.
pub fn bulk_move(
    conn: &mut Conn,
    company: &CompanyId,
    integration: &IntegrationId,
    id: &BulkMoveId,
) -> DbResult<Option<BulkMove>> {
    Ok(batches::table
        .find(id)
        .filter(batches::company_id.eq(company).and(batches::integration_id.eq(integration)))
        .select(BulkMove::as_select())
        .first(conn)
        .optional()?)
}

/// A bulk move, for the work on it.
pub fn by_id(conn: &mut Conn, id: &BulkMoveId) -> DbResult<Option<BulkMove>> {
    Ok(batches::table.find(id).select(BulkMove::as_select()).first(conn).optional()?)
}

/// The bulk move that an event belongs to.
pub fn of_event(conn: &mut Conn, event: &EventId) -> DbResult<Option<BulkMove>> {
    Ok(batches::table
        .inner_join(batch_events::table)
        .filter(batch_events::event_id.eq(event))
        .order(batches::id.desc())
        .select(BulkMove::as_select())
        .first(conn)
        .optional()?)
}

/// Opens a bulk move, with the event that showed that there is one. What was invited before that was
/// noticed belongs to it, so that it can be taken back with the others.
pub fn open(
    conn: &mut Conn,
    event: &Event,
    stage: &str,
    hold: Duration,
    around: &[(EventId, Entry)],
) -> DbResult<BulkMove> {
    let release_at = Timestamp::now().plus(hold);
    let bulk_move = begin(conn, event, HoldCause::MassMove, stage, release_at)?;
    adopt(conn, &bulk_move, around)?;
    join(conn, &bulk_move.id, &event.id, moved_at(event))?;
    Ok(bulk_move)
}

/// A new bulk move, without members, that is released then; admins are written to.
fn begin(
    conn: &mut Conn,
    event: &Event,
    cause: HoldCause,
    stage: &str,
    release_at: Timestamp,
) -> DbResult<BulkMove> {
    let (at, now) = (moved_at(event), Timestamp::now());
    let bulk_move = BulkMove {
        id: BulkMoveId::new(),
        company_id: event.company_id,
        integration_id: event.integration_id,
        stage_id: stage.to_owned(),
        first_at: at,
        last_at: at,
        opened_at: now,
        release_at,
        state: BulkMoveState::Held,
        sent_at: None,
        undone_at: None,
        ended_by: None,
        cause,
    };
    diesel::insert_into(batches::table).values(&bulk_move).execute(conn)?;
    for (kind, key, due) in [
        (JobKind::ReleaseBulkMove, bulk_move.id.to_string(), bulk_move.release_at),
        (JobKind::NotifyAdmins, format!("bulk_move/{}", bulk_move.id), now.plus(TELL_AFTER)),
    ] {
        let job = NewJob {
            company: bulk_move.company_id,
            integration: Some(bulk_move.integration_id),
            kind,
            key,
            payload: json!({"bulk_move": bulk_move.id}),
            due,
        };
        job_queue::add(conn, job)?;
    }
    Ok(bulk_move)
}

/// Adds to a bulk move what was invited around it before it was noticed, while it is young.
pub fn adopt(conn: &mut Conn, bulk_move: &BulkMove, around: &[(EventId, Entry)]) -> DbResult<()> {
    if bulk_move.opened_at < Timestamp::now().minus(YOUNG) {
        return Ok(());
    }
    let own = bulk_move.known();
    let near: Vec<(&EventId, Timestamp)> =
        around.iter().filter(|(_, entry)| own.is_near(entry.at)).map(|(id, entry)| (id, entry.at)).collect();
    let invited: Vec<Option<EventId>> = invitations::table
        .filter(invitations::integration_id.eq(&bulk_move.integration_id))
        .filter(invitations::event_id.eq_any(near.iter().map(|(id, _)| *id)))
        .select(invitations::event_id)
        .load(conn)?;
    let invited: HashSet<EventId> = invited.into_iter().flatten().collect();
    for (id, at) in near.into_iter().filter(|(id, _)| invited.contains(*id)) {
        if of_event(conn, id)?.is_none() {
            join(conn, &bulk_move.id, id, at)?;
        }
    }
    Ok(())
}

/// Adds an event to a bulk move.
pub fn join(conn: &mut Conn, bulk_move: &BulkMoveId, event: &EventId, at: Timestamp) -> DbResult<()> {
    let is_there: Option<EventId> =
        batch_events::table.find((bulk_move, event)).select(batch_events::event_id).first(conn).optional()?;
    if is_there.is_none() {
        diesel::insert_into(batch_events::table)
            .values((batch_events::batch_id.eq(bulk_move), batch_events::event_id.eq(event)))
            .execute(conn)?;
    }
    let row = batches::table.find(bulk_move);
    diesel::update(row.filter(batches::first_at.gt(at))).set(batches::first_at.eq(at)).execute(conn)?;
    diesel::update(row.filter(batches::last_at.lt(at))).set(batches::last_at.eq(at)).execute(conn)?;
    Ok(())
}
