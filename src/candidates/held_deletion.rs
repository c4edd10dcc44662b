//! A deletion that Lever reported and does not prove: it does not show the candidate, and does not list the deletion.
//! Lever answers the same for who is confidential, so nothing is erased before an admin decides, or the nightly search
//! has not found the candidate for thirty days.

use crate::audit::{self, Actor};
use crate::db::schema::events;
use crate::db::{Conn, DbResult};
use crate::events::steps::{self, NewStep};
use crate::events::{Event, Outcome, State, StepKind, StepStatus, queue};
use crate::ids::{CompanyId, EventId};
use crate::integrations::{self, store as integration_store};
use crate::invitations::questions::{self, Question};
use crate::invitations::{erasure, lifecycle, unknown_candidates};
use crate::reasons::{self, Reason};
use crate::text_enum;
use diesel::prelude::*;
use serde_json::json;

text_enum! {
    /// What an admin decides about a deletion that is held.
    Choice {
        /// The candidate is deleted in Lever: what is stored here goes too.
        Erase => "erase",
        /// The candidate is in Lever, only not shown to the portal.
        Keep => "keep",
    }
}

/// Ends an event about such a deletion without erasing anybody. The candidate is treated like one that the nightly
/// search does not find: open invitations end, unless a colleague decided before that the candidate is there.
pub fn hold(conn: &mut Conn, event: &Event) -> DbResult<()> {
    let opportunity = event.opportunity_id.as_deref().unwrap_or_default();
    if let Some(known) = unknown_candidates::of_opportunity(conn, &event.integration_id, opportunity)? {
        unknown_candidates::unknown(conn, &known)?;
        if known.kept_at.is_none() {
            lifecycle::end_open(conn, &known.candidate, &Reason::CandidateUnknown)?;
        }
        questions::ask(conn, Question::DeletionHeld, &known.candidate, event)?;
    }
    let why = Reason::DeletionHeld;
    steps::add(conn, &event.id, NewStep::new(StepKind::Decided, why.clone(), StepStatus::Attention))?;
    queue::finish(conn, &event.id, State::Done, Outcome::DeletionHeld, &why)
}

/// Whether an event waits for an admin's decision.
pub fn is_held(event: &Event) -> bool {
    event.state == State::Done && event.outcome == Outcome::DeletionHeld && event.opportunity_id.is_some()
}

/// Does what an admin decided, and writes down who it was. `false`: there was nothing to decide any more.
///
/// # Errors
/// When there is no such event, or the database refuses.
pub fn decide(
    conn: &mut Conn,
    company: &CompanyId,
    id: &EventId,
    choice: Choice,
    actor: &Actor,
) -> DbResult<bool> {
    let of_company = events::table.find(id).filter(events::company_id.eq(company));
    // Two admins decide one after the other: the second waits for the row. The company is locked by the audit
    // row alone, after the person, as everywhere.
    diesel::update(of_company).set(events::outcome.eq(events::outcome)).execute(conn)?;
    let event: Event = of_company.select(Event::as_select()).first(conn)?;
    let Some(opportunity) = event.opportunity_id.as_deref().filter(|_| is_held(&event)) else {
        return Ok(false);
    };
    questions::over_of(conn, id)?;
    let by = reasons::Actor::from(actor);
    let (action, outcome, kind, why) = match choice {
        Choice::Erase => {
            erasure::erase(conn, &event.integration_id, opportunity, &Reason::ErasedDeleted, Some(id))?;
            let why = Reason::DeletionDecidedErased { by };
            (audit::Action::CandidateErased, Outcome::Deleted, StepKind::Erased, why)
        }
        Choice::Keep => {
            unknown_candidates::keep(conn, &event.integration_id, opportunity)?;
            let why = Reason::DeletionDecidedKept { by };
            (audit::Action::CandidateKept, Outcome::NothingToDo, StepKind::Decided, why)
        }
    };
    diesel::update(events::table.find(id))
        .set((events::outcome.eq(outcome), events::reason.eq(&why)))
        .execute(conn)?;
    steps::add(conn, id, NewStep::good(kind, why.clone()))?;
    let integration = integration_store::get(conn, &event.integration_id)?;
    let detail = json!({ "candidates": 1, "why": why.code_and_params().0, "asked_by": "person",
        "event": id.as_str(), "kind": event.kind.as_str() });
    audit::record(conn, company, actor, action, &integrations::lifecycle::subject(&integration), &detail)?;
    Ok(true)
}
