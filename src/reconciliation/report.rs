//! What the report pages ask.

use super::Run;
use crate::db::schema::{candidates, events, reconciliation_findings, reconciliations, users};
use crate::db::{Conn, DbResult};
use crate::events::{Outcome, State};
use crate::ids::{CandidateId, CompanyId, EventId, IntegrationId, ReconciliationId};
use crate::reasons::Reason;
use diesel::prelude::*;

/// Runs on a page.
pub const PAGE: i64 = 50;

/// Findings that a page names.
const NAMED: i64 = 1000;

/// An event that stands for a missed webhook.
#[derive(Debug, Clone)]
pub struct Finding {
    pub event: EventId,
    /// What became of it.
    pub state: State,
    /// What it caused, one word.
    pub outcome: Outcome,
    /// Why, in words.
    pub reason: Reason,
    /// Who it is about; none once erased, or before Lever was asked.
    pub candidate: Option<(CandidateId, String)>,
}

/// The newest runs of an account.
pub fn runs(
    conn: &mut Conn,
    company: &CompanyId,
    id: &IntegrationId,
    before: Option<&ReconciliationId>,
) -> DbResult<Vec<Run>> {
    let mut query = reconciliations::table
        .filter(reconciliations::company_id.eq(company).and(reconciliations::integration_id.eq(id)))
        .order(reconciliations::id.desc())
        .limit(PAGE + 1)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(reconciliations::id.lt(before));
    }
    Ok(query.select(Run::as_select()).load(conn)?)
}

/// One run of an account, with the name of whoever asked for it.
pub fn run(
    conn: &mut Conn,
    company: &CompanyId,
    id: &IntegrationId,
    run: &ReconciliationId,
) -> DbResult<Option<(Run, Option<String>)>> {
    let found: Option<(Run, Option<String>)> = reconciliations::table
        .left_join(users::table)
        .filter(reconciliations::id.eq(run).and(reconciliations::company_id.eq(company)))
        .filter(reconciliations::integration_id.eq(id))
        .select((Run::as_select(), users::name.nullable()))
        .first(conn)
        .optional()?;
    Ok(found)
}

/// What a run found missing, in the order in which it found it.
pub fn findings(conn: &mut Conn, run: &Run) -> DbResult<Vec<Finding>> {
    type Row = (EventId, State, Outcome, Reason, Option<String>);
    let rows: Vec<Row> = reconciliation_findings::table
        .inner_join(events::table)
        .filter(reconciliation_findings::reconciliation_id.eq(&run.id))
        .order(events::id.asc())
        .limit(NAMED)
        .select((events::id, events::state, events::outcome, events::reason, events::opportunity_id))
        .load(conn)?;
    let ids: Vec<&String> = rows.iter().filter_map(|row| row.4.as_ref()).collect();
    let people: Vec<(String, CandidateId, String)> = candidates::table
        .filter(
            candidates::integration_id.eq(&run.integration_id).and(candidates::opportunity_id.eq_any(ids)),
        )
        .select((candidates::opportunity_id, candidates::id, candidates::name))
        .load(conn)?;
    let of = |opportunity: &Option<String>| {
        let (_, id, name) = people.iter().find(|(known, ..)| Some(known) == opportunity.as_ref())?;
        Some((*id, name.clone()))
    };
    Ok(rows
        .into_iter()
        .map(|(event, state, outcome, reason, opportunity)| Finding {
            candidate: of(&opportunity),
            event,
            state,
            outcome,
            reason,
        })
        .collect())
}
