//! What Lever lists of a day, matched with what was received. [`happenings`] and [`Received::judge`]
//! are pure.

use super::store::{Count, Day, Gap, GapKind};
use crate::db::schema::{events, reconciliations};
use crate::db::{Conn, DbResult};
use crate::events::{EventKind, Outcome, State};
use crate::ids::{EventId, GapId};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::{ArchiveReasonId, Event, Opportunity};
use std::collections::HashSet;
use std::time::Duration;

/// Lever's clock, as it stands in its lists and in its webhooks, may differ by this much.
const NEAR: Duration = Duration::from_secs(10 * 60);

/// A stage that was entered within so many ms of being made was not moved to.
const AT_ONCE: i64 = 2000;

/// Events of one day and kind that are looked at when a person was erased.
const ERASED: i64 = 10_000;

/// Something that a webhook should have told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// Lever's id of the opportunity.
    pub opportunity: String,
    pub name: String,
    /// What a webhook calls it.
    pub kind: Event,
    /// The candidate's origin, Lever's word; empty where webhooks have no such condition.
    pub origin: String,
    pub at: Timestamp,
    /// The stage that was entered, for a move.
    pub to_stage: Option<String>,
}

fn millis(at: jiff::Timestamp) -> Timestamp {
    Timestamp(at.as_millisecond())
}

/// What happened with an opportunity in a day, of what the four webhooks tell.
pub fn happenings(opportunity: &Opportunity, day: &Day, hired: &HashSet<ArchiveReasonId>) -> Vec<Happening> {
    let within = |at: &Timestamp| *at >= day.from_at && *at < day.until_at;
    let of = |kind: Event, at: Timestamp, to_stage: Option<String>| Happening {
        opportunity: opportunity.id.to_string(),
        name: opportunity.name.clone().unwrap_or_default(),
        kind,
        origin: opportunity.origin.as_ref().map(ToString::to_string).unwrap_or_default(),
        at,
        to_stage,
    };
    let mut found = Vec::new();
    let applied = opportunity.application().and_then(|application| application.created_at).map(millis);
    found.extend(applied.filter(within).map(|at| of(Event::ApplicationCreated, at, None)));
    let made = opportunity.created_at.map(millis);
    for (nth, change) in opportunity.stage_changes.iter().enumerate() {
        let Some(at) = change.updated_at.map(millis).filter(within) else { continue };
        // The stage in which somebody was put at first is no move.
        if nth == 0 && made.is_some_and(|made| at.since(made).abs() <= AT_ONCE) {
            continue;
        }
        found.push(of(Event::CandidateStageChange, at, Some(change.to_stage_id.to_string())));
    }
    if let Some(archived) = &opportunity.archived
        && let Some(at) = archived.archived_at.map(millis).filter(within)
        && archived.reason.as_ref().is_some_and(|reason| hired.contains(reason))
    {
        found.push(of(Event::CandidateHired, at, None));
    }
    found
}

/// Whether an opportunity was archived in a day: then it must be known which reasons mean hired.
pub fn was_archived(opportunity: &Opportunity, day: &Day) -> bool {
    let at = opportunity.archived.as_ref().and_then(|archived| archived.archived_at).map(millis);
    at.is_some_and(|at| at >= day.from_at && at < day.until_at)
}

/// That an opportunity was deleted in a day.
pub fn deletion(opportunity: &Opportunity, day: &Day) -> Option<Happening> {
    let at = opportunity.deleted_at.map(millis)?;
    (at >= day.from_at && at < day.until_at).then(|| Happening {
        opportunity: opportunity.id.to_string(),
        // Who was deleted is not written down again.
        name: String::new(),
        kind: Event::CandidateDeleted,
        origin: String::new(),
        at,
        to_stage: None,
    })
}

/// An event of the log, as far as counting needs it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct Seen {
    id: EventId,
    kind: EventKind,
    state: State,
    outcome: Outcome,
    reason: Reason,
    opportunity_id: Option<String>,
    to_stage_id: Option<String>,
    triggered_at: Option<Timestamp>,
    received_at: Timestamp,
}

impl Seen {
    fn at(&self) -> Timestamp {
        self.triggered_at.unwrap_or(self.received_at)
    }

    fn is_processed(&self) -> bool {
        matches!(self.state, State::Done | State::Ignored) && !self.reason.is_open_question()
    }

    fn is_reconciliation(&self) -> bool {
        self.kind == EventKind::Reconciliation
    }
}

/// What the log knows of the opportunities of a page. Each event stands for one happening.
#[derive(Debug, Default)]
pub struct Received {
    events: Vec<Seen>,
    used: HashSet<EventId>,
    /// When the newest reconciliation that succeeded began.
    reconciled: Option<Timestamp>,
}

/// How one happening stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Judged {
    received: bool,
    acted: bool,
    gap: Option<(GapKind, Reason, Option<EventId>)>,
}

/// Looks up what the log knows of some happenings.
pub fn received(conn: &mut Conn, day: &Day, happened: &[Happening]) -> DbResult<Received> {
    let ids: HashSet<&str> = happened.iter().map(|happening| happening.opportunity.as_str()).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let integration = &day.integration_id;
    let mut found: Vec<Seen> = events::table
        .filter(events::integration_id.eq(integration).and(events::opportunity_id.eq_any(&ids)))
        .order(events::id.asc())
        .select(Seen::as_select())
        .load(conn)?;
    if happened.iter().any(|happening| happening.kind == Event::CandidateDeleted) {
        // Whoever was deleted was erased here, so the events no longer say who it was.
        let from = day.from_at.minus(NEAR).first_id();
        for kind in [EventKind::CandidateDeleted, EventKind::Reconciliation] {
            let erased: Vec<Seen> = events::table
                .filter(events::integration_id.eq(integration).and(events::kind.eq(kind)))
                .filter(events::id.ge(EventId::parse(&from).unwrap_or_else(EventId::new)))
                .filter(events::opportunity_id.is_null().and(events::outcome.eq(Outcome::Deleted)))
                .order(events::id.asc())
                .limit(ERASED)
                .select(Seen::as_select())
                .load(conn)?;
            found.extend(erased);
        }
    }
    let reconciled = reconciliations::table
        .filter(reconciliations::integration_id.eq(integration))
        .filter(reconciliations::finished_at.is_not_null().and(reconciliations::failure.eq(Reason::None)))
        .order(reconciliations::id.desc())
        .select(reconciliations::started_at)
        .first(conn)
        .optional()?;
    Ok(Received { events: found, used: HashSet::new(), reconciled })
}

impl Received {
    /// What a page adds to a day: its numbers, and the differences by name.
    pub fn judge_all(&mut self, day: &Day, happened: &[Happening]) -> (Vec<Count>, Vec<Gap>) {
        let (mut counts, mut gaps) = (Vec::with_capacity(happened.len()), Vec::new());
        for happening in happened {
            let judged = self.judge(happening);
            counts.push(Count {
                integration_id: day.integration_id,
                day: day.day.clone(),
                kind: happening.kind.as_str().to_owned(),
                origin: happening.origin.clone(),
                listed: 1,
                received: i32::from(judged.received),
                acted: i32::from(judged.acted),
            });
            gaps.extend(judged.gap.map(|(what, detail, event_id)| Gap {
                id: GapId::new(),
                integration_id: day.integration_id,
                day: day.day.clone(),
                opportunity_id: happening.opportunity.clone(),
                name: happening.name.clone(),
                kind: happening.kind.as_str().to_owned(),
                origin: happening.origin.clone(),
                at: happening.at,
                what,
                detail,
                event_id,
            }));
        }
        (counts, gaps)
    }

    fn judge(&mut self, happening: &Happening) -> Judged {
        if let Some(event) = self.report_of(happening).cloned() {
            self.used.insert(event.id);
            let gap =
                (!event.is_processed()).then(|| (GapKind::NotActed, unprocessed(&event), Some(event.id)));
            return Judged { received: true, acted: event.is_processed(), gap };
        }
        let Some(event) = self.found(happening).cloned() else {
            let is_since = self.reconciled.is_some_and(|at| at > happening.at);
            let why = if is_since { Reason::GapNothingFound } else { Reason::GapNotReported };
            return Judged { received: false, acted: false, gap: Some((GapKind::NotReceived, why, None)) };
        };
        let acted = event.is_processed();
        let why = match acted {
            true => Reason::GapFound,
            false => Reason::GapFoundUnprocessed { why: Box::new(unprocessed(&event)) },
        };
        Judged { received: false, acted, gap: Some((GapKind::NotReceived, why, Some(event.id))) }
    }

    /// The webhook that reported it: the nearest in time that reports nothing else.
    fn report_of(&self, happening: &Happening) -> Option<&Seen> {
        let is_it = |event: &&Seen| {
            event.kind.as_str() == happening.kind.as_str()
                && (event.opportunity_id.as_deref() == Some(&happening.opportunity)
                    || (happening.kind == Event::CandidateDeleted && event.opportunity_id.is_none()))
                && (happening.to_stage.is_none() || event.to_stage_id == happening.to_stage)
                && event.state != State::Malformed
                && !self.used.contains(&event.id)
                && event.at().since(happening.at).unsigned_abs()
                    <= u64::try_from(NEAR.as_millis()).unwrap_or(0)
        };
        self.events.iter().filter(is_it).min_by_key(|event| event.at().since(happening.at).unsigned_abs())
    }

    /// The first reconciliation that found it. One that looked at an opportunity looked at all that had
    /// happened with it, so it may stand for several.
    fn found(&self, happening: &Happening) -> Option<&Seen> {
        let is_it = |event: &&Seen| {
            let is_of = match &event.opportunity_id {
                Some(id) => *id == happening.opportunity,
                None => happening.kind == Event::CandidateDeleted && event.outcome == Outcome::Deleted,
            };
            event.is_reconciliation() && is_of && event.received_at >= happening.at
        };
        self.events.iter().find(is_it)
    }
}

fn unprocessed(event: &Seen) -> Reason {
    match event.state {
        State::Quarantined | State::Waiting => Reason::GapSignature,
        State::Queued => Reason::GapProcessing,
        state => Reason::GapState { state: state.to_string(), reason: Box::new(event.reason.clone()) },
    }
}
