//! Who was deleted or hired. A delivery proves neither: its signature covers a token and a time alone, so its
//! body can name anybody. Lever is asked, and what Lever says is done.

use super::ending::{add_all, cannot_see, close, lacking, put_by};
use super::fetch::{Unavailable, steps_of};
use super::second_look;
use crate::audit::{self, Actor};
use crate::candidates::held_deletion;
use crate::db::{Conn, DbError, DbResult};
use crate::events::steps::{self, NewStep};
use crate::events::{Event, EventKind, Outcome, State, StepKind, queue};
use crate::integrations::{lifecycle as accounts, store as integration_store};
use crate::invitations::{candidates, erasure, questions};
use crate::jobs::JobContext;
use crate::jobs::erase_expired::forget_pages;
use crate::reasons::{NotYet, Reason};
use lever_client::{OpportunityId, Scope, TimeRange, Trace};
use serde_json::json;
use std::time::Duration;

/// Pages of Lever's list of the deleted that are searched for one candidate.
const PAGES: usize = 5;

/// A deletion stands in Lever's list under the time at which it happened; clocks differ.
const NEAR: Duration = Duration::from_secs(3_600);

/// How Lever shows a candidate whose deletion was reported.
enum Shown {
    There,
    Anonymized,
    Nowhere,
}

/// Erases the person if Lever does not know the candidate any more, and lists the deletion. Who is confidential is not
/// shown either: without the list an admin decides.
pub(super) async fn deleted(ctx: &JobContext, event: &Event) -> Result<(), DbError> {
    let Some(id) = event.opportunity_id.as_deref().map(OpportunityId::from) else {
        return close(ctx, event, State::Ignored, Outcome::None, Reason::NoOpportunity).await;
    };
    if let Some(scope) = lacking(ctx, event, &[Scope::Opportunities]).await? {
        return put_by(ctx, event, scope).await;
    }
    let trace = Trace::default();
    let asked = ctx.connections.call(&event.integration_id, |api| {
        let (api, id) = (api.with_trace(trace.clone()), id.clone());
        async move { api.opportunity(&id, &[]).await }
    });
    let shown = match asked.await.map_err(Unavailable::from) {
        // Lever removed the person's data: that is an answer, and no doubt.
        Ok(there) if there.is_anonymized => Ok(Shown::Anonymized),
        Ok(_) | Err(Unavailable::Hidden) => Ok(Shown::There),
        Err(Unavailable::Unknown) => Ok(Shown::Nowhere),
        Err(blind) => Err(blind),
    };
    // The call's path names the candidate: where the person is erased, it is not kept.
    if !matches!(shown, Ok(Shown::Nowhere | Shown::Anonymized)) {
        let (event, calls) = (event.clone(), steps_of(&trace));
        ctx.db.write(move |conn| add_all(conn, &event, calls)).await?;
    }
    let not_yet = match shown {
        Err(blind) => return cannot_see(ctx, event, blind).await,
        Ok(Shown::Anonymized) => return erased(ctx, event).await,
        Ok(Shown::There) => NotYet::Deletion,
        Ok(Shown::Nowhere) => {
            if !is_unlisted(ctx, event).await? {
                return erased(ctx, event).await;
            }
            NotYet::ListedDeletion
        }
    };
    let asked = event.clone();
    if ctx.db.write(move |conn| second_look::look_again(conn, &asked, not_yet)).await? {
        return Ok(());
    }
    match not_yet {
        NotYet::Deletion => {
            // Replayed, it may have waited for an admin before.
            let id = event.id;
            ctx.db.write(move |conn| questions::over_of(conn, &id)).await?;
            close(ctx, event, State::Done, Outcome::NothingToDo, Reason::StillInLever).await
        }
        _ => {
            let (event, calls) = (event.clone(), steps_of(&trace));
            let hold = move |conn: &mut Conn| {
                add_all(conn, &event, calls)?;
                held_deletion::hold(conn, &event)
            };
            ctx.db.write(hold).await
        }
    }
}

async fn erased(ctx: &JobContext, event: &Event) -> Result<(), DbError> {
    let event = event.clone();
    ctx.db.write(move |conn| erase(conn, &event)).await?;
    forget_pages(ctx).await;
    Ok(())
}

/// Whether somebody is known here whom Lever does not list as deleted: "not there" alone may be a moment's. Nobody
/// needs to be doubted of whom nothing is known.
async fn is_unlisted(ctx: &JobContext, event: &Event) -> Result<bool, DbError> {
    let Some(opportunity) = event.opportunity_id.clone() else { return Ok(false) };
    // A reconciliation found it in that list.
    if event.kind == EventKind::Reconciliation {
        return Ok(false);
    }
    let (integration, wanted) = (event.integration_id, opportunity.clone());
    let is_known = move |conn: &mut Conn| candidates::is_known(conn, &integration, &wanted);
    if !ctx.db.read(is_known).await? {
        return Ok(false);
    }
    let at = event.triggered_at.unwrap_or(event.received_at);
    // One that is replayed or sent again long after is looked for near its own time.
    let when = TimeRange { start: Some(at.minus(NEAR).jiff()), end: Some(at.plus(NEAR).jiff()) };
    let listed = ctx.connections.call(&event.integration_id, |api| {
        let wanted = opportunity.clone();
        async move {
            let mut pages = api.deleted_opportunities(when);
            for _ in 0..PAGES {
                let Some(page) = pages.next().await? else { break };
                if page.items.iter().any(|there| there.id.as_str() == wanted) {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    });
    // Without the list there is nothing but to look again.
    Ok(!listed.await.unwrap_or(false))
}

/// Erases the person; the log keeps that it happened, and what asked for it.
fn erase(conn: &mut Conn, event: &Event) -> DbResult<()> {
    let known = match event.opportunity_id.as_deref() {
        Some(opportunity) => {
            erasure::erase(conn, &event.integration_id, opportunity, &Reason::ErasedDeleted, Some(&event.id))?
        }
        None => false,
    };
    let why = if known { Reason::DeletedErased } else { Reason::DeletedUnknown };
    if known {
        let account = integration_store::get(conn, &event.integration_id)?;
        let detail = json!({ "candidates": 1, "why": Reason::CandidateUnknown.code_and_params().0,
            "asked_by": "event", "event": event.id.as_str(), "kind": event.kind.as_str() });
        let (action, subject) = (audit::Action::CandidateErased, accounts::subject(&account));
        audit::record(conn, &event.company_id, &Actor::Portal, action, &subject, &detail)?;
    }
    steps::add(conn, &event.id, NewStep::good(StepKind::Erased, why.clone()))?;
    queue::finish(conn, &event.id, State::Done, Outcome::Deleted, &why)
}
