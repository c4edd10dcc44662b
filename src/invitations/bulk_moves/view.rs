//! What the pages about mass moves ask.

use crate::db::schema::{
    batch_events, batches, candidates, events, integrations, invitations, lever_stages, users,
};
use crate::db::{Conn, DbResult};
use crate::events::{Outcome, State};
use crate::ids::{BulkMoveId, CandidateId, CompanyId, EventId, IntegrationId};
use crate::invitations::InvitationState;
use crate::invitations::bulk_moves::detect::{BulkMoveState, HoldCause};
use crate::invitations::bulk_moves::{BulkMove, UNDO_FOR};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::dsl::count_star;
use diesel::prelude::*;

/// Candidates that a page names.
pub const NAMED: i64 = 500;

/// A bulk move in a few words.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The bulk move.
    pub bulk_move: BulkMove,
    /// The account works, so that invitations can go out.
    pub is_active: bool,
    pub stage: String,
    /// So many candidates were moved.
    pub moved: i64,
    /// So many invitations are held.
    pub held: i64,
    /// So many were sent and could be taken back.
    pub open: i64,
    /// So many candidates have begun the tests.
    pub begun: i64,
    /// Who ended it.
    pub ended_by: Option<String>,
}

impl Summary {
    /// Its page.
    pub fn path(&self) -> String {
        format!("/settings/integrations/{}/batches/{}", self.bulk_move.integration_id, self.bulk_move.id)
    }

    /// Nothing is decided yet.
    pub fn is_held(&self) -> bool {
        self.bulk_move.state == BulkMoveState::Held
    }

    /// Held above the daily limit, and not a mass move.
    pub fn is_daily(&self) -> bool {
        self.bulk_move.cause == HoldCause::DailyLimit
    }

    /// `34 invitations are above the daily limit`.
    pub fn describe_above(&self) -> String {
        match self.moved {
            1 => "1 invitation is above the daily limit".to_owned(),
            many => format!("{many} invitations are above the daily limit"),
        }
    }

    /// `34 candidates were moved`.
    pub fn describe_moved(&self) -> String {
        match self.moved {
            1 => "1 candidate was moved".to_owned(),
            many => format!("{many} candidates were moved"),
        }
    }

    /// `12 invitations go out`, of those that are held.
    pub fn describe_held(&self) -> String {
        match self.held {
            1 => "1 invitation goes out".to_owned(),
            many => format!("{many} invitations go out"),
        }
    }

    /// `1 was already sent.` Empty when none was.
    pub fn describe_sent_before(&self) -> String {
        match self.open + self.begun {
            0 => String::new(),
            1 => " 1 was already sent.".to_owned(),
            many => format!(" {many} were already sent."),
        }
    }

    /// What **Undo** does, for the button.
    pub fn describe_undo(&self) -> String {
        let people = |n: i64| if n == 1 { "1 invitation".to_owned() } else { format!("{n} invitations") };
        match (self.held, self.open) {
            (0, open) => format!("Cancel {}", people(open)),
            (held, 0) => format!("Cancel {}", people(held)),
            (held, open) => format!(
                "Cancel {held} held and {open} sent {}",
                if open == 1 { "invitation" } else { "invitations" }
            ),
        }
    }
}

/// The bulk moves of a company, or of one account, about which a person can still do something; newest
/// first.
pub fn current(
    conn: &mut Conn,
    company: &CompanyId,
    integration: Option<&IntegrationId>,
    now: Timestamp,
) -> DbResult<Vec<Summary>> {
    let mut query =
        batches::table
            .filter(batches::company_id.eq(company))
            .filter(batches::state.eq(BulkMoveState::Held).or(
                batches::state.eq(BulkMoveState::Sent).and(batches::sent_at.gt(Some(now.minus(UNDO_FOR)))),
            ))
            .order(batches::id.desc())
            .limit(5)
            .select(BulkMove::as_select())
            .into_boxed();
    if let Some(integration) = integration {
        query = query.filter(batches::integration_id.eq(integration));
    }
    let found: Vec<BulkMove> = query.load(conn)?;
    found.into_iter().map(|bulk_move| summary(conn, bulk_move)).collect()
}

/// A bulk move in a few words.
pub fn summary(conn: &mut Conn, bulk_move: BulkMove) -> DbResult<Summary> {
    use crate::integration_state::State as IntegrationState;
    let stage: Option<String> = lever_stages::table
        .find((&bulk_move.integration_id, &bulk_move.stage_id))
        .select(lever_stages::name)
        .first(conn)
        .optional()?;
    let state: IntegrationState =
        integrations::table.find(&bulk_move.integration_id).select(integrations::state).first(conn)?;
    let moved: i64 = batch_events::table
        .filter(batch_events::batch_id.eq(&bulk_move.id))
        .select(count_star())
        .first(conn)?;
    let members = || {
        batch_events::table
            .filter(batch_events::batch_id.eq(bulk_move.id))
            .select(batch_events::event_id.nullable())
    };
    let counted: Vec<(InvitationState, i64)> = invitations::table
        .filter(invitations::event_id.eq_any(members()))
        .group_by(invitations::state)
        .select((invitations::state, count_star()))
        .load(conn)?;
    let of = |states: &[InvitationState]| -> i64 {
        counted.iter().filter(|(state, _)| states.contains(state)).map(|(_, n)| n).sum()
    };
    let ended_by: Option<String> = match &bulk_move.ended_by {
        Some(user) => users::table.find(user).select(users::name).first(conn).optional()?,
        None => None,
    };
    Ok(Summary {
        is_active: state == IntegrationState::Active,
        stage: stage.unwrap_or_else(|| bulk_move.stage_id.clone()),
        moved,
        held: of(&[InvitationState::Held]),
        open: of(&[InvitationState::Pending, InvitationState::Sent, InvitationState::Opened]),
        begun: of(&[InvitationState::Started, InvitationState::Completed]),
        ended_by,
        bulk_move,
    })
}

/// One move of a bulk move.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The event that told of it.
    pub event: EventId,
    /// What became of the event.
    pub state: State,
    /// What it caused, one word.
    pub outcome: Outcome,
    /// Why, in words.
    pub reason: Reason,
    /// Who it is; none once erased.
    pub candidate: Option<(CandidateId, String, String)>,
    /// The invitation, when there is one.
    pub invitation: Option<InvitationState>,
}

/// The moves of a bulk move in the order in which they were heard of, at most [`NAMED`].
pub fn moves(conn: &mut Conn, bulk_move: &BulkMoveId, integration: &IntegrationId) -> DbResult<Vec<Moved>> {
    type Row = (EventId, State, Outcome, Reason, Option<String>);
    let rows: Vec<Row> = batch_events::table
        .inner_join(events::table)
        .filter(batch_events::batch_id.eq(bulk_move))
        .order(batch_events::event_id.asc())
        .limit(NAMED)
        .select((events::id, events::state, events::outcome, events::reason, events::opportunity_id))
        .load(conn)?;
    let opportunities: Vec<&String> = rows.iter().filter_map(|row| row.4.as_ref()).collect();
    let people: Vec<(String, CandidateId, String, String)> = candidates::table
        .filter(
            candidates::integration_id.eq(integration).and(candidates::opportunity_id.eq_any(opportunities)),
        )
        .select((candidates::opportunity_id, candidates::id, candidates::name, candidates::posting_title))
        .load(conn)?;
    let invited: Vec<(Option<EventId>, InvitationState)> = invitations::table
        .filter(invitations::event_id.eq_any(rows.iter().map(|row| &row.0)))
        .select((invitations::event_id, invitations::state))
        .load(conn)?;
    let who = |opportunity: &Option<String>| {
        let found = people.iter().find(|(known, ..)| Some(known) == opportunity.as_ref())?;
        Some((found.1, found.2.clone(), found.3.clone()))
    };
    Ok(rows
        .into_iter()
        .map(|(event, state, outcome, reason, opportunity)| Moved {
            candidate: who(&opportunity),
            invitation: invited.iter().find(|(of, _)| of.as_ref() == Some(&event)).map(|(_, state)| *state),
            event,
            state,
            outcome,
            reason,
        })
        .collect())
}
