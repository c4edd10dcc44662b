//! The end of a bulk move: its invitations are let go, by the clock or by a person, or taken back.

use crate::audit::{self, Actor};
use crate::db::schema::{batch_events, batches, events, invitations};
use crate::db::{Conn, DbResult, dialect};
use crate::events::steps::{self, NewStep};
use crate::events::{Outcome, State, StepKind, StepStatus};
use crate::ids::{BulkMoveId, EventId, UserId};
use crate::invitations::actions;
use crate::invitations::actions::{Action, ActionKind};
use crate::invitations::bulk_moves::BulkMove;
use crate::invitations::bulk_moves::detect::BulkMoveState;
use crate::invitations::lifecycle;
use crate::invitations::store::{Invitation, InvitationState};
use crate::job_queue::{self, JobKind};
use crate::reasons::{self, Reason};
use crate::secrets::Sealed;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;

/// Lets the invitations of a bulk move go: their events are worked again. `by`: who pressed; none when
/// the time is over. `false`: it was let go or taken back before.
pub fn send(conn: &mut Conn, bulk_move: &BulkMove, by: Option<(&UserId, &Actor)>) -> DbResult<bool> {
    dialect::lock_company(conn, &bulk_move.company_id)?;
    let now = Timestamp::now();
    let changed =
        diesel::update(batches::table.find(&bulk_move.id).filter(batches::state.eq(BulkMoveState::Held)))
            .set((
                batches::state.eq(BulkMoveState::Sent),
                batches::sent_at.eq(Some(now)),
                batches::ended_by.eq(by.map(|(user, _)| user)),
            ))
            .execute(conn)?;
    if changed == 0 {
        return Ok(false);
    }
    nothing_to_release(conn, &bulk_move.id)?;
    let waiting = held_events(conn, &bulk_move.id)?;
    let why = match by {
        Some((_, actor)) => Reason::BulkMoveSent { by: actor.into() },
        None => Reason::HoldOver,
    };
    let_go(conn, &waiting, &why)?;
    end_others(conn, &bulk_move.id)?;
    if let Some((_, actor)) = by {
        let detail = json!({ "batch": bulk_move.id, "invitations": waiting.len() });
        audit::record(
            conn,
            &bulk_move.company_id,
            actor,
            audit::Action::BulkMoveSent,
            audit::Subject::BulkMove.as_str(),
            &detail,
        )?;
    }
    Ok(true)
}

/// Forgets the held invitations of these events, and has the events processed again.
pub(super) fn let_go(conn: &mut Conn, waiting: &[EventId], why: &Reason) -> DbResult<()> {
    add_step(conn, waiting, || NewStep::good(StepKind::HoldEnded, why.clone()))?;
    for some in waiting.chunks(500) {
        // What had ended before, and was held when it was to be taken up again, is as it was.
        diesel::update(invitations::table)
            .filter(invitations::state.eq(InvitationState::Held))
            .filter(invitations::event_id.eq_any(some))
            .filter(invitations::ended_reason.ne(Reason::None))
            .set(invitations::state.eq(InvitationState::Cancelled))
            .execute(conn)?;
        diesel::delete(invitations::table)
            .filter(invitations::state.eq(InvitationState::Held))
            .filter(invitations::event_id.eq_any(some))
            .execute(conn)?;
        diesel::update(events::table.filter(events::id.eq_any(some)))
            .filter(events::state.eq(State::Done).and(events::outcome.eq(Outcome::Held)))
            .set((
                events::state.eq(State::Queued),
                events::outcome.eq(Outcome::None),
                events::reason.eq(Reason::None),
                events::attempts.eq(0),
                events::next_attempt_at.eq(Timestamp(0)),
                events::finished_at.eq(None::<Timestamp>),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What became of a bulk move that was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// It was taken back now: invitations that were never sent, and those that were.
    Now {
        /// Never sent.
        held: usize,
        /// Sent, and taken back.
        sent: usize,
    },
    /// Somebody did so before.
    Before,
    /// It was let go too long ago.
    TooLate,
}

/// Takes the invitations of a bulk move back: what is held is never sent, the links of what was sent are
/// closed, and the progress tags are taken out of Lever. Those who have begun the tests may finish.
pub fn undo(conn: &mut Conn, bulk_move: &BulkMove, user: &UserId, actor: &Actor) -> DbResult<Undone> {
    dialect::lock_company(conn, &bulk_move.company_id)?;
    let now = Timestamp::now();
    let bulk_move: BulkMove = batches::table.find(&bulk_move.id).select(BulkMove::as_select()).first(conn)?;
    if bulk_move.state == BulkMoveState::Undone {
        return Ok(Undone::Before);
    }
    if !bulk_move.can_undo(now) {
        return Ok(Undone::TooLate);
    }
    diesel::update(batches::table.find(&bulk_move.id))
        .set((
            batches::state.eq(BulkMoveState::Undone),
            batches::undone_at.eq(Some(now)),
            batches::ended_by.eq(Some(user)),
        ))
        .execute(conn)?;
    nothing_to_release(conn, &bulk_move.id)?;
    let why = Reason::TakenBack { by: reasons::Actor::from(actor) };
    let waiting = held_events(conn, &bulk_move.id)?;
    let open = [InvitationState::Pending, InvitationState::Sent, InvitationState::Opened];
    let not_begun: Vec<Invitation> = invitations::table
        .filter(invitations::event_id.eq_any(members(&bulk_move.id)))
        .filter(invitations::state.eq_any(open))
        .select(Invitation::as_select())
        .load(conn)?;
    let mut mailed = Vec::new();
    for invitation in not_begun {
        // Who began in this moment may finish.
        if lifecycle::take_back(conn, &invitation.id, &open, &why)? {
            actions::give_up_planned(conn, &invitation.id, &Reason::InvitationTakenBack)?;
            actions::add(conn, &Action::new(ActionKind::ClearTags, &invitation, "undone"))?;
            mailed.push(invitation);
        }
    }
    diesel::update(invitations::table)
        .filter(invitations::event_id.eq_any(members(&bulk_move.id)))
        .filter(invitations::state.eq(InvitationState::Held))
        .set((
            invitations::state.eq(InvitationState::Cancelled),
            invitations::code_sealed.eq(None::<Sealed>),
            invitations::ended_reason.eq(&why),
        ))
        .execute(conn)?;
    let of_mailed: Vec<EventId> = mailed.iter().filter_map(|one| one.event_id).collect();
    for some in [&waiting, &of_mailed] {
        add_step(conn, some, || NewStep::new(StepKind::TakenBack, why.clone(), StepStatus::Attention))?;
    }
    for some in waiting.chunks(500) {
        diesel::update(events::table.filter(events::id.eq_any(some)))
            .filter(events::state.eq(State::Done).and(events::outcome.eq(Outcome::Held)))
            .set((events::outcome.eq(Outcome::Undone), events::reason.eq(&why)))
            .execute(conn)?;
    }
    end_others(conn, &bulk_move.id)?;
    let detail = json!({ "batch": bulk_move.id, "never_sent": waiting.len(), "taken_back": mailed.len() });
    audit::record(
        conn,
        &bulk_move.company_id,
        actor,
        audit::Action::BulkMoveUndone,
        audit::Subject::BulkMove.as_str(),
        &detail,
    )?;
    Ok(Undone::Now { held: waiting.len(), sent: mailed.len() })
}

/// Its time need not come any more.
fn nothing_to_release(conn: &mut Conn, bulk_move: &BulkMoveId) -> DbResult<()> {
    job_queue::remove(conn, JobKind::ReleaseBulkMove, bulk_move.as_str())
}

/// The events of a bulk move, for a query about others.
#[diesel::dsl::auto_type(no_type_alias)]
fn members(bulk_move: &BulkMoveId) -> _ {
    batch_events::table.filter(batch_events::batch_id.eq(bulk_move)).select(batch_events::event_id.nullable())
}

/// The events of a bulk move whose invitation is held, the oldest first.
pub(super) fn held_events(conn: &mut Conn, bulk_move: &BulkMoveId) -> DbResult<Vec<EventId>> {
    let found: Vec<Option<EventId>> = invitations::table
        .filter(invitations::event_id.eq_any(members(bulk_move)))
        .filter(invitations::state.eq(InvitationState::Held))
        .order(invitations::event_id.asc())
        .select(invitations::event_id)
        .load(conn)?;
    Ok(found.into_iter().flatten().collect())
}

/// Events of a bulk move that still say that they are held, though their invitation is over or erased.
fn end_others(conn: &mut Conn, bulk_move: &BulkMoveId) -> DbResult<()> {
    let of_bulk_move =
        batch_events::table.filter(batch_events::batch_id.eq(bulk_move)).select(batch_events::event_id);
    diesel::update(events::table.filter(events::id.eq_any(of_bulk_move)))
        .filter(events::state.eq(State::Done).and(events::outcome.eq(Outcome::Held)))
        .set((events::outcome.eq(Outcome::Ended), events::reason.eq(Reason::EndedWhileHeld)))
        .execute(conn)?;
    Ok(())
}

fn add_step(conn: &mut Conn, to: &[EventId], step: impl Fn() -> NewStep) -> DbResult<()> {
    to.iter().try_for_each(|event| steps::add(conn, event, step()))
}
