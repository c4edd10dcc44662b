//! From the decision to invite to what comes of it: a mass move, and what is above the daily limit, is held, earlier results are reused,
//! and everybody else is invited at once.

use crate::db::schema::{actions as action_rows, invitations};
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::events::processed_as;
use crate::events::steps::{self, NewStep};
use crate::events::{Event, Outcome, State, StepKind, StepStatus, queue};
use crate::ids::{BulkMoveId, CandidateId, EventId};
use crate::integrations::schedule::watch;
use crate::invitations::actions::ActionKind;
use crate::invitations::bulk_moves::detect::{BulkMoveState, Entry, Hold, HoldCause, is_bulk_move, judge};
use crate::invitations::bulk_moves::{self, BulkMove, daily};
use crate::invitations::follow_up;
use crate::invitations::questions::{self, Question};
use crate::invitations::reuse::Needs;
use crate::invitations::{
    Invitation, InvitationState, Invite, OpportunitySnapshot, Rule, candidates, manual_invite, store,
    withdrawal_marks,
};
use crate::jobs::JobContext;
use crate::jobs::action;
use crate::people::{self, Company, InvitationPolicy};
use crate::reasons::{Inviting, Reason};
use crate::test_sessions::reuse;
use crate::time::Timestamp;
use diesel::dsl::exists;
use diesel::prelude::*;
use lever_client::Event as Kind;

/// The rules invite: holds, reuses, or plans the invitation. `true`: there are actions to perform.
/// Otherwise the event is dealt with.
#[allow(
    clippy::too_many_arguments,
    reason = "each is one fact of the invitation, and none belongs with another"
)]
pub(in crate::jobs) fn invite(
    conn: &mut Conn,
    ctx: &JobContext,
    event: &Event,
    candidate: &CandidateId,
    posting: &str,
    seen: &OpportunitySnapshot,
    invite: &Invite,
    why: &Inviting,
) -> DbResult<bool> {
    let company = people::company(conn, &event.company_id)?;
    let invitation_policy = people::invitation_policy(conn, &company.id)?;
    let write_down = |conn: &mut Conn, state| {
        action::write_down(conn, ctx, event, &company, candidate, posting, seen, why, invite, state)
    };
    // Taken up again, it is renewed below: before the company, as everywhere.
    let opportunity = seen.opportunity.id.as_str();
    if let Some(ended) = store::ended_by_lever(conn, &event.integration_id, opportunity, posting)? {
        dialect::lock_test_session(conn, &ended.id)?;
    }
    let person = candidates::candidate(conn, candidate)?;
    let (needs, months, now) =
        (Needs::of_tests(invite.tests), invitation_policy.reuse_months, Timestamp::now());
    let (found, doubtful) = match manual_invite::results_of(event) {
        Some(other) => (reuse::find_of(conn, &ctx.sealer, &company.id, &[other], needs, months, now)?, None),
        None => {
            let kept = reuse::Kept::load(conn, &ctx.sealer, &person)?;
            (kept.own(needs, months, now), kept.doubtful(needs, months, now))
        }
    };
    // Earlier results that count need no new test, and by hand it was decided.
    if found.is_none()
        && invite.rule != Rule::ByHand
        && let Some(mark) = withdrawal_marks::of_person(conn, &person)?
    {
        withdrawal_marks::ask(conn, &mark, candidate)?;
        let day = mark.withdrawn_at.day_in(&company.zone());
        let asked = Reason::AskedTheCompany { day, why: why.clone() };
        steps::add(conn, &event.id, NewStep::new(StepKind::Decided, asked.clone(), StepStatus::Attention))?;
        queue::finish(conn, &event.id, State::Done, Outcome::AskedTheCompany, &asked)?;
        return Ok(false);
    }
    match fate(conn, event, seen, &invite.rule, &invitation_policy)? {
        Fate::Go => {}
        Fate::Held(bulk_move) => {
            write_down(conn, InvitationState::Held)?;
            let (step, outcome) = why_held(&invitation_policy, &bulk_move, &company, why);
            steps::add(conn, &event.id, NewStep::new(StepKind::Held, step, StepStatus::Waiting))?;
            queue::finish(conn, &event.id, State::Done, Outcome::Held, &outcome)?;
            return Ok(false);
        }
        Fate::Undone => {
            write_down(conn, InvitationState::Cancelled)?;
            let undone = Reason::InviteUndone { why: why.clone() };
            let step = NewStep::new(StepKind::TakenBack, undone, StepStatus::Attention);
            steps::add(conn, &event.id, step)?;
            queue::finish(conn, &event.id, State::Done, Outcome::Undone, &Reason::BulkMoveUndone)?;
            return Ok(false);
        }
    }
    if found.is_none() && invite.rule != Rule::ByHand && doubtful.is_some() {
        let why = Reason::SameAddress { why: why.clone() };
        steps::add(conn, &event.id, NewStep::new(StepKind::Decided, why.clone(), StepStatus::Attention))?;
        queue::finish(conn, &event.id, State::Done, Outcome::SameAddress, &why)?;
        questions::ask(conn, Question::SameAddress, candidate, event)?;
        return Ok(false);
    }
    let made = write_down(conn, InvitationState::Pending)?;
    if let Some(found) = found
        && reuse::take_over(conn, &ctx.sealer, &made, &found)?
    {
        let reuse = Reason::Reuse { results: found.describe(&company.zone()), why: why.clone() };
        steps::add(conn, &event.id, NewStep::good(StepKind::Decided, reuse))?;
        follow_up::completed_by(conn, &made, Some(&event.id))?;
        return Ok(true);
    }
    let invited = Reason::Invite { tests: invite.tests, why: why.clone() };
    steps::add(conn, &event.id, NewStep::good(StepKind::Decided, invited))?;
    action::plan(conn, event, &made)?;
    Ok(true)
}

/// What becomes of an invitation.
enum Fate {
    Go,
    Held(Box<BulkMove>),
    Undone,
}

/// A colleague's own invitation goes at once; it counts for the daily limit.
fn fate(
    conn: &mut Conn,
    event: &Event,
    seen: &OpportunitySnapshot,
    rule: &Rule,
    policy: &InvitationPolicy,
) -> DbResult<Fate> {
    if *rule == Rule::ByHand {
        return Ok(Fate::Go);
    }
    match of_bulk_move(conn, event, seen, rule, policy)? {
        Fate::Go => {}
        decided => return Ok(decided),
    }
    let batch = bulk_moves::of_event(conn, &event.id)?;
    match batch {
        // Let go by a person, or by the clock for which there was room.
        Some(batch) if batch.ended_by.is_some() || batch.is_daily_and(BulkMoveState::Sent) => Ok(Fate::Go),
        Some(batch) if batch.is_daily_and(BulkMoveState::Undone) => Ok(Fate::Undone),
        Some(batch) if batch.is_daily_and(BulkMoveState::Held) => Ok(Fate::Held(Box::new(batch))),
        _ => {
            let held = daily::hold(conn, event, policy.daily_limit)?;
            Ok(held.map_or(Fate::Go, |batch| Fate::Held(Box::new(batch))))
        }
    }
}

fn of_bulk_move(
    conn: &mut Conn,
    event: &Event,
    seen: &OpportunitySnapshot,
    rule: &Rule,
    invitation_policy: &InvitationPolicy,
) -> DbResult<Fate> {
    let Rule::TriggerStage(stage, _) = rule else { return Ok(Fate::Go) };
    // An application whose move no webhook reported in time stands for that move.
    let noted = bulk_moves::noted_move(conn, &event.id, stage.as_str())?;
    if processed_as(event) != Kind::CandidateStageChange && noted.is_none() {
        return Ok(Fate::Go);
    }
    let event = &Event { triggered_at: noted.or(event.triggered_at), ..event.clone() };
    if bulk_moves::of_event(conn, &event.id)?.is_some() {
        // Asked again under the lock: a person may be pressing a button just now.
        dialect::lock_company(conn, &event.company_id)?;
        let bulk_move = bulk_moves::of_event(conn, &event.id)?;
        return Ok(match bulk_move {
            Some(bulk_move) if bulk_move.state == BulkMoveState::Undone => Fate::Undone,
            Some(bulk_move) if bulk_move.state == BulkMoveState::Held => Fate::Held(Box::new(bulk_move)),
            _ => Fate::Go,
        });
    }
    if invitation_policy.hold_above == 0 {
        return Ok(Fate::Go);
    }
    let at = bulk_moves::moved_at(event);
    let entered = seen.opportunity.entered_stage_at().map(|at| Timestamp(at.as_millisecond()));
    if let Some(entered) = entered
        && watch::is_agreed(conn, &event.integration_id, entered)?
    {
        return Ok(Fate::Go);
    }
    let around = bulk_moves::entries_around(conn, event, stage.as_str())?;
    let others: Vec<Entry> = around.iter().map(|(_, entry)| entry.clone()).collect();
    let own = Entry { opportunity: event.opportunity_id.clone().unwrap_or_default(), at };
    if !is_bulk_move(&own, &others, invitation_policy.hold_above) {
        return Ok(Fate::Go);
    }
    dialect::lock_company(conn, &event.company_id)?;
    let (near, open) = bulk_moves::known(conn, &event.integration_id, at)?;
    let join = |conn: &mut Conn, bulk_move: &BulkMoveId| bulk_moves::join(conn, bulk_move, &event.id, at);
    match judge(at, true, near.as_ref(), open.as_ref()) {
        Hold::No => Ok(Fate::Go),
        Hold::Open => {
            let opened = bulk_moves::open(conn, event, stage.as_str(), invitation_policy.hold(), &around)?;
            Ok(Fate::Held(Box::new(opened)))
        }
        Hold::Join(id) => {
            join(conn, &id)?;
            let bulk_move = bulk_moves::of_event(conn, &event.id)?.ok_or(diesel::result::Error::NotFound)?;
            bulk_moves::adopt(conn, &bulk_move, &around)?;
            Ok(Fate::Held(Box::new(bulk_move)))
        }
        Hold::SendWith(id) => {
            join(conn, &id)?;
            Ok(Fate::Go)
        }
        Hold::UndoWith(id) => {
            join(conn, &id)?;
            Ok(Fate::Undone)
        }
    }
}

/// Why an invitation is held and until when, in the company's zone: for the timeline, and as the end of the event.
fn why_held(
    policy: &InvitationPolicy,
    bulk_move: &BulkMove,
    company: &Company,
    why: &Inviting,
) -> (Reason, Reason) {
    let until = bulk_move.release_at.minute_in(&company.zone(), Timestamp::now());
    let why = why.clone();
    match bulk_move.cause {
        HoldCause::MassMove => {
            let above = policy.hold_above;
            (Reason::InviteHeld { why, above, until: until.clone() }, Reason::Held { above, until })
        }
        HoldCause::DailyLimit => {
            let limit = policy.daily_limit;
            (
                Reason::InviteAboveLimit { why, limit, until: until.clone() },
                Reason::AboveDailyLimit { limit, until },
            )
        }
    }
}

/// What an event caused whose actions are done.
pub(in crate::jobs) async fn outcome(ctx: &JobContext, event: &Event) -> Result<Outcome, DbError> {
    let id = event.id;
    ctx.db.read(move |conn| outcome_of(conn, &id)).await
}

fn outcome_of(conn: &mut Conn, event: &EventId) -> DbResult<Outcome> {
    // A result that was there before: taken over, and written to Lever by the event itself.
    let taken_over = invitations::table
        .filter(invitations::event_id.eq(event).and(invitations::reused_from.is_not_null()));
    if diesel::select(exists(taken_over)).get_result(conn)? {
        return Ok(Outcome::Reused);
    }
    let notes = action_rows::table
        .filter(action_rows::event_id.eq(event).and(action_rows::kind.eq(ActionKind::AddNote)));
    Ok(if diesel::select(exists(notes)).get_result(conn)? { Outcome::Reused } else { Outcome::Invited })
}

/// What an event caused that is processed again after its invitation was made.
pub(in crate::jobs) fn outcome_again(conn: &mut Conn, invitation: &Invitation) -> DbResult<Outcome> {
    let event = invitation.event_id.as_ref();
    Ok(match (invitation.state, event) {
        (InvitationState::Held, _) => Outcome::Held,
        (InvitationState::Cancelled, Some(event)) => match bulk_moves::of_event(conn, event)? {
            Some(bulk_move) if bulk_move.state == BulkMoveState::Undone => Outcome::Undone,
            _ => Outcome::Invited,
        },
        (_, Some(event)) => outcome_of(conn, event)?,
        (_, None) => Outcome::Invited,
    })
}
