//! Erasing people: when Lever deletes them, and when the company's retention period is over.

use crate::audit::{self, Actor};
use crate::db::schema::{
    candidates, companies, completeness_gaps, event_steps, events, integrations, invitations, reconciliations,
};
use crate::db::{Conn, DbResult, dialect};
use crate::events::steps::{self, NewStep};
use crate::events::{Outcome, State, StepKind};
use crate::ids::{CompanyId, EventId, IntegrationId, ReconciliationId};
use crate::invitations::{test_orders, withdrawal_marks};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use lever_client::Event;
use serde_json::{Value, json};

/// People who are erased in one transaction.
const AT_ONCE: i64 = 100;

/// Erases a person: the candidate, the invitations with answers, results and actions, what an outside
/// provider of tests has, and what events hold of them. The events stay, without who it was; those that were not
/// processed yet end here, except the one that asked for it. `false`: nothing was known.
pub fn erase(
    conn: &mut Conn,
    integration: &IntegrationId,
    opportunity: &str,
    why: &Reason,
    asked_by: Option<&EventId>,
) -> DbResult<bool> {
    let of_person = events::integration_id.eq(integration).and(events::opportunity_id.eq(opportunity));
    let about: Vec<EventId> = events::table.filter(of_person).select(events::id).load(conn)?;
    diesel::delete(event_steps::table.filter(event_steps::event_id.eq_any(&about))).execute(conn)?;
    let of_person = completeness_gaps::opportunity_id.eq(opportunity);
    let gaps = completeness_gaps::integration_id.eq(integration).and(of_person);
    diesel::delete(completeness_gaps::table.filter(gaps)).execute(conn)?;
    test_orders::forget_of(conn, integration, opportunity)?;
    forget_unreadable(conn, integration, opportunity)?;
    type Known = (Option<String>, CompanyId, String);
    let person: Option<Known> = candidates::table
        .filter(candidates::integration_id.eq(integration).and(candidates::opportunity_id.eq(opportunity)))
        .select((candidates::contact_id, candidates::company_id, candidates::email))
        .first(conn)
        .optional()?;
    let known = diesel::delete(candidates::table)
        .filter(candidates::integration_id.eq(integration).and(candidates::opportunity_id.eq(opportunity)))
        .execute(conn)?;
    if let Some((_, company, email)) = &person {
        withdrawal_marks::erase_of(conn, company, email)?;
    }
    diesel::update(events::table.filter(events::id.eq_any(&about)))
        .set((
            events::opportunity_id.eq(None::<String>),
            events::contact_id.eq(None::<String>),
            events::lever_id.eq(None::<String>),
            events::body.eq(Vec::<u8>::new()),
            events::reason.eq(why),
        ))
        .execute(conn)?;
    let others: Vec<&EventId> = about.iter().filter(|event| Some(*event) != asked_by).collect();
    for event in &others {
        steps::add(conn, event, NewStep::good(StepKind::Erased, why.clone()))?;
    }
    let unprocessed = events::state.eq_any([State::Queued, State::Waiting]);
    let open = unprocessed.or(events::outcome.eq(Outcome::DeletionHeld));
    diesel::update(events::table.filter(events::id.eq_any(others)).filter(open))
        .set((
            events::state.eq(State::Done),
            events::outcome.eq(Outcome::Erased),
            events::finished_at.eq(Some(Timestamp::now())),
        ))
        .execute(conn)?;
    if let Some(contact) = person.and_then(|(contact, ..)| contact) {
        forget_contact(conn, integration, &contact, why)?;
    }
    Ok(known > 0)
}

/// Takes the person's id out of what reconciliations could not read.
fn forget_unreadable(conn: &mut Conn, integration: &IntegrationId, opportunity: &str) -> DbResult<()> {
    let kept: Vec<(ReconciliationId, String)> = reconciliations::table
        .filter(reconciliations::integration_id.eq(integration).and(sql::<Bool>("unreadable > 0")))
        .filter(reconciliations::unreadable_ids.like(format!("%{opportunity}%")))
        .select((reconciliations::id, reconciliations::unreadable_ids))
        .load(conn)?;
    for (run, ids) in kept {
        // The ids, and the number of the rows that have none.
        let mut entries: Vec<Value> = serde_json::from_str(&ids).unwrap_or_default();
        entries.retain(|known| known != opportunity);
        diesel::update(reconciliations::table.find(&run))
            .set(reconciliations::unreadable_ids.eq(serde_json::to_string(&entries).unwrap_or_default()))
            .execute(conn)?;
    }
    Ok(())
}

/// Erases what deliveries about the person's contact alone hold, once no other opportunity of theirs is known.
fn forget_contact(conn: &mut Conn, integration: &IntegrationId, contact: &str, why: &Reason) -> DbResult<()> {
    // Of two opportunities that are erased at once, one sees that the other is gone.
    dialect::lock_person(conn, integration, contact)?;
    let others = candidates::table
        .filter(candidates::integration_id.eq(integration).and(candidates::contact_id.eq(contact)));
    if diesel::select(exists(others)).get_result(conn)? {
        return Ok(());
    }
    let of_contacts = [Event::ContactCreated.as_str(), Event::ContactUpdated.as_str()];
    diesel::update(events::table)
        .filter(events::integration_id.eq(integration).and(events::kind.eq_any(of_contacts)))
        .filter(events::contact_id.eq(contact))
        .set((
            events::contact_id.eq(None::<String>),
            events::lever_id.eq(None::<String>),
            events::body.eq(Vec::<u8>::new()),
            events::reason.eq(why),
        ))
        .execute(conn)?;
    Ok(())
}

/// Erases people whose last invitation (or, without one, whose first sight) is further back than
/// their company keeps data; at most a hundred. Answers how many.
pub fn sweep(conn: &mut Conn, now: Timestamp) -> DbResult<usize> {
    let kept: Vec<(CompanyId, i32)> =
        companies::table.select((companies::id, companies::retention_months)).load(conn)?;
    let mut erased = 0;
    for (company, months) in kept {
        let limit = now.months_back(months);
        // Ids sort by time, so an index on them finds who is old enough.
        let recent = invitations::table
            .filter(invitations::candidate_id.eq(candidates::id).and(invitations::created_at.ge(limit)));
        let old: Vec<(IntegrationId, String)> = candidates::table
            .filter(candidates::company_id.eq(&company).and(candidates::created_at.lt(limit)))
            .filter(not(exists(recent)))
            .order(candidates::id.asc())
            .limit(AT_ONCE)
            .select((candidates::integration_id, candidates::opportunity_id))
            .load(conn)?;
        let ours = integrations::table.filter(integrations::company_id.eq(&company)).select(integrations::id);
        diesel::delete(completeness_gaps::table)
            .filter(completeness_gaps::integration_id.eq_any(ours))
            .filter(completeness_gaps::at.lt(limit))
            .execute(conn)?;
        withdrawal_marks::erase_older(conn, &company, limit)?;
        for (integration, opportunity) in &old {
            erase(conn, integration, opportunity, &Reason::ErasedRetention, None)?;
        }
        if !old.is_empty() {
            let detail = json!({ "candidates": old.len(), "retention_months": months });
            audit::record(
                conn,
                &company,
                &Actor::Portal,
                audit::Action::CandidatesErased,
                audit::Subject::Retention.as_str(),
                &detail,
            )?;
        }
        erased += old.len();
    }
    Ok(erased)
}
