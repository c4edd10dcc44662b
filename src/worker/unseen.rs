//! Candidates whom Lever does not know any more. Its lists leave confidential ones out, the list of the
//! deleted too; so whoever was confidential when deleted, with the webhook lost, is found only by asking
//! for each known candidate by id. An answer that there is none may mean deleted or hidden: everything
//! stops at once, and who stays unknown is erased after a while. One that is refused is there.

use super::nightly::{broken, give_up, of};
use super::{Tools, retention};
use crate::audit::{self, Actor};
use crate::db::{Conn, DbError, DbResult};
use crate::integrations::chores::{self, Chore};
use crate::integrations::connection::CallError;
use crate::integrations::{life, permissions, store as accounts};
use crate::invitations::unseen::{self, KEPT, Known};
use crate::invitations::{erasure, store};
use crate::lever::{Error, Opportunity, OpportunityId, Scope};
use crate::time::Timestamp;
use serde_json::json;

/// Candidates in one step.
const AT_ONCE: i64 = 20;

/// Candidates of an account in one night.
const A_NIGHT: i64 = 1_000;

/// Looks for the next few candidates.
pub(super) async fn step(tools: &Tools, chore: Chore) -> Result<(), DbError> {
    let began = chore.began_at.unwrap_or_else(Timestamp::now);
    let done: i64 = chore.page.as_deref().and_then(|done| done.parse().ok()).unwrap_or(0);
    let id = chore.integration_id.clone();
    let (account, next) = tools
        .db
        .read(move |conn| {
            let next = if done < A_NIGHT { unseen::next(conn, &id, began, AT_ONCE)? } else { Vec::new() };
            Ok::<_, DbError>((accounts::get(conn, &id)?, next))
        })
        .await?;
    if let Some(scope) = permissions::lacks(&account, &[Scope::Opportunities]) {
        return give_up(tools, chore, &permissions::waits_for(scope)).await;
    }
    if next.is_empty() {
        let end = move |conn: &mut Conn| {
            let (_, next) = of(conn, &chore.integration_id)?;
            chores::done(conn, &chore, next, "")
        };
        return tools.db.write(end).await;
    }
    let looked_at = i64::try_from(next.len()).unwrap_or(AT_ONCE);
    for known in next {
        let asked = tools.connections.call(&account.id, |api| {
            let id = OpportunityId::from(known.opportunity.as_str());
            async move { api.opportunity(&id, &[]).await }
        });
        let answer = match asked.await {
            Ok(there) => Some(there),
            // It is there, and kept from the portal.
            Err(CallError::Lever(Error::Forbidden { .. } | Error::OurFault { .. })) => {
                let id = known.candidate.clone();
                tools.db.write(move |conn| unseen::seen(conn, &id)).await?;
                continue;
            }
            Err(CallError::Lever(Error::NotFound { .. })) => None,
            Err(cause) => return broken(tools, chore, cause).await,
        };
        if tools.db.write(move |conn| note(conn, &known, answer.as_ref())).await? {
            retention::forget_pages(tools).await;
        }
    }
    let done = (done + looked_at).to_string();
    tools.db.write(move |conn| chores::advance(conn, &chore, began, &done)).await
}

/// Takes note of an answer. `true`: somebody was erased.
fn note(conn: &mut Conn, known: &Known, there: Option<&Opportunity>) -> DbResult<bool> {
    let why = match there {
        Some(there) if there.is_anonymized => unseen::ANONYMIZED,
        Some(_) => {
            unseen::seen(conn, &known.candidate)?;
            return Ok(false);
        }
        None => {
            let since = unseen::unknown(conn, known)?;
            store::end_open(conn, &known.candidate, unseen::ENDED)?;
            if since > Timestamp::now().minus(KEPT) {
                return Ok(false);
            }
            unseen::ERASED
        }
    };
    let account = accounts::get(conn, &known.integration)?;
    erasure::erase(conn, &known.integration, &known.opportunity, why)?;
    let detail = json!({ "candidates": 1, "why": why });
    let subject = life::subject(&account);
    audit::record(conn, &account.company_id, &Actor::Portal, "candidates.erased", &subject, &detail)?;
    Ok(true)
}
